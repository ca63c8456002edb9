"""The table of operations says what the vendor's document says, and every operation in it is served."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.sailpoint.app import areas
from simulators.sailpoint.routes.operations import OPERATIONS, Operation, shape
from tests.answers import MISSING, document

# Callable by everybody, since the descriptions let people see and decide their own; the document's levels are those of
# who may see everybody's.
EVERYBODY = (
    "/access-request-approvals/v1/",
    "/access-request-status/",
    "/access-requests/v1/cancel",
    "/certification-tasks/v1/",
    "/certifications/v1/",
    "/requestable-objects/",
)


@pytest.fixture(scope="module")
def declared() -> dict[tuple[str, str], dict[str, Any]]:
    """The vendor's operations by method and shape of their path."""
    found = document()
    if found is None:
        pytest.skip(MISSING)
    return {
        (method.upper(), shape(path)): call
        for path, calls in found["paths"].items()
        for method, call in calls.items()
        if method in ("get", "post", "put", "patch", "delete")
    }


def test_no_operation_is_missing_or_made_up(declared: dict[tuple[str, str], dict[str, Any]]) -> None:
    """398 operations, each once."""
    assert OPERATIONS.keys() == declared.keys()


def test_versions_and_marks(declared: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Twins, and whether an operation is experimental or deprecated."""
    for key, call in declared.items():
        row = OPERATIONS[key]
        assert row.twins == set(call.get("x-legacy", {})), key
        assert row.experimental == bool(call.get("x-experimental")), key
        assert row.deprecated == bool(call.get("deprecated")), key


def test_scopes_and_users(declared: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Any scope that the document names, and whether a person has to call."""
    for key, call in declared.items():
        row, ways = OPERATIONS[key], call.get("security")
        if not ways or row.open or key == ("GET", "/scheduled-searches/v1/{}"):
            continue
        assert row.scopes == {scope for way in ways for scopes in way.values() for scope in scopes}, key
        assert row.user == all("applicationAuth" not in way for way in ways), key


def test_levels(declared: dict[tuple[str, str], dict[str, Any]]) -> None:
    """The levels of the document, but for what everybody may do with his own."""
    for key, call in declared.items():
        row = OPERATIONS[key]
        levels = {level for level in call.get("x-sailpoint-userLevels", []) if level.isupper()}
        if levels & {"USER", "APPROVAL_OWNER"} or (not row.levels and row.path.startswith(EVERYBODY)):
            continue
        assert row.levels == levels, key


def test_every_collection_names_what_it_filters(declared: dict[tuple[str, str], dict[str, Any]]) -> None:
    """A filter field of the table stands in the description of the parameter."""
    for key, call in declared.items():
        told = " ".join(str(one.get("description")) for one in call.get("parameters", []))
        row: Operation = OPERATIONS[key]
        missing = [name for name in row.filters if name not in told and name not in str(call.get("description"))]
        assert not missing, (key, missing)


def test_every_route_has_its_row() -> None:
    """Nothing is served that the table does not know."""
    for area in areas():
        for route in area.routes:
            for method in (route.methods or set()) - {"HEAD"}:
                known = (method, shape(route.path)) in OPERATIONS
                assert known or (method, route.path) == ("POST", "/search/v1/{index}"), route.path
