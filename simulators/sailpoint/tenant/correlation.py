"""Accounts as their sources show them: stored, given to whom they belong, reported when nobody here made the change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.records import Account, Entitlement
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.news import STATE
from simulators.sailpoint.tenant.outcomes import Found, Right
from simulators.sailpoint.tenant.processing import seeded_identity

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Correlation:
    """Takes accounts and rights in."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def lost(self, source: Source, account: Account) -> None:
        """Forget an account its source no longer has."""
        self._tenant.state.accounts.remove(account.id)
        self._native("ACCOUNT_DELETED", source, account, {})

    def _native(self, action: str, source: Source, account: Account, about: Mapping[str, Any]) -> None:
        """Report a change nobody here has made."""
        identity = self._tenant.state.identities.get(account.identity_id)
        who = identity.alias if identity is not None else account.name
        facts = {
            "accountName": account.name,
            "accountUuid": account.native,
            "nativeIdentity": account.native,
            "sourceId": source.id,
            "sourceName": source.name,
        }
        self._tenant.journal.write(action, who, attributes={**facts, **about})

    def found(self, source: Source, found: Found) -> str:
        """Store one account as its source shows it; answers the identity concerned when something changed."""
        tenant, state, now = self._tenant, self._tenant.state, self._tenant.now()
        known = tenant.loading.account(source.id, found.native)
        if found.gone:
            if known is not None:
                self.lost(source, known)
            return known.identity_id if known is not None else ""
        if known is None:
            if found.partial:
                return ""
            account = Account(
                tenant.ids.hex32("account"),
                source.id,
                "",
                found.native,
                found.name,
                Values(found.attributes),
                tuple(sorted(found.entitlements or ())),
                found.disabled,
                now,
                now,
                found.status,
            )
            account = self.correlated(source, account)
            self._native("ACCOUNT_CREATED", source, account, {"attributeValue": ",".join(account.entitlements)})
            return account.identity_id
        held = set(known.entitlements if found.entitlements is None else found.entitlements)
        held = (held | set(found.added)) - set(found.removed)
        updated = replace(known, entitlements=tuple(sorted(held)))
        if not found.partial:
            updated = replace(
                updated,
                attributes=known.attributes.merged(
                    {k: v for k, v in found.attributes.items() if known.attributes.get(k) != v}
                ),
                name=found.name,
                disabled=found.disabled,
                status=found.status,
            )
        if updated == known:
            return ""
        if updated.entitlements != known.entitlements or updated.status != known.status:
            about = {
                "attributeName": source.entitlement_attribute,
                "added": ",".join(sorted(set(updated.entitlements) - set(known.entitlements))),
                "removed": ",".join(sorted(set(known.entitlements) - set(updated.entitlements))),
                "status": updated.status,
                "previousStatus": known.status,
            }
            self._native("ACCOUNT_UPDATED", source, known, about)
        state.accounts.put(replace(updated, modified=now))
        return known.identity_id

    def correlated(self, source: Source, account: Account) -> Account:
        """Give an account to whom it belongs; on an authoritative source a stranger becomes a new identity."""
        tenant, state = self._tenant, self._tenant.state
        if account.identity_id and account.identity_id in state.identities:
            return state.accounts.put(account)
        for name, column in source.correlation:
            value = account.attributes.get(column)
            owner = state.identities.first("match", f"{name}={value}") if value else None
            if owner is not None:
                return state.accounts.put(replace(account, identity_id=owner.id))
        profile = tenant.configuration.profile_of_source(source.id)
        if profile is None:
            return state.accounts.put(account)
        identity = seeded_identity(state.ids.hex32("identity"), profile.id, tenant.now())
        account = state.accounts.put(replace(account, identity_id=identity.id))
        attributes, _ = tenant.processing.computed(identity, [account], profile)
        state.identities.put(replace(identity, attributes=attributes.merged({STATE: None})))
        tenant.journal.changed("identity", identity.id, None)
        return account

    def right(self, source: Source, right: Right) -> Entitlement:
        """Store one entitlement as its source shows it."""
        state, now = self._tenant.state, self._tenant.now()
        known = state.entitlements.first("value", f"{source.id}/{right.value}")
        if known is not None:
            if known.name != right.name or (right.description and known.body.get("description") != right.description):
                body = known.body.merged({"description": right.description})
                known = state.entitlements.put(replace(known, name=right.name, body=body, modified=now))
            return known
        body = Values({"description": right.description, "requestable": False, **right.attributes})
        id = state.ids.hex32("entitlement")
        return state.entitlements.put(
            Entitlement(id, source.id, source.entitlement_attribute, right.value, right.name, now, now, body)
        )
