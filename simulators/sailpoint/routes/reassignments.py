"""`/reassignment-configurations`."""

from __future__ import annotations

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, NotFound
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.reassignments import ConfigurationItem, configuration_body
from simulators.sailpoint.wire.request_bodies import date

area = Area()
CONFIGURATIONS = collection("GET", "/reassignment-configurations/v1")


def _saved(call: Call, body: ConfigurationItem, *, alone: bool) -> Document:
    start, end = date(body.start_date, "startDate"), date(body.end_date, "endDate")
    if start is None:
        raise IllegalValue('Value of "startDate" is empty or contains invalid data.')
    return call.tenant.reassignments.save(
        body.reassigned_from_id, body.reassigned_to_id, body.config_type, start, end, call.caller, alone=alone
    )


@area.get("/reassignment-configurations/v1")
async def list_configurations(call: Call) -> Response:
    """Everybody's configurations for administrators, else one's own."""
    rows = call.tenant.reassignments.all()
    if not call.caller.is_admin:
        rows = [row for row in rows if row.body["identityId"] == call.caller.identity_id]
    return page(call, CONFIGURATIONS, None, lambda row: configuration_body(call.look, row), rows=rows)


@area.post("/reassignment-configurations/v1")
async def create_configuration(call: Call) -> Response:
    """Reassign one type of a person's work; what was set for other types stays."""
    document = _saved(call, await call.model(ConfigurationItem), alone=False)
    return answer(configuration_body(call.look, document), 201)


@area.get("/reassignment-configurations/v1/{id}")
async def get_configuration(call: Call) -> Response:
    """One person's configuration."""
    if not call.caller.is_admin and call.path("id") != call.caller.identity_id:
        raise Forbidden
    document = call.tenant.reassignments.find(call.path("id"))
    if document is None:
        raise NotFound
    return answer(configuration_body(call.look, document))


@area.put("/reassignment-configurations/v1/{id}")
async def replace_configuration(call: Call) -> Response:
    """Set what replaces a person's whole configuration."""
    body = await call.model(ConfigurationItem)
    if body.reassigned_from_id != call.path("id"):
        raise BadContent("The identity of the path is not the one of the body.")
    return answer(configuration_body(call.look, _saved(call, body, alone=True)))
