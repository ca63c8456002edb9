"""/api/v1/eventHooks: event hooks. The org really calls verified ones."""

from __future__ import annotations

from simulators.okta.domain.hooks import EventHook
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.event_hooks import event_hook_body, read_event_hook, read_status

event_hooks = Endpoints("/api/v1/eventHooks")
_READ, _MANAGE = "okta.eventHooks.read", "okta.eventHooks.manage"


def _hook(call: Call) -> EventHook:
    return call.org.hooks.find(call.parts["hook"])


def _answer(call: Call, hook: EventHook) -> Answer:
    return Answer(200, event_hook_body(hook, call.org.base_url))


def _read(call: Call) -> Json:
    return read_event_hook(call.json(), call.org.settings.hooks_over_http == "loopback")


@event_hooks.on("GET", "", _READ, "org.read")
async def list_event_hooks(call: Call) -> Answer:
    """All event hooks."""
    return Answer(200, [event_hook_body(hook, call.org.base_url) for hook in call.org.state.event_hooks.rows()])


@event_hooks.on("POST", "", _MANAGE, "org.write")
async def create_event_hook(call: Call) -> Answer:
    """A new one, ACTIVE and UNVERIFIED; 200."""
    by = call.caller.user_id or call.caller.client_id
    return _answer(call, call.org.hooks.create(_read(call), by, call.cause))


@event_hooks.on("GET", "/{hook}", _READ, "org.read")
async def read_one_event_hook(call: Call) -> Answer:
    """One event hook."""
    return _answer(call, _hook(call))


@event_hooks.on("PUT", "/{hook}", _MANAGE, "org.write")
async def replace_event_hook(call: Call) -> Answer:
    """Another content, and switched on or off by `status`; another channel has to be verified anew."""
    hook = _hook(call)
    return _answer(call, call.org.hooks.replace(hook, _read(call), read_status(call.json()), call.cause))


@event_hooks.on("DELETE", "/{hook}", _MANAGE, "org.write")
async def delete_event_hook(call: Call) -> Answer:
    """Only once it is INACTIVE."""
    call.org.hooks.delete(_hook(call), call.cause)
    return NO_CONTENT


@event_hooks.on("POST", "/{hook}/lifecycle/activate", _MANAGE, "org.write")
async def activate_event_hook(call: Call) -> Answer:
    """Switch it on."""
    return _answer(call, call.org.hooks.switch(_hook(call), True, call.cause))


@event_hooks.on("POST", "/{hook}/lifecycle/deactivate", _MANAGE, "org.write")
async def deactivate_event_hook(call: Call) -> Answer:
    """Switch it off."""
    return _answer(call, call.org.hooks.switch(_hook(call), False, call.cause))


@event_hooks.on("POST", "/{hook}/lifecycle/verify", _MANAGE, "org.write")
async def verify_event_hook(call: Call) -> Answer:
    """Send the listener a challenge, which it has to repeat within 3 seconds."""
    return _answer(call, await call.org.hooks.verify(call.parts["hook"], call.cause))
