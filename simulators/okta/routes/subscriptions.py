"""Subscriptions of a role, and of the caller, to the vendor's mail notifications. No mail is sent."""

from __future__ import annotations

from simulators.okta.domain.admins import LABELS
from simulators.okta.domain.errors import Forbidden, NotFound
from simulators.okta.domain.notifications import NOTIFICATION_TYPES
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.features import subscription_body

subscriptions = Endpoints("/api/v1")


def _holder(call: Call) -> tuple[str, str]:
    """Who is told, and the address of the list. A person's subscriptions are that person's own business."""
    if "user" in call.parts:
        user = call.user()
        if user.id != call.caller.user_id:
            raise Forbidden()
        return user.id, f"{call.org.base_url}/api/v1/users/{user.id}/subscriptions"
    role = call.parts["role"]
    if role not in LABELS and call.org.iam.role(role) is None:
        raise NotFound(role, "Role")
    return role, f"{call.org.base_url}/api/v1/roles/{role}/subscriptions"


def _type(call: Call) -> str:
    wanted = call.parts["type"]
    if wanted not in NOTIFICATION_TYPES:
        raise NotFound(wanted, "NotificationType")
    return wanted


def _body(call: Call, holder: str, where: str, type: str) -> Json:
    return subscription_body(type, bool(call.org.state.subscriptions.get(f"{holder}/{type}")), f"{where}/{type}")


async def _list(call: Call) -> Answer:
    """Every notification there is."""
    holder, where = _holder(call)
    return Answer(200, [_body(call, holder, where, type) for type in NOTIFICATION_TYPES])


async def _read(call: Call) -> Answer:
    """One of them."""
    holder, where = _holder(call)
    return Answer(200, _body(call, holder, where, _type(call)))


async def _subscribe(call: Call) -> Answer:
    """Ask to be told; 200 without a body."""
    holder, _ = _holder(call)
    call.org.state.subscriptions[f"{holder}/{_type(call)}"] = True
    return Answer(200)


async def _unsubscribe(call: Call) -> Answer:
    """Ask not to be told; 200 without a body."""
    holder, _ = _holder(call)
    call.org.state.subscriptions[f"{holder}/{_type(call)}"] = False
    return Answer(200)


for _path, _family, _right in (
    ("/users/{user}/subscriptions", "okta.users", None),
    ("/roles/{role}/subscriptions", "okta.roles", "org"),
):
    _reading, _writing = (f"{_right}.read", f"{_right}.write") if _right else (None, None)
    subscriptions.on("GET", _path, f"{_family}.read", _reading)(_list)
    subscriptions.on("GET", f"{_path}/{{type}}", f"{_family}.read", _reading)(_read)
    subscriptions.on("POST", f"{_path}/{{type}}/subscribe", f"{_family}.manage", _writing)(_subscribe)
    subscriptions.on("POST", f"{_path}/{{type}}/unsubscribe", f"{_family}.manage", _writing)(_unsubscribe)
