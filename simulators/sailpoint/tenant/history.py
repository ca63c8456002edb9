"""What has happened to an identity, read from the audit trail and the access requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.records import Event, Identity, Request

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


@dataclass(frozen=True, slots=True)
class Certified:
    """Access of an identity that a reviewer has signed off."""

    at: datetime
    id: str
    name: str
    reviewer_ids: tuple[str, ...]
    signer_id: str


Happening = Event | Request | Certified


class History:
    """Finds the past of one identity.

    `certified` answers the reviews of an identity's access: who keeps certifications adds a question about its id.
    """

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self.certified: list[Callable[[str], Iterable[Certified]]] = []

    def of(self, identity: Identity) -> list[tuple[datetime, Happening]]:
        """Everything noted about an identity, the latest first."""
        state = self._tenant.state
        found: list[tuple[datetime, Happening]] = [
            (event.created, event) for event in state.events.find("term", f"target.name={identity.alias.lower()}")
        ]
        found += [
            (request.finished, request)
            for request in state.requests.find("identity", identity.id)
            if request.finished is not None
        ]
        found += [(one.at, one) for ask in self.certified for one in ask(identity.id)]
        return sorted(found, key=lambda entry: entry[0], reverse=True)
