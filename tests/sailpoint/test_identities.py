"""Identities over HTTP: what is listed, what is deleted and what is refused, and the services beside them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sailpoint.reviews import active, decide, items, own, sign


def gone(company: Any, worker_id: str) -> dict[str, Any]:
    """A person whose row HR no longer sends."""
    person: dict[str, Any] = company.identity(worker_id)
    del company.feed[worker_id]
    company.loaded()
    return person


def test_an_incomplete_identity_is_hidden_by_the_default_filter(company: Any) -> None:
    """CORRELATED_ONLY is the default; NONE and the identity's own path show it; filters may ask for it."""
    person = gone(company, "E1016")
    wanted = {"filters": 'alias eq "E1016"'}
    assert company.get("/identities/v1", **wanted) == []
    assert company.get("/public-identities/v1", **{"add-core-filters": "true"}, **wanted) == []
    (shown,) = company.get("/identities/v1", defaultFilter="NONE", **wanted)
    assert (shown["id"], shown["lifecycleState"]["stateName"]) == (person["id"], "active")
    assert "correlated" not in shown
    hidden = company.get("/identities/v1", defaultFilter="NONE", filters="correlated eq false")
    assert [one["id"] for one in hidden] == [person["id"]]
    for chosen, more in (("CORRELATED_ONLY", 0), ("NONE", 1)):
        query = {"defaultFilter": chosen, "count": "true", "limit": "1"}
        answer = company.call("GET", "/identities/v1", params=query)
        everybody = len(company.tenant.state.identities)
        assert int(answer.headers["X-Total-Count"]) == everybody - 1 + more


@pytest.mark.parametrize(
    "query", ["defaultFilter=ALL", "limit=251", "limit=x", 'filters=name co "x"', "sorters=created", "offset=-1"]
)
def test_bad_questions_are_refused(company: Any, query: str) -> None:
    """400 for what the collection does not offer."""
    assert company.call("GET", f"/identities/v1?{query}").status_code == 400


def test_an_identity_that_owns_something_stays(company: Any) -> None:
    """The refusal has its own body; ownership tells the same beforehand."""
    person = company.identity("E1004")
    answer = company.call("DELETE", f"/identities/v1/{person['id']}")
    assert answer.status_code == 400
    told = answer.json()
    assert told["message"] == "Identity is the owner of following resources"
    kinds = {one["associationType"] for one in told["associationDetails"]}
    assert "SOURCE_OWNER" in kinds
    owned = company.get(f"/identities/v1/{person['id']}/ownership")
    assert [one for one in told["associationDetails"] if one["associationType"] != "MANAGER"] == owned[
        "associationDetails"
    ]


def test_deleting_leaves_accounts_without_owner(company: Any) -> None:
    """204; target accounts become uncorrelated and keep their access; the identity is not found any more."""
    person, account = company.identity("E1016"), company.account("E1016")
    assert company.call("DELETE", f"/identities/v1/{person['id']}").status_code == 204
    assert company.call("GET", f"/identities/v1/{person['id']}").status_code == 404
    after = company.get(f"/accounts/v1/{account['id']}")
    assert (after["uncorrelated"], after["attributes"]["groups"]) == (True, account["attributes"]["groups"])
    (event,) = company.tenant.state.events.find("term", "action=identity_delete_passed")
    assert event.target == "E1016"


def test_processing_on_demand_is_a_task(company: Any) -> None:
    """202 with a task that is done once everybody has been refreshed."""
    person = company.identity("E1016")
    answer = company.call("POST", "/identities/v1/process", json={"identityIds": [person["id"]]})
    assert answer.status_code == 202
    tasks = company.tenant.state.tasks
    assert tasks[answer.json()["id"]].completed is None
    company.wait("PT5M")
    assert tasks[answer.json()["id"]].status == "SUCCESS"
    assert company.identity("E1016")["lastRefresh"] > person["lastRefresh"]


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"identityIds": []}, {"identityIds": "x"}, {"identityIds": [7]}, {"identityIds": ["0"] * 251}],
)
def test_bad_processing_is_refused(company: Any, body: Any) -> None:
    """Between one and 250 ids; anything else is 400."""
    assert company.call("POST", "/identities/v1/process", json=body).status_code == 400


def test_an_unknown_identity_is_a_missing_reference(company: Any) -> None:
    """In a body 400.1.404, in a path 404."""
    answer = company.call("POST", "/identities/v1/process", json={"identityIds": ["f" * 32]})
    assert answer.json()["detailCode"] == "400.1.404 Referenced object not found"
    missing = "f" * 32
    for method, path in (
        ("GET", f"/identities/v1/{missing}"),
        ("DELETE", f"/identities/v1/{missing}"),
        ("POST", f"/identities/v1/{missing}/reset"),
        ("GET", f"/identities/v1/{missing}/ownership"),
        ("GET", f"/identities/v1/{missing}/role-assignments"),
        ("POST", f"/identities/v1/{missing}/synchronize-attributes"),
        ("GET", f"/historical-identities/v1/{missing}/events"),
        ("GET", f"/auth-users/v1/{missing}"),
    ):
        assert company.call(method, path).status_code == 404, path


def test_inviting_is_a_task(company: Any) -> None:
    """202 with the status of the task; ids or `uninvited` must be given."""
    ids = [company.identity("E1016")["id"]]
    assert company.call("POST", "/identities/v1/invite", json={"ids": ids}).status_code == 202
    assert company.call("POST", "/identities/v1/invite", json={"uninvited": True}).status_code == 202
    assert company.call("POST", "/identities/v1/invite", json={}).status_code == 400
    assert company.call("POST", "/identities/v1/invite", json={"ids": ["x"]}).status_code == 400


def test_reset_takes_levels_and_nothing_else(company: Any) -> None:
    """The user levels go; accounts stay as they are."""
    person, account = company.identity("E1016"), company.account("E1016")
    path = f"/auth-users/v1/{person['id']}"
    steps = [{"op": "replace", "path": "/capabilities", "value": ["HELPDESK", "CERT_ADMIN"]}]
    assert company.call("PATCH", path, json=steps).json()["capabilities"] == ["HELPDESK", "CERT_ADMIN"]
    assert company.call("POST", f"/identities/v1/{person['id']}/reset").status_code == 202
    assert company.get(path)["capabilities"] == []
    assert company.account("E1016") == account


def test_only_levels_of_an_auth_user_change(company: Any) -> None:
    """400.1.1 for another property; 400 for a level nobody has."""
    path = f"/auth-users/v1/{company.identity('E1016')['id']}"
    answer = company.call("PATCH", path, json=[{"op": "replace", "path": "/email", "value": "x"}])
    assert (answer.status_code, answer.json()["detailCode"]) == (400, "400.1.1 Illegal update attempt")
    for value in (["KING"], "HELPDESK", [7], {"a": 1}):
        steps = [{"op": "replace", "path": "/capabilities", "value": value}]
        assert company.call("PATCH", path, json=steps).status_code == 400
    for steps in ({}, [7], [{"op": "replace"}], [{"op": "remove", "path": "/capabilities/9"}]):
        assert company.call("PATCH", path, json=steps).status_code == 400


def test_attributes_are_synchronized_on_demand(company: Any) -> None:
    """A job writes what differs; it may be asked for once in ten seconds."""
    person = company.identity("E1016")
    path = f"/identities/v1/{person['id']}/synchronize-attributes"
    native = company.account("E1016")["nativeIdentity"]
    (account,) = [a for a in company.tenant.accounts_of(person["id"]) if a.native == native]
    before = account.attributes["department"]
    company.tenant.state.accounts.put(
        type(account)(**{**{s: getattr(account, s) for s in account.__slots__},
                         "attributes": account.attributes.merged({"department": "Elsewhere"})})
    )  # fmt: skip
    answer = company.call("POST", path)
    assert (answer.status_code, answer.json()["status"]) == (202, "QUEUED")
    assert company.call("POST", path).status_code == 429
    company.wait("PT5M")
    assert company.account("E1016")["attributes"]["department"] == before
    assert company.call("POST", path, headers={"X-SailPoint-Experimental": "false"}).status_code == 400


def test_role_assignments(company: Any) -> None:
    """References without a question; the whole for a role that is named, or for one assignment."""
    person = company.identity("E1016")
    path = f"/identities/v1/{person['id']}/role-assignments"
    rows = company.get(path)
    names = {row["role"]["name"] for row in rows}
    assert "R-BR-Sales" in names
    assert all("assignmentSource" not in row for row in rows)
    (whole,) = company.get(path, roleName="R-BR-Sales")
    assert whole["assignmentSource"] == "ROLE_MEMBERSHIP"
    assert company.get(path, roleId=whole["role"]["id"]) == [whole]
    assert company.get(f"{path}/{whole['id']}") == whole
    assert company.call("GET", f"{path}/{'0' * 32}").status_code == 404


def test_public_identities_show_what_the_tenant_makes_public(company: Any) -> None:
    """At most five attributes that exist; the default is none; names filter without being shown."""
    config = "/public-identities-config/v1"
    assert company.get(config)["attributes"] == []
    chosen = [{"key": "department", "name": "Department"}, {"key": "phone", "name": "Phone"}]
    stored = company.call("PUT", config, json={"attributes": chosen}).json()
    assert (stored["attributes"], stored["modifiedBy"]["type"]) == (chosen, "IDENTITY")
    (seen,) = company.get("/public-identities/v1", filters='alias eq "E1016"', by="E1005")
    assert seen["attributes"] == [
        {"key": "department", "name": "Department", "value": "Sales"},
        {"key": "phone", "name": "Phone", "value": None},
    ]
    assert seen["status"] == "Active"
    assert "firstname" not in seen
    found = company.get(
        "/public-identities/v1", filters=f'lastname eq "{company.identity("E1016")["attributes"]["lastname"]}"'
    )
    assert seen["id"] in {one["id"] for one in found}
    for body in (
        None,
        {},
        {"attributes": [{}]},
        {"attributes": chosen * 3},
        {"attributes": [{"key": "x", "name": ""}]},
    ):
        assert company.call("PUT", config, json=body).status_code == 400
    assert company.call("GET", config, by="E1005").status_code == 403


def test_identity_attributes(company: Any) -> None:
    """Standard, mapped and made ones; the vendor's and the mapped ones cannot be deleted."""
    path = "/identity-attributes/v1"
    names = [one["name"] for one in company.get(path)]
    assert {"uid", "email", "department", "cloudLifecycleState"} <= set(names)
    assert "identityState" not in names
    assert "internalCloudStatus" not in names
    everything = {one["name"] for one in company.get(path, includeSystem="true", includeSilent="true")}
    assert {"identityState", "internalCloudStatus"} <= everything
    assert all(one["searchable"] for one in company.get(path, searchableOnly="true"))
    made = company.call("POST", path, json={"name": "costCenter", "displayName": "Cost Center", "type": "string"})
    assert made.status_code == 201
    assert company.call("POST", path, json={"name": "COSTCENTER"}).status_code == 400
    changed = company.call("PUT", f"{path}/costCenter", json={"name": "costCenter", "searchable": True})
    assert changed.json()["searchable"] is True
    assert company.call("PUT", f"{path}/costCenter", json={"name": "other"}).status_code == 400
    assert company.call("PUT", f"{path}/costCenter", json={"name": "costCenter", "multi": True, "searchable": True})
    assert company.call("DELETE", f"{path}/costCenter").status_code == 204
    assert company.call("GET", f"{path}/costCenter").status_code == 404
    for name in ("uid", "department"):
        assert company.call("DELETE", f"{path}/{name}").status_code == 400
    for body in (
        None,
        {},
        {"name": ""},
        {"name": "a b"},
        {"name": "x", "searchable": True, "multi": True},
        {"name": 1},
    ):
        assert company.call("POST", path, json=body).status_code == 400


def test_history_tells_what_happened(company: Any) -> None:
    """A mover's access, account and attributes, the latest first; narrowed by type, by item and by time."""
    company.hire("E5001", "Ada", "Byron")
    company.loaded()
    moved_at = company.tenant.now()
    company.feed["E5001"] |= {"department": "Finance", "manager_id": "E1012"}
    company.loaded()
    path = f"/historical-identities/v1/{company.identity('E5001')['id']}/events"
    rows = company.get(path)
    assert [row["dateTime"] for row in rows] == sorted((row["dateTime"] for row in rows), reverse=True)
    kinds = {row["eventType"] for row in rows}
    assert {"AccessItemAssociated", "AccessItemRemoved", "AttributesChanged"} <= kinds
    removed = company.get(path, eventTypes="AccessItemRemoved", accessItemTypes="role")
    assert [row["accessItem"]["displayName"] for row in removed] == ["R-BR-Sales"]
    account = company.get(path, accessItemTypes="account")
    assert {row["accessItem"]["sourceName"] for row in account} == {"Okta", "Ledger"}
    later = company.get(path, **{"from": moved_at.isoformat().replace("+00:00", "Z")})
    assert 0 < len(later) < len(rows)
    assert company.get(path, limit="2", offset="1") == rows[1:3]
    for query in ("eventTypes=Born", "accessItemTypes=shoe", "from=soon", "limit=251"):
        assert company.call("GET", f"{path}?{query}").status_code == 400
    assert company.call("GET", path, headers={"X-SailPoint-Experimental": "no"}).status_code == 400


def test_history_tells_of_reviews(company: Any) -> None:
    """A review of the identity's access is part of its history once its reviewer has signed it off."""
    active(company)
    mine = own(company, "E1006")
    rows = items(company, mine, by="E1006")
    path = f"/historical-identities/v1/{rows[0]['identitySummary']['identityId']}/events"
    assert company.get(path, eventTypes="IdentityCertified") == []
    decide(company, mine, rows, "APPROVE", by="E1006")
    sign(company, mine, by="E1006")
    (told,) = company.get(path, eventTypes="IdentityCertified")
    assert (told["certificationId"], told["signer"]["id"]) == (mine["id"], mine["reviewer"]["id"])
