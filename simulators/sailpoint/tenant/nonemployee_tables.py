"""Tables of non-employees, with the keys their records are found under."""

from __future__ import annotations

from simulators.kernel.table import Table
from simulators.sailpoint.domain.nonemployees import (
    NonEmployee,
    NonEmployeeApproval,
    NonEmployeeRequest,
    NonEmployeeUpload,
)


def records() -> Table[NonEmployee]:
    """Non-employees, by source and by name on it."""
    return Table(
        lambda n: n.id,
        source=lambda n: [n.source_id],
        name=lambda n: [f"{n.source_id}/{n.facts.account_name.lower()}"],
    )


def requests() -> Table[NonEmployeeRequest]:
    """Requests, by source, by who asked, and the open ones by name."""
    return Table(
        lambda r: r.id,
        source=lambda r: [r.source_id],
        requester=lambda r: [r.requester_id] if r.requester_id else [],
        open_name=lambda r: [f"{r.source_id}/{r.facts.account_name.lower()}"] if r.status == "PENDING" else [],
    )


def approvals() -> Table[NonEmployeeApproval]:
    """Decisions, by request and by who makes them."""
    return Table(lambda a: a.id, request=lambda a: [a.request_id], approver=lambda a: [a.approver_id])


def uploads() -> Table[NonEmployeeUpload]:
    """Files of non-employees, by source."""
    return Table(lambda u: u.id, source=lambda u: [u.source_id])
