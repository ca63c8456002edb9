"""Tickets: changes on sources without provisioning that a service desk carries out, followed until they are done.

SailPoint API, Service Desk Integration; the calls are those of ServiceNow's Table API, to the integration's `url`.
Without a `url` the ticket is only noted, and is done when an aggregation shows the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from simulators.sailpoint.domain.records import Operation
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.state import epoch

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

KIND, CHECKS = "service-desk-integration", "service-desk-status-check"
# Minutes between looks at a ticket, days until nobody looks any more (the examples of the vendor's API).
MINUTES, DAYS = 30, 2
_TABLE = "sc_request"
# What the state of a ticket means, unless the integration's `statusMap` says otherwise (ServiceNow: closed complete,
# closed incomplete, closed skipped).
_STATES = {"3": "committed", "4": "failed", "7": "failed"}
_SOUGHT = {"ADD": True, "REMOVE": False}


class Tickets:
    """Opens tickets and looks after them by the clock."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.ticket.open", self._open)
        tenant.clock.on("sailpoint.ticket.check", self._check)

    def schedule(self) -> tuple[int, int]:
        """Minutes between checks, and days after which a ticket counts as failed."""
        stored = self._tenant.configuration.find(CHECKS, CHECKS)
        body = stored.body if stored is not None else {}
        minutes = int(body.get("provisioningStatusCheckIntervalMinutes", MINUTES))
        return minutes, int(body.get("provisioningMaxStatusCheckDays", DAYS))

    def set_schedule(self, minutes: int, days: int, actor: str) -> None:
        """Set both; tickets that are open follow from their next check on."""
        configuration = self._tenant.configuration
        body = {"provisioningStatusCheckIntervalMinutes": minutes, "provisioningMaxStatusCheckDays": days}
        stored = configuration.find(CHECKS, CHECKS)
        if stored is None:
            configuration.add(CHECKS, body, id=CHECKS, actor=actor)
        else:
            configuration.update(stored, body, actor)

    def desk_of(self, source_id: str) -> Document | None:
        """The integration that carries out the changes of a source."""
        for document in self._tenant.configuration.all(KIND):
            provisioning = document.body.get("provisioningConfig") or {}
            named = [one.get("id") for one in provisioning.get("managedResourceRefs") or ()]
            if source_id in (*named, *(document.body.get("managedSources") or ())):
                return document
            if provisioning.get("universalManager"):
                return document
        return None

    def takes(self, operation: Operation) -> bool:
        """Whether a service desk takes the operation; then a ticket is on its way."""
        desk = self.desk_of(operation.source_id)
        if desk is None:
            return False
        until = epoch(self._tenant.now() + timedelta(days=self.schedule()[1]))
        self._tenant.later("call", "sailpoint.ticket.open", operation.id, desk.id, until)
        return True

    async def _open(self, operation_id: str, desk_id: str, until: int) -> None:
        operation = self._current(operation_id)
        if operation is None:
            return
        desk = self._tenant.configuration.find(KIND, desk_id)
        number = await self._number(desk, operation) if desk is not None else ""
        operation = self._current(operation_id)
        if operation is None:
            return
        self._tenant.state.operations.put(replace(operation, ticket=number))
        minutes, _ = self.schedule()
        job = "sailpoint.ticket.check" if number else "sailpoint.ticket.open"
        if not number and epoch(self._tenant.now()) >= until:
            self._tenant.provisioning.lanes.fail(operation, "The service desk took no ticket.")
            return
        self._tenant.clock.call_later(timedelta(minutes=minutes), job, operation_id, desk_id, until)

    def _current(self, operation_id: str) -> Operation | None:
        operation = self._tenant.state.operations.get(operation_id)
        return operation if operation is not None and operation.open else None

    async def _number(self, desk: Document, operation: Operation) -> str:
        attributes = desk.body.get("attributes") or {}
        if not attributes.get("url"):
            return f"TKT{self._tenant.ids.hex32('ticket')[:8].upper()}"
        source = self._tenant.configuration.source(operation.source_id)
        person = self._tenant.state.identities.get(operation.identity_id)
        about = {
            "operation": operation.kind,
            "account": operation.native or (person.alias if person is not None else operation.identity_id),
            "attribute": operation.attribute,
            "value": operation.value,
            "source": source.name if source is not None else operation.source_id,
        }
        words = f"{about['operation']} {about['value']} for {about['account']} on {about['source']}"
        body = {"short_description": words.replace("  ", " "), "correlation_id": operation.id, "variables": about}
        result = await self._asked("POST", attributes, json=body)
        return str(result.get("number") or "")

    async def _asked(self, method: str, attributes: Mapping[str, Any], **content: Any) -> dict[str, Any]:
        """The service desk's result; empty when it cannot be reached or refuses."""
        table = attributes.get("table") or _TABLE
        url = f"{str(attributes['url']).rstrip('/')}/api/now/table/{table}"
        login = (str(attributes.get("username") or ""), str(attributes.get("password") or ""))
        try:
            answer = await self._tenant.client().request(method, url, auth=login, **content)
            told = answer.json() if answer.is_success else {}
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return {}
        result = told.get("result") if isinstance(told, dict) else None
        if isinstance(result, list):
            result = result[0] if result else None
        return result if isinstance(result, dict) else {}

    async def _check(self, operation_id: str, desk_id: str, until: int) -> None:
        operation = self._current(operation_id)
        if operation is None:
            return
        if self._shows(operation):
            self._tenant.work.carried_out(operation)
            return
        desk = self._tenant.configuration.find(KIND, desk_id)
        status = await self._status(desk, operation) if desk is not None else "failed"
        operation = self._current(operation_id)
        if operation is None:
            return
        if status == "committed":
            self._tenant.work.carried_out(operation)
        elif status == "failed" or epoch(self._tenant.now()) >= until:
            self._tenant.provisioning.lanes.fail(operation, f"Ticket {operation.ticket} was not carried out.")
        else:
            minutes, _ = self.schedule()
            again = timedelta(minutes=minutes)
            self._tenant.clock.call_later(again, "sailpoint.ticket.check", operation_id, desk_id, until)

    async def _status(self, desk: Document, operation: Operation) -> str:
        attributes = desk.body.get("attributes") or {}
        if not attributes.get("url"):
            return ""
        query = {"sysparm_query": f"number={operation.ticket}", "sysparm_limit": "1"}
        result = await self._asked("GET", attributes, params=query)
        meanings = attributes.get("statusMap")
        return str((meanings if isinstance(meanings, dict) else _STATES).get(str(result.get("state"))) or "")

    def _shows(self, operation: Operation) -> bool:
        """Whether the account, as last read, already is as the operation wants it."""
        accounts = list(self._tenant.accounts_of(operation.identity_id, operation.source_id))
        if operation.account_id:
            accounts = [one for one in accounts if one.id == operation.account_id]
        if operation.kind in _SOUGHT:
            held = any(operation.value in account.entitlements for account in accounts)
            return bool(accounts) and held is _SOUGHT[operation.kind]
        if operation.kind in ("DISABLE", "ENABLE"):
            return bool(accounts) and all(one.disabled is (operation.kind == "DISABLE") for one in accounts)
        return operation.kind == "CREATE" and bool(accounts)
