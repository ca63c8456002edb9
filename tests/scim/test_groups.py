"""SCIM groups over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.scim.errors import ScimRefusal
from simulators.scim.groups import GroupChange, patched_group
from simulators.scim.patches import Operation

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture
def members(deskly: Any) -> list[str]:
    """Three accounts."""
    return [deskly("POST", "/scim/v2/Users", {"userName": f"m{n}"}).json()["id"] for n in range(3)]


def _ids(deskly: Any, group: str) -> list[str]:
    return [member["value"] for member in deskly("GET", f"/scim/v2/Groups/{group}").json()["members"]]


def _patch(deskly: Any, group: str, *steps: dict[str, Any]) -> int:
    status: int = deskly(
        "PATCH", f"/scim/v2/Groups/{group}", {"schemas": [PATCH], "Operations": list(steps)}
    ).status_code
    return status


def test_members_come_and_go(deskly: Any, members: list[str]) -> None:
    """Added once, removed by value path or by list, replaced as a whole."""
    first, second, third = members
    created = deskly("POST", "/scim/v2/Groups", {"displayName": "Agents", "members": [{"value": first}]})
    group = created.json()["id"]
    assert (created.status_code, _ids(deskly, group)) == (201, [first])
    added = {"op": "add", "path": "members", "value": [{"value": first}, {"value": second}]}
    assert _patch(deskly, group, added) == 204
    assert _ids(deskly, group) == [first, second]
    assert _patch(deskly, group, {"op": "remove", "path": f'members[value eq "{first}"]'}) == 204
    assert _ids(deskly, group) == [second]
    assert _patch(deskly, group, {"op": "replace", "path": "members", "value": [{"value": third}]}) == 204
    assert _ids(deskly, group) == [third]
    assert _patch(deskly, group, {"op": "remove", "path": "members"}) == 204
    assert _ids(deskly, group) == []


def test_an_account_shows_its_groups(deskly: Any, members: list[str]) -> None:
    """Read-only on the user, and gone with the group or the account."""
    group = deskly("POST", "/scim/v2/Groups", {"displayName": "Agents", "members": [{"value": members[0]}]}).json()[
        "id"
    ]
    user = deskly("GET", f"/scim/v2/Users/{members[0]}").json()
    assert [(g["value"], g["display"]) for g in user["groups"]] == [(group, "Agents")]
    deskly("DELETE", f"/scim/v2/Users/{members[0]}")
    assert _ids(deskly, group) == []
    assert deskly("DELETE", f"/scim/v2/Groups/{group}").status_code == 204
    assert deskly("GET", f"/scim/v2/Groups/{group}").status_code == 404


def test_groups_are_renamed_and_found(deskly: Any) -> None:
    """A rename by PATCH without a path, as Okta sends it, moves the index too."""
    group = deskly("POST", "/scim/v2/Groups", {"displayName": "Old"}).json()["id"]
    assert _patch(deskly, group, {"op": "replace", "value": {"id": group, "displayName": "New"}}) == 204
    found = deskly("GET", "/scim/v2/Groups", filter='displayName eq "new"').json()
    assert [row["id"] for row in found["Resources"]] == [group]
    assert deskly("GET", "/scim/v2/Groups", filter='displayName eq "Old"').json()["totalResults"] == 0
    assert "members" not in deskly("GET", f"/scim/v2/Groups/{group}", excludedAttributes="members").json()


def test_an_unknown_member_is_refused(deskly: Any) -> None:
    """A group holds accounts of its own application only."""
    answer = deskly("POST", "/scim/v2/Groups", {"displayName": "G", "members": [{"value": "nobody"}]})
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert deskly("POST", "/scim/v2/Groups", {"members": []}).status_code == 400


def test_the_last_step_of_a_patch_wins() -> None:
    """Adding and removing the same member in one request follows the order of the steps."""
    there = Operation("add", "members", [{"value": "a"}])
    away = Operation("remove", 'members[value eq "a"]', None)
    assert patched_group([there, away]) == GroupChange(remove=("a",))
    assert patched_group([away, there]) == GroupChange(add=("a",))


@pytest.mark.parametrize(
    "step",
    [
        Operation("replace", "members", "a"),
        Operation("replace", "colour", "red"),
        Operation("remove", "displayName", None),
        Operation("remove", 'members[display eq "a"]', None),
        Operation("add", None, []),
    ],
)
def test_a_bad_step_is_refused(step: Operation) -> None:
    """Nothing is guessed."""
    with pytest.raises(ScimRefusal):
        patched_group([step])
