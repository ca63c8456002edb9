"""The end of an account activity: verified, closed with its outcome, and told to whoever listens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.records import Activity, Identity, Operation

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# Operations in the words of triggers.
_WORDS = {"ADD": "Modify", "REMOVE": "Modify"}


class Closing:
    """Closes activities once nothing in them is left to do."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.close", self._close)

    def later(self, activity_id: str) -> None:
        """Close an activity after the usual delay."""
        self._tenant.later("last_call_to_closed", "sailpoint.close", activity_id)

    def when_done(self, activity_id: str) -> None:
        """Verify an activity whose operations have all been sent; close it when none is open any more."""
        state = self._tenant.state
        activity = state.activities.get(activity_id)
        if activity is None or activity.execution == "COMPLETED":
            return
        operations = [one for id in activity.operations if (one := state.operations.get(id)) is not None]
        if any(one.open and one.status != "COMMITED" for one in operations):
            return
        if activity.execution == "EXECUTING":
            state.activities.put(replace(activity, execution="VERIFYING", modified=self._tenant.now()))
        if not any(one.open for one in operations):
            self.later(activity_id)

    def _close(self, activity_id: str) -> None:
        tenant, state, now = self._tenant, self._tenant.state, self._tenant.now()
        activity = state.activities.get(activity_id)
        if activity is None or activity.completed is not None:
            return
        operations = [one for id in activity.operations if (one := state.operations.get(id)) is not None]
        failed = [one for one in operations if one.status == "FAILED"]
        completion = "SUCCESS" if not failed else "FAILURE" if len(failed) == len(operations) else "INCOMPLETE"
        tenant.journal.changed("activity", activity_id, activity)
        closed: Activity = replace(
            activity,
            execution="COMPLETED",
            completion=completion,
            completed=now,
            modified=now,
            errors=tuple(dict.fromkeys(one.message for one in failed if one.message)),
        )
        state.activities.put(closed)
        if (task := tenant.tasks.live(activity_id)) is not None:
            tenant.tasks.end(
                task, "ERROR" if failed else "SUCCESS", tuple(("ERROR", message) for message in closed.errors)
            )
        tenant.requests.provisioned(closed)
        tenant.processing.provisioned(closed, operations)
        self._tell(closed, operations)

    def _tell(self, activity: Activity, operations: list[Operation]) -> None:
        """Fire the trigger, but not for attribute synchronisation (SailPoint, provisioning completed)."""
        tenant = self._tenant
        identity = tenant.state.identities.get(activity.identity_id)
        synchronised = bool(operations) and all(one.kind == "MODIFY" for one in operations)
        if tenant.workflows is None or identity is None or synchronised:
            return
        requester = tenant.state.identities.get(activity.requester_id)
        rows = [self._row(one) for one in operations]
        payload = {
            "trackingNumber": activity.tracking,
            "sources": ", ".join(dict.fromkeys(str(row["source"]["name"]) for row in rows)),
            "action": activity.type,
            "recipient": _person(identity),
            "requester": _person(requester) if requester is not None else None,
            "errors": list(activity.errors),
            "warnings": [],
            "accountRequests": rows,
        }
        if activity.completed is not None:
            payload["completed"] = iso(activity.completed)
        tenant.workflows.fire("idn:post-provisioning", payload, identity.id)

    def _row(self, operation: Operation) -> dict[str, Any]:
        source = self._tenant.configuration.source(operation.source_id)
        name = source.name if source is not None else operation.source_id
        changes = [
            {"attributeName": name, "attributeValue": value, "operation": "Set"}
            for name, value in operation.values.items()
            if name != "password"
        ]
        if operation.kind in ("ADD", "REMOVE"):
            changes = [
                {
                    "attributeName": operation.attribute,
                    "attributeValue": operation.value,
                    "operation": operation.kind.title(),
                }
            ]
        return {
            "source": {"id": operation.source_id, "type": "SOURCE", "name": name},
            "accountId": operation.native,
            "accountOperation": _WORDS.get(operation.kind, operation.kind.title()),
            "provisioningResult": "SUCCESS" if operation.status == "FINISHED" else "FAILED",
            "provisioningTarget": name,
            "ticketId": operation.ticket or None,
            "attributeRequests": changes,
        }


def _person(identity: Identity) -> dict[str, str]:
    return {"type": "IDENTITY", "id": identity.id, "name": identity.name}
