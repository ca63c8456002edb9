"""What a refresh has changed about a person, told to the audit trail and to workflows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.records import Identity

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

STATE = "cloudLifecycleState"
# Attributes whose change is bookkeeping, not news.
_QUIET = frozenset({"nextProcessingDate"})
# Characters of a value that a trigger tells.
_MOST = 450


class News:
    """Reports what is new about identities."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def report(self, before: Identity, after: Identity, news: list[dict[str, Any]], tracking: str) -> None:
        """Write the events of one refresh."""
        journal, configuration = self._tenant.journal, self._tenant.configuration
        first = before.last_refresh is None
        if first:
            journal.write("IDENTITY_CREATE_PASSED", after.alias, tracking=tracking)
        elif news:
            journal.write("IDENTITY_UPDATE_PASSED", after.alias, tracking=tracking)
            for change in news:
                about = {
                    "attributeName": change["attribute"],
                    "attributeValue": change["newValue"],
                    "oldValue": change["oldValue"],
                }
                journal.write("IDENTITY_ATTRIBUTE_UPDATE", after.alias, tracking=tracking, attributes=about)
        if after.state != before.state:
            about = {
                "attributeName": STATE,
                "oldValue": before.state,
                "newValue": after.state,
                "attributeValue": after.state,
            }
            journal.write("IDENTITY_STATE_CHANGE_EVENT", after.alias, tracking=tracking, attributes=about)
        for action, ids in (
            ("roleAdd", [id for id in after.roles if id not in before.roles]),
            ("roleRemove", [id for id in before.roles if id not in after.roles]),
        ):
            for id in ids:
                role = configuration.item(id)
                name = role.name if role is not None else id
                journal.write(
                    action,
                    after.alias,
                    tracking=tracking,
                    attributes={"info": name, "accessItemId": id, "accessItemName": name},
                )

    def fire(self, identity: Identity, news: list[dict[str, Any]], first: bool) -> None:
        """Tell workflows. The first lifecycle state is no change, and values are cut (SailPoint, event triggers)."""
        if any(change["attribute"] == STATE for change in news):
            self._tenant.signals.entered(identity)
        workflows = self._tenant.workflows
        if workflows is None:
            return
        who = {"type": "IDENTITY", "id": identity.id, "name": identity.name}
        if first:
            workflows.fire(
                "idn:identity-created", {"identity": who, "attributes": dict(identity.attributes)}, identity.id
            )
        elif told := [_cut(change) for change in news if change["attribute"] != STATE or change["oldValue"]]:
            workflows.fire("idn:identity-attributes-changed", {"identity": who, "changes": told}, identity.id)


def _cut(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value[:_MOST] if isinstance(value, str) else value for name, value in change.items()}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The attributes that differ, as triggers name them.

    >>> changes({"a": 1}, {"a": 2})
    [{'attribute': 'a', 'oldValue': 1, 'newValue': 2}]
    """
    if before is after:
        return []
    return [
        {"attribute": name, "oldValue": before.get(name), "newValue": after.get(name)}
        for name in sorted({*before, *after})
        if name not in _QUIET and before.get(name) != after.get(name)
    ]
