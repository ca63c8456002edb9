"""Closing requests that are stuck, whatever they wait for (SailPoint API, Close Access Request)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.records import Activity
from simulators.sailpoint.domain.requests import Request
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# The state a request closes in, by the completion it is given; a terminated one is TERMINATED.
_STATES = {
    "SUCCESS": "REQUEST_COMPLETED",
    "INCOMPLETE": "NOT_ALL_ITEMS_PROVISIONED",
    "FAILURE": "PROVISIONING_FAILED",
}


class RequestClosing:
    """Ends requests at an administrator's word."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.request.close", self._close)

    def begin(self, ids: list[str], message: str, execution: str, completion: str, caller: Caller) -> None:
        """Take the order; it is carried out a moment later. Ids nobody knows are named when it is done."""
        wanted = list(dict.fromkeys(ids))
        about = {"info": message, "numberOfRequests": len(wanted)}
        self._tenant.journal.write(
            "CLOSE_IDENTITY_REQUESTS_STARTED", "Close Identity Requests", actor=caller.name, attributes=about
        )
        self._tenant.later(
            "action", "sailpoint.request.close", message, execution, completion, caller.name, ",".join(wanted)
        )

    def _close(self, message: str, execution: str, completion: str, actor: str, ids: str) -> None:
        failed = []
        for id in ids.split(","):
            request = self._tenant.state.requests.get(id)
            if request is None or request.state != "EXECUTING" or request.closed is not None:
                failed.append(id)
            else:
                self._end(request, message, execution, completion)
        self._tenant.journal.write(
            "CLOSE_IDENTITY_REQUESTS_COMPLETED",
            "Close Identity Requests",
            actor=actor,
            attributes={"info": message, "errors": ", ".join(failed)},
        )

    def _end(self, request: Request, message: str, execution: str, completion: str) -> None:
        """Give up whatever the request waits for, and let its activity close as all do, which tells the triggers."""
        tenant = self._tenant
        verdict = Values({"execution": execution, "completion": completion, "message": message})
        request = tenant.state.requests.put(replace(request, visible=True, closed=verdict, modified=tenant.now()))
        tenant.requests.approvals.cancel_open(request, "ARCHIVED")
        tenant.work.cancel_for(request.id)
        activity = tenant.state.activities.get(request.id)
        if activity is None:
            tenant.requests.finish(request, self.state_of(request))
            return
        for id in activity.operations:
            operation = tenant.state.operations.get(id)
            if operation is not None and operation.open:
                tenant.state.operations.put(replace(operation, status="FAILED", message=message))
        tenant.provisioning.lanes.close_later(activity.id)

    def state_of(self, request: Request) -> str:
        """The state that a closed request ends in."""
        verdict = request.closed or Values()
        return "TERMINATED" if verdict["execution"] == "TERMINATED" else _STATES[verdict["completion"]]

    def closed(self, request: Request, activity: Activity) -> None:
        """The activity of a request closes by an administrator's word and carries it as a warning."""
        verdict = request.closed or Values()
        self._tenant.state.activities.put(
            replace(
                activity,
                execution=verdict["execution"],
                completion=verdict["completion"],
                warnings=(*activity.warnings, verdict["message"]),
                errors=(),
            )
        )
        self._tenant.requests.finish(request, self.state_of(request))
