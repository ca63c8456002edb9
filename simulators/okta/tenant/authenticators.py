"""The org's authenticators and their methods.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Authenticator/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.authenticators import CATALOG, Authenticator, Method
from simulators.okta.domain.errors import (
    Invalid,
    NotFound,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.policies import at
from simulators.okta.domain.signin_errors import (
    AuthenticatorInUse,
    NoTelephony,
)

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_IN_USE = "To continue, disable the authenticator in these policies."
_ENROLLING = "Authenticator Enrollment Policies"


class Authenticators:
    """The table of authenticators; one of each key."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def listing(self) -> list[Authenticator]:
        """Every authenticator of the org."""
        return list(self.org.state.authenticators.rows())

    def find(self, id: str) -> Authenticator:
        """One authenticator. Raises NotFound."""
        found = self.org.state.authenticators.get(id)
        if found is None:
            raise NotFound(id, "Authenticator")
        return found

    def by_key(self, key: str) -> Authenticator | None:
        """The org's authenticator of a key."""
        return self.org.state.authenticators.first("named", key)

    def usable(self, key: str, method: str) -> bool:
        """Whether people may sign in by a method: switched on, and not for recovery only."""
        found = self.by_key(key)
        return found is not None and found.has(method) and found.serves_to_sign_in

    def create(
        self,
        key: str,
        name: str,
        provider: Mapping[str, Any] | None,
        settings: Mapping[str, Any] | None,
        active: bool,
        cause: Cause,
    ) -> Authenticator:
        """Another authenticator of the catalogue. Raises Invalid for one that there is already, or none of it."""
        make = CATALOG.get(key)
        if make is None or self.by_key(key) is not None:
            raise Invalid("com.okta.services.factors.iface.dto.AuthenticatorCatalog", "The field has an invalid value")
        if make.provided and not provider:
            raise Invalid("provider", "provider: The field cannot be left blank")
        if provider is not None and make.instanced:
            provider = _with_instance(provider, self.org.new_id("0oa"))
        made = self._plant(key, name, "ACTIVE" if active else "INACTIVE", provider)
        if settings is not None:
            made = self.org.state.authenticators.put(replace(made, settings={**(made.settings or {}), **settings}))
        self._report("security.authenticator.lifecycle.create", made, cause)
        return made

    def replace(
        self,
        held: Authenticator,
        name: str,
        settings: Mapping[str, Any] | None,
        provider: Mapping[str, Any] | None,
        stays_off: bool,
        cause: Cause,
    ) -> Authenticator:
        """Another name, settings and provider; what is left out stays. Raises NoTelephony for a phone to be used."""
        if not stays_off:
            self._demand_telephony(held)
        merged = {**(held.settings or {}), **settings} if settings is not None else held.settings
        instance = at(held.provider, "configuration", "instanceId")
        if provider is None:
            provider = held.provider
        elif instance is not None:
            provider = _with_instance(provider, instance)
        now = self.org.whole_second()
        after = replace(held, name=name, settings=merged, provider=provider, last_updated=now)
        self._report("security.authenticator.lifecycle.update", after, cause)
        return self.org.state.authenticators.put(after)

    def set_status(self, held: Authenticator, status: str, cause: Cause) -> Authenticator:
        """Switch on or off. Raises AuthenticatorInUse while policies enrol people in it."""
        if status == "ACTIVE":
            self._demand_telephony(held)
        elif (users := self._enrolling(held.key)) or CATALOG[held.key].fixed:
            raise AuthenticatorInUse(_IN_USE, *([f"{_ENROLLING}: {', '.join(users)}"] if users else []))
        after = replace(held, status=status, last_updated=self.org.whole_second())
        verb = "activate" if status == "ACTIVE" else "deactivate"
        self._report(f"security.authenticator.lifecycle.{verb}", after, cause)
        return self.org.state.authenticators.put(after)

    def method(self, held: Authenticator, type: str) -> Method:
        """One method. Raises NotFound."""
        for method in held.methods:
            if method.type == type:
                return method
        raise NotFound(type, "AuthenticatorMethod")

    def change_method(self, held: Authenticator, method: Method, cause: Cause) -> Method:
        """Store a method in place of the one of its type. Raises Invalid when none would be left switched on."""
        rows = tuple(method if row.type == method.type else row for row in held.methods)
        before = any(row.status == "ACTIVE" for row in held.methods)
        if before and not any(row.status == "ACTIVE" for row in rows):
            raise Invalid("status", "status: At least one method of an authenticator has to be active")
        if method.status == "ACTIVE":
            self._demand_telephony(held)
        after = replace(held, methods=rows, last_updated=self.org.whole_second())
        self.org.state.authenticators.put(after)
        self._report("security.authenticator.lifecycle.update", after, cause)
        return method

    def offers(self, key: str, method: str) -> bool:
        """Whether the org has an authenticator with a method switched on."""
        held = self.by_key(key)
        return held is not None and held.has(method)

    def offer(self, key: str, method: str, active: bool, cause: Cause) -> None:
        """Switch one method on, with an authenticator made for it where there is none, or off.

        With its last method an authenticator is switched off itself. Raises NoTelephony, AuthenticatorInUse.
        """
        if self.offers(key, method) == active:
            return
        held = self.by_key(key)
        if held is None:
            held = self.create(key, CATALOG[key].name, None, None, True, cause)
        elif active and held.status != "ACTIVE":
            held = self.set_status(held, "ACTIVE", cause)
        row, others = self.method(held, method), any(m.type != method and m.status == "ACTIVE" for m in held.methods)
        if not active and not others:
            self.set_status(held, "INACTIVE", cause)
        elif (row.status == "ACTIVE") != active:
            self.change_method(held, replace(row, status="ACTIVE" if active else "INACTIVE"), cause)

    def found(self) -> None:
        """The authenticators of a new org."""
        for key, make in CATALOG.items():
            if make.given:
                self._plant(key, make.name, make.status, None)
        if self.org.settings.mail_signs_in:
            mail = self.by_key("okta_email")
            assert mail is not None
            self.org.state.authenticators.put(replace(mail, settings={**(mail.settings or {}), "allowedFor": "any"}))

    def _plant(self, key: str, name: str, status: str, provider: Mapping[str, Any] | None) -> Authenticator:
        org, at_, make = self.org, self.org.whole_second(), CATALOG[key]
        id = org.new_id("aut")
        row = Authenticator(id, key, make.type, name, status, make.methods, at_, at_, make.settings, provider)
        return org.state.authenticators.put(row)

    def _demand_telephony(self, held: Authenticator) -> None:
        if held.key == "phone_number" and not self.org.settings.telephony:
            raise NoTelephony()

    def _enrolling(self, key: str) -> list[str]:
        """The names of the policies that let people set an authenticator up."""
        return [
            policy.name
            for policy in self.org.policies.listing("MFA_ENROLL")
            if any(
                row.get("key") == key and at(row, "enroll", "self") in ("OPTIONAL", "REQUIRED")
                for row in at(policy.settings, "authenticators") or ()
            )
        ]

    def _report(self, type: str, held: Authenticator, cause: Cause) -> None:
        self.org.log.emit(cause, type, Party(held.id, "Authenticator", held.key, held.name))


def _with_instance(provider: Mapping[str, Any], id: str) -> Mapping[str, Any]:
    configuration = at(provider, "configuration")
    return {**provider, "configuration": {**(configuration or {}), "instanceId": id}}
