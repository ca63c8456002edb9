"""The switchboard finds routes by segments of their paths."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from simulators.switchboard import Switchboard


async def _answer(request: Request) -> Response:
    return Response(b"")


def _found(paths: list[str], asked: str, method: str = "GET") -> tuple[Match, str | None, dict[str, str]]:
    board = Switchboard(Route(path, _answer, methods=["GET"]) for path in paths)
    match, child = board.matches({"type": "http", "path": asked, "method": method})
    route = next((value for value in child.values() if isinstance(value, Route)), None)
    return match, route.path if route else None, child.get("path_params", {})


@pytest.mark.parametrize(
    ("asked", "path", "parameters"),
    [
        ("/users", "/users", {}),
        ("/users/me", "/users/me", {}),
        ("/users/7", "/users/{user}", {"user": "7"}),
        ("/users/7/groups", "/users/{user}/groups", {"user": "7"}),
        ("/users/me/groups", "/users/{user}/groups", {"user": "me"}),
        ("/users/", None, {}),
        ("/users/7/groups/", None, {}),
        ("/nobody", None, {}),
    ],
)
def test_a_name_goes_before_a_parameter(asked: str, path: str | None, parameters: dict[str, str]) -> None:
    """Whatever was declared first; a name that leads nowhere falls back to the parameter."""
    match, found, given = _found(["/users/{user}", "/users/{user}/groups", "/users", "/users/me"], asked)
    assert (match, found, given) == (Match.NONE if path is None else Match.FULL, path, parameters)


def test_another_method_is_told_from_another_path() -> None:
    """A path that is served by other methods only is a partial match, which becomes 405."""
    assert _found(["/users"], "/users", "POST")[0] is Match.PARTIAL
    assert _found(["/users"], "/groups", "POST")[0] is Match.NONE


@pytest.mark.parametrize("path", ["/files/{name:path}", "/files/{name}.json"])
def test_what_only_a_pattern_can_match_is_refused(path: str) -> None:
    """Better at the start than a call that is never found."""
    with pytest.raises(ValueError, match="files"):
        Switchboard([Route(path, _answer)])
