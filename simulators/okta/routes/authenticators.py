"""/api/v1/authenticators: the org's authenticators and their methods."""

from __future__ import annotations

from dataclasses import replace

from simulators.okta.domain.authenticators import Authenticator
from simulators.okta.domain.errors import FeatureOff, Invalid, PathUnknown
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.authenticators import authenticator_body, method_body, read_provider, read_settings
from simulators.okta.wire.bodies import part

authenticators = Endpoints("/api/v1")
_READ, _MANAGE = "okta.authenticators.read", "okta.authenticators.manage"
_MAY_READ, _MAY_WRITE = "policies.read", "policies.write"
_ONE = "/authenticators/{authenticator}"
_METHOD = _ONE + "/methods/{method}"
_STATUS = {"activate": "ACTIVE", "deactivate": "INACTIVE"}


def _held(call: Call) -> Authenticator:
    return call.org.authenticators.find(call.parts["authenticator"])


@authenticators.on("GET", "/authenticators", _READ, _MAY_READ)
async def list_authenticators(call: Call) -> Answer:
    """Every authenticator of the org."""
    return Answer(200, [authenticator_body(row, call.org.base_url) for row in call.org.authenticators.listing()])


@authenticators.on("POST", "/authenticators", _MANAGE, _MAY_WRITE)
async def create_authenticator(call: Call) -> Answer:
    """Another authenticator of the catalogue."""
    body = call.json()
    key, name = call.need(body, "key"), call.need(body, "name")
    provider, settings = read_provider(body), read_settings(key, body)
    made = call.org.authenticators.create(key, name, provider, settings, call.flag("activate", True), call.cause)
    return Answer(200, authenticator_body(made, call.org.base_url))


@authenticators.on("GET", _ONE, _READ, _MAY_READ)
async def read_authenticator(call: Call) -> Answer:
    """One authenticator."""
    return Answer(200, authenticator_body(_held(call), call.org.base_url))


@authenticators.on("PUT", _ONE, _MANAGE, _MAY_WRITE)
async def replace_authenticator(call: Call) -> Answer:
    """Another name, settings and provider."""
    held, body = _held(call), call.json()
    for name in ("key", "type"):
        if body.get(name, getattr(held, name)) != getattr(held, name):
            raise Invalid(name, f"{name}: The field cannot be changed")
    off = body.get("status") == "INACTIVE" and held.status == "INACTIVE"
    settings, provider = read_settings(held.key, body), read_provider(body)
    after = call.org.authenticators.replace(held, call.need(body, "name"), settings, provider, off, call.cause)
    return Answer(200, authenticator_body(after, call.org.base_url))


@authenticators.on("POST", _ONE + "/lifecycle/{operation}", _MANAGE, _MAY_WRITE)
async def change_authenticator(call: Call) -> Answer:
    """Switch an authenticator on or off."""
    after = call.org.authenticators.set_status(_held(call), _status(call), call.cause)
    return Answer(200, authenticator_body(after, call.org.base_url))


@authenticators.on("GET", _ONE + "/methods", _READ, _MAY_READ)
async def list_methods(call: Call) -> Answer:
    """The methods of an authenticator."""
    held = _held(call)
    return Answer(200, [method_body(held, method, call.org.base_url) for method in held.methods])


@authenticators.on("GET", _METHOD, _READ, _MAY_READ)
async def read_method(call: Call) -> Answer:
    """One method."""
    held = _held(call)
    return Answer(200, method_body(held, call.org.authenticators.method(held, call.parts["method"]), call.org.base_url))


@authenticators.on("PUT", _METHOD, _MANAGE, _MAY_WRITE)
async def replace_method(call: Call) -> Answer:
    """Other settings of a method."""
    held, body = _held(call), call.json()
    method = call.org.authenticators.method(held, call.parts["method"])
    settings = part(body, "settings") if body.get("settings") is not None else method.settings
    after = call.org.authenticators.change_method(held, replace(method, settings=settings), call.cause)
    return Answer(200, method_body(_held(call), after, call.org.base_url))


@authenticators.on("POST", _METHOD + "/lifecycle/{operation}", _MANAGE, _MAY_WRITE)
async def change_method(call: Call) -> Answer:
    """Switch a method on or off."""
    held, status = _held(call), _status(call)
    method = replace(call.org.authenticators.method(held, call.parts["method"]), status=status)
    after = call.org.authenticators.change_method(held, method, call.cause)
    return Answer(200, method_body(_held(call), after, call.org.base_url))


async def _no_aaguids(call: Call) -> Answer:
    """Custom AAGUIDs are a feature that the org does not have."""
    _held(call)
    raise FeatureOff()


for _verb, _path in (("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PUT", "/{id}"), ("PATCH", "/{id}"),
                     ("DELETE", "/{id}")):  # fmt: skip
    _scope, _right = (_READ, _MAY_READ) if _verb == "GET" else (_MANAGE, _MAY_WRITE)
    authenticators.on(_verb, f"{_ONE}/aaguids{_path}", _scope, _right)(_no_aaguids)


def _status(call: Call) -> str:
    if call.parts["operation"] not in _STATUS:
        raise PathUnknown()
    return _STATUS[call.parts["operation"]]
