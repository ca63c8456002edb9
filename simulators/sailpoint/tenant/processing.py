"""Identity processing: attributes, lifecycle state, manager and roles, and when that is looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.access import meets
from simulators.sailpoint.domain.configuration import item_of
from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.records import Account, Activity, Identity
from simulators.sailpoint.domain.times import instant, next_time
from simulators.sailpoint.domain.transforms import Context, evaluate
from simulators.sailpoint.domain.values import Document, Values
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

    def context(self, identity: Identity, accounts: Iterable[Account]) -> Context:
        """What transforms see of a person. Of several accounts on one source the first stands for it."""
        tenant, configuration = self._tenant, self._tenant.configuration
        by_source: dict[str, Mapping[str, Any]] = {}
        for account in accounts:
            source = configuration.source(account.source_id)
            if source is not None and (source.name not in by_source or source.is_primary(account.attributes)):
                by_source[source.name] = account.attributes
        manager = tenant.state.identities.get(identity.manager_id) if identity.manager_id else None

        def named(name: str) -> Mapping[str, Any] | None:
            document = configuration.named("transform", name)
            return document.body if document is not None else None

        def taken(login: str) -> bool:
            if any(other.id != identity.id for other in tenant.state.identities.find("email", login.lower())):
                return True
            return any(other.identity_id != identity.id for other in tenant.state.accounts.find("name", login.lower()))

        return Context(
            tenant.now(),
            by_source.get,
            {},
            identity.attributes,
            named,
            taken,
            lambda name: manager.attributes.get(name) if manager is not None else None,
        )

    def computed(self, identity: Identity, accounts: Iterable[Account], profile: Document) -> tuple[Values, int | None]:
        """The attributes a profile gives a person now, and the epoch second at which one will turn by itself."""
        context = self.context(identity, accounts)
        config = profile.body.get("identityAttributeConfig") or {}
        for mapping in config.get("attributeTransforms") or ():
            value = evaluate(mapping["transformDefinition"], context)
            context.identity[mapping["identityAttributeName"]] = value if value not in ("",) else None
        due = min((epoch(edge) for edge in context.edges), default=None)
        return Values(context.identity), due

    def owning_profile(self, accounts: Iterable[Account]) -> tuple[Document, Account] | None:
        """The identity profile that owns a person, by priority among the sources the person has an account on."""
        found: list[tuple[int, str, Document, Account]] = []
        for account in accounts:
            profile = self._tenant.configuration.profile_of_source(account.source_id)
            if profile is not None:
                found.append((int(profile.body.get("priority") or 0), profile.id, profile, account))
        if not found:
            return None
        _, _, profile, account = min(found, key=lambda entry: entry[:2])
        return profile, account

    def manager_of(self, account: Account) -> str:
        """The identity an authoritative account names as manager; empty when there is none (yet)."""
        source = self._tenant.configuration.source(account.source_id)
        if source is None or source.manager_pair is None:
            return ""
        wanted = account.attributes.get(source.manager_pair[0])
        if not wanted:
            return ""
        found = self._tenant.state.identities.first("match", f"{source.manager_pair[1]}={wanted}")
        return found.id if found is not None else ""

    def roles_of(self, identity_id: str, attributes: Mapping[str, Any], accounts: list[Account]) -> tuple[str, ...]:
        """The roles whose criteria or list a person meets."""

        def values(kind: str, name: str, source_id: str) -> Iterable[str]:
            if kind == "IDENTITY":
                value = attributes.get(name.removeprefix("attribute."))
                return [] if value is None else [str(value)]
            held = [account for account in accounts if account.source_id == source_id]
            if kind == "ENTITLEMENT":
                return [value for account in held for value in account.entitlements]
            return [str(account.attributes.get(name.removeprefix("attribute.")) or "") for account in held]

        roles = (item_of(document) for document in self._tenant.configuration.all("role"))
        return tuple(
            role.id for role in roles if role.enabled and (identity_id in role.members or meets(role.criteria, values))
        )

    def refresh(self, identity_id: str) -> Activity | None:
        """Bring one identity up to date and plan what follows from it."""
        state = self._tenant.state
        identity = state.identities.get(identity_id)
        if identity is None:
            return None
        accounts = list(state.accounts.find("identity", identity_id))
        owner = self.owning_profile(accounts)
        if owner is None:
            # Without an authoritative account nothing is computed: the identity is left as it was.
            return self._tenant.provisioning.replan(identity, "Identity Refresh", state.ids.hex32("tracking"))
        profile, account = owner
        identity = replace(identity, profile_id=profile.id, manager_id=self.manager_of(account))
        try:
            attributes, due = self.computed(identity, accounts, profile)
        except (ValueError, KeyError, TypeError) as error:
            # A mapping somebody has broken leaves the identity as it was, as in life.
            self._tenant.journal.write("IDENTITY_PROCESSING_FAILED", identity.alias, attributes={"info": repr(error)})
            return None
        mapped = str(attributes.get(STATE) or "")
        manual = identity.state_manual if identity.state_manual == mapped else ""
        label = identity.state if manual else mapped
        attributes = attributes.merged({STATE: label}) if manual else attributes
        return self._apply(identity, attributes, label, manual, due, self.roles_of(identity_id, attributes, accounts))

    def _apply(
        self, identity: Identity, attributes: Values, label: str, manual: str, due: int | None, roles: tuple[str, ...]
    ) -> Activity | None:
        tenant, now = self._tenant, self._tenant.now()
        before = tenant.state.identities[identity.id]
        first = before.last_refresh is None
        moved = label != before.state
        unresolved = bool(attributes.get("managerId")) and not identity.manager_id
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
        accounts = self._tenant.state.accounts.find("identity", identity.id)
        context = self.context(identity, accounts)
        context.identity.update(identity.attributes)
        values: dict[str, Any] = {}
        for field in self._tenant.configuration.policy(source_id, usage).get("fields") or ():
            values[field["name"]] = evaluate(field.get("transform"), context)
        return values


def seeded_identity(id: str, profile_id: str, at: datetime) -> Identity:
    """An identity of which nothing is known yet."""
    return Identity(id, profile_id, Values(), "", "", at, at, at)
