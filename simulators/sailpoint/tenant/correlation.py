"""Accounts given to whom they belong; entitlements as their sources show them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.records import Account, Entitlement, Identity
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.news import STATE
from simulators.sailpoint.tenant.outcomes import Right
from simulators.sailpoint.tenant.processing import seeded_identity

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# Identity attributes that are found whatever the case, with the index that holds them in lower case.
FOLDED = {"email": "email", "uid": "alias"}


class Correlation:
    """Finds the owners of accounts, and takes rights in."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def correlated(self, source: Source, account: Account) -> Account:
        """Give an account to whom it belongs; on an authoritative source a stranger becomes a new identity."""
        tenant, state = self._tenant, self._tenant.state
        if account.identity_id and account.identity_id in state.identities:
            return state.accounts.put(account)
        if (owner := self.owner(source, account)) is not None:
            return state.accounts.put(replace(account, identity_id=owner.id))
        profile = tenant.configuration.profile_of_source(source.id)
        if profile is None:
            return state.accounts.put(account)
        identity = seeded_identity(state.ids.hex32("identity"), profile.id, tenant.now())
        account = state.accounts.put(replace(account, identity_id=identity.id))
        config = profile.body.get("identityAttributeConfig") or {}
        attributes = tenant.attributes.computed(identity, [account], config).values
        state.identities.put(replace(identity, attributes=attributes.merged({STATE: None})))
        tenant.journal.changed("identity", identity.id, None)
        return account

    def owner(self, source: Source, account: Account) -> Identity | None:
        """Whom the source's rules give an account to."""
        for name, column in source.correlation:
            value = account.attributes.get(column)
            owner = self._owner(name, str(value), name in source.folded) if value else None
            if owner is not None:
                return owner
        return None

    def _owner(self, name: str, value: str, folded: bool) -> Identity | None:
        identities = self._tenant.state.identities
        if folded and name in FOLDED:
            return identities.first(FOLDED[name], value.lower())
        return identities.first("match", f"{name}={value}")

    def right(self, source: Source, right: Right) -> Entitlement:
        """Store one entitlement as its source shows it."""
        state, now = self._tenant.state, self._tenant.now()
        known = state.entitlements.first("value", f"{source.id}/{right.value}")
        if known is not None:
            # What people have changed by hand outlasts aggregation.
            by_hand = known.body.get("manuallyUpdatedFields") or {}
            name = known.name if by_hand.get("DISPLAY_NAME") else right.name
            told = known.body.get("description")
            description = right.description if right.description and not by_hand.get("DESCRIPTION") else told
            if (known.name, told) != (name, description):
                body = known.body.merged({"description": description})
                known = state.entitlements.put(replace(known, name=name, body=body, modified=now))
            return known
        body = Values({"description": right.description, "requestable": False, **right.attributes})
        id = state.ids.hex32("entitlement")
        return state.entitlements.put(
            Entitlement(id, source.id, source.entitlement_attribute, right.value, right.name, now, now, body)
        )
