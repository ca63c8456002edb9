"""/api/v1/security-events-providers, /security/api/v1/security-events and Universal Logout: the org is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulators.okta.domain.errors import (
    Invalid,
    NotFound,
)
from simulators.okta.domain.protocol_errors import SecurityEventRefused
from simulators.okta.domain.signals import SecurityProvider
from simulators.okta.domain.users import User
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import OPEN, Endpoints
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.signals import provider_body, read_provider

security_events = Endpoints("")
_PROVIDERS = "/api/v1/security-events-providers"
_READ, _MANAGE = "okta.securityEventsProviders.read", "okta.securityEventsProviders.manage"
_SET = "application/secevent+jwt"


def _provider(call: Call) -> SecurityProvider:
    return call.org.security_events.find(call.parts["provider"])


def _shown(call: Call, provider: SecurityProvider) -> Json:
    return provider_body(provider, call.org.base_url)


async def _settings(call: Call) -> dict[str, Any]:
    read = read_provider(call.json())
    if read["well_known_url"] is not None:
        read["issuer"], read["jwks_url"] = await call.org.security_events.discovered(read["well_known_url"])
    return read


@security_events.on("GET", _PROVIDERS, _READ, "security")
async def list_providers(call: Call) -> Answer:
    """The providers of security events."""
    return Answer(200, [_shown(call, provider) for provider in call.org.state.security_providers.rows()])


@security_events.on("POST", _PROVIDERS, _MANAGE, "security")
async def create_provider(call: Call) -> Answer:
    """A provider; a well-known address is read at once. 200."""
    provider = SecurityProvider(call.org.new_id("sse"), **await _settings(call))
    return Answer(200, _shown(call, call.org.security_events.keep(provider, "create", call.cause)))


@security_events.on("GET", _PROVIDERS + "/{provider}", _READ, "security")
async def read_one_provider(call: Call) -> Answer:
    """One provider."""
    return Answer(200, _shown(call, _provider(call)))


@security_events.on("PUT", _PROVIDERS + "/{provider}", _MANAGE, "security")
async def replace_provider(call: Call) -> Answer:
    """Another name or source."""
    _provider(call)
    changes = await _settings(call)
    after = replace(_provider(call), **changes)
    return Answer(200, _shown(call, call.org.security_events.keep(after, "update", call.cause)))


@security_events.on("DELETE", _PROVIDERS + "/{provider}", _MANAGE, "security")
async def delete_provider(call: Call) -> Answer:
    """Listen to a provider no more."""
    call.org.security_events.delete(_provider(call), call.cause)
    return NO_CONTENT


@security_events.on("POST", _PROVIDERS + "/{provider}/lifecycle/activate", _MANAGE, "security")
@security_events.on("POST", _PROVIDERS + "/{provider}/lifecycle/deactivate", _MANAGE, "security")
async def switch_provider(call: Call) -> Answer:
    """Listen to a provider, or not."""
    after = call.org.security_events.switch(_provider(call), call.path.endswith("/activate"), call.cause)
    return Answer(200, _shown(call, after))


@security_events.on("POST", "/security/api/v1/security-events", audience=OPEN)
async def receive(call: Call) -> Answer:
    """Take a security event token; the signature is the credential. 202."""
    if call.headers.get("content-type", "").partition(";")[0].strip().lower() != _SET:
        raise SecurityEventRefused("invalid_request", f"The Content-Type must be {_SET}.")
    await call.org.security_events.receive(call.raw.decode("latin-1").strip(), call.cause)
    return Answer(202)


@security_events.on("POST", "/oauth2/v1/global-token-revocation", "okta.universalLogout.manage", "users.help")
async def universal_logout(call: Call) -> Answer:
    """End every session and token of a person, here and at the applications that take part."""
    call.org.universal_logout.sign_out(_named(call), call.cause)
    return NO_CONTENT


def _named(call: Call) -> User:
    """The person that a subject identifier names: by id, by this org's issuer, or by mail. Raises NotFound."""
    users, subject = call.org.users, part(call.json(), "sub_id")
    form = subject.get("format")
    if form == "opaque":
        name = call.need(subject, "id")
    elif form == "iss_sub":
        name = call.need(subject, "sub")
        if call.need(subject, "iss") != call.org.base_url:
            raise NotFound(name, "User")
    elif form == "email":
        name = call.need(subject, "email")
    else:
        raise Invalid("sub_id", "sub_id: The format must be opaque, iss_sub or email.")
    user = call.org.state.users.get(name) or users.by_login(name)
    if user is None:
        raise NotFound(name, "User")
    call.org.access.demand_over(call.caller, user)
    return user
