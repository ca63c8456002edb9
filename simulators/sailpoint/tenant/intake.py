"""Accounts as their sources show them: stored, given to whom they belong, reported when nobody here made the change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.records import Account
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.account_news import AGGREGATION, AccountNews
from simulators.sailpoint.tenant.outcomes import Found
from simulators.sailpoint.tenant.writes import WHOLE, without

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one account: created, updated, deleted, optimized, ignored or stale; whom it concerns."""

    change: str
    identity_id: str = ""


UNCHANGED = Taken("optimized")
IGNORED = Taken("ignored")
# Read before provisioning had finished with the account: the next reading knows more.
STALE = Taken("stale")


class Intake:
    """Takes accounts in."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self.news = AccountNews(tenant)

    def known(self, source_id: str, native: str) -> Account | None:
        """The account of a native identity on a source."""
        found = self._tenant.state.accounts.find("native", native.lower())
        return next((account for account in found if account.source_id == source_id), None)

    def lost(self, source: Source, account: Account) -> Taken:
        """Forget an account its source no longer has."""
        self._tenant.state.accounts.remove(account.id)
        self.news.changed(account, None, source, AGGREGATION)
        return Taken("deleted", account.identity_id)

    def found(self, source: Source, found: Found, as_of: datetime, *, optimized: bool = True) -> Taken:
        """Store one account as its source showed it; an optimised run leaves one alone that is as it was.

        What provisioning has written since `as_of`, or is writing now, is left as the account has it.
        """
        known, writes = self.known(source.id, found.native), self._tenant.writes
        if found.gone:
            return self.lost(source, known) if known is not None else IGNORED
        if known is None:
            if found.partial:
                return IGNORED
            return STALE if writes.since(source, found.native, None, as_of) else self._new(source, found)
        updated = self._updated(known, found)
        if updated != known and (written := writes.since(source, known.native, known, as_of)):
            if WHOLE in written and not found.partial:
                return STALE
            updated = self._updated(known, without(found, known, written))
        if updated == known and (optimized or found.partial):
            return UNCHANGED
        if updated != known:
            updated = replace(updated, modified=self._tenant.now())
        stored = self.stored(source, updated)
        if updated != known:
            self.news.changed(known, stored, source, AGGREGATION)
        return Taken("updated", stored.identity_id)

    def stored(self, source: Source, account: Account) -> Account:
        """Store an account; one that belongs to nobody is correlated, unless somebody has decided so by hand."""
        if account.manual or account.identity_id in self._tenant.state.identities:
            return self._tenant.state.accounts.put(account)
        return self._tenant.correlation.correlated(source, account)

    def _new(self, source: Source, found: Found) -> Taken:
        tenant, now = self._tenant, self._tenant.now()
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
            found.locked,
        )
        owner = tenant.correlation.owner(source, account)
        if owner is not None and tenant.writes.making(source, owner.id):
            return STALE
        account = tenant.correlation.correlated(source, account)
        self.news.changed(None, account, source, AGGREGATION)
        return Taken("created", account.identity_id)

    def _updated(self, known: Account, found: Found) -> Account:
        held = set(known.entitlements if found.entitlements is None else found.entitlements)
        held = (held | set(found.added)) - set(found.removed)
        updated = replace(known, entitlements=tuple(sorted(held)))
        if found.partial:
            return updated
        attributes = {k: v for k, v in found.attributes.items() if known.attributes.get(k) != v}
        return replace(
            updated,
            attributes=known.attributes.merged(attributes),
            name=found.name,
            disabled=found.disabled,
            status=found.status,
            locked=found.locked,
        )
