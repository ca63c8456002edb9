"""What happens to accounts, told to the audit trail and to triggers: native changes, ends of aggregations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.provisioning import as_sent
from simulators.sailpoint.domain.records import Account, Identity, Task

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

DETECTION = "native-change-detection-config"
# Each operation of native change detection with the trigger that tells of it.
NATIVE = {
    "ACCOUNT_CREATED": "idn:native-change-account-created",
    "ACCOUNT_UPDATED": "idn:native-change-account-updated",
    "ACCOUNT_DELETED": "idn:native-change-account-deleted",
}
AGGREGATION, PROVISIONING = "AGGREGATION", "PROVISIONING"
COLLECTED = "idn:aggregation-accounts-collected"
AGGREGATED = "idn:account-aggregation-completed"


class AccountNews:
    """Reports changes of accounts."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def fire(self, trigger: str, payload: Callable[[], Mapping[str, Any]], identity_id: str = "") -> None:
        """Tell whoever listens to `trigger`; the payload is made only when somebody may."""
        workflows = self._tenant.workflows
        if workflows is not None and self._tenant.triggers.listening(trigger):
            workflows.fire(trigger, payload(), identity_id)

    def changed(self, before: Account | None, after: Account | None, source: Source, cause: str) -> None:
        """An account is new, other than before, or gone, because of an AGGREGATION or of PROVISIONING.

        Every change of an account passes here; what an aggregation finds, nobody here has made, but for what was sent
        and could not be read back.
        """
        account = after or before
        if account is not None and (before and before.entitlements) != (after and after.entitlements):
            self._tenant.sod.access_changed(account.identity_id)
        self._tenant.announcements.account(source, before, after, cause)
        if cause == AGGREGATION and account is not None:
            for operation in self._tenant.writes.unread(source, account):
                before = as_sent(before, after, operation)
            self.native(before, after, source)

    def native(self, before: Account | None, after: Account | None, source: Source) -> None:
        """Report a change that nobody here has made, where the source watches for it.

        Source: SailPoint help, native change detection.
        """
        action = "ACCOUNT_CREATED" if before is None else "ACCOUNT_DELETED" if after is None else "ACCOUNT_UPDATED"
        account = after or before
        watched = self.watched(source.id)
        if account is None or not watched.get("enabled") or action not in (watched.get("operations") or ()):
            return
        change = _Change(before, after, source, watched)
        if action == "ACCOUNT_UPDATED" and not change.any:
            return
        identity = self._tenant.state.identities.get(account.identity_id) if account.identity_id else None
        facts = {
            "accountName": account.name,
            "accountUuid": account.native,
            "nativeIdentity": account.native,
            "sourceId": source.id,
            "sourceName": source.name,
            "attributeName": source.entitlement_attribute if action == "ACCOUNT_UPDATED" else "",
            "attributeValue": ",".join(account.entitlements) if action == "ACCOUNT_CREATED" else "",
            "added": ",".join(change.added),
            "removed": ",".join(change.removed),
            "status": account.status if before is not None and after is not None else "",
            "previousStatus": before.status if before is not None and after is not None else "",
        }
        target = identity.alias if identity is not None else account.name
        self._tenant.journal.write(action, target, attributes=facts)
        self.fire(NATIVE[action], lambda: self._payload(action, change, source, account, identity), account.identity_id)

    def watched(self, source_id: str) -> Mapping[str, Any]:
        """The native change detection of a source; empty when it has none."""
        document = next(self._tenant.configuration.all(DETECTION, source_id), None)
        return document.body if document is not None else {}

    def _payload(
        self, action: str, change: _Change, source: Source, account: Account, identity: Identity | None
    ) -> dict[str, Any]:
        right = self._tenant.look.right
        owner = self._tenant.look.identity(source.owner_id)

        def named(values: Iterable[str]) -> list[dict[str, Any]]:
            found = ((value, right(source.id, value)) for value in values)
            return [
                {"id": one.id if one is not None else None, "name": one.name if one is not None else value}
                | {"value": value, "owner": None}
                for value, one in found
            ]

        entitlements = [
            {
                "attributeName": source.entitlement_attribute,
                "added": named(change.added),
                "removed": named(change.removed),
            }
        ]
        return {
            "eventType": action,
            "identity": _person(identity),
            "source": {"id": source.id, "name": source.name, "alias": f"{source.name} [source]", "type": "SOURCE"}
            | {"owner": _person(owner), "governanceGroup": None},
            "account": {
                "id": account.id,
                "name": account.name,
                "nativeIdentity": account.native,
                "uuid": None,
                "correlated": bool(account.identity_id),
                "type": "ACCOUNT",
            },
            "accountChangeTypes": change.kinds,
            "singleValueAttributeChanges": [
                {"name": name, "oldValue": old, "newValue": new} for name, old, new in change.attributes
            ],
            "multiValueAttributeChanges": [],
            "entitlementChanges": entitlements if change.added or change.removed else [],
        }

    def collected(self, task: Task, source: Source) -> None:
        """All accounts of a run have been read."""
        self.fire(COLLECTED, lambda: self._about(task, source, "Success"))

    def aggregated(self, task: Task, source: Source) -> None:
        """A run is over, well or not; identities follow later."""
        self.fire(AGGREGATED, lambda: self._about(task, source, "Error" if task.status == "ERROR" else "Success"))

    def _about(self, task: Task, source: Source, status: str) -> dict[str, Any]:
        count = {name: int(task.counters.get(name) or 0) for name in ("total", "optimized", "updated", "created")}
        return {
            "source": {"type": "SOURCE", "id": source.id, "name": source.name},
            "status": status,
            "started": iso(task.created),
            "completed": iso(task.completed or self._tenant.now()),
            "errors": [text for kind, text in task.messages if kind == "ERROR"],
            "warnings": [text for kind, text in task.messages if kind == "WARN"],
            "stats": {
                "scanned": count["total"],
                "unchanged": count["optimized"],
                "changed": count["updated"],
                "added": count["created"],
                "removed": int(task.counters.get("deleted") or 0),
            },
        }


class _Change:
    """What a source watches of the difference between two states of an account."""

    def __init__(
        self, before: Account | None, after: Account | None, source: Source, watched: Mapping[str, Any]
    ) -> None:
        old, new = (set(one.entitlements) if one is not None else set() for one in (before, after))
        everything = watched.get("allEntitlements")
        if not everything and source.entitlement_attribute not in (watched.get("selectedEntitlements") or ()):
            old = new = set()
        self.added, self.removed = sorted(new - old), sorted(old - new)
        had, have = (_attributes(one) for one in (before, after))
        chosen = watched.get("selectedNonEntitlementAttributes") or ()
        self.attributes = [
            (name, had.get(name), have.get(name))
            for name in sorted({*had, *have})
            if had.get(name) != have.get(name) and (watched.get("allNonEntitlementAttributes") or name in chosen)
        ]

    @property
    def any(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.added or self.removed or self.attributes)

    @property
    def kinds(self) -> list[str]:
        """The kinds of change, as triggers name them."""
        told = {
            "ATTRIBUTES_CHANGED": self.attributes,
            "ENTITLEMENTS_ADDED": self.added,
            "ENTITLEMENTS_REMOVED": self.removed,
        }
        return [name for name, found in told.items() if found]


def _attributes(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    status = {"status": account.status} if account.status else {}
    return {**account.attributes, **status, "IIQDisabled": account.disabled}


def _person(identity: Identity | None) -> dict[str, Any] | None:
    if identity is None:
        return None
    about = {"id": identity.id, "name": identity.name, "alias": identity.alias, "type": "IDENTITY"}
    return {**about, "email": identity.attributes.get("email")}
