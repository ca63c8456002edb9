"""`/service-desk-integrations`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import BadContent, MissingReference, NotFound
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.tenant.tickets import KIND
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.service_desk import (
    SECRET,
    TYPES,
    Integration,
    StatusCheck,
    integration_body,
    status_check_body,
    template_body,
)

area = Area()
INTEGRATIONS = collection("GET", "/service-desk-integrations/v1")
_FIXED = ("id", "created", "modified")


def _checked(call: Call, body: Integration, known: Document | None = None) -> dict[str, Any]:
    """What is stored of an integration, once it names nothing that is missing. Raises BadContent, MissingReference."""
    call.tenant.configuration.check_name(KIND, body.name, known, BadContent)
    if body.owner_ref is not None and call.look.identity(body.owner_ref.id) is None:
        raise MissingReference(f"Referenced owner {body.owner_ref.id} was not found.")
    refs = (body.provisioning_config.managed_resource_refs or ()) if body.provisioning_config is not None else ()
    for id in (*(body.managed_sources or ()), *(one.id for one in refs)):
        if call.look.source(id) is None:
            raise MissingReference(f"Referenced source {id} was not found.")
    stored = body.stored()
    if known is not None:
        kept = {name: value for name, value in known.body["attributes"].items() if name in SECRET}
        stored["attributes"] = {**kept, **stored["attributes"]}
    return stored


@area.get("/service-desk-integrations/v1")
async def list_integrations(call: Call) -> Response:
    """Service desk integrations."""
    rows = call.tenant.configuration.all(KIND)
    return page(call, INTEGRATIONS, None, lambda row: integration_body(call.look, row), rows=rows)


@area.post("/service-desk-integrations/v1")
async def create_integration(call: Call) -> Response:
    """Make an integration; changes on its sources become tickets from then on."""
    body = _checked(call, await call.model(Integration))
    document = call.tenant.configuration.add(KIND, body, actor=call.caller.name)
    return answer(integration_body(call.look, document))


@area.get("/service-desk-integrations/v1/types")
async def list_types(call: Call) -> Response:
    """The types an integration may have."""
    return answer(list(TYPES))


@area.get("/service-desk-integrations/v1/templates/{script}")
async def get_template(call: Call) -> Response:
    """What a new integration of one type starts from."""
    found = next((one for one in TYPES if one["scriptName"] == call.path("script")), None)
    if found is None:
        raise NotFound
    return answer(template_body(found, iso(call.tenant.now())))


@area.get("/service-desk-integrations/v1/status-check-configuration")
async def get_status_check(call: Call) -> Response:
    """How often and how long tickets are looked at."""
    return answer(status_check_body(*call.tenant.tickets.schedule()))


@area.put("/service-desk-integrations/v1/status-check-configuration")
async def put_status_check(call: Call) -> Response:
    """Set how often and how long tickets are looked at."""
    minutes, days = (await call.model(StatusCheck)).numbers()
    call.tenant.tickets.set_schedule(minutes, days, call.caller.name)
    return answer(status_check_body(minutes, days))


@area.get("/service-desk-integrations/v1/{id}")
async def get_integration(call: Call) -> Response:
    """One integration."""
    return answer(integration_body(call.look, call.tenant.configuration.get(KIND, call.path("id"))))


@area.put("/service-desk-integrations/v1/{id}")
async def replace_integration(call: Call) -> Response:
    """Replace an integration; secrets that are not named stay."""
    document = call.tenant.configuration.get(KIND, call.path("id"))
    body = _checked(call, await call.model(Integration), document)
    return answer(integration_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


@area.patch("/service-desk-integrations/v1/{id}")
async def patch_integration(call: Call) -> Response:
    """JSON Patch; the result has to be an integration again."""
    document = call.tenant.configuration.get(KIND, call.path("id"))
    changed = patched(document.body, await call.json(), None, _FIXED)
    body = _checked(call, reread(Integration, changed), document)
    return answer(integration_body(call.look, call.tenant.configuration.update(document, body, call.caller.name)))


@area.delete("/service-desk-integrations/v1/{id}")
async def delete_integration(call: Call) -> Response:
    """Delete an integration; its open tickets fail at their next check."""
    call.tenant.configuration.remove(call.tenant.configuration.get(KIND, call.path("id")), call.caller.name)
    return empty()
