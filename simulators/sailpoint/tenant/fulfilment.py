"""Carrying out what was approved: access is given until a date, its dates change, or it is taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.records import Grant, Identity
from simulators.sailpoint.domain.requests import REVOKE, Request

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Fulfilment:
    """Turns approved requests into grants, which stick until they are revoked or end."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.request.provision", self._provision)

    def grants(self, request: Request) -> list[Grant]:
        """What a person holds of the requested item by earlier requests."""
        found = self._tenant.state.grants.find("identity", request.identity_id)
        return [
            grant
            for grant in found
            if grant.item_id == request.item_id
            and grant.native == request.native
            and request.assignment_id in ("", grant.id)
        ]

    def _provision(self, request_id: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        request = state.requests[request_id]
        person = state.identities.get(request.identity_id)
        if request.state != "EXECUTING" or request.closed is not None or person is None:
            return
        label = tenant.configuration.lifecycle_state(person.profile_id, person.state)
        if request.type == REVOKE:
            person = self._withdraw(request, person)
        elif label is not None and label.remove_all:
            why = f"The identity is {person.state}; no access is given."
            tenant.requests.finish(request, "TERMINATED", errors=(why,))
            return
        elif request.modifies:
            for grant in self.grants(request):
                state.grants.put(replace(grant, remove_at=request.remove_at))
        else:
            self._give(request)
        activity = tenant.provisioning.replan(
            person, "appRequest", request.tracking, request_id=request.id, requester_id=request.requester_id
        )
        if activity is None:
            tenant.provisioning.lanes.close_later(request.id)

    def _give(self, request: Request) -> None:
        id = self._tenant.ids.hex32("grant")
        self._tenant.state.grants.put(
            Grant(
                id,
                request.identity_id,
                request.item_id,
                self._tenant.now(),
                request.native,
                request.remove_at,
                request.id,
            )
        )

    def _withdraw(self, request: Request, person: Identity) -> Identity:
        """Take access away now, or set the date on which it ends; the person with what counts as given."""
        state, held = self._tenant.state, self.grants(request)
        if request.remove_at is not None:
            for grant in held:
                state.grants.put(replace(grant, remove_at=request.remove_at))
            item = self._tenant.requests.item(request.item_id)
            if not held and item is not None and self._tenant.requests.held(person, item, request.native):
                self._give(request)
            return person
        for grant in held:
            state.grants.remove(grant.id)
        return self._with_given(person, request)

    def _with_given(self, person: Identity, request: Request) -> Identity:
        """Count a revoked item as given, so that what was merely found on the account goes as well."""
        item = self._tenant.requests.item(request.item_id)
        if item is None:
            return person
        prefix = f"{request.native}|" if request.native else ""
        ids = {f"{prefix}{id}" for id in entitlements_of(item, self._tenant.configuration.item)}
        return replace(person, given=tuple(sorted({*person.given, *ids})))
