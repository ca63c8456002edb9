"""Segments, and what somebody may ask for or give back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sailpoint.conftest import Company
from tests.sailpoint.test_access_profiles import made

EQUALS = {"operator": "EQUALS", "attribute": "department", "value": {"type": "STRING", "value": "Sales"}}


def segment(company: Company, expression: Any, **more: Any) -> Any:
    """The answer to making a segment."""
    body = {"name": "Some of us", "active": True, "visibilityCriteria": {"expression": expression}} | more
    return company.call("POST", "/segments/v1", json=body)


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        (EQUALS, True),
        ({"operator": "AND", "children": [EQUALS, EQUALS]}, True),
        ({"operator": "AND", "children": []}, False),
        ({"operator": "AND", "children": [{"operator": "AND", "children": [EQUALS]}]}, False),
        ({"operator": "OR", "children": [EQUALS]}, False),
        ({"operator": "EQUALS", "attribute": "department"}, False),
        ({"operator": "EQUALS", "value": EQUALS["value"]}, False),
    ],
)
def test_expressions(company: Company, expression: Any, fits: bool) -> None:
    """One EQUALS, or an AND of them; nothing nests deeper."""
    assert segment(company, expression).status_code == (201 if fits else 400)


def test_a_segment_limits_what_people_may_ask_for(company: Company) -> None:
    """Inside it, the item is there; outside it is not, and not while the segment is active only."""
    made_segment = segment(company, EQUALS).json()
    profile = made(company, segments=[made_segment["id"]])
    sales = next(one for one in company.get("/identities/v1") if one["attributes"].get("department") == "Sales")
    others = next(one for one in company.get("/identities/v1") if one["attributes"].get("department") == "Finance")

    def offered(person: dict[str, Any]) -> bool:
        found = company.get("/requestable-objects/v1", **{"identity-id": person["id"], "term": "made by a test"})
        return [one["id"] for one in found] == [profile["id"]]

    assert (offered(sales), offered(others)) == (True, False)
    item = {"type": "ACCESS_PROFILE", "id": profile["id"]}
    asked = {"requestedFor": [others["id"]], "requestedItems": [item]}
    assert company.call("POST", "/access-requests/v1", json=asked).json()["detailCode"].startswith("400.1.404")
    off = [{"op": "replace", "path": "/active", "value": False}]
    assert company.call("PATCH", f"/segments/v1/{made_segment['id']}", json=off).status_code == 200
    assert offered(others)


def test_a_segment_changes_and_goes(company: Company) -> None:
    """Every property but id and times may be patched; a name is there once."""
    one = segment(company, EQUALS).json()
    path = f"/segments/v1/{one['id']}"
    assert segment(company, EQUALS).json()["detailCode"].startswith("400.1.409")
    step = {"op": "replace", "path": "/name", "value": "Others"}
    assert company.call("PATCH", path, json=[step]).json()["name"] == "Others"
    assert company.call("PATCH", path, json=[step | {"path": "/id"}]).status_code == 400
    assert company.call("PATCH", path, json=[step | {"path": "/visibilityCriteria"}]).status_code == 400
    assert company.call("DELETE", path).status_code == 204
    assert company.call("GET", path).status_code == 404


def test_who_may_see_whose_list(company: Company) -> None:
    """Administrators anybody's, or everything without a status; others only their own."""
    everything = company.get("/requestable-objects/v1")
    assert {one["requestStatus"] for one in everything} == {None}
    someone = company.identity("E1006")["id"]
    assert company.get("/requestable-objects/v1", by="E1019", **{"identity-id": "me"})
    own = company.call("GET", "/requestable-objects/v1", by="E1019", params={"identity-id": someone})
    assert own.status_code == 403
    types = {one["type"] for one in company.get("/requestable-objects/v1", types="ROLE")}
    assert types <= {"ROLE"}
    asked = {"identity-id": someone, "statuses": "AVAILABLE"}
    assert {one["requestStatus"] for one in company.get("/requestable-objects/v1", **asked)} == {"AVAILABLE"}
    for params in ({"statuses": "AVAILABLE"}, {"types": "CAR"}, {"identity-id": "nobody"}):
        assert company.call("GET", "/requestable-objects/v1", params=params).status_code == 400


def test_a_term_puts_filters_aside(company: Company) -> None:
    """It is looked for in names and descriptions."""
    profile = made(company, description="for the wine cellar")
    asked = {"term": "WINE", "filters": 'name eq "nothing"'}
    assert [one["id"] for one in company.get("/requestable-objects/v1", **asked)] == [profile["id"]]


def test_what_may_be_taken_back(company: Company) -> None:
    """Access by role or lifecycle state cannot be taken back one by one; other access can."""
    account = company.account("E1006")
    assert account is not None
    rights = company.get(f"/entitlements/v1/account/{account['id']}/entitlements")
    asked = {"identityId": account["identityId"]}
    targets = [
        company.get("/revocable-objects/v1", entitlementId=right["id"], **asked)["accountTargets"] for right in rights
    ]
    assert all(one[0]["accountId"] == account["id"] for one in targets)
    assert False in [one[0]["revocable"] for one in targets]
    for params in ({}, asked, asked | {"entitlementId": "none"}, {"identityId": "x", "entitlementId": "y"}):
        assert company.call("GET", "/revocable-objects/v1", params=params).status_code == 400
    other = asked | {"entitlementId": rights[0]["id"]}
    assert company.call("GET", "/revocable-objects/v1", by="E1019", params=other).status_code == 403
