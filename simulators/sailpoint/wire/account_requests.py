"""Bodies of calls about accounts, and requests for their deletion as the REST API shows them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from simulators.sailpoint.domain.records import Account, Activity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import person, when


class NewAttributes(Camel):
    """The attributes of a new account and the source it stands on."""

    model_config = {"extra": "allow"}
    __pydantic_extra__: dict[str, str]
    source_id: Annotated[str, Field(min_length=1)]


class NewAccount(Camel):
    """An account to write."""

    attributes: NewAttributes


class AccountChange(Camel):
    """All attributes of an account."""

    attributes: dict[str, Any]


class Toggle(Camel):
    """How to enable or disable an account."""

    external_verification_id: str | None = None
    force_provisioning: bool | None = None


class Unlock(Toggle):
    """How to unlock an account."""

    unlock_idn_account: bool | None = Field(default=None, alias="unlockIDNAccount")


class Deletion(Camel):
    """Why an account should be deleted."""

    comments: str | None = None


class ManyIdentities(Camel):
    """Whose accounts to change."""

    identity_ids: list[str] = []


_STATES = {"": "PENDING", "SUCCESS": "PASSED", "FAILURE": "FAILED", "INCOMPLETE": "FAILED"}


def _provisioning(activity: Activity | None, request: Document) -> dict[str, Any]:
    if activity is None:
        return {"name": "PROVISIONING_PHASE", "state": "NOT_STARTED"}
    phase = {
        "name": "PROVISIONING_PHASE",
        "state": _STATES[activity.completion],
        "started": when(activity.created),
    }
    return {**phase, **({"finished": when(activity.completed)} if activity.completed is not None else {})}


def deletion_body(look: Lookup, request: Document, account: Account | None) -> dict[str, Any]:
    """A request to delete an account, with how far it has come."""
    body = request.body
    activity = look.activity(body["activity"]) if body["activity"] else None
    provisioning, decided = _provisioning(activity, request), body.get("decided") or {}
    phases = [provisioning]
    if body["asked"]:
        approval = {"name": "APPROVAL_PHASE", "state": body["approval"], "started": when(request.created)}
        phases.insert(0, approval | ({"finished": decided["at"]} if decided else {}))
    over = body["approval"] in ("REJECTED", "CANCELLED")
    completed = decided.get("at") if over else provisioning.get("finished")
    identity = person(look, account.identity_id if account is not None else body.get("identity", ""))
    shown: dict[str, Any] = {
        "accountRequestId": request.id,
        "requestType": "ACCOUNT_DELETION",
        "createdAt": when(request.created),
        "completedAt": completed,
        "overallStatus": body["approval"] if over else _OVERALL[provisioning["state"]],
        "requester": person(look, body["requester"]),
        "requesterComments": body["comments"],
        "accountDetails": _details(look, body, account),
        "correlatedIdentity": identity,
        "managerReference": _manager(look, identity),
        "accountRequestPhases": phases,
        "approvalDetails": _approvals(look, body),
        "errorDetails": "; ".join(activity.errors) or None if activity is not None else None,
    }
    return {name: value for name, value in shown.items() if value is not None or name == "errorDetails"}


def _approvals(look: Lookup, body: Any) -> list[dict[str, Any]]:
    """Who was asked, and what came of it; nobody where the source asks nobody."""
    decided = body.get("decided") or {}
    approver = look.identity(decided.get("by") or body.get("approver") or "") if body["asked"] else None
    if approver is None:
        return []
    who = {"identityID": approver.id, "type": "IDENTITY", "name": approver.name}
    shown = {"approver": who, "serialOrder": 1, "status": body["approval"]}
    return [{**shown, "decisionDate": decided["at"]} if decided else shown]


_OVERALL = {"NOT_STARTED": "PENDING", "PENDING": "PENDING", "PASSED": "COMPLETED", "FAILED": "FAILED"}


def _details(look: Lookup, body: Any, account: Account | None) -> dict[str, Any]:
    shown = body.get("shown") or {}
    source = look.source(account.source_id if account is not None else shown.get("source", ""))
    details: dict[str, Any] = {
        "id": body["account"],
        "name": account.name if account is not None else shown.get("name", ""),
        "nativeIdentity": account.native if account is not None else shown.get("native", ""),
    }
    if account is not None:
        details |= {
            "disabled": account.disabled,
            "locked": account.locked,
            "uncorrelated": not account.identity_id,
            "attributes": dict(account.attributes),
        }
    if source is not None:
        details["application"] = {"id": source.id, "name": source.name}
    return details


def _manager(look: Lookup, identity: dict[str, Any] | None) -> dict[str, Any] | None:
    known = look.identity(identity["id"]) if identity is not None else None
    return person(look, known.manager_id) if known is not None and known.manager_id else None
