"""/api/v1/users/{user}/…: linked users, identity providers, devices, risk, blocks."""

from __future__ import annotations

from simulators.okta.domain.errors import FeatureOff
from simulators.okta.domain.risk import risk
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.users import risk_body

relations = Endpoints("/api/v1/users")
_READ, _MANAGE = "okta.users.read", "okta.users.manage"


@relations.on("GET", "/{user}/linkedObjects/{name}", _READ, "users.read")
async def linked_users(call: Call) -> Answer:
    """By a primary name the one primary user, by an associated name every associated one; links only, unpaged."""
    ids = call.org.linked_objects.of(call.user(), call.parts["name"])
    base = f"{call.org.base_url}/api/v1/users"
    return Answer(200, [{"_links": {"self": {"href": f"{base}/{id}"}}} for id in ids])


@relations.on("PUT", "/{user}/linkedObjects/{name}/{primary}", _MANAGE, "users.write")
async def link_users(call: Call) -> Answer:
    """Make the second user the primary one of the first; an earlier primary user is replaced."""
    call.org.linked_objects.link(call.changeable_user(), call.parts["name"], call.user("primary"))
    return NO_CONTENT


@relations.on("DELETE", "/{user}/linkedObjects/{name}", _MANAGE, "users.write")
async def unlink_users(call: Call) -> Answer:
    """End the link of an associated user; 204 for a primary one too, and nothing happens."""
    call.org.linked_objects.unlink(call.changeable_user(), call.parts["name"])
    return NO_CONTENT


@relations.on("GET", "/{user}/idps", _READ, "users.read")
async def identity_providers_of_user(call: Call) -> Answer:
    """The external identity providers a person is linked to: none."""
    call.user()
    return Answer(200, [])


@relations.on("GET", "/{user}/devices", _READ, "users.read")
async def devices_of_user(call: Call) -> Answer:
    """The devices a person has enrolled: none."""
    call.user()
    return Answer(200, [])


@relations.on("GET", "/{user}/risk", "okta.userRisk.read", "users.read")
async def read_risk(call: Call) -> Answer:
    """How risky a person is held to be; `NONE` until it is set."""
    user = call.user()
    return Answer(200, risk_body(user, call.org.risks.of(user), call.org.base_url))


@relations.on("PUT", "/{user}/risk", "okta.userRisk.manage", "users.write")
async def set_risk(call: Call) -> Answer:
    """Set it: 201 the first time."""
    user, body = call.changeable_user(), call.json()
    status = 201 if call.org.risks.of(user) is None else 200
    wanted = risk(body.get("riskLevel"), body.get("riskReason"))
    call.org.risks.put(user, wanted, call.cause)
    return Answer(status, risk_body(user, wanted, call.org.base_url))


async def _feature_off(call: Call) -> Answer:
    """An address of a feature that the org has not got."""
    call.user()
    raise FeatureOff()


relations.on("GET", "/{user}/blocks", _READ, "users.read")(_feature_off)
relations.on("GET", "/{user}/classification", _READ, "users.read")(_feature_off)
relations.on("PUT", "/{user}/classification", _MANAGE, "users.write")(_feature_off)
