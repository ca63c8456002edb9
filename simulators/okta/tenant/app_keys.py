"""Signing keys of applications, requests for certificates, federated claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulators.okta.domain.app_keys import (
    SHARED_NUMBER,
    YEARS,
    AppKey,
    FederatedClaim,
    SigningKey,
    SigningRequest,
)
from simulators.okta.domain.app_kinds import MODES, is_custom
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.log import Cause, Party
from simulators.okta.tenant.journal import app_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_FIRST_YEARS = 10


class AppKeys:
    """SAML 2.0 applications begin with a key of their own, others with the org's; all may get further ones."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def found(self) -> None:
        """The key that the org's applications begin with."""
        org, at = self.org, self.org.whole_second()
        org.state.assertion_kid = org.state.ids.secret("kid", 32)
        key = SigningKey(org.state.assertion_kid, SHARED_NUMBER, at, _years_on(at, _FIRST_YEARS))
        org.state.signing_keys.put(key)

    def begin(self, app: App) -> App:
        """A new application with its key store; the catalogue's have the org's key there besides their own."""
        if not app.signing_kid or app.client is not None:
            return app
        org, shared = self.org, app.signing_kid
        if MODES[app.sign_on_mode].own_key:
            key = self._made(_FIRST_YEARS)
            org.state.signing_keys.put(key)
            org.state.app_keys.put(AppKey(app.id, key.kid))
            app = replace(app, signing_kid=key.kid)
        if app.signing_kid == shared or not is_custom(app.name, org.settings.name):
            org.state.app_keys.put(AppKey(app.id, shared))
        return app

    def forget(self, app: App) -> None:
        """An application is gone."""
        state = self.org.state
        for row in list(state.app_keys.find("app", app.id)):
            state.app_keys.remove(f"{row.app_id}/{row.kid}")
        for request in list(state.signing_requests.find("app", app.id)):
            state.signing_requests.remove(request.id)
        for claim in list(state.federated_claims.find("app", app.id)):
            state.federated_claims.remove(claim.id)

    def of(self, app: App) -> Iterator[SigningKey]:
        """The keys in an application's store, in order of their arrival."""
        return (self.org.state.signing_keys[row.kid] for row in self.org.state.app_keys.find("app", app.id))

    def find(self, app: App, kid: str) -> SigningKey:
        """One key of an application. Raises NotFound."""
        if f"{app.id}/{kid}" not in self.org.state.app_keys:
            raise NotFound(kid, "KeyCredential")
        return self.org.state.signing_keys[kid]

    def generate(self, app: App, years: int, cause: Cause) -> SigningKey:
        """A new key with a certificate of its own. Raises Invalid for years that are not offered."""
        if years not in YEARS:
            text = f"Validity years out of range. It should be {YEARS[0]} - {YEARS[-1]} years"
            raise Invalid("generateKey", text)
        return self._stored(app, self._made(years), cause)

    def clone(self, app: App, kid: str, target: App, cause: Cause) -> SigningKey:
        """The same key in another application's store. Raises Invalid where it is already."""
        key = self.find(app, kid)
        if f"{target.id}/{kid}" in self.org.state.app_keys:
            raise Invalid("cloneKey", "Key already exists in the list of key credentials for the target app.")
        return self._stored(target, key, cause, "clone")

    def use(self, app: App, kid: str) -> App:
        """The application signing with another key of its store. Raises NotFound."""
        return app if kid == app.signing_kid else replace(app, signing_kid=self.find(app, kid).kid)

    def request(self, app: App, subject: dict[str, str], dns_names: list[str]) -> SigningRequest:
        """A new key pair whose certificate somebody else is to issue."""
        org = self.org
        id, at = org.state.ids.secret("csr", 32), org.whole_second()
        made = SigningRequest(id, app.id, self._number(), at, tuple(subject.items()), tuple(dns_names))
        return org.state.signing_requests.put(made)

    def find_request(self, app: App, id: str) -> SigningRequest:
        """A request of an application. Raises NotFound."""
        request = self.org.state.signing_requests.get(id)
        if request is None or request.app_id != app.id:
            raise NotFound(id, "CSR")
        return request

    def publish(self, app: App, request: SigningRequest, certificate: str, ends: datetime, cause: Cause) -> SigningKey:
        """The certificate has been issued: the pair becomes a key of the application."""
        org = self.org
        org.state.signing_requests.remove(request.id)
        key = SigningKey(org.state.ids.secret("kid", 32), request.number, org.whole_second(), ends, certificate)
        return self._stored(app, key, cause)

    def claim(self, app: App, name: str, expression: str) -> FederatedClaim:
        """A new claim. Raises Invalid for a name that is taken."""
        if any(held.name == name for held in self.org.state.federated_claims.find("app", app.id)):
            raise Invalid("name", "name: An object with this field already exists in the current organization")
        at = self.org.whole_second()
        return self.org.state.federated_claims.put(
            FederatedClaim(self.org.new_id("ofc"), app.id, name, expression, at, at)
        )

    def find_claim(self, app: App, id: str) -> FederatedClaim:
        """A claim of an application. Raises NotFound."""
        claim = self.org.state.federated_claims.get(id)
        if claim is None or claim.app_id != app.id:
            raise NotFound(id, "FederatedClaim")
        return claim

    def change_claim(self, claim: FederatedClaim, name: str, expression: str) -> FederatedClaim:
        """A claim with another name and expression."""
        at = self.org.whole_second()
        after = replace(claim, name=name, expression=expression, last_updated=at)
        return self.org.state.federated_claims.put(after)

    def _made(self, years: int) -> SigningKey:
        at = self.org.whole_second()
        return SigningKey(self.org.state.ids.secret("kid", 32), self._number(), at, _years_on(at, years))

    def _number(self) -> int:
        self.org.state.key_count += 1
        return SHARED_NUMBER + self.org.state.key_count

    def _stored(self, app: App, key: SigningKey, cause: Cause, verb: str = "generate") -> SigningKey:
        self.org.state.signing_keys.put(key)
        self.org.state.app_keys.put(AppKey(app.id, key.kid))
        target = Party(key.kid, "KeyCredential", None, key.kid)
        self.org.log.emit(cause, f"app.keys.{verb}_legacy", app_party(app), target)
        return key


def _years_on(at: datetime, years: int) -> datetime:
    """The same day some years later; the last of February has its own.

    >>> from datetime import UTC
    >>> _years_on(datetime(2024, 2, 29, tzinfo=UTC), 2).date().isoformat()
    '2026-02-28'
    """
    try:
        return at.replace(year=at.year + years)
    except ValueError:
        return at.replace(year=at.year + years, day=28)
