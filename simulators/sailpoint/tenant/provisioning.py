"""Provisioning: plans become account activities, whose operations go out one call at a time, in lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.access import bundles_of
from simulators.sailpoint.domain.configuration import AccessItem, LifecycleState, Source
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
                keys.update(self._keys(identity, item, ""))
        now = tenant.now()
        for grant in tenant.state.grants.find("identity", identity.id):
            if grant.remove_at is not None and grant.remove_at <= now:
                continue
            item = configuration.item(grant.item_id)
            if item is not None:
                keys.update(self._keys(identity, item, grant.native))
            else:
                keys.add(f"{grant.native}|{grant.item_id}" if grant.native else grant.item_id)
        return tuple(sorted(keys))

    def _keys(self, identity: Identity, item: AccessItem, native: str) -> Iterator[str]:
        """Entitlements of an item, each with the account it is meant for where one is named or chosen."""
        for bundle in bundles_of(item, self._tenant.configuration.item):
            at = native or self._tenant.access.account_of(identity, bundle)
            for id in bundle.entitlement_ids:
                yield f"{at}|{id}" if at else id

    def replan(
        self,
        identity: Identity,
        type: str,
        tracking: str,
        *,
        entered: bool = False,
        request_id: str = "",
        requester_id: str = "",
        synchronize: bool = False,
    ) -> Activity | None:
        """Open an activity for what is missing or too much; None when there is nothing to do.

        `synchronize` writes attributes whatever the identity's state.
        """
        tenant = self._tenant
        label = tenant.configuration.lifecycle_state(identity.profile_id, identity.state)
        emptied = entered and label is not None and label.remove_all
        if emptied:
            for grant in list(tenant.state.grants.find("identity", identity.id)):
                tenant.state.grants.remove(grant.id)
        wanted = self.wanted(identity)
        steps = self.steps(identity, wanted, label if entered else None, synchronize)
        if wanted != identity.given:
            tenant.state.identities.put(replace(tenant.state.identities[identity.id], given=wanted))
        if not steps:
            return None
        return self.open(identity, type, tracking, steps, request_id=request_id, requester_id=requester_id)

    def steps(
        self, identity: Identity, wanted: tuple[str, ...], entered: LifecycleState | None, synchronize: bool = False
    ) -> list[Planned]:
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
        dormant = not synchronize and self._dormant(identity, entered)
        steps: list[Planned] = []
        for document in tenant.configuration.all("source"):
            source = tenant.configuration.source(document.id)
            if source is None or not (source.id in accounts or source.id in wishes or source.id in running):
                continue
            held = accounts.get(source.id, [])
            target = self._target(identity, source, wishes.get(source.id, {}), withdrawn.get(source.id, {}), entered)
            if dormant:
                target = replace(target, sync={})
            found = views(held, running.get(source.id, ()), primaries(source, held))
            if not any(view.primary for view in found) and target.wanted.get(""):
                target = replace(target, create=Values(self._values(identity, source, "CREATE")))
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
        action = None
        if entered is not None:
            available = source.takes_actions and not configuration.is_authoritative(source.id)
            action = entered.action_on(source.id, available)
        if action in ("DISABLE", "DELETE") and entered is not None and self._grants_on(entered, source.id):
            # The vendor leaves an account open on a source where the new state also gives access.
            action = None
        remove_all = entered is not None and entered.remove_all
        sync = self._values(identity, source, "UPDATE")
        governed = self._held(identity.id, source.id) if remove_all else _NONE
        return Target(
            source.id, source.entitlement_attribute, wanted, withdrawn, governed, action, remove_all, Values(), sync
        )

    def _values(self, identity: Identity, source: Source, usage: str) -> dict[str, Any]:
        """What a provisioning policy says; attributes that are not synchronised are left out of an update."""
        try:
            values = self._tenant.processing.sync_values(identity, source.id, usage)
        except (ValueError, KeyError, TypeError) as error:
            # A policy somebody has broken writes nothing, as in life.
            about = {"sourceId": source.id, "sourceName": source.name, "info": repr(error)}
            self._tenant.journal.write("IDENTITY_PROCESSING_FAILED", identity.alias, attributes=about)
            return {}
        return {name: value for name, value in values.items() if usage != "UPDATE" or name not in source.unsynced}

    def _dormant(self, identity: Identity, entered: LifecycleState | None) -> bool:
        """Whether attributes are not written: when long inactive, but for once on entering, and when incomplete."""
        label = self._tenant.configuration.lifecycle_state(identity.profile_id, identity.state)
        asleep = label is not None and label.identity_state == "INACTIVE_LONG_TERM"
        return (asleep and entered is None) or not identity.correlated

    def _grants_on(self, label: LifecycleState, source_id: str) -> bool:
        items = (self._tenant.configuration.item(id) for id in label.access_profile_ids)
        return any(item is not None and item.source_id == source_id for item in items)

    def _held(self, identity_id: str, source_id: str) -> frozenset[str]:
        """Everything a person holds on a source: requested access, and what was merely detected."""
        accounts = self._tenant.accounts_of(identity_id, source_id)
        return frozenset(value for account in accounts for value in account.entitlements)

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
            busy = any(not other.aside for other in state.operations.find("lane", operation.lane))
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

    def account_action(self, account: Account, kind: str, actor_id: str, *, force: bool = True) -> Activity:
        """Enable, disable, unlock or delete one account, as an administrator asked.

        An account that is so already is left alone unless `force` says otherwise. Uncorrelated accounts stand for
        themselves.
        """
        identity = self._tenant.state.identities.get(account.identity_id) if account.identity_id else None
        stand_in = identity or Identity(
            account.id, "", Values({"uid": account.name}), "", "", account.created, account.created, account.created
        )
        already = _ALREADY.get(kind)
        if not force and already is not None and already(account):
            return self.empty(stand_in, "AccountStateUpdate", actor_id)
        step = Planned(kind, account.source_id, account.id)
        return self.open(
            stand_in, "AccountStateUpdate", self._tenant.ids.hex32("tracking"), [step], requester_id=actor_id
        )


_ALREADY: dict[str, Callable[[Account], bool]] = {
    "DISABLE": lambda account: account.disabled,
    "ENABLE": lambda account: not account.disabled,
    "UNLOCK": lambda account: not account.locked,
}


def primaries(source: Source, accounts: list[Account]) -> list[str]:
    """The account that takes access: the first that is not set aside, else none."""
    chosen = [account.id for account in accounts if source.is_primary(account.attributes)]
    return chosen[:1]
