"""What provisioning has written lately: a reading that began before cannot know it, and says nothing against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulators.kernel.times import parse_instant
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.provisioning import MEMBERSHIP
from simulators.sailpoint.domain.records import Account, Operation, Write
from simulators.sailpoint.tenant.outcomes import Found

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# The account itself, as opposed to one of its entitlements.
WHOLE = ""
# Kept longer than the running readings need it: a target's log may end a while before the reading of it begins.
KEPT = timedelta(minutes=1)
# Sent, and not known to be refused: the target may or may not have carried it out.
_UNDER_WAY = ("RUNNING", "RETRY")


class Writes:
    """Remembers writes as long as a reading may be older."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def note(self, source_id: str, native: str, operation: Operation) -> None:
        """An operation has been carried out; writes that no reading can be older than are forgotten."""
        state, now = self._tenant.state, self._tenant.now()
        oldest = min((parse_instant(scan["started"]) for scan in state.scans.values()), default=now) - KEPT
        for gone in list(state.writes.range("at", None, int(oldest.timestamp() * 1000))):
            state.writes.remove(gone.id)
        state.writes.put(Write(source_id, native.lower(), _subject(operation), now))

    def since(self, source: Source, native: str, account: Account | None, at: datetime) -> frozenset[str]:
        """The entitlements of an account that were written since an instant or are being written, WHOLE among them."""
        state = self._tenant.state
        found = {one.value for one in state.writes.find("account", f"{source.id}/{native.lower()}") if one.at >= at}
        if account is not None:
            found |= {
                _subject(operation)
                for operation in state.operations.find("lane", f"{account.identity_id or account.id}/{source.id}")
                if operation.status in _UNDER_WAY and operation.account_id in ("", account.id)
            }
        return frozenset(found)

    def unread(self, source: Source, account: Account) -> list[Operation]:
        """What was sent to an account and could not be read back yet."""
        lane = self._tenant.state.operations.find("lane", f"{account.identity_id or account.id}/{source.id}")
        return [one for one in lane if one.status == "COMMITED" and one.account_id in ("", account.id)]

    def making(self, source: Source, identity_id: str) -> bool:
        """Whether an account for a person is being made."""
        lane = self._tenant.state.operations.find("lane", f"{identity_id}/{source.id}")
        return any(operation.kind == "CREATE" and operation.status in _UNDER_WAY for operation in lane)


def _subject(operation: Operation) -> str:
    return operation.value if operation.kind in MEMBERSHIP else WHOLE


def without(found: Found, account: Account, written: frozenset[str]) -> Found:
    """A reading that leaves alone which of the written entitlements an account holds."""
    held = written & frozenset(account.entitlements)
    read = None if found.entitlements is None else tuple(sorted({*found.entitlements} - written | held))
    added = tuple(value for value in found.added if value not in written)
    removed = tuple(value for value in found.removed if value not in written)
    return replace(found, entitlements=read, added=added, removed=removed)
