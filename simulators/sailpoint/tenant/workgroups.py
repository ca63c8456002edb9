"""Governance groups: who belongs to them, and what they are connected to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.errors import Conflict, LimitViolation
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# Kinds of objects that may be connected to a governance group (SailPoint API, Governance Groups).
_CONNECTED = ("access-profile", "role", "sod-policy", "source")
MOST_MEMBERS = 500
ADDED = "Identity is added into Governance Group members list."
REMOVED = "Identity deleted from Governance Group members list."


class Workgroups:
    """Keeps the members of governance groups."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def connections(self, group_id: str) -> list[tuple[Document, str]]:
        """Objects that refer to a group, each with how."""
        found = []
        for kind in _CONNECTED:
            for document in self._tenant.configuration.all(kind):
                found += [(document, how) for how in _ties(document.body, group_id)]
        return found

    def refuse_in_use(self, group: Document) -> None:
        """Raise Conflict while something refers to a group."""
        for document, _ in self.connections(group.id):
            raise Conflict(f'The governance group "{group.name}" is used by "{document.name}".')

    def add(self, group: Document, ids: Iterable[str], caller: Caller) -> Iterator[tuple[str, int, str]]:
        """Add people; answers a status and a sentence for each. Raises LimitViolation for too many at once."""
        members = _members(group)
        for id in _limited(ids):
            if id in members:
                text = f'Unable to set Membership of Identity "{id}" to Governance Group "{group.id}"; '
                yield id, 409, f"{text}the relationship already exists."
            elif id not in self._tenant.state.identities:
                yield id, 404, f'Referenced Identity "{id}" was not found.'
            else:
                members[id] = {"type": "IDENTITY", "id": id}
                yield id, 201, ADDED
        self._store(group, members, caller)

    def remove(self, group: Document, ids: Iterable[str], caller: Caller) -> Iterator[tuple[str, int, str]]:
        """Take people away; answers a status and a sentence for each. Raises LimitViolation for too many at once."""
        members = _members(group)
        for id in _limited(ids):
            if members.pop(id, None) is None:
                yield id, 404, f'Referenced Governance Group Member with Identity Id "{id}" was not found.'
            else:
                yield id, 204, REMOVED
        self._store(group, members, caller)

    def _store(self, group: Document, members: Mapping[str, Any], caller: Caller) -> None:
        self._tenant.configuration.update(group, {**group.body, "members": list(members.values())}, caller.name)


def _members(group: Document) -> dict[str, Any]:
    return {member["id"]: member for member in group.body.get("members") or ()}


def _limited(ids: Iterable[str]) -> list[str]:
    found = list(ids)
    if len(found) > MOST_MEMBERS:
        raise LimitViolation(f"At most {MOST_MEMBERS} members can be changed at a time.")
    return found


def _ties(body: Mapping[str, Any], group_id: str) -> Iterator[str]:
    """How an object refers to a group, each way once."""
    configs = (body.get("accessRequestConfig") or {}, body.get("revocationRequestConfig") or {})
    if any(scheme.get("approverId") == group_id for one in configs for scheme in one.get("approvalSchemes") or ()):
        yield "AccessRequestReviewer"
    assigned = (body.get("violationOwnerAssignmentConfig") or {}).get("ownerRef") or {}
    more = (*(body.get("additionalOwners") or ()), *(body.get("secondaryOwnerRefs") or ()))
    owners = [body.get("ownerRef") or {}, *more, assigned]
    if any(one.get("id") == group_id for one in owners):
        yield "Owner"
    if (body.get("managementWorkgroup") or {}).get("id") == group_id:
        yield "ManagementWorkgroup"
