"""Reassignment configurations: whose work goes to somebody else for a while.

SailPoint API, Work Reassignment: applied when an item of work is made, by its type and the window of dates.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

_KIND = "reassignment-configuration"
# A person away may stand in for another one who is; nobody follows more of them than this.
_MOST_HOPS = 10


class Reassignments:
    """Keeps the configurations, one document a person, and answers who does a person's work now."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def find(self, identity_id: str) -> Document | None:
        """The configuration of a person."""
        return self._tenant.configuration.find(_KIND, f"reassignment-{identity_id}")

    def all(self) -> list[Document]:
        """Every configuration that reassigns anything."""
        return list(self._tenant.configuration.all(_KIND))

    def save(
        self,
        from_id: str,
        to_id: str,
        config_type: str,
        start: datetime,
        end: datetime | None,
        caller: Caller,
        *,
        alone: bool,
    ) -> Document:
        """Reassign one kind of a person's work; `alone` forgets what was set before.

        Raises MissingReference, BadContent, IllegalValue, Forbidden.
        """
        tenant, now = self._tenant, self._tenant.now()
        if not caller.is_admin and caller.identity_id != from_id:
            raise Forbidden
        for id in (from_id, to_id):
            if id not in tenant.state.identities:
                raise MissingReference(f"Referenced identity {id} was not found.")
        if from_id == to_id:
            raise BadContent("Work cannot be reassigned to the same identity.")
        if end is not None and end <= start:
            raise IllegalValue('Value of "endDate" must be after "startDate".')
        stored = self.find(from_id)
        details: list[dict[str, Any]] = list(stored.body["details"]) if stored is not None else []
        before = next((one for one in details if one["configType"] == config_type), None)
        detail = {
            "configType": config_type,
            "targetId": to_id,
            "startDate": iso(start),
            "endDate": iso(end) if end is not None else None,
            "created": before["created"] if before is not None else iso(now),
            "createdById": before["createdById"] if before is not None else caller.identity_id,
            "modified": iso(now),
            "modifiedById": caller.identity_id,
        }
        kept = [] if alone else [one for one in details if one["configType"] != config_type]
        body = {"identityId": from_id, "details": [*kept, detail]}
        if stored is None:
            return tenant.configuration.add(_KIND, body, id=f"reassignment-{from_id}", actor=caller.name)
        return tenant.configuration.update(stored, body, caller.name)

    def target(self, identity_id: str, config_type: str) -> str:
        """Who does a person's work of one type now: the person, unless it is reassigned."""
        seen = [identity_id]
        while len(seen) < _MOST_HOPS:
            stored = self.find(seen[-1])
            following = self._now(stored, config_type) if stored is not None else ""
            if not following or following in seen or following not in self._tenant.state.identities:
                break
            seen.append(following)
        return seen[-1]

    def _now(self, stored: Document, config_type: str) -> str:
        now = self._tenant.now()
        for one in stored.body["details"]:
            start, end = instant(one["startDate"]), instant(one["endDate"])
            if one["configType"] == config_type and (start is None or start <= now) and (end is None or now < end):
                return str(one["targetId"])
        return ""
