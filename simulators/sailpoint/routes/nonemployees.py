"""`/non-employee-records`, `/non-employee-requests`, `/non-employee-approvals`: people, asking for them, deciding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import Forbidden, IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.nonemployees import Facts, NonEmployee, NonEmployeeApproval, NonEmployeeRequest
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.routes.nonemployee_sources import person_asked, require_admin
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.nonemployees import (
    Decision,
    Ids,
    PersonBody,
    Rejection,
    approval_body,
    approval_detail_body,
    count_body,
    facts_body,
    record_body,
    request_body,
)
from simulators.sailpoint.wire.patch import patched

area = Area()

RECORDS = collection("GET", "/non-employee-records/v1")
REQUESTS = collection("GET", "/non-employee-requests/v1")
APPROVALS = collection("GET", "/non-employee-approvals/v1")
MUTABLE = ("accountName", "firstName", "lastName", "email", "phone", "manager", "data", "startDate", "endDate")


async def _asked(call: Call, *, admin: bool) -> tuple[PersonBody, Document, Facts]:
    """The person of the body with the source, for an administrator or (unless `admin`) who manages the source."""
    desk, body = call.tenant.nonemployees, await call.model(PersonBody)
    if admin:
        require_admin(call)
    source = desk.referenced(body.source_id)
    desk.check_manager(call.caller, source)
    return body, source, desk.facts(source, body.stored())


# Records


@area.get("/non-employee-records/v1")
async def list_records(call: Call) -> Response:
    """Everybody for administrators; for others those on the sources they manage."""
    desk, state = call.tenant.nonemployees, call.tenant.state
    rows: Iterable[NonEmployee] = state.nonemployees.rows()
    if not call.caller.is_admin:
        managed = [one for one in desk.sources() if desk.manages(call.caller.identity_id, one)]
        rows = (record for source in managed for record in state.nonemployees.find("source", source.parent))

    def facts(record: NonEmployee) -> dict[str, Any]:
        source = desk.find(record.source_id)
        return {**record_body(record), "sourceId": [record.source_id, source.id if source is not None else ""]}

    return page(call, RECORDS, None, record_body, rows=rows, facts=facts)


@area.post("/non-employee-records/v1")
async def create_record(call: Call) -> Response:
    """A non-employee without asking anybody, by an administrator."""
    _, source, facts = await _asked(call, admin=True)
    call.tenant.nonemployees.check_name(source, facts.account_name)
    return answer(record_body(call.tenant.nonemployees.create(source, facts)))


def _record(call: Call) -> tuple[NonEmployee, Document]:
    record, source = call.tenant.nonemployees.record(call.path("id"))
    call.tenant.nonemployees.check_manager(call.caller, source)
    return record, source


@area.get("/non-employee-records/v1/{id}")
async def get_record(call: Call) -> Response:
    """One non-employee."""
    return answer(record_body(_record(call)[0]))


def _changed(call: Call, record: NonEmployee, source: Document, body: dict[str, Any]) -> Response:
    """Store a changed record; who only manages the source may change nothing but the end date."""
    desk = call.tenant.nonemployees
    if body["sourceId"] not in (source.id, source.parent):
        raise IllegalValue('Value of "sourceId" cannot be changed.')
    facts = desk.facts(source, body)
    before, after = (facts_body(one, "") for one in (record.facts, facts))
    if not call.caller.is_admin and any(before[name] != after[name] for name in before if name != "endDate"):
        raise Forbidden
    desk.check_name(source, facts.account_name, record)
    return answer(record_body(desk.update(record, facts)))


@area.put("/non-employee-records/v1/{id}")
async def put_record(call: Call) -> Response:
    """Replace what is known of a non-employee."""
    record, source = _record(call)
    return _changed(call, record, source, (await call.model(PersonBody)).stored())


@area.patch("/non-employee-records/v1/{id}")
async def patch_record(call: Call) -> Response:
    """Change what is known of a non-employee."""
    record, source = _record(call)
    body = patched(facts_body(record.facts, record.source_id), await call.json(), MUTABLE)
    return _changed(call, record, source, reread(PersonBody, body).stored())


@area.delete("/non-employee-records/v1/{id}")
async def delete_record(call: Call) -> Response:
    """Forget a non-employee with the account."""
    require_admin(call)
    call.tenant.nonemployees.delete(call.tenant.nonemployees.record(call.path("id"))[0])
    return empty()


@area.post("/non-employee-records/v1/bulk-delete")
async def delete_records(call: Call) -> Response:
    """Forget several, all or none."""
    require_admin(call)
    wanted = dict.fromkeys((await call.model(Ids)).ids)
    found = [call.tenant.state.nonemployees.get(id) for id in wanted]
    records = [record for record in found if record is not None]
    if len(records) != len(wanted):
        raise MissingReference("A referenced non-employee record was not found.")
    for record in records:
        call.tenant.nonemployees.delete(record)
    return empty()


# Requests


def _request_body(call: Call) -> Callable[[NonEmployeeRequest], dict[str, Any]]:
    desk = call.tenant.nonemployee_requests
    return lambda request: request_body(request, desk.source_of(request), desk.approvals(request.id))


@area.get("/non-employee-requests/v1")
async def list_requests(call: Call) -> Response:
    """Requests on the sources that somebody manages."""
    asked = call.query("requested-for")
    if not asked:
        raise IllegalValue('Value of "requested-for" is empty or contains invalid data.')
    rows = call.tenant.nonemployee_requests.of_manager(person_asked(call, asked))
    return page(call, REQUESTS, None, _request_body(call), rows=rows)


@area.post("/non-employee-requests/v1")
async def create_request(call: Call) -> Response:
    """Ask for a non-employee, as who manages the source; the first reviewer is asked."""
    body, source, facts = await _asked(call, admin=False)
    call.tenant.nonemployees.check_name(source, facts.account_name)
    request = call.tenant.nonemployee_requests.submit(source, facts, body.comment, call.caller)
    return answer(_request_body(call)(request))


@area.get("/non-employee-requests/v1/summary/{requested_for}")
async def request_summary(call: Call) -> Response:
    """How many requests, and people, there are on the sources that somebody manages."""
    manager, desk = person_asked(call, call.path("requested_for")), call.tenant.nonemployees
    counts = Counter(one.status for one in call.tenant.nonemployee_requests.of_manager(manager))
    people = call.tenant.state.nonemployees
    held = sum(people.count("source", one.parent) for one in desk.sources() if desk.manages(manager, one))
    return answer({**count_body(counts, "approved", "rejected", "pending"), "nonEmployeeCount": held})


@area.get("/non-employee-requests/v1/{id}")
async def get_request(call: Call) -> Response:
    """One request, for who has made it, who manages the source, or an administrator."""
    desk = call.tenant.nonemployee_requests
    request = desk.get(call.path("id"))
    if not call.caller.identity_id or request.requester_id != call.caller.identity_id:
        call.tenant.nonemployees.check_manager(call.caller, desk.source_of(request))
    return answer(_request_body(call)(request))


@area.delete("/non-employee-requests/v1/{id}")
async def delete_request(call: Call) -> Response:
    """Forget a request."""
    require_admin(call)
    call.tenant.nonemployee_requests.delete(call.tenant.nonemployee_requests.get(call.path("id")))
    return empty()


# Approvals


def _approvals(call: Call, asked: str) -> Iterable[NonEmployeeApproval]:
    """The decisions asked of somebody; an administrator who names nobody sees all."""
    table = call.tenant.state.nonemployee_approvals
    if not asked and call.caller.is_admin:
        return table.rows()
    return table.find("approver", person_asked(call, asked or "me"))


def _approval_body(call: Call) -> Callable[[NonEmployeeApproval], dict[str, Any]]:
    desk = call.tenant.nonemployee_requests
    return lambda approval: approval_body(approval, desk.get(approval.request_id).requester_id)


@area.get("/non-employee-approvals/v1")
async def list_approvals(call: Call) -> Response:
    """Decisions asked of somebody."""
    return page(call, APPROVALS, None, _approval_body(call), rows=_approvals(call, call.query("requested-for")))


@area.get("/non-employee-approvals/v1/summary/{requested_for}")
async def approval_summary(call: Call) -> Response:
    """How many decisions somebody has made and is asked for."""
    counts = Counter(one.status for one in _approvals(call, call.path("requested_for")))
    return answer(count_body(counts, "approved", "pending", "rejected"))


@area.get("/non-employee-approvals/v1/{id}")
async def get_approval(call: Call) -> Response:
    """One decision, with all that is asked for unless that is left out."""
    desk = call.tenant.nonemployee_requests
    approval = desk.approval(call.path("id"), call.caller)
    if call.query("include-detail", "true").lower() == "false":
        return answer(_approval_body(call)(approval))
    request = desk.get(approval.request_id)
    source = desk.source_of(request)
    return answer(approval_detail_body(approval, request, source, call.tenant.nonemployees.attributes(source)))


@area.post("/non-employee-approvals/v1/{id}/approve")
async def approve(call: Call) -> Response:
    """Say yes; the next reviewer is asked, or the record is made."""
    return await _decided(call, approve=True)


@area.post("/non-employee-approvals/v1/{id}/reject")
async def reject(call: Call) -> Response:
    """Say no, with a reason; nobody else is asked."""
    return await _decided(call, approve=False)


async def _decided(call: Call, *, approve: bool) -> Response:
    if call.path("id") not in call.tenant.state.nonemployee_approvals:
        raise NotFound
    comment = (await call.model(Decision)).comment if approve else (await call.model(Rejection)).comment
    approval = call.tenant.nonemployee_requests.decide(call.path("id"), approve, comment, call.caller)
    return answer(_approval_body(call)(approval))
