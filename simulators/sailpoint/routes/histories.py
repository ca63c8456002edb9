"""`/historical-identities`: what has happened to an identity."""

from __future__ import annotations

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.wire.history import history_body

area = Area()
KINDS = (
    "AccessItemAssociated",
    "AccessItemRemoved",
    "AccessRequested",
    "AccountStatusChanged",
    "AttributesChanged",
    "IdentityCertified",
)
ITEMS = ("account", "app", "entitlement", "role", "accessProfile")


def _several(call: Call, name: str, known: tuple[str, ...]) -> set[str]:
    """The values of a parameter, given once with commas or several times. Raises BadContent for an unknown one."""
    words = {word for text in call.request.query_params.getlist(name) for word in text.split(",") if word}
    by_lower = {word.lower(): word for word in known}
    if unknown := sorted(word for word in words if word.lower() not in by_lower):
        raise BadContent(f'The parameter "{name}" does not know {unknown[0][:50]}.')
    return {by_lower[word.lower()] for word in words}


@area.get("/historical-identities/v1/{id}/events")
async def identity_events(call: Call) -> Response:
    """What has happened to an identity, the latest first, back to `from`."""
    identity = call.tenant.state.identities.get(call.path("id"))
    if identity is None:
        raise NotFound
    kinds, items = _several(call, "eventTypes", KINDS), _several(call, "accessItemTypes", ITEMS)
    since = instant(call.query("from"))
    if call.query("from") and since is None:
        raise BadContent('The parameter "from" is not an instant.')
    limit, offset = call.number("limit", 250, 0, 250), call.number("offset", 0, 0, None)
    found = []
    for at, happening in call.tenant.history.of(identity):
        body = history_body(call.look, identity, happening, at) if since is None or at >= since else None
        if body is None or (kinds and body["eventType"] not in kinds):
            continue
        if items and body.get("accessItemType", "account" if "account" in body else "") not in items:
            continue
        found.append(body)
    headers = {"X-Total-Count": str(len(found))} if call.flag("count") else None
    return answer(found[offset : offset + limit], headers=headers)
