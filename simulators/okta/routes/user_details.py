"""/api/v1/users/{user}/…: factors, roles, client tokens; and the user types."""

from __future__ import annotations

from simulators.okta.domain.admins import LABELS, RoleAssignment
from simulators.okta.domain.errors import Forbidden, Invalid, NotFound
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.oauth import refresh_body
from simulators.okta.wire.roles import role_body
from simulators.okta.wire.sessions import factor_body

details = Endpoints("/api/v1")
_READ, _MANAGE = "okta.users.read", "okta.users.manage"
_ROLES, _GRANTS = "okta.roles.read", "okta.roles.manage"


@details.on("GET", "/users/{user}/factors", _READ, "users.read")
async def list_factors(call: Call) -> Answer:
    """The factors of a person."""
    return Answer(200, [factor_body(factor, call.org.base_url) for factor in call.org.factors.of(call.user().id)])


@details.on("POST", "/users/{user}/factors", _MANAGE, "users.help")
async def enroll_factor(call: Call) -> Answer:
    """Begin an enrolment."""
    user, body = call.changeable_user(), call.json()
    profile = part(body, "profile")
    address = str(profile.get("email") or profile.get("phoneNumber") or user.profile.text("email"))
    kind, provider = call.need(body, "factorType"), call.need(body, "provider")
    factor = call.org.factors.enroll(user, kind, provider, call.flag("activate"), address, call.cause)
    return Answer(200, factor_body(factor, call.org.base_url, reveal=True))


@details.on("GET", "/users/{user}/factors/{factor}", _READ, "users.read")
async def read_factor(call: Call) -> Answer:
    """One factor."""
    return Answer(200, factor_body(call.org.factors.find(call.user(), call.parts["factor"]), call.org.base_url))


@details.on("DELETE", "/users/{user}/factors/{factor}", _MANAGE, "users.help")
async def remove_factor(call: Call) -> Answer:
    """Take one factor away."""
    user = call.changeable_user()
    call.org.factors.remove(user, call.org.factors.find(user, call.parts["factor"]), call.cause)
    return NO_CONTENT


@details.on("POST", "/users/{user}/factors/{factor}/lifecycle/activate", _MANAGE, "users.help")
async def activate_factor(call: Call) -> Answer:
    """Finish an enrolment with a code."""
    user = call.user()
    factor = call.org.factors.find(user, call.parts["factor"])
    code = str(call.json().get("passCode") or "")
    return Answer(200, factor_body(call.org.factors.activate(user, factor, code, call.cause), call.org.base_url))


@details.on("POST", "/users/{user}/factors/{factor}/verify", _MANAGE, "users.help")
async def verify_factor(call: Call) -> Answer:
    """Check a code."""
    factor = call.org.factors.find(call.user(), call.parts["factor"])
    body = call.optional_json()
    if factor.type != "token:software:totp" and "passCode" not in body:
        return Answer(200, {"factorResult": "CHALLENGE"})
    call.org.factors.verify(factor, str(body.get("passCode") or ""))
    return Answer(200, {"factorResult": "SUCCESS"})


def _holder(call: Call) -> tuple[str, str]:
    """The kind and id of the holder that the path names."""
    if "user" in call.parts:
        return "USER", call.user().id
    if "group" in call.parts:
        return "GROUP", call.org.groups.find(call.parts["group"]).id
    app = call.org.apps.client(call.parts["client"])
    if app is None:
        raise NotFound(call.parts["client"], "PublicClientApp")
    return "CLIENT", app.id


def _render(call: Call, row: RoleAssignment) -> Json:
    return role_body(row, call.path if call.path.endswith(row.id) else f"{call.path}/{row.id}", call.org.base_url)


async def _list_roles(call: Call) -> Answer:
    """The roles assigned to a holder."""
    _, holder = _holder(call)
    return Answer(200, [_render(call, row) for row in call.org.access.assignments(holder)])


async def _assign_role(call: Call) -> Answer:
    """Give a standard role: 201."""
    kind, holder = _holder(call)
    wanted = call.need(call.json(), "type")
    if wanted not in LABELS:
        raise Invalid("roleType", f"roleType: The role type {wanted} is not valid")
    return Answer(201, _render(call, call.org.access.assign(kind, holder, wanted, call.cause)))


async def _read_role(call: Call) -> Answer:
    """One assignment."""
    _, holder = _holder(call)
    for row in call.org.access.assignments(holder):
        if row.id == call.parts["role"]:
            return Answer(200, _render(call, row))
    raise NotFound(call.parts["role"], "RoleAssignment")


async def _unassign_role(call: Call) -> Answer:
    """Take a role back."""
    _, holder = _holder(call)
    call.org.access.unassign(holder, call.parts["role"], call.cause)
    return NO_CONTENT


client_roles = Endpoints("/oauth2/v1/clients")
for collected, path in ((details, "/users/{user}"), (details, "/groups/{group}"), (client_roles, "/{client}")):
    collected.on("GET", f"{path}/roles", _ROLES, "roles.read")(_list_roles)
    collected.on("POST", f"{path}/roles", _GRANTS, "roles.write")(_assign_role)
    collected.on("GET", f"{path}/roles/{{role}}", _ROLES, "roles.read")(_read_role)
    collected.on("DELETE", f"{path}/roles/{{role}}", _GRANTS, "roles.write")(_unassign_role)


@details.on("GET", "/users/{user}/clients/{client}/tokens", _READ, "users.read")
async def client_tokens(call: Call) -> Answer:
    """The refresh tokens a person has with a client."""
    found = call.org.tokens.refresh_tokens(call.user().id, call.parts["client"])
    return Answer(200, [refresh_body(token, call.org.base_url) for token in found])


@details.on("DELETE", "/users/{user}/clients/{client}/tokens", _MANAGE, "users.help")
async def revoke_client_tokens(call: Call) -> Answer:
    """End every token a person has with a client."""
    call.org.tokens.revoke_user(call.changeable_user().id, call.cause, call.parts["client"])
    return NO_CONTENT


@details.on("GET", "/meta/types/user", "okta.userTypes.read")
async def user_types(call: Call) -> Answer:
    """The only user type."""
    return Answer(200, [_type_body(call)])


@details.on("GET", "/meta/types/user/{type}", "okta.userTypes.read")
async def user_type(call: Call) -> Answer:
    """One user type."""
    if call.parts["type"] not in ("default", call.org.state.user_type):
        raise NotFound(call.parts["type"], "CVDType")
    return Answer(200, _type_body(call))


def _type_body(call: Call) -> Json:
    if not call.may("users.read"):
        raise Forbidden()
    id, base_url = call.org.state.user_type, call.org.base_url
    return {
        "id": id,
        "displayName": "User",
        "name": "user",
        "description": "Okta user profile template with default permission settings",
        "default": True,
        "_links": {
            "self": {"href": f"{base_url}/api/v1/meta/types/user/{id}"},
            "schema": {"href": f"{base_url}/api/v1/meta/schemas/user/{id.replace('oty', 'osc', 1)}"},
        },
    }
