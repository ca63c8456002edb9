"""The document of what the simulators answer lists every served call, and no other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from simulators.control.app import create_app as control_app
from simulators.hr.app import create_app as hr_app
from simulators.okta.app import create_app as okta_app
from simulators.sailpoint import routes
from simulators.sailpoint.app import AREAS, areas
from simulators.sailpoint.app import create_app as sailpoint_app
from simulators.sailpoint.routes.operations import OPERATIONS
from simulators.scim.app import create_app as scim_app

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "fidelity.md"
ROW = re.compile(r"\| `([A-Z]+ /\S*)` \| (.*) \|")


def _nobody() -> Any:
    raise AssertionError("collecting routes asks no tenant")


APPS: dict[str, Callable[[], Any]] = {
    "Okta": lambda: okta_app(_nobody),
    "SailPoint": lambda: sailpoint_app(_nobody),
    "SCIM applications": lambda: scim_app(_nobody),
    "HR": lambda: hr_app(_nobody),
    "Control plane": lambda: control_app(cast(Any, None)),
}


def served(routes: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """`METHOD path` of each route, those of mounted and included parts too; a HEAD beside its GET is left out.

    Raises TypeError for a kind of route that it cannot read.
    """
    for route in routes:
        methods = getattr(route, "methods", None)
        if methods:
            for method in sorted(methods - {"HEAD"} if "GET" in methods else methods):
                yield f"{method} {prefix}{route.path}"
        elif (included := getattr(route, "original_router", None)) is not None:  # newer FastAPI includes lazily
            yield from served(included.routes, prefix + route.include_context.prefix)
        elif getattr(route, "routes", None):
            yield from served(route.routes, prefix + getattr(route, "path", ""))
        else:
            raise TypeError(f"a route of an unknown kind: {route!r}")


def listed(text: str) -> dict[str, list[tuple[str, str]]]:
    """Calls and remarks of the tables, by the heading of the system they stand under."""
    found: dict[str, list[tuple[str, str]]] = {}
    system = ""
    for line in text.splitlines():
        if line.startswith("## "):
            system = line[3:].strip()
        elif match := ROW.fullmatch(line.strip()):
            found.setdefault(system, []).append((match[1], match[2].strip()))
    return found


def differences(routes: Iterable[str], rows: Iterable[str]) -> list[str]:
    """What the document lacks, what nobody serves, and what is listed more than once, one sentence each.

    >>> differences(["GET /a", "PUT /b"], ["GET /a", "GET /made-up"])
    ['PUT /b is served and not listed', 'GET /made-up is listed and not served']
    """
    there, told = set(routes), Counter(rows)
    return [
        *(f"{call} is served and not listed" for call in sorted(there - set(told))),
        *(f"{call} is listed and not served" for call in sorted(set(told) - there)),
        *(f"{call} is listed {count} times" for call, count in sorted(told.items()) if count > 1),
    ]


@pytest.mark.parametrize("system", APPS)
def test_the_document_lists_what_is_served(system: str) -> None:
    """Every served call has one row under its system, and every row is a served call."""
    rows = listed(DOCUMENT.read_text(encoding="utf-8")).get(system, [])
    assert differences(served(APPS[system]().routes), [call for call, _ in rows]) == []


def test_every_row_has_a_remark_and_a_known_system() -> None:
    """No row stands outside the five systems, and none without a word about the call."""
    tables = listed(DOCUMENT.read_text(encoding="utf-8"))
    assert set(tables) == set(APPS)
    assert [call for rows in tables.values() for call, remark in rows if not remark] == []


def test_no_area_is_left_out() -> None:
    """What SailPoint's areas declare is what its application serves: each is known by all its first segments."""
    declared = {call for area in areas() for call in served(area.routes)}
    assert declared <= set(served(sailpoint_app(_nobody).routes))
    folder = Path(routes.__file__).parent
    assert {path.stem for path in folder.glob("*.py") if "\narea = " in path.read_text("utf-8")} == set(AREAS)


def test_every_operation_of_the_table_is_accounted_for() -> None:
    """Each operation that SailPoint's tenant knows by name is served and listed, or named as not imitated."""
    text = DOCUMENT.read_text(encoding="utf-8")
    there = {_shape(call) for call, _ in listed(text)["SailPoint"]}
    left_out = {
        _shape(call) for call in re.findall(r"`([A-Z]+ /[^`]*)`", text.partition("not imitated (SailPoint)")[2])
    }
    missing = [
        f"{row.method} {row.path}"
        for row in OPERATIONS.values()
        if _shape(f"{row.method} {row.path}") not in there | left_out
    ]
    assert len(OPERATIONS) > 390
    assert missing == []


def _shape(call: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", call)


@pytest.mark.parametrize(
    ("routes", "rows", "told"),
    [
        (["GET /a"], ["GET /a"], []),
        (["GET /a", "POST /made-up"], ["GET /a"], ["POST /made-up is served and not listed"]),
        (["GET /a"], ["GET /a", "GET /made-up"], ["GET /made-up is listed and not served"]),
        (["GET /a"], ["PUT /a"], ["GET /a is served and not listed", "PUT /a is listed and not served"]),
        (["GET /a"], ["GET /a", "GET /a"], ["GET /a is listed 2 times"]),
    ],
)
def test_the_comparison_bites(routes: list[str], rows: list[str], told: list[str]) -> None:
    """A made-up route on either side, another method and a doubled row are each reported."""
    assert differences(routes, rows) == told


def test_a_route_added_to_an_application_is_noticed() -> None:
    """The collector sees routes that are declared, mounted and included."""
    from fastapi import APIRouter, FastAPI
    from starlette.routing import Mount, Route

    async def answer(request: Any) -> None: ...

    app = hr_app(_nobody)
    app.router.routes.append(Route("/made-up", answer, methods=["GET"]))
    app.router.routes.append(Mount("/under", routes=[Route("/made-up", answer, methods=["PUT"])]))
    router, outer = APIRouter(prefix="/in"), FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    router.add_api_route("/made-up", answer, methods=["PATCH"])
    outer.include_router(router)
    rows = [call for call, _ in listed(DOCUMENT.read_text(encoding="utf-8"))["HR"]]
    assert differences(served(app.routes), rows) == [
        "GET /made-up is served and not listed",
        "PUT /under/made-up is served and not listed",
    ]
    assert list(served(outer.routes)) == ["PATCH /in/made-up"]


def test_the_document_says_nothing_twice() -> None:
    """No remark of a list stands in it a second time."""
    remarks = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
    assert [line for line, times in Counter(remarks).items() if times > 1] == []
