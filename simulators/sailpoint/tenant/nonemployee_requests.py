"""Requests for non-employees: reviewers decide one after another, then the record is there. And files of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.errors import BadContent, Forbidden, NotFound, Refusal
from simulators.sailpoint.domain.files import decoded
from simulators.sailpoint.domain.nonemployees import (
    Facts,
    NonEmployeeApproval,
    NonEmployeeRequest,
    NonEmployeeUpload,
    lines_of,
)
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class NonEmployeeRequests:
    """Takes requests and files, and decides them."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.nonemployee.upload", self._upload)
        tenant.clock.on("sailpoint.nonemployee.uploaded", self._uploaded)

    def submit(self, source: Document, facts: Facts, comment: str, caller: Caller) -> NonEmployeeRequest:
        """Ask for a non-employee. The first reviewer is asked; without any the request is approved at once."""
        tenant, state, now = self._tenant, self._tenant.state, self._tenant.now()
        request = state.nonemployee_requests.put(
            NonEmployeeRequest(
                tenant.ids.uuid("non-employee-request"),
                source.id,
                caller.identity_id,
                facts,
                now,
                now,
                comment=comment,
            )
        )
        for order, approver in enumerate(source.body["approvers"], start=1):
            state.nonemployee_approvals.put(
                NonEmployeeApproval(
                    tenant.ids.uuid("non-employee-approval"),
                    request.id,
                    approver["id"],
                    order,
                    facts.account_name,
                    now,
                    now,
                    "PENDING" if order == 1 else "NOT_READY",
                )
            )
        return request if source.body["approvers"] else self._approved(request, source)

    def _approved(self, request: NonEmployeeRequest, source: Document) -> NonEmployeeRequest:
        now = self._tenant.now()
        request = replace(request, status="APPROVED", completed=now, modified=now)
        self._tenant.state.nonemployee_requests.put(request)
        self._tenant.nonemployees.create(source, request.facts)
        return request

    def get(self, id: str) -> NonEmployeeRequest:
        """One request. Raises NotFound."""
        request = self._tenant.state.nonemployee_requests.get(id)
        if request is None:
            raise NotFound
        return request

    def source_of(self, request: NonEmployeeRequest) -> Document:
        """The source a request is about. Raises NotFound once it is gone."""
        return self._tenant.nonemployees.get(request.source_id)

    def approvals(self, request_id: str) -> list[NonEmployeeApproval]:
        """The decisions on a request, in their order."""
        return list(self._tenant.state.nonemployee_approvals.find("request", request_id))

    def delete(self, request: NonEmployeeRequest) -> None:
        """Forget a request with its decisions; a record it has led to stays."""
        for approval in self.approvals(request.id):
            self._tenant.state.nonemployee_approvals.remove(approval.id)
        self._tenant.state.nonemployee_requests.remove(request.id)

    def forget(self, source: Document) -> None:
        """Forget all requests and files of a source."""
        state = self._tenant.state
        for request in list(state.nonemployee_requests.find("source", source.id)):
            self.delete(request)
        for upload in list(state.nonemployee_uploads.find("source", source.id)):
            state.nonemployee_uploads.remove(upload.id)

    def approval(self, id: str, caller: Caller) -> NonEmployeeApproval:
        """One decision, for its reviewer or an administrator. Raises NotFound, Forbidden."""
        approval = self._tenant.state.nonemployee_approvals.get(id)
        if approval is None:
            raise NotFound
        if not caller.is_admin and approval.approver_id != caller.identity_id:
            raise Forbidden
        return approval

    def decide(self, id: str, approve: bool, comment: str, caller: Caller) -> NonEmployeeApproval:
        """Say yes or no, as the reviewer who is asked. Raises refusals."""
        state, now = self._tenant.state, self._tenant.now()
        approval = self.approval(id, caller)
        if approval.approver_id != caller.identity_id:
            raise Forbidden
        if approval.status != "PENDING":
            raise BadContent(f"The approval is {approval.status} and cannot be decided.")
        request = self.get(approval.request_id)
        source = self.source_of(request)
        status = "APPROVED" if approve else "REJECTED"
        approval = replace(approval, status=status, comment=comment, modified=now)
        state.nonemployee_approvals.put(approval)
        rest = [one for one in self.approvals(request.id) if one.status == "NOT_READY"]
        if not approve:
            for one in rest:
                state.nonemployee_approvals.put(replace(one, status="CANCELLED", modified=now))
            state.nonemployee_requests.put(replace(request, status="REJECTED", modified=now))
        elif rest:
            state.nonemployee_approvals.put(replace(rest[0], status="PENDING", modified=now))
        else:
            self._approved(request, source)
        return approval

    def of_manager(self, identity_id: str) -> Iterator[NonEmployeeRequest]:
        """The requests on the sources that a person manages."""
        desk, state = self._tenant.nonemployees, self._tenant.state
        for source in desk.sources():
            if desk.manages(identity_id, source):
                yield from state.nonemployee_requests.find("source", source.id)

    # Files

    def upload(self, source: Document, content: bytes, caller: Caller) -> NonEmployeeUpload:
        """Accept a file. Raises BadContent for one whose header or lines do not fit the source."""
        tenant, now = self._tenant, self._tenant.now()
        try:
            text = decoded(content)
        except ValueError as error:
            raise BadContent("The file is not UTF-8.") from error
        list(lines_of(text, tenant.nonemployees.custom(source)))
        id = tenant.ids.uuid("non-employee-upload")
        upload = NonEmployeeUpload(id, source.id, text, caller.name, now, now)
        tenant.later("load_to_collected", "sailpoint.nonemployee.upload", id)
        return tenant.state.nonemployee_uploads.put(upload)

    def latest(self, source: Document) -> NonEmployeeUpload | None:
        """The newest file of a source."""
        latest = None
        for upload in self._tenant.state.nonemployee_uploads.find("source", source.id):
            latest = upload
        return latest

    def _upload(self, id: str) -> None:
        uploads = self._tenant.state.nonemployee_uploads
        upload = uploads.get(id)
        if upload is not None:
            uploads.put(replace(upload, status="IN_PROGRESS", modified=self._tenant.now()))
            self._tenant.later("collected_to_finished", "sailpoint.nonemployee.uploaded", id)

    def _uploaded(self, id: str) -> None:
        """Store the people of a file: new ones are added, known ones changed; one bad line makes it an error."""
        tenant = self._tenant
        upload = tenant.state.nonemployee_uploads.get(id)
        source = tenant.nonemployees.find(upload.source_id) if upload is not None else None
        if upload is None or source is None:
            return
        status = "COMPLETED"
        try:
            lines = list(lines_of(upload.text, tenant.nonemployees.custom(source)))
        except Refusal:
            lines, status = [], "ERROR"
        for line in lines:
            if not self._stored(source, line):
                status = "ERROR"
        done = replace(upload, status=status, text="", modified=tenant.now())
        tenant.state.nonemployee_uploads.put(done)

    def _stored(self, source: Document, line: dict[str, str]) -> bool:
        desk = self._tenant.nonemployees
        custom = desk.custom(source)
        try:
            facts = desk.facts(source, {**line, "data": {name: line[name] for name in custom if line.get(name)}})
        except Refusal:
            return False
        record = desk.named(source, facts.account_name)
        if record is None:
            desk.create(source, facts)
        else:
            desk.update(record, facts)
        return True
