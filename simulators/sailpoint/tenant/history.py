"""What has happened to an identity, read from the audit trail, access requests and reviews."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.records import Event, Identity
from simulators.sailpoint.domain.requests import Request

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
    """Finds the past of one identity."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

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
        found += [(one.at, one) for one in self._certified(identity)]
        return sorted(found, key=lambda entry: entry[0], reverse=True)

    def _certified(self, identity: Identity) -> Iterator[Certified]:
        """The reviews of an identity's access that were signed off; a review that ended by itself has no signer."""
        for one in self._tenant.certifications.signed_for(identity.id):
            if one.signed is not None:
                signer = one.signer_id or one.reviewer_id
                yield Certified(one.signed, one.id, one.name, (one.reviewer_id,), signer)
