"""/api/v1/idps: external identity providers, kept with their mappings; nobody signs in through them."""

from __future__ import annotations

from simulators.okta.domain.errors import Invalid, PathUnknown
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.idps import idp_body, mapped_at_first, read_idp

idps = Endpoints("/api/v1/idps")
_READ, _MANAGE = "okta.idps.read", "okta.idps.manage"
_MAY_READ, _MAY_WRITE = "policies.read", "policies.write"
_LIFECYCLE = {"activate": True, "deactivate": False}


@idps.on("GET", "", _READ, _MAY_READ)
async def list_idps(call: Call) -> Answer:
    """Identity providers besides the org itself: all, of a `type`, or by the beginning of a name (`q`)."""
    rows = call.org.idps.listing(call.query.get("type"), call.query.get("q"), call.query.get("after"))
    return call.paged(rows, 20, 200, lambda row: idp_body(row, call.org.base_url), lambda row: row.id)


@idps.on("POST", "", _MANAGE, _MAY_WRITE)
async def create_idp(call: Call) -> Answer:
    """A new provider and the mapping of its users' profile; 200."""
    body = call.json()
    name, content = read_idp(body)
    status = "INACTIVE" if body.get("status") == "INACTIVE" else "ACTIVE"
    made = call.org.idps.create(name, content, status, mapped_at_first(content["type"]), call.cause)
    return Answer(200, idp_body(made, call.org.base_url))


@idps.on("GET", "/{idp}", _READ, _MAY_READ)
async def read_one_idp(call: Call) -> Answer:
    """One provider."""
    return Answer(200, idp_body(call.org.idps.find(call.parts["idp"]), call.org.base_url))


@idps.on("PUT", "/{idp}", _MANAGE, _MAY_WRITE)
async def replace_idp(call: Call) -> Answer:
    """Another name and content; the type stays."""
    held, (name, content) = call.org.idps.find(call.parts["idp"]), read_idp(call.json())
    if content["type"] != held.content["type"]:
        raise Invalid("type", "type: The type of an identity provider cannot be changed")
    return Answer(200, idp_body(call.org.documents.change(held, name, content, call.cause), call.org.base_url))


@idps.on("DELETE", "/{idp}", _MANAGE, _MAY_WRITE)
async def delete_idp(call: Call) -> Answer:
    """Take it away, with its mapping."""
    call.org.idps.remove(call.org.idps.find(call.parts["idp"]), call.cause)
    return NO_CONTENT


@idps.on("POST", "/{idp}/lifecycle/{operation}", _MANAGE, _MAY_WRITE)
async def switch_idp(call: Call) -> Answer:
    """Switch it on or off; the answer is the provider."""
    held = call.org.idps.find(call.parts["idp"])
    if call.parts["operation"] not in _LIFECYCLE:
        raise PathUnknown()
    after = call.org.documents.switch(held, _LIFECYCLE[call.parts["operation"]], call.cause)
    return Answer(200, idp_body(after, call.org.base_url))
