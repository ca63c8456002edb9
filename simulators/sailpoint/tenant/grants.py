"""Grants: approved access that stays until it is revoked or its date comes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.records import Grant, Identity, Request
from simulators.sailpoint.domain.times import next_time
from simulators.sailpoint.tenant.state import epoch

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Grants:
    """Gives what is approved and withdraws what is revoked or has ended."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.request.provision", self._provision)
        tenant.clock.on("sailpoint.grant-dates", self._grant_dates)

    def start(self) -> None:
        """Begin to watch the dates on which grants end."""
        due = next_time(self._tenant.settings.grant_dates, self._tenant.now(), self._tenant.state.time_zone)
        self._tenant.configuration.set_timer("grant-dates", due, "sailpoint.grant-dates")

    def _provision(self, request_id: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        request = state.requests[request_id]
        person = state.identities.get(request.identity_id)
        if request.state != "EXECUTING" or person is None:
            return
        label = tenant.configuration.lifecycle_state(person.profile_id, person.state)
        if request.type == "REVOKE_ACCESS":
            for grant in list(state.grants.find("identity", person.id)):
                if grant.item_id == request.item_id and grant.native == request.native:
                    state.grants.remove(grant.id)
            person = self._with_given(person, request)
        elif label is not None and label.remove_all:
            tenant.requests.finish(
                request, "TERMINATED", errors=(f"The identity is {person.state}; no access is given.",)
            )
            return
        else:
            now = tenant.now()
            state.grants.put(
                Grant(
                    tenant.ids.hex32("grant"),
                    person.id,
                    request.item_id,
                    now,
                    request.native,
                    request.remove_at,
                    request.id,
                )
            )
        activity = tenant.provisioning.replan(
            person, "appRequest", request.tracking, request_id=request.id, requester_id=request.requester_id
        )
        if activity is None:
            tenant.provisioning.lanes.close_later(request.id)

    def _with_given(self, person: Identity, request: Request) -> Identity:
        """Count a revoked item as given, so that what was merely found on the account goes as well."""
        item = self._tenant.configuration.item(request.item_id)
        if item is None:
            return person
        prefix = f"{request.native}|" if request.native else ""
        ids = {f"{prefix}{id}" for id in entitlements_of(item, self._tenant.configuration.item)}
        return replace(person, given=tuple(sorted({*person.given, *ids})))

    def _grant_dates(self) -> None:
        """Withdraw what has ended."""
        tenant, state = self._tenant, self._tenant.state
        ended = list(state.grants.range("ends", None, epoch(tenant.now()) + 1))
        for grant in ended:
            state.grants.remove(grant.id)
        for identity_id in dict.fromkeys(grant.identity_id for grant in ended):
            identity = state.identities.get(identity_id)
            if identity is not None:
                tenant.provisioning.replan(identity, "Identity Refresh", tenant.ids.hex32("tracking"))
        self.start()
