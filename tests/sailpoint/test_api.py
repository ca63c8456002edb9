"""The surface: tokens, errors, legacy paths, collections, search, workflows by API."""

from __future__ import annotations

from typing import Any

import pytest


def _secret(company: Any, name: str = "iam-admin") -> dict[str, str]:
    known = company.ready["sailpoint"]["personal_access_tokens"]
    row = next(one for one in known if one["name"] == name)
    return {"grant_type": "client_credentials", "client_id": row["client_id"], "client_secret": row["client_secret"]}


def test_tokens_by_form_multipart_and_query(company: Any) -> None:
    """All three ways in use are served."""
    fields = _secret(company)
    for content in ({"data": fields}, {"files": {k: (None, v) for k, v in fields.items()}}, {"params": fields}):
        answer = company.raw("POST", "/oauth/token", **content)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["token_type"], body["org"], body["expires_in"]) == ("bearer", "acme", 43199)
        assert body["access_token"].count(".") == 2


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "sp:scopes:all"}, 400, "invalid_scope"),
    ],
)
def test_token_refusals(company: Any, change: dict[str, str], status: int, error: str) -> None:
    """OAuth's own error shape."""
    answer = company.raw("POST", "/oauth/token", data=_secret(company) | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_errors_have_the_vendors_shapes(company: Any) -> None:
    """401 has `error`; the others detailCode, trackingId and messages; also where no route is."""
    assert set(company.raw("GET", "/identities/v1").json()) == {"error"}
    for method, path, status, code in (
        ("GET", "/identities/v1/nobody", 404, "404 Not found"),
        ("GET", "/nothing/v1/here", 404, "404 Not found"),
        ("DELETE", "/oauth/info", 405, "405 Method not allowed"),
        ("GET", "/accounts/v1?limit=251", 400, "400.1 Bad request content"),
        ("GET", "/accounts/v1?filters=colour eq 1", 400, "400.1 Bad request content"),
        ("GET", '/accounts/v1?filters=name co "x"', 400, "400.1 Bad request content"),
        ("GET", "/accounts/v1?sorters=colour", 400, "400.1 Bad request content"),
    ):
        answer = company.call(method, path)
        assert (answer.status_code, answer.json()["detailCode"]) == (status, code), path
        assert len(answer.json()["trackingId"]) == 32
        assert answer.headers["content-type"] == "application/json"
    assert company.call("GET", "/roles/v1", by="E1019").status_code == 403


def test_a_token_ends_with_its_lifetime(company: Any) -> None:
    """After twelve hours the token is refused, in the shape of a 401."""
    token = company.token("iam-admin")
    company.wait("PT12H1M")
    answer = company.raw("GET", "/identities/v1", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()) == (401, {"error": "JWT validation failed: JWT is expired"})


def test_experimental_operations_want_their_header(company: Any) -> None:
    """Without it the call fails."""
    body = {"identityIds": [company.identity("E1015")["id"]]}
    headers = {"X-SailPoint-Experimental": "false"}
    assert company.call("POST", "/identities/v1/process", json=body, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3/accounts", 200),
        ("/beta/identities", 200),
        ("/v2024/workgroups", 200),
        ("/v2025/work-items", 200),
        ("/v2026/access-request-config", 200),
        ("/v3/identities", 404),
        ("/v3/task-status", 404),
        ("/beta/search", 404),
        ("/v2/accounts", 404),
        ("/v3", 404),
    ],
)
def test_yearly_versions_reach_the_same_store(company: Any, path: str, status: int) -> None:
    """A twin answers like the current path; a version without one is not found."""
    assert company.call("GET", path).status_code == status


def test_collections_page_filter_and_count(company: Any) -> None:
    """Bare arrays; the total only on request, after filters; an offset past the end is empty."""
    everybody = company.call("GET", "/identities/v1", params={"count": "true", "limit": 5})
    assert (len(everybody.json()), everybody.headers["x-total-count"]) == (5, "27")
    assert "x-total-count" not in company.call("GET", "/identities/v1").headers
    assert company.get("/identities/v1", offset=500) == []
    okta = company.tenant.configuration.source_named("Okta").id
    found = company.call(
        "GET", "/accounts/v1", params={"filters": f'sourceId eq "{okta}" and uncorrelated eq true', "count": "true"}
    )
    assert found.headers["x-total-count"] == str(len(found.json()))
    assert {row["name"].split("@")[0] for row in found.json()} >= {"bg-1", "bg-2", "svc-reports"}
    garcias = company.get("/identities/v1", filters='lastname eq "garcia"', sorters="-alias")
    assert [row["alias"] for row in garcias] == ["E1017", "E1016"]
    some = company.get("/identities/v1", filters='(alias sw "E101" or alias eq "C2001") and not alias eq "E1010"')
    assert len(some) == 10


def test_search_finds_sorts_and_goes_on(company: Any) -> None:
    """Fields, ranges, nested lists, exclusion, count, and paging behind the last record."""
    assert [one["attributes"]["uid"] for one in company.search("identities", "attributes.department:Support")] == [
        "E1008",
        "E1017",
        "C2002",
    ]
    nested = company.search("identities", "@accounts(source.name:Vault AND disabled:false)")
    assert [one["employeeNumber"] for one in nested] == ["E1021"]
    assert (
        company.search("identities", 'name:"Maria Garcia" AND NOT attributes.department:Sales')[0]["employeeNumber"]
        == "E1017"
    )
    company.hire("E5001", "Ada", "Byron")
    company.loaded()
    every = company.search("events", "created:[now-1h TO now]", sort=["created", "id"])
    first = company.call(
        "POST",
        "/search/v1",
        params={"limit": 5},
        json={"indices": ["events"], "query": {"query": "created:[now-1h TO now]"}, "sort": ["created", "id"]},
    ).json()
    after = [first[-1]["created"], first[-1]["id"]]
    rest = company.search("events", "created:[now-1h TO now]", sort=["created", "id"], searchAfter=after)
    assert [one["id"] for one in first + rest] == [one["id"] for one in every]
    counted = company.call(
        "POST", "/search/v1/count", json={"indices": ["events"], "query": {"query": "target.name:E5001"}}
    )
    assert (counted.status_code, counted.content) == (204, b"")
    assert int(counted.headers["x-total-count"]) == len(company.search("events", "target.name:E5001"))
    alias = company.call("POST", "/v2024/search/events", json={"query": {"query": "action:CreateAccount"}})
    assert [one["target"]["name"] for one in alias.json()] == ["E5001"]
    assert (
        company.call("POST", "/search/v1", json={"indices": ["events"], "query": {"query": "a:(b"}}).status_code == 400
    )
    assert company.call("POST", "/search/v1", by="E1019", json={"indices": ["events"]}).status_code == 403


def test_search_lags_behind_the_record(company: Any) -> None:
    """REST shows a new state at once; search a moment later."""
    company.hire("E5001", "Ada", "Byron")
    company.load()
    clock = company.estate.clock
    while not company.tenant.state.identities.first("alias", "e5001"):
        company.wait("PT1S")
    shown = clock.now()
    while not company.search("identities", "attributes.uid:E5001"):
        company.wait("PT0.2S")
    assert clock.now() > shown


def test_a_workflow_is_made_tested_enabled_and_edited(company: Any) -> None:
    """Created disabled, tested while disabled, edited only while disabled."""
    steps = {
        "Who": {
            "type": "action",
            "actionId": "sp:get-identity",
            "attributes": {"id.$": "$.trigger.identity.id"},
            "nextStep": "Which",
        },
        "Which": {
            "type": "choice",
            "choiceList": [
                {"comparator": "StringEquals", "variableA.$": "$.who.alias", "variableB": "E1015", "nextStep": "Yes"}
            ],
            "defaultStep": "No",
        },
        "Yes": {"type": "success"},
        "No": {"type": "failure"},
    }
    body: dict[str, Any] = {"name": "Probe", "definition": {"start": "Who", "steps": steps}}
    assert company.call("POST", "/workflows/v1", json=body | {"enabled": True}).status_code == 400
    made = company.call("POST", "/workflows/v1", json=body).json()
    path = f"/workflows/v1/{made['id']}"
    for worker, status in (("E1015", "Completed"), ("E1016", "Failed")):
        payload = {"input": {"identity": {"id": company.identity(worker)["id"]}}}
        execution = company.call("POST", f"{path}/test", json=payload).json()["workflowExecutionId"]
        company.wait("PT1M")
        assert company.get(f"/workflow-executions/v1/{execution}")["status"] == status
    history = company.get(f"/workflow-executions/v1/{execution}/history")
    assert [row["type"] for row in history][-1] == "WorkflowExecutionFailed"
    on = [{"op": "replace", "path": "/enabled", "value": True}]
    assert company.call("PATCH", path, json=on).json()["enabled"] is True
    edit = [{"op": "replace", "path": "/definition/start", "value": "Yes"}]
    assert company.call("PATCH", path, json=edit).status_code == 400
    assert company.call("DELETE", path).status_code == 400


def test_switching_the_leaver_workflow_off_leaves_sessions_alone(company: Any) -> None:
    """A defect is configuration: without W1 and W2 nobody clears anything."""
    for row in company.get("/workflows/v1"):
        if row["name"].startswith(("W1", "W2")):
            step = [{"op": "replace", "path": "/enabled", "value": False}]
            assert company.call("PATCH", f"/workflows/v1/{row['id']}", json=step).status_code == 200
    company.feed["E1015"] |= {"end_date": company.day(), "end_reason": "involuntary"}
    company.loaded("PT1H")
    assert company.status(company.account("E1015")["nativeIdentity"]) == "DEPROVISIONED"
    assert not [path for _, path in company.directory.calls if "/sessions" in path]


def test_the_sweep_does_what_the_leaver_workflow_missed(company: Any) -> None:
    """With W1 off when somebody leaves, W2 clears the sessions within a quarter of an hour."""
    (leaver,) = [row for row in company.get("/workflows/v1") if row["name"].startswith("W1")]
    step = [{"op": "replace", "path": "/enabled", "value": False}]
    company.call("PATCH", f"/workflows/v1/{leaver['id']}", json=step)
    company.feed["E1015"] |= {"end_date": company.day(), "end_reason": "involuntary"}
    company.loaded("PT30M")
    assert [path for _, path in company.directory.calls if "/sessions" in path]


def test_a_lifecycle_state_changed_by_api_counts_from_then_on(company: Any) -> None:
    """Without remove-all a leaver keeps requested access: the seed's safety is configuration."""
    (profile,) = company.get("/identity-profiles/v1", filters='name eq "Employees"')
    path = f"/identity-profiles/v1/{profile['id']}/lifecycle-states"
    (ended,) = [state for state in company.get(path) if state["technicalName"] == "terminated"]
    step = [{"op": "replace", "path": "/accessActionConfiguration/removeAllAccessEnabled", "value": False}]
    assert company.call("PATCH", f"{path}/{ended['id']}", json=step).status_code == 200
    company.feed["E1013"] |= {"end_date": company.day(), "end_reason": "involuntary"}
    company.loaded()
    assert company.groups(company.account("E1013")["nativeIdentity"]) == {"SP-APP-Ledger-User"}


def test_a_new_tenant_is_empty_and_quick(newcomer: Any) -> None:
    """One administrator, who can read everything there is."""
    (admin,) = newcomer.get("/identities/v1", by="admin")
    assert admin["alias"] == "admin"
    for path in ("/sources/v1", "/roles/v1", "/workflows/v1", "/accounts/v1"):
        assert newcomer.get(path, by="admin") == []
    answer = newcomer.call(
        "POST",
        "/sources/v1?provisionAsCsv=true",
        by="admin",
        json={"name": "People", "owner": {"type": "IDENTITY", "id": admin["id"]}},
    )
    assert (answer.status_code, answer.json()["type"]) == (201, "DelimitedFile")
