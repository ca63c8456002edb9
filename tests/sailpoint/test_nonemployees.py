"""Non-employees: sources, requests and decisions, records, and the identities that arise from them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sailpoint.conftest import Company

MANAGER, REVIEWER, SECOND = "E1019", "E1006", "E1008"


def person(**more: Any) -> dict[str, Any]:
    """What is said of a non-employee."""
    return {
        "accountName": "william.smith",
        "firstName": "William",
        "lastName": "Smith",
        "email": "william.smith@example.com",
        "phone": "5125555555",
        "manager": "E1006",
        "startDate": "2026-03-01T00:00:00Z",
        "endDate": "2026-03-03T00:00:00-05:00",
    } | more


def new_source(company: Company, **more: Any) -> dict[str, Any]:
    """A new source, managed by one and reviewed by two."""
    ids = {worker: {"id": company.identity(worker)["id"]} for worker in (MANAGER, REVIEWER, SECOND)}
    body = {
        "name": "Auditors",
        "description": "People who look at our books",
        "owner": {"id": company.identity("E1010")["id"]},
        "approvers": [ids[REVIEWER], ids[SECOND]],
        "accountManagers": [ids[MANAGER]],
    } | more
    answer = company.call("POST", "/non-employee-sources/v1", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def code(answer: Any) -> str:
    """The number of a refusal."""
    assert answer.status_code == 400, answer.text
    return str(answer.json()["detailCode"]).split()[0]


def taken(name: str) -> dict[str, Any]:
    """A transform that takes an attribute of the account."""
    return {"type": "accountAttribute", "attributes": {"sourceName": "Auditors", "attributeName": name}}


def profile(company: Company, source: dict[str, Any]) -> str:
    """An identity profile over the source: active until the end date, then inactive, which disables at Okta."""
    lasting = {
        "type": "dateCompare",
        "attributes": {
            "firstDate": taken("endDate"),
            "secondDate": "now",
            "operator": "gt",
            "positiveCondition": "active",
            "negativeCondition": "inactive",
        },
    }
    mapped = {
        "uid": taken("accountName"),
        "displayName": taken("lastName"),
        "firstname": taken("firstName"),
        "lastname": taken("lastName"),
        "email": taken("email"),
        "login": taken("email"),
        "cloudLifecycleState": lasting,
        "nextProcessingDate": taken("endDate"),
    }
    body = {
        "name": "Auditors",
        "authoritativeSource": {"type": "SOURCE", "id": source["sourceId"]},
        "identityAttributeConfig": {
            "enabled": True,
            "attributeTransforms": [
                {"identityAttributeName": name, "transformDefinition": definition}
                for name, definition in mapped.items()
            ],
        },
    }
    answer = company.call("POST", "/identity-profiles/v1", json=body)
    assert answer.status_code == 201, answer.text
    id = str(answer.json()["id"])
    okta = company.tenant.configuration.source_named("Okta")
    assert okta is not None
    bundle = company.get("/access-profiles/v1", filters=f'source.id eq "{okta.id}"')[0]
    disable = {"action": "DISABLE", "sourceIds": [okta.id]}
    states = {one["technicalName"]: one["id"] for one in company.get(f"/identity-profiles/v1/{id}/lifecycle-states")}
    for name, actions, items in (("active", [], [bundle["id"]]), ("inactive", [disable], [])):
        wanted = {"enabled": True, "accountActions": actions, "accessProfileIds": items}
        patch = [{"op": "replace", "path": f"/{key}", "value": value} for key, value in wanted.items()]
        path = f"/identity-profiles/v1/{id}/lifecycle-states/{states[name]}"
        made = company.call("PATCH", path, json=patch)
        assert made.status_code == 200, made.text
    return id


def ask(company: Company, source: dict[str, Any], *, by: str = MANAGER, **more: Any) -> Any:
    """The answer to a request for a non-employee."""
    body = person(sourceId=source["sourceId"], **more)
    return company.call("POST", "/non-employee-requests/v1", by=by, json=body)


def decide(company: Company, request: dict[str, Any], by: str, word: str = "approve", comment: str = "Fine") -> Any:
    """The answer to a decision on a request."""
    who = company.identity(by)["id"]
    item = next(one for one in request["approvalItems"] if one["approver"]["id"] == who)
    path = f"/non-employee-approvals/v1/{item['id']}/{word}"
    return company.call("POST", path, by=by, json={"comment": comment})


def test_from_request_to_disabled(company: Company) -> None:
    """Asked for, approved twice: a record, an account, an identity with access; the end date takes it away."""
    source = new_source(company)
    profile(company, source)
    request = ask(company, source).json()
    assert [one["approvalStatus"] for one in request["approvalItems"]] == ["PENDING", "NOT_READY"]
    assert decide(company, request, SECOND).status_code == 400, "it is not the second one's turn"
    assert decide(company, request, REVIEWER).json()["approvalStatus"] == "APPROVED"
    assert company.get("/non-employee-records/v1") == []
    assert decide(company, request, SECOND).status_code == 200
    request = company.get(f"/non-employee-requests/v1/{request['id']}", by=MANAGER)
    assert (request["approvalStatus"], "completionDate" in request) == ("APPROVED", True)
    (record,) = company.get("/non-employee-records/v1", filters=f'sourceId eq "{source["sourceId"]}"')
    company.wait("PT15M")
    (account,) = company.get("/accounts/v1", filters=f'sourceId eq "{source["sourceId"]}"')
    assert (account["nativeIdentity"], account["attributes"]["phone"]) == ("william.smith", record["phone"])
    identity = company.identity("william.smith")
    assert identity["lifecycleState"]["stateName"] == "active"
    assert identity["managerRef"]["id"] == company.identity("E1006")["id"]
    okta = company.account("william.smith")
    assert okta is not None
    assert okta["disabled"] is False
    company.wait("PT16H")
    assert company.identity("william.smith")["lifecycleState"]["stateName"] == "inactive"
    okta = company.account("william.smith")
    assert okta is not None
    assert okta["disabled"] is True
    assert company.status(okta["nativeIdentity"]) in ("SUSPENDED", "DEPROVISIONED")


def test_a_later_end_date_keeps_the_person(company: Company) -> None:
    """Who manages the account may move the end and nothing else; the identity follows the record."""
    source = new_source(company, approvers=[])
    profile(company, source)
    assert ask(company, source).json()["approvalStatus"] == "APPROVED", "nobody reviews"
    (record,) = company.get("/non-employee-records/v1", by=MANAGER)
    path = f"/non-employee-records/v1/{record['id']}"
    company.wait("PT15M")
    later = {"op": "replace", "path": "/endDate", "value": "2027-04-01"}
    assert company.call("PATCH", path, by=MANAGER, json=[later]).status_code == 200
    renamed = {"op": "replace", "path": "/lastName", "value": "Jones"}
    assert company.call("PATCH", path, by=MANAGER, json=[renamed]).status_code == 403
    assert company.call("PATCH", path, by=REVIEWER, json=[later]).status_code == 403
    assert company.call("PATCH", path, json=[renamed]).json()["lastName"] == "Jones"
    company.wait("PT16H")
    identity = company.identity("william.smith")
    assert (identity["name"], identity["lifecycleState"]["stateName"]) == ("Jones", "active")
    company.call("DELETE", path)
    assert company.call("GET", path).status_code == 404
    assert company.get("/accounts/v1", filters=f'sourceId eq "{source["sourceId"]}"') == []


def test_a_rejection_ends_it(company: Company) -> None:
    """It needs a reason; those who come later are not asked; the name is free again."""
    source = new_source(company)
    request = ask(company, source).json()
    assert code(ask(company, source)) == "400.1.409", "the name is asked for already"
    assert code(decide(company, request, REVIEWER, "reject", "")) == "400.1.3"
    item = request["approvalItems"][0]
    said = {"json": {"comment": "x"}}
    assert company.call("POST", f"/non-employee-approvals/v1/{item['id']}/approve", **said).status_code == 403
    assert decide(company, request, REVIEWER, "reject", "Who is that").json()["comment"] == "Who is that"
    assert decide(company, request, REVIEWER).status_code == 400
    request = company.get(f"/non-employee-requests/v1/{request['id']}")
    assert request["approvalStatus"] == "REJECTED"
    assert [one["approvalStatus"] for one in request["approvalItems"]] == ["REJECTED", "CANCELLED"]
    assert ask(company, source).status_code == 200


def test_lists_and_summaries(company: Company) -> None:
    """Reviewers see what they are asked, account managers what was asked on their sources, administrators all."""
    source = new_source(company)
    request = ask(company, source).json()
    mine = company.get("/non-employee-approvals/v1", by=REVIEWER)
    assert [one["id"] for one in mine] == [request["approvalItems"][0]["id"]]
    assert len(company.get("/non-employee-approvals/v1", filters='approvalStatus eq "NOT_READY"')) == 1
    assert company.get("/non-employee-approvals/v1/summary/me", by=REVIEWER) == {
        "approved": 0,
        "pending": 1,
        "rejected": 0,
    }
    detail = company.get(f"/non-employee-approvals/v1/{mine[0]['id']}", by=REVIEWER)
    assert detail["nonEmployeeRequest"]["startDate"] == "2026-03-01"
    assert len(detail["nonEmployeeRequest"]["nonEmployeeSource"]["schemaAttributes"]) == 8
    short = company.get(f"/non-employee-approvals/v1/{mine[0]['id']}", **{"include-detail": "false"})
    assert set(short["nonEmployeeRequest"]) == {"id", "requester"}
    listed = company.get("/non-employee-requests/v1", by=MANAGER, **{"requested-for": "me"})
    assert [one["id"] for one in listed] == [request["id"]]
    counts = company.get("/non-employee-requests/v1/summary/me", by=MANAGER)
    assert counts == {"approved": 0, "rejected": 0, "pending": 1, "nonEmployeeCount": 0}
    for path in (
        f"/non-employee-approvals/v1/{mine[0]['id']}",
        f"/non-employee-approvals/v1/summary/{company.identity(REVIEWER)['id']}",
        f"/non-employee-requests/v1/{request['id']}",
        f"/non-employee-sources/v1/{source['id']}",
    ):
        assert company.call("GET", path, by="E1012").status_code == 403, path
    assert company.call("GET", "/non-employee-requests/v1").status_code == 400
    assert company.call("DELETE", f"/non-employee-requests/v1/{request['id']}").status_code == 204
    assert company.get("/non-employee-approvals/v1") == []


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"endDate": "2026-02-01T00:00:00Z"}, "400.1.3"),
        ({"endDate": "soon"}, "400.1.3"),
        ({"startDate": "0001-01-01T00:00:00+14:00"}, "400.1.3"),
        ({"startDate": 5}, "400.1.3"),
        ({"manager": "nobody"}, "400.1.404"),
        ({"sourceId": "nowhere"}, "400.1.404"),
        ({"firstName": ""}, "400.1.3"),
        ({"phone": None}, "400.1.3"),
        ({"data": {"budget": "7"}}, "400.1"),
        ({"data": {"budget": 7}}, "400.1.3"),
        ({"data": []}, "400.1.3"),
    ],
)
def test_what_cannot_be_asked(company: Company, more: dict[str, Any], wanted: str) -> None:
    """Dates in order, a manager and a source that exist, attributes that are defined."""
    source = new_source(company)
    for path in ("/non-employee-requests/v1", "/non-employee-records/v1"):
        assert code(company.call("POST", path, json=person(sourceId=source["sourceId"]) | more)) == wanted


def test_who_may_ask(company: Company) -> None:
    """Who manages the source, or an administrator; records without a request are for administrators."""
    source = new_source(company)
    assert ask(company, source, by=REVIEWER).status_code == 403
    body = person(sourceId=source["id"])
    assert company.call("POST", "/non-employee-records/v1", by=MANAGER, json=body).status_code == 403
    record = company.call("POST", "/non-employee-records/v1", json=body).json()
    assert code(company.call("POST", "/non-employee-records/v1", json=body)) == "400.1.409"
    path = f"/non-employee-records/v1/{record['id']}"
    assert company.call("PUT", path, json=body | {"phone": "1"}).json()["phone"] == "1"
    assert company.call("PUT", path, json=body | {"sourceId": "other"}).status_code == 400
    assert company.call("PUT", path, json={"phone": "1"}).status_code == 400
    for step in ({"op": "replace", "path": "/id", "value": "x"}, {"op": "remove", "path": "/phone"}, {"op": "add"}):
        assert company.call("PATCH", path, json=[step]).status_code == 400
    ids = {"ids": [record["id"], "none"]}
    assert code(company.call("POST", "/non-employee-records/v1/bulk-delete", json=ids)) == "400.1.404"
    gone = company.call("POST", "/non-employee-records/v1/bulk-delete", json={"ids": [record["id"]]})
    assert gone.status_code == 204
    assert company.get("/non-employee-records/v1") == []
