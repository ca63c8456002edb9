"""Identity processing: attributes, lifecycle state, manager and roles, and when that is looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.access import meets, texts
from simulators.sailpoint.domain.configuration import item_of, sources_of_criteria, sources_of_mapping
from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.records import Account, Activity, Identity, Operation, Task
from simulators.sailpoint.domain.times import instant, next_time
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.attributes import KEPT, Computed
from simulators.sailpoint.tenant.news import STATE, News, changes
from simulators.sailpoint.tenant.state import epoch

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Processing:
    """Refreshes identities one at a time, after an event, at a due date, twice a day or on demand."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self._news = News(tenant)
        clock = tenant.clock
        clock.on("sailpoint.refresh", self._refresh_job)
        clock.on("sailpoint.due", lambda id: self.queue(id, "due_to_refreshed"))
        clock.on("sailpoint.scheduled", self._scheduled)
        clock.on("sailpoint.processed", self._processed)
        clock.on("sailpoint.synchronize", self._synchronize)

    def start(self) -> None:
        """Begin the scheduled processing of a planted tenant."""
        tenant = self._tenant
        due = next_time(tenant.settings.scheduled_processing, tenant.now(), tenant.state.time_zone)
        tenant.configuration.set_timer("scheduled-processing", due, "sailpoint.scheduled")

    def _refresh_job(self, identity_id: str) -> None:
        self.refresh(identity_id)

    def queue(self, identity_id: str, step: str) -> None:
        """Refresh an identity after the delay of a step."""
        self._tenant.later(step, "sailpoint.refresh", identity_id)

    def on_demand(self, identity_ids: Iterable[str], step: str, launcher: str) -> Task:
        """Refresh some people, whatever their state, and follow that with a task."""
        tenant, last = self._tenant, timedelta()
        task = tenant.tasks.begin("IDENTITY_REFRESH", "Identity Refresh", launcher=launcher)
        for id in dict.fromkeys(identity_ids):
            delay = tenant.delay(step)
            tenant.clock.call_later(delay, "sailpoint.refresh", id)
            last = max(last, delay)
        tenant.clock.call_later(last + tenant.delay("action"), "sailpoint.processed", task.id)
        return task

    def _processed(self, task_id: str) -> None:
        tasks, now = self._tenant.state.tasks, self._tenant.now()
        if (task := tasks.get(task_id)) is not None:
            tasks.put(replace(task, phase="COMPLETED", completed=now, status="SUCCESS"))

    def provisioned(self, activity: Activity, operations: Iterable[Operation]) -> None:
        """Event-based processing: refresh where what was changed can change something in turn.

        That is where attributes or role criteria read the source, and where an account was deleted: if a role on that
        source is still assigned, the next refresh makes the account again (SailPoint help, identity processing).
        """
        identity = self._tenant.state.identities.get(activity.identity_id)
        done = [one for one in operations if one.status == "FINISHED"]
        if identity is None or not done:
            return
        changed = {one.source_id for one in done}
        if any(one.kind == "DELETE" for one in done) or changed & self._sources_read(identity):
            self.queue(identity.id, "finished_to_refreshed")

    def _sources_read(self, identity: Identity) -> frozenset[str]:
        """Sources whose accounts decide about attributes or roles."""
        configuration = self._tenant.configuration
        found = frozenset().union(*(sources_of_criteria(role) for role in configuration.all("role")))
        profile = configuration.find("identity-profile", identity.profile_id)
        names = sources_of_mapping(profile) if profile is not None else ()
        return found | {source.id for name in names if (source := configuration.source_named(name)) is not None}

    def synchronize(self, identity_id: str) -> None:
        """Write a person's attributes to the target sources soon, whatever the identity's state."""
        self._tenant.later("action", "sailpoint.synchronize", identity_id)

    def _synchronize(self, identity_id: str) -> None:
        identity = self._tenant.state.identities.get(identity_id)
        if identity is not None:
            tracking = self._tenant.ids.hex32("tracking")
            self._tenant.provisioning.replan(identity, "Identity Refresh", tracking, synchronize=True)

    def _scheduled(self) -> None:
        """Queue the identities that need it: due, unfinished, or all of them once the access model has changed."""
        state, now = self._tenant.state, self._tenant.now()
        if state.model_changed:
            state.model_changed = False
            chosen: Iterable[Identity] = state.identities.rows()
        else:
            chosen = [*state.identities.range("due", None, epoch(now) + 1), *state.identities.find("needs", "yes")]
        for identity in chosen:
            if self._identity_state(identity) != "INACTIVE_LONG_TERM":
                self.queue(identity.id, "scheduled_to_refreshed")
        self.start()

    def _identity_state(self, identity: Identity) -> str:
        found = self._tenant.configuration.lifecycle_state(identity.profile_id, identity.state)
        return found.identity_state if found is not None else "ACTIVE"

    def roles_of(self, identity_id: str, attributes: Mapping[str, Any], accounts: list[Account]) -> tuple[str, ...]:
        """The roles whose criteria or list a person meets."""

        def values(kind: str, name: str, source_id: str) -> Iterable[str]:
            if kind == "IDENTITY":
                value = attributes.get(name.removeprefix("attribute."))
                return [] if value is None else [str(value)]
            held = [account for account in accounts if account.source_id == source_id]
            if kind == "ENTITLEMENT":
                return [value for account in held for value in account.entitlements]
            name = name.removeprefix("attribute.")
            return [text for account in held for text in texts(account.attributes.get(name))]

        roles = (item_of(document) for document in self._tenant.configuration.all("role"))
        return tuple(
            role.id for role in roles if role.enabled and (identity_id in role.members or meets(role.criteria, values))
        )

    def refresh(self, identity_id: str) -> Activity | None:
        """Bring one identity up to date and plan what follows from it."""
        tenant = self._tenant
        identity = tenant.state.identities.get(identity_id)
        if identity is None:
            return None
        accounts = list(tenant.state.accounts.find("identity", identity_id))
        owner = tenant.attributes.owning_profile(accounts)
        if owner is None:
            return self._incomplete(identity, accounts)
        profile, account = owner
        manager_id = tenant.attributes.manager_of(account)
        identity = replace(identity, profile_id=profile.id, manager_id=manager_id, correlated=True)
        made = tenant.attributes.computed(identity, accounts, profile.body.get("identityAttributeConfig") or {})
        identity = self._judged(identity, made)
        mapped = str(made.values.get(STATE) or "")
        manual = identity.state_manual if identity.state_manual == mapped else ""
        label = identity.state if manual else mapped
        attributes = made.values.merged({STATE: label}) if manual else made.values
        roles = self.roles_of(identity_id, attributes, accounts)
        return self._apply(identity, attributes, label, manual, made.due, roles)

    def _incomplete(self, identity: Identity, accounts: list[Account]) -> Activity | None:
        """An identity whose authoritative account is gone: incomplete and hidden.

        Its lifecycle state is not computed any more, so no account action runs; what the account said is empty, and
        roles that read it are withdrawn. An identity that never had such an account stays as it is.
        """
        tenant = self._tenant
        profile = tenant.configuration.find("identity-profile", identity.profile_id)
        if not identity.profile_id:
            return tenant.provisioning.replan(identity, "Identity Refresh", tenant.ids.hex32("tracking"))
        config = (profile.body.get("identityAttributeConfig") if profile is not None else None) or {}
        made = tenant.attributes.computed(identity, accounts, config, KEPT)
        identity = replace(self._judged(identity, made), correlated=False, manager_id="")
        roles = self.roles_of(identity.id, made.values, accounts)
        return self._apply(identity, made.values, identity.state, identity.state_manual, None, roles)

    def _judged(self, identity: Identity, made: Computed) -> Identity:
        """Note what could not be evaluated; the log has it once, and processing that succeeds clears it."""
        text = "; ".join(f"{name}: {error}" for name, error in made.errors.items())
        if text and text != identity.error:
            self._tenant.journal.write("IDENTITY_PROCESSING_FAILED", identity.alias, attributes={"info": text})
        return replace(identity, error=text)

    def _apply(
        self, identity: Identity, attributes: Values, label: str, manual: str, due: int | None, roles: tuple[str, ...]
    ) -> Activity | None:
        tenant, now = self._tenant, self._tenant.now()
        before = tenant.state.identities[identity.id]
        first = before.last_refresh is None
        moved = label != before.state
        unresolved = bool(attributes.get("managerId")) and not identity.manager_id and identity.correlated
        changed = replace(
            identity,
            attributes=attributes if attributes != before.attributes else before.attributes,
            state=label,
            state_since=now if moved else before.state_since,
            state_manual=manual,
            roles=roles if roles != before.roles else before.roles,
            due=due,
            needs_processing=unresolved,
            timer=self._timer(before, attributes),
            last_refresh=now,
        )
        tracking = tenant.ids.hex32("tracking")
        news = changes(before.attributes, attributes)
        if news or moved or roles != before.roles:
            changed = replace(changed, modified=now)
            tenant.journal.changed("identity", identity.id, None if first else before)
        tenant.state.identities.put(changed)
        self._news.report(before, changed, news, tracking)
        activity = tenant.provisioning.replan(
            changed, "Lifecycle Change Refresh" if moved and not first else "Identity Refresh", tracking, entered=moved
        )
        self._news.fire(changed, news, first)
        return activity

    def _timer(self, before: Identity, attributes: Values) -> int:
        """One timer per person, at the instant in `nextProcessingDate`."""
        clock = self._tenant.clock
        due, known = (instant(values.get("nextProcessingDate")) for values in (attributes, before.attributes))
        if due == known and before.timer and before.last_refresh is not None:
            return before.timer
        if before.timer:
            clock.cancel(before.timer)
        return clock.call_at(due, "sailpoint.due", before.id) if due is not None and due > clock.now() else 0

    def set_state(self, identity_id: str, state_id: str, actor_id: str) -> str:
        """Put an identity into a lifecycle state by hand; answers the id of the account activity."""
        tenant = self._tenant
        identity = tenant.state.identities.get(identity_id)
        if identity is None:
            raise NotFound
        document = tenant.configuration.find("lifecycle-state", state_id)
        if document is None or document.parent != identity.profile_id:
            raise BadContent("The lifecycle state does not belong to the identity profile of the identity.")
        label = str(document.body["technicalName"])
        accounts = list(tenant.state.accounts.find("identity", identity_id))
        attributes = identity.attributes.merged({STATE: label})
        roles = self.roles_of(identity_id, attributes, accounts)
        mapped = identity.state_manual or identity.state
        activity = self._apply(identity, attributes, label, mapped, identity.due, roles)
        if activity is None:
            activity = tenant.provisioning.empty(identity, "LifecycleStateChange", actor_id)
        return activity.id

    def sync_values(self, identity: Identity, source_id: str, usage: str) -> dict[str, Any]:
        """What a provisioning policy of a source says of a person."""
        return self._tenant.attributes.written(identity, source_id, usage)


def seeded_identity(id: str, profile_id: str, at: datetime) -> Identity:
    """An identity of which nothing is known yet."""
    return Identity(id, profile_id, Values(), "", "", at, at, at)
