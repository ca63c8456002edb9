"""Non-employees: bodies that make sources, attributes and people, and how all of it looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from simulators.kernel.times import iso
from simulators.sailpoint.domain.nonemployees import (
    Facts,
    NonEmployee,
    NonEmployeeApproval,
    NonEmployeeRequest,
    NonEmployeeUpload,
)
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.references import Described, Filled
from simulators.sailpoint.wire.shapes import when

Comment = Annotated[str, Field(max_length=4000)]
Text = Annotated[str, Field(max_length=2000)]


class PersonRef(Camel):
    """A person by id."""

    id: Filled
    type: Literal["IDENTITY", "GOVERNANCE_GROUP"] = "IDENTITY"


class SourceBody(Camel):
    """What makes a non-employee source."""

    name: Filled
    description: Described
    owner: PersonRef
    management_workgroup: str | None = None
    approvers: Annotated[list[PersonRef], Field(max_length=3)] = []
    account_managers: Annotated[list[PersonRef], Field(max_length=10)] = []


class SourceChange(Camel):
    """A source as a patch leaves it."""

    name: Filled
    description: Described
    approvers: Annotated[list[PersonRef], Field(max_length=3)] = []
    account_managers: Annotated[list[PersonRef], Field(max_length=10)] = []


class AttributeBody(Camel):
    """A custom attribute; of the types only TEXT is allowed for those."""

    type: Literal["TEXT"]
    label: Filled
    technical_name: Filled
    help_text: Text = ""
    placeholder: Text = ""
    required: bool = False


class AttributeChange(Camel):
    """An attribute as a patch leaves it."""

    label: Filled
    help_text: Text = ""
    placeholder: Text = ""
    required: bool = False


class PersonBody(Camel):
    """What is said of a non-employee."""

    account_name: Filled
    first_name: Filled
    last_name: Filled
    email: Filled
    phone: Filled
    manager: Filled
    source_id: Filled
    data: dict[str, Text] = {}
    start_date: Filled
    end_date: Filled
    comment: Comment = ""


class Decision(Camel):
    """A yes, with a word on it."""

    comment: Comment = ""


class Rejection(Camel):
    """A no, which needs a reason."""

    comment: Annotated[str, Field(min_length=1, max_length=4000)]


class Ids(Camel):
    """Records to delete."""

    ids: list[Filled]


def person_ref(id: str) -> dict[str, str]:
    """A person as this service refers to one."""
    return {"type": "IDENTITY", "id": id}


def lite_body(source: Document) -> dict[str, Any]:
    """A source in a few words."""
    return {
        "id": source.id,
        "sourceId": source.parent,
        "name": source.name,
        "description": source.body["description"],
    }


def source_body(source: Document) -> dict[str, Any]:
    """A source with who reviews and who manages."""
    return {
        **lite_body(source),
        "approvers": [person_ref(one["id"]) for one in source.body["approvers"]],
        "accountManagers": [person_ref(one["id"]) for one in source.body["accountManagers"]],
        "modified": when(source.modified),
        "created": when(source.created),
    }


def attribute_body(attribute: Document) -> dict[str, Any]:
    """An attribute of a source."""
    return {
        "id": attribute.id,
        **attribute.body,
        "modified": when(attribute.modified),
        "created": when(attribute.created),
    }


def _names(facts: Facts) -> dict[str, Any]:
    return {
        "accountName": facts.account_name,
        "firstName": facts.first_name,
        "lastName": facts.last_name,
        "email": facts.email,
        "phone": facts.phone,
        "manager": facts.manager,
        "data": dict(facts.data),
    }


def facts_body(facts: Facts, source_id: str) -> dict[str, Any]:
    """What is said of a person, as a body that says the same."""
    return {**_names(facts), "sourceId": source_id, "startDate": iso(facts.start), "endDate": iso(facts.end)}


def record_body(record: NonEmployee) -> dict[str, Any]:
    """A non-employee."""
    times = {"modified": when(record.modified), "created": when(record.created)}
    return {"id": record.id, **facts_body(record.facts, record.source_id), **times}


def approval_body(approval: NonEmployeeApproval, requester_id: str) -> dict[str, Any]:
    """A decision with who has asked for it."""
    lite: dict[str, Any] = {"id": approval.request_id}
    if requester_id:
        lite["requester"] = person_ref(requester_id)
    return {**_decision(approval), "nonEmployeeRequest": lite}


def _decision(approval: NonEmployeeApproval) -> dict[str, Any]:
    return {
        "id": approval.id,
        "approver": person_ref(approval.approver_id),
        "accountName": approval.account_name,
        "approvalStatus": approval.status,
        "approvalOrder": approval.order,
        "comment": approval.comment,
        "modified": when(approval.modified),
        "created": when(approval.created),
    }


def _asked(request: NonEmployeeRequest) -> dict[str, Any]:
    return {
        **_names(request.facts),
        "approvalStatus": request.status,
        "comment": request.comment,
        "modified": when(request.modified),
        "created": when(request.created),
        **({"completionDate": when(request.completed)} if request.completed is not None else {}),
    }


def request_body(
    request: NonEmployeeRequest, source: Document, approvals: Iterable[NonEmployeeApproval]
) -> dict[str, Any]:
    """A request with the decisions on it."""
    return {
        **lite_body(source),
        "id": request.id,
        **_asked(request),
        "nonEmployeeSource": lite_body(source),
        "approvalItems": [_decision(one) for one in approvals],
        "startDate": iso(request.facts.start),
        "endDate": iso(request.facts.end),
        **({"requester": person_ref(request.requester_id)} if request.requester_id else {}),
    }


def approval_detail_body(
    approval: NonEmployeeApproval, request: NonEmployeeRequest, source: Document, attributes: Iterable[Document]
) -> dict[str, Any]:
    """A decision with all that is asked for; days stand in place of instants here."""
    shown = approval_body(approval, request.requester_id)
    shown["nonEmployeeRequest"] |= {
        **_asked(request),
        "nonEmployeeSource": {**lite_body(source), "schemaAttributes": [attribute_body(one) for one in attributes]},
        "startDate": request.facts.start.date().isoformat(),
        "endDate": request.facts.end.date().isoformat(),
    }
    return shown


def upload_body(upload: NonEmployeeUpload, source: Document) -> dict[str, Any]:
    """A file on its way in."""
    times = {"created": when(upload.created), "modified": when(upload.modified)}
    return {"id": upload.id, "sourceId": source.id, **times, "status": upload.status}


def count_body(counts: Mapping[str, int], *names: str) -> dict[str, int]:
    """How many there are of each status, by the vendor's words."""
    return {name: counts.get(name.upper(), 0) for name in names}
