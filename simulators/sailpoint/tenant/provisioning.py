"""Provisioning: plans become account activities, whose operations go out one call at a time, in lanes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.configuration import LifecycleState, Source, item_of
from simulators.sailpoint.domain.provisioning import Planned, Target, plan, views
from simulators.sailpoint.domain.records import Account, Activity, Entitlement, Identity, Operation
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.lanes import Lanes

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

_NONE: frozenset[str] = frozenset()


class Provisioning:
    """Compares what people should have with their accounts and opens activities for the difference."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self.lanes = Lanes(tenant)

    def wanted(self, identity: Identity) -> tuple[str, ...]:
        """Everything a person should have now, from roles, lifecycle state and granted requests."""
        tenant, configuration = self._tenant, self._tenant.configuration
        keys: set[str] = set()
        label = configuration.lifecycle_state(identity.profile_id, identity.state)
        for id in (*identity.roles, *(label.access_profile_ids if label is not None else ())):
            if (item := configuration.item(id)) is not None and item.enabled:
                keys.update(entitlements_of(item, configuration.item))
        now = tenant.now()
        for grant in tenant.state.grants.find("identity", identity.id):
            if grant.remove_at is not None and grant.remove_at <= now:
                continue
            item = configuration.item(grant.item_id)
            ids = entitlements_of(item, configuration.item) if item is not None else [grant.item_id]
            keys.update(f"{grant.native}|{id}" if grant.native else id for id in ids)
        return tuple(sorted(keys))

    def replan(
        self,
        identity: Identity,
        type: str,
        tracking: str,
        *,
        entered: bool = False,
        request_id: str = "",
        requester_id: str = "",
    ) -> Activity | None:
        """Open an activity for what is missing or too much; None when there is nothing to do."""
        tenant = self._tenant
        label = tenant.configuration.lifecycle_state(identity.profile_id, identity.state)
        emptied = entered and label is not None and label.remove_all
        if emptied:
            for grant in list(tenant.state.grants.find("identity", identity.id)):
                tenant.state.grants.remove(grant.id)
        wanted = self.wanted(identity)
        steps = self.steps(identity, wanted, label if entered else None)
        if wanted != identity.given:
            tenant.state.identities.put(replace(tenant.state.identities[identity.id], given=wanted))
        if not steps:
            return None
        return self.open(identity, type, tracking, steps, request_id=request_id, requester_id=requester_id)

    def steps(self, identity: Identity, wanted: tuple[str, ...], entered: LifecycleState | None) -> list[Planned]:
        """The operations that lead from a person's accounts to what is wanted."""
        tenant = self._tenant
        accounts: dict[str, list[Account]] = {}
        for account in tenant.state.accounts.find("identity", identity.id):
            accounts.setdefault(account.source_id, []).append(account)
        running: dict[str, list[Operation]] = {}
        for operation in tenant.state.operations.find("identity", identity.id):
            running.setdefault(operation.source_id, []).append(operation)
        wishes = self._by_source(wanted)
        withdrawn = self._by_source(tuple(key for key in identity.given if key not in set(wanted)))
        steps: list[Planned] = []
        for document in tenant.configuration.all("source"):
            source = tenant.configuration.source(document.id)
            if source is None or not (source.id in accounts or source.id in wishes or source.id in running):
                continue
            held = accounts.get(source.id, [])
            target = self._target(identity, source, wishes.get(source.id, {}), withdrawn.get(source.id, {}), entered)
            found = views(held, running.get(source.id, ()), primaries(source, held))
            if not any(view.primary for view in found) and target.wanted.get(""):
                target = replace(target, create=Values(tenant.processing.sync_values(identity, source.id, "CREATE")))
            steps += plan(target, found, identity.owed)
        return steps

    def _target(
        self,
        identity: Identity,
        source: Source,
        wanted: dict[str, frozenset[str]],
        withdrawn: dict[str, frozenset[str]],
        entered: LifecycleState | None,
    ) -> Target:
        configuration = self._tenant.configuration
        action = entered.action_on(source.id) if entered is not None else None
        if action == "DISABLE" and entered is not None and self._grants_on(entered, source.id):
            # The vendor leaves an account open on a source where the new state also gives access.
            action = None
        remove_all = entered is not None and entered.remove_all
        label = entered or configuration.lifecycle_state(identity.profile_id, identity.state)
        dormant = label is not None and label.identity_state == "INACTIVE_LONG_TERM" and entered is None
        sync = {} if dormant else self._tenant.processing.sync_values(identity, source.id, "UPDATE")
        governed = self.governed(source.id) if remove_all else _NONE
        return Target(
            source.id, source.entitlement_attribute, wanted, withdrawn, governed, action, remove_all, Values(), sync
        )

    def _grants_on(self, label: LifecycleState, source_id: str) -> bool:
        items = (self._tenant.configuration.item(id) for id in label.access_profile_ids)
        return any(item is not None and item.source_id == source_id for item in items)

    def governed(self, source_id: str) -> frozenset[str]:
        """Values on a source that some access profile bundles: the access this tenant decides about."""
        values: set[str] = set()
        for document in self._tenant.configuration.all("access-profile"):
            item = item_of(document)
            if item.source_id == source_id:
                values.update(right.value for id in item.entitlement_ids if (right := self._right(id)) is not None)
        return frozenset(values)

    def _right(self, id: str) -> Entitlement | None:
        return self._tenant.state.entitlements.get(id)

    def _by_source(self, keys: Iterable[str]) -> dict[str, dict[str, frozenset[str]]]:
        grouped: dict[str, dict[str, set[str]]] = {}
        for key in keys:
            native, _, id = key.rpartition("|")
            if (right := self._right(id)) is not None:
                grouped.setdefault(right.source_id, {}).setdefault(native, set()).add(right.value)
        return {source: {n: frozenset(v) for n, v in natives.items()} for source, natives in grouped.items()}

    def open(
        self,
        identity: Identity,
        type: str,
        tracking: str,
        steps: list[Planned],
        *,
        request_id: str = "",
        requester_id: str = "",
    ) -> Activity:
        """Store an activity with its operations and let their lanes run."""
        tenant, state = self._tenant, self._tenant.state
        activity = self.empty(identity, type, requester_id, tracking=tracking, id=request_id, finish=False)
        lead = tenant.delay("refresh_to_activity") if not request_id else tenant.delay("action") * 0
        operations = []
        for step in steps:
            operation = Operation(
                state.ids.hex32("operation"),
                activity.id,
                identity.id,
                step.source_id,
                step.kind,
                step.account_id,
                step.attribute,
                step.value,
                step.values,
            )
            busy = any(other.status != "MANUAL" for other in state.operations.find("lane", operation.lane))
            state.operations.put(operation)
            operations.append(operation.id)
            if not busy:
                self.lanes.run_after(lead + tenant.delay("activity_to_call"), identity.id, step.source_id)
        return state.activities.put(replace(activity, operations=tuple(operations), request_id=request_id))

    def empty(
        self, identity: Identity, type: str, requester_id: str, *, tracking: str = "", id: str = "", finish: bool = True
    ) -> Activity:
        """An activity in which nothing has to be sent; it closes by itself."""
        tenant, now = self._tenant, self._tenant.now()
        id = id or tenant.ids.hex32("activity")
        before = tenant.state.activities.get(id)
        activity = Activity(
            id,
            type,
            identity.id,
            requester_id,
            before.created if before is not None else now,
            now,
            tracking or tenant.ids.hex32("tracking"),
            request_id=id if before is not None else "",
        )
        tenant.state.activities.put(activity)
        tenant.journal.changed("activity", id, None)
        if finish:
            self.lanes.close_later(id)
        return activity

    def account_action(self, account: Account, kind: str, actor_id: str) -> Activity:
        """Enable or disable one account, as an administrator asked. Uncorrelated accounts stand for themselves."""
        identity = self._tenant.state.identities.get(account.identity_id) if account.identity_id else None
        stand_in = identity or Identity(
            account.id, "", Values({"uid": account.name}), "", "", account.created, account.created, account.created
        )
        step = Planned(kind, account.source_id, account.id)
        return self.open(
            stand_in, "AccountStateUpdate", self._tenant.ids.hex32("tracking"), [step], requester_id=actor_id
        )


def primaries(source: Source, accounts: list[Account]) -> list[str]:
    """The account that takes access: the first that is not set aside, else none."""
    chosen = [account.id for account in accounts if source.is_primary(account.attributes)]
    return chosen[:1]
