"""/api/v1/inlineHooks: registered and switched; the org never calls them."""

from __future__ import annotations

from simulators.okta.domain.documents import Document
from simulators.okta.domain.errors import Invalid
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.inline_hooks import TYPES, inline_hook_body, read_inline_hook

inline_hooks = Endpoints("/api/v1/inlineHooks")
_READ, _MANAGE = "okta.inlineHooks.read", "okta.inlineHooks.manage"
MOST = 100


def _hook(call: Call) -> Document:
    return call.org.documents.find("inline_hook", call.parts["hook"])


def _body(call: Call, hook: Document) -> Json:
    return inline_hook_body(hook, call.org.base_url)


def _read(call: Call) -> tuple[str, Json]:
    return read_inline_hook(call.json(), call.org.settings.hooks_over_http == "loopback")


@inline_hooks.on("GET", "", _READ, "org.read")
async def list_inline_hooks(call: Call) -> Answer:
    """All inline hooks, or those of one `type`."""
    wanted = call.query.get("type")
    if wanted is not None and wanted not in TYPES:
        raise Invalid("type", f"type: The inline hook type must be one of {', '.join(TYPES)}")
    rows = call.org.documents.rows("inline_hook")
    return Answer(200, [_body(call, row) for row in rows if wanted in (None, row.content["type"])])


@inline_hooks.on("POST", "", _MANAGE, "org.write")
async def create_inline_hook(call: Call) -> Answer:
    """A new inline hook, ACTIVE; an org holds 100."""
    name, content = _read(call)
    if call.org.state.documents.count("kind", "inline_hook") >= MOST:
        raise Invalid("inlineHook", f"inlineHook: At most {MOST} inline hooks can be configured")
    return Answer(200, _body(call, call.org.documents.create("inline_hook", name, content, call.cause)))


@inline_hooks.on("GET", "/{hook}", _READ, "org.read")
async def read_one_inline_hook(call: Call) -> Answer:
    """One inline hook."""
    return Answer(200, _body(call, _hook(call)))


@inline_hooks.on("PUT", "/{hook}", _MANAGE, "org.write")
async def replace_inline_hook(call: Call) -> Answer:
    """Another name or channel; type and version stay."""
    hook, (name, content) = _hook(call), _read(call)
    for field in ("type", "version"):
        if content[field] != hook.content[field]:
            raise Invalid(field, f"{field}: The {field} of an inline hook cannot be changed")
    return Answer(200, _body(call, call.org.documents.change(hook, name, content, call.cause)))


@inline_hooks.on("DELETE", "/{hook}", _MANAGE, "org.write")
async def delete_inline_hook(call: Call) -> Answer:
    """Only once it is INACTIVE."""
    hook = _hook(call)
    if hook.status == "ACTIVE":
        raise Invalid("inlineHook", "inlineHook: An active inline hook cannot be deleted")
    call.org.documents.delete(hook, call.cause)
    return NO_CONTENT


@inline_hooks.on("POST", "/{hook}/lifecycle/activate", _MANAGE, "org.write")
async def activate_inline_hook(call: Call) -> Answer:
    """Switch it on."""
    return Answer(200, _body(call, call.org.documents.switch(_hook(call), True, call.cause)))


@inline_hooks.on("POST", "/{hook}/lifecycle/deactivate", _MANAGE, "org.write")
async def deactivate_inline_hook(call: Call) -> Answer:
    """Switch it off."""
    return Answer(200, _body(call, call.org.documents.switch(_hook(call), False, call.cause)))
