"""`/workflow-library`: what workflows are made of."""

from __future__ import annotations

from starlette.responses import Response

from simulators.sailpoint.domain.workflow_library import ACTION, OPERATOR, TRIGGER
from simulators.sailpoint.routes.base import Area, Call
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.workflows import EVERYTHING, library_bodies

area = Area()
_ROWS = (
    ("/workflow-library/v1", EVERYTHING),
    ("/workflow-library/v1/actions", (ACTION,)),
    ("/workflow-library/v1/operators", (OPERATOR,)),
    ("/workflow-library/v1/triggers", (TRIGGER,)),
)


def _serve(path: str, kinds: tuple[str, ...]) -> None:
    offered = collection("GET", path)

    @area.get(path)
    async def list_entries(call: Call) -> Response:
        """Entries of some kinds."""
        return page(call, offered, None, dict, rows=library_bodies(*kinds))


for _path, _kinds in _ROWS:
    _serve(_path, _kinds)
