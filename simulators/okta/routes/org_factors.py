"""/api/v1/org/factors: the kinds of factors that the org offers, switched on and off."""

from __future__ import annotations

from simulators.okta.domain.errors import NotFound, PathUnknown
from simulators.okta.domain.factors import OFFERED, FactorKind
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.factors import org_factor_body

org_factors = Endpoints("/api/v1/org/factors")
_READ, _MANAGE = "okta.orgs.read", "okta.orgs.manage"
_TURNED = {"activate": True, "deactivate": False}


def _kind(call: Call) -> FactorKind:
    name = call.parts["factor"]
    if name not in OFFERED:
        raise NotFound(name, "Factor")
    return OFFERED[name]


def _body(call: Call, name: str) -> Json:
    kind = OFFERED[name]
    return org_factor_body(name, kind, call.org.authenticators.offers(*kind.authenticator), call.org.base_url)


@org_factors.on("GET", "", _READ, "policies.read")
async def list_org_factors(call: Call) -> Answer:
    """Every kind, offered or not."""
    return Answer(200, [_body(call, name) for name in OFFERED])


@org_factors.on("GET", "/{factor}", _READ, "policies.read")
async def read_org_factor(call: Call) -> Answer:
    """One kind."""
    _kind(call)
    return Answer(200, _body(call, call.parts["factor"]))


@org_factors.on("POST", "/{factor}/lifecycle/{operation}", _MANAGE, "policies.write")
async def turn_org_factor(call: Call) -> Answer:
    """Offer a kind or stop offering it: its authenticator's method is switched."""
    kind, operation = _kind(call), call.parts["operation"]
    if operation not in _TURNED:
        raise PathUnknown()
    call.org.authenticators.offer(*kind.authenticator, _TURNED[operation], call.cause)
    return Answer(200, _body(call, call.parts["factor"]))
