"""The org as a receiver of security events: providers, and what a received event does.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SSFReceiver/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from simulators.okta.domain.errors import (
    Invalid,
    NotFound,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.protocol_errors import SecurityEventRefused
from simulators.okta.domain.signals import SESSION_REVOKED, TAKEN, VERIFICATION, SecurityProvider, subject_of
from simulators.okta.domain.users import User
from simulators.okta.jose import has_signature_of, read_unverified
from simulators.okta.tenant.journal import user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_REMEMBERED = timedelta(days=7)


class SecurityEvents:
    """Providers, and the tokens they send: one event each, each counted once."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def find(self, id: str) -> SecurityProvider:
        """One provider. Raises NotFound."""
        provider = self.org.state.security_providers.get(id)
        if provider is None:
            raise NotFound(id, "SecurityEventsProvider")
        return provider

    async def discovered(self, url: str) -> tuple[str, str]:
        """Issuer and key address of the transmitter that publishes itself under an address. Raises Invalid."""
        found = await self._fetched(url)
        issuer, jwks = found.get("issuer"), found.get("jwks_uri")
        if not isinstance(issuer, str) or not isinstance(jwks, str):
            raise Invalid("well_known_url", "well_known_url: The well-known URL could not be read.")
        return issuer, jwks

    def keep(self, provider: SecurityProvider, verb: str, cause: Cause) -> SecurityProvider:
        """Store a provider. Raises Invalid for an issuer that another one has."""
        held = self.org.state.security_providers.first("issuer", provider.issuer)
        if held is not None and held.id != provider.id:
            raise Invalid("issuer", "issuer: A security events provider with this issuer already exists.")
        self._report(cause, verb, provider)
        return self.org.state.security_providers.put(provider)

    def switch(self, provider: SecurityProvider, on: bool, cause: Cause) -> SecurityProvider:
        """Listen to a provider, or not."""
        after = replace(provider, status="ACTIVE" if on else "INACTIVE")
        return self.keep(after, "activate" if on else "deactivate", cause)

    def delete(self, provider: SecurityProvider, cause: Cause) -> None:
        """Listen to a provider no more."""
        self.org.state.security_providers.remove(provider.id)
        self._report(cause, "delete", provider)

    async def receive(self, text: str, cause: Cause) -> None:
        """Take a security event token. Raises SecurityEventRefused; a token that came before changes nothing."""
        try:
            header, claims = read_unverified(text)
        except ValueError:
            raise SecurityEventRefused("invalid_request", "The request body is not a signed JWT.") from None
        if header.get("typ") != "secevent+jwt" or header.get("alg") != "RS256":
            raise SecurityEventRefused("invalid_request", "The token must be a secevent+jwt signed with RS256.")
        provider = self.org.state.security_providers.first("issuer", str(claims.get("iss", "")))
        if provider is None or provider.status != "ACTIVE":
            raise SecurityEventRefused("invalid_issuer", "The issuer is not an active security events provider.")
        audience = claims.get("aud")
        if self.org.base_url not in (audience if isinstance(audience, list) else [audience]):
            raise SecurityEventRefused("invalid_audience", "The audience must be the org's URL.")
        await self._authenticate(provider, header, text)
        uri, event = _only_event(claims)
        if not self.org.oauth.spend(f"set/{provider.id}/{claims['jti']}", self.org.now() + _REMEMBERED):
            return
        self._act(provider, uri, claims, event, cause)

    async def _authenticate(self, provider: SecurityProvider, header: Mapping[str, Any], text: str) -> None:
        keys = (await self._fetched(provider.jwks_url)).get("keys")
        rows = [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
        rows = [key for key in rows if key.get("kid") == header.get("kid")]
        if not rows:
            raise SecurityEventRefused("invalid_key", "The key of the token is not among the provider's.")
        if not any(has_signature_of(text, key) for key in rows):
            raise SecurityEventRefused("authentication_failed", "The signature of the token is not the provider's.")

    def _act(
        self, provider: SecurityProvider, uri: str, claims: Mapping[str, Any], event: Mapping[str, Any], cause: Cause
    ) -> None:
        org, sender = self.org, Party(provider.id, "SecurityEventsProvider", provider.issuer, provider.name)
        cause = replace(cause, actor=sender)
        user = None if uri == VERIFICATION else self._person(claims, event)
        targets = [user_party(user)] if user is not None else []
        debug = {"securityEventType": uri, "issuer": provider.issuer, "jti": str(claims["jti"])}
        org.log.emit(cause, "security.events.provider.receive_event", *targets, debug=debug)
        if user is None:
            return
        org.log.emit(cause, "user.risk.detect", *targets, debug=debug)
        if uri == SESSION_REVOKED and org.settings.sessions_on_security_event == "end":
            org.sessions.clear(user, cause)

    def _person(self, claims: Mapping[str, Any], event: Mapping[str, Any]) -> User | None:
        """Whom an event is about; somebody unknown is nobody."""
        form, name = subject_of(claims, event) or ("none", "")
        if form == "email":
            return self.org.users.by_login(name) if "@" in name else None
        return self.org.state.users.get(name) or (self.org.users.by_login(name) if "@" in name else None)

    async def _fetched(self, url: str) -> dict[str, Any]:
        """The JSON object under an address; empty when there is none."""
        if self.org.http is None:
            return {}
        try:
            found = (await self.org.http.get(url, timeout=10)).json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _report(self, cause: Cause, verb: str, provider: SecurityProvider) -> None:
        party = Party(provider.id, "SecurityEventsProvider", provider.issuer, provider.name)
        self.org.log.emit(cause, f"security.events.provider.{verb}", party)


def _only_event(claims: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The one event of a token. Raises SecurityEventRefused."""
    if not isinstance(claims.get("jti"), str) or not isinstance(claims.get("iat"), int | float):
        raise SecurityEventRefused("invalid_request", "The token must have 'jti' and 'iat'.")
    events = claims.get("events")
    if not isinstance(events, dict) or len(events) != 1:
        raise SecurityEventRefused("invalid_request", "The token must have exactly one event.")
    ((uri, event),) = events.items()
    if uri not in TAKEN or not isinstance(event, dict):
        raise SecurityEventRefused("invalid_request", f"The event type {uri} is not supported.")
    if uri != VERIFICATION and subject_of(claims, event) is None:
        raise SecurityEventRefused("invalid_request", "The event has no subject.")
    return uri, event
