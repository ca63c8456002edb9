"""What accounts and sources tell event triggers; composed only where somebody listens.

https://developer.sailpoint.com/docs/extensibility/event-triggers/available
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.records import Account
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

_MOMENT = {"created": "created", "updated": "modified", "deleted": "deleted"}


class Announcements:
    """Composes messages and publishes them."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def account(self, source: Source, before: Account | None, after: Account | None, cause: str) -> None:
        """An account is new, changed or gone; `cause` is AGGREGATION or PROVISIONING."""
        if before is not None and after is not None:
            self._changed(source, before, after, cause)
        elif after is not None:
            self._account("created", source, after, cause, {})
            if after.identity_id:
                self.correlated(source, after)
        elif before is not None:
            self._account("deleted", source, before, cause, {})

    def _changed(self, source: Source, before: Account, after: Account, cause: str) -> None:
        if before.identity_id != after.identity_id:
            if before.identity_id:
                self.uncorrelated(source, before)
            if after.identity_id:
                self.correlated(source, after)
        if not any(map(self._tenant.triggers.listening, ("idn:account-updated", "idn:account-attributes-changed"))):
            return
        changed = [
            {"name": name, "oldValue": before.attributes.get(name), "newValue": after.attributes.get(name)}
            for name in sorted({*before.attributes, *after.attributes})
            if before.attributes.get(name) != after.attributes.get(name)
        ]
        added, removed = (
            [self._right(source, value) for value in sorted(set(one.entitlements) - set(other.entitlements))]
            for one, other in ((after, before), (before, after))
        )
        if not (changed or added or removed):
            return
        kinds = {"ATTRIBUTES_CHANGED": changed, "ENTITLEMENTS_ADDED": added, "ENTITLEMENTS_REMOVED": removed}
        rights = {"attributeName": source.entitlement_attribute, "added": added, "removed": removed}
        about = {
            "accountChangeTypes": [kind for kind, found in kinds.items() if found],
            "singleValueAttributeChanges": [one for one in changed if not _is_list(one)],
            "multiValueAttributeChanges": [_lists(one) for one in changed if _is_list(one)],
            "entitlementChanges": [rights] if added or removed else [],
        }
        self._account("updated", source, after, cause, about)
        if changed and after.identity_id:
            rows = [
                {"attribute": one["name"], "oldValue": one["oldValue"], "newValue": one["newValue"]} for one in changed
            ]
            self._tie("idn:account-attributes-changed", source, after, {"changes": rows})

    def correlated(self, source: Source, account: Account) -> None:
        """An account was given to an identity."""
        about = {"attributes": dict(account.attributes), "entitlementCount": len(account.entitlements)}
        self._tie("idn:account-correlated", source, account, about)

    def uncorrelated(self, source: Source, account: Account) -> None:
        """An account was taken from the identity that it still names."""
        self._tie("idn:account-uncorrelated", source, account, {"entitlementCount": len(account.entitlements)})

    def _tie(self, trigger_id: str, source: Source, account: Account, about: Mapping[str, Any]) -> None:
        if not self._tenant.triggers.listening(trigger_id):
            return
        known = {"type": "ACCOUNT", "id": account.id, "name": account.name, "nativeIdentity": account.native}
        payload = {
            "identity": self._who(account.identity_id),
            "source": {"type": "SOURCE", "id": source.id, "name": source.name},
            "account": {**known, "uuid": None},
            **about,
        }
        self._tenant.triggers.publish(trigger_id, payload, account.identity_id)

    def _account(self, verb: str, source: Source, account: Account, cause: str, about: Mapping[str, Any]) -> None:
        trigger_id = f"idn:account-{verb}"
        if not self._tenant.triggers.listening(trigger_id):
            return
        owner = self._who(source.owner_id)
        group = self._tenant.configuration.find("workgroup", self._group_of(source))
        rights = {source.entitlement_attribute: list(account.entitlements)} if account.entitlements else {}
        payload = {
            "event": {"type": f"ACCOUNT_{verb.upper()}_V2", "cause": cause},
            "source": {
                "id": source.id,
                "name": source.name,
                "alias": f"{source.name} [source]",
                "owner": {"id": owner["id"], "name": owner["name"]},
                "governanceGroup": {
                    "id": group.id if group is not None else "",
                    "name": group.name if group is not None else "",
                },
            },
            "account": {
                "id": account.id,
                "name": account.name,
                "nativeIdentity": account.native,
                "uuid": None,
                "correlated": bool(account.identity_id),
                "isMachine": False,
                "origin": source.name,
                "attributes": {**account.attributes, **rights},
            },
            "identity": self._holder(account),
            **about,
        }
        self._tenant.triggers.publish(trigger_id, payload, account.identity_id)

    def _group_of(self, source: Source) -> str:
        document = self._tenant.configuration.find("source", source.id)
        group = (document.body.get("managementWorkgroup") if document is not None else None) or {}
        return str(group.get("id") or "")

    def _holder(self, account: Account) -> dict[str, str]:
        """Whose account it is; one without an owner stands for itself, as its placeholder identity does."""
        identity = self._tenant.state.identities.get(account.identity_id)
        if identity is None:
            return {"id": account.id, "name": account.name, "alias": account.name, "email": ""}
        email = str(identity.attributes.get("email") or "")
        return {"id": identity.id, "name": identity.name, "alias": identity.alias, "email": email}

    def _right(self, source: Source, value: str) -> dict[str, Any]:
        right = self._tenant.state.entitlements.first("value", f"{source.id}/{value}")
        owner = (right.body.get("owner") or {}).get("id", "") if right is not None else ""
        known = {"id": right.id, "name": right.name} if right is not None else {"id": None, "name": None}
        return {**known, "value": value, "owner": self._who(owner or source.owner_id)}

    def _who(self, identity_id: str) -> dict[str, str]:
        identity = self._tenant.state.identities.get(identity_id) if identity_id else None
        return {"type": "IDENTITY", "id": identity_id, "name": identity.name if identity is not None else ""}

    def source(self, document: Document, verb: str, actor: str) -> None:
        """A source was created, updated or deleted by somebody, whom `actor` names by alias."""
        trigger_id = f"idn:source-{verb}"
        if not self._tenant.triggers.listening(trigger_id):
            return
        identity = self._tenant.state.identities.first("alias", actor.lower())
        payload = {
            "id": document.id,
            "name": document.name,
            "type": str(document.body.get("type") or ""),
            _MOMENT[verb]: iso(self._tenant.now() if verb != "created" else document.created),
            "connector": str(document.body.get("connector") or ""),
            "actor": {
                "type": "IDENTITY",
                "id": identity.id if identity is not None else "",
                "name": identity.name if identity is not None else actor,
            },
        }
        self._tenant.triggers.publish(trigger_id, payload)


def _is_list(change: Mapping[str, Any]) -> bool:
    return any(isinstance(change[side], list | tuple) for side in ("oldValue", "newValue"))


def _lists(change: Mapping[str, Any]) -> dict[str, Any]:
    old, new = (list(change[side] or ()) for side in ("oldValue", "newValue"))
    return {
        "name": change["name"],
        "addedValues": [value for value in new if value not in old],
        "removedValues": [value for value in old if value not in new],
    }
