"""Asking for access: who may ask for what on whose behalf, and the requests that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.requests import GRANT, REVOKE, Request, Wish, check_size, check_wish
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# Scopes of a token that may ask for others; without them it asks for its own person only.
_FOR_OTHERS = frozenset({"sp:scopes:all", "idn:access-request:manage"})


class Asking:
    """Takes requests, or none of them when one is refused."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def take(self, kind: str, plan: list[tuple[list[str], list[Wish]]], caller: Caller) -> list[tuple[Request, bool]]:
        """One row per person and item, each with whether it is new. Raises a refusal, then nothing is taken."""
        pairs = self._pairs(kind, plan, caller)
        checked = [(person, wish, self._checked(kind, person, wish, caller)) for person, wish in pairs]
        return [self._make(kind, person, wish, item, caller) for person, wish, item in checked]

    def _pairs(
        self, kind: str, plan: list[tuple[list[str], list[Wish]]], caller: Caller
    ) -> list[tuple[Identity, Wish]]:
        """Every person with every item asked for them, once the caller may ask for all of them."""
        check_size(kind, plan)
        missing = [id for ids, _ in plan for id in ids if id not in self._tenant.state.identities]
        if missing:
            raise MissingReference(
                f"Referenced RequestedFor Identity/Identities {', '.join(missing)} was/were not found."
            )
        pairs = [(self._tenant.state.identities[id], wish) for ids, wishes in plan for id in ids for wish in wishes]
        for person in dict.fromkeys(person.id for person, _ in pairs):
            self.check_caller(kind, self._tenant.state.identities[person], caller)
        return pairs

    def _found(self, wish: Wish) -> AccessItem:
        item = self._tenant.requests.item(wish.id)
        if item is None or item.type != wish.type:
            raise MissingReference(f"Referenced {wish.type or 'item'} {wish.id} was not found.")
        return item

    def choices(
        self, kind: str, plan: list[tuple[list[str], list[Wish]]], caller: Caller
    ) -> list[tuple[Identity, list[tuple[AccessItem, bool, list[str]]]]]:
        """For each person the items asked for, whether each is held, and its sources. Raises what a request would."""
        people: dict[str, list[tuple[AccessItem, bool, list[str]]]] = {}
        for person, wish in self._pairs(kind, plan, caller):
            item = self._found(wish)
            people.setdefault(person.id, []).append((item, self.held(person, item, ""), self._sources(item)))
        return [(self._tenant.state.identities[id], items) for id, items in people.items()]

    def _sources(self, item: AccessItem) -> list[str]:
        """The sources of what an item bundles, in order."""
        rights = self._tenant.state.entitlements
        ids = entitlements_of(item, self._tenant.configuration.item)
        found = [right.source_id for id in ids if (right := rights.get(id)) is not None]
        return list(dict.fromkeys([*([item.source_id] if item.source_id else []), *found]))

    def check_caller(self, kind: str, person: Identity, caller: Caller) -> None:
        """Refuse who may not ask for a person: the person, a manager, anybody or administrators, as configured."""
        own, manages = person.id == caller.identity_id, person.manager_id == caller.identity_id
        if kind == REVOKE and own:
            raise Forbidden("A revoke request for oneself is not allowed.")
        if not own and not caller.scopes & _FOR_OTHERS:
            raise Forbidden
        if caller.is_admin:
            return
        policy = self._tenant.requests.config.policy()
        if policy.external_only:
            raise Forbidden("Access requests must be made through the external system.")
        if kind == REVOKE and not manages:
            raise Forbidden
        allowed = own or policy.anyone_for_anyone or (manages and policy.managers_for_reports)
        if not allowed and kind != REVOKE:
            raise Forbidden

    def _checked(self, kind: str, person: Identity, wish: Wish, caller: Caller) -> AccessItem:
        item = self._found(wish)
        check_wish(kind, wish, item, self._tenant.now())
        self._check_accounts(person, wish)
        if kind == REVOKE:
            self._check_revocable(person, wish, item)
            return item
        if not self.visible(item, person) or not self._seen_by(item, person, caller):
            raise MissingReference(f"Referenced {item.type} {item.id} was not found.")
        return item

    def _seen_by(self, item: AccessItem, person: Identity, caller: Caller) -> bool:
        """Whether somebody who asks for another person sees the item at all."""
        if caller.is_admin or caller.identity_id == person.id:
            return True
        requester = self._tenant.state.identities.get(caller.identity_id)
        return requester is None or self.visible(item, requester)

    def visible(self, item: AccessItem, person: Identity) -> bool:
        """Whether an item may be asked for on behalf of a person: without segments by all, else inside one of them."""
        return self._tenant.segments.sees(person, item.segments)

    def _check_accounts(self, person: Identity, wish: Wish) -> None:
        """The accounts a request chooses are the person's, on the sources it says."""
        for source_id, native in wish.accounts:
            held = self._tenant.accounts_of(person.id, source_id or None)
            if not any(native == account.native for account in held):
                raise IllegalValue('Value of "accountSelection" is empty or contains invalid data.')

    def _check_revocable(self, person: Identity, wish: Wish, item: AccessItem) -> None:
        """What a role's criteria or a lifecycle state gives is not taken away by a request (API, Access Requests)."""
        asked = any(grant.item_id == item.id for grant in self._tenant.state.grants.find("identity", person.id))
        if not asked and self.by_rule(person, item):
            raise BadContent(f'Access to "{item.name}" was not requested and cannot be revoked by a request.')
        if wish.remove_at is not None:
            for grant in self._tenant.state.grants.find("identity", person.id):
                if grant.item_id == item.id and grant.remove_at is not None and wish.remove_at >= grant.remove_at:
                    raise IllegalValue('Value of "removeDate" must be earlier than the present one.')

    def by_rule(self, person: Identity, item: AccessItem) -> bool:
        """Whether a person's roles or lifecycle state give an item, itself or inside another."""
        configuration = self._tenant.configuration
        label = configuration.lifecycle_state(person.profile_id, person.state)
        given = (*person.roles, *(label.access_profile_ids if label is not None else ()))
        if item.id in given:
            return True
        outer = [found for id in given if (found := configuration.item(id)) is not None]
        if item.kind == "entitlement":
            return any(item.id in entitlements_of(one, configuration.item) for one in outer)
        return any(item.id in one.access_profile_ids for one in outer)

    def held(self, person: Identity, item: AccessItem, native: str) -> bool:
        """Whether a person already holds an item: by rule, by request, or an entitlement on an account."""
        state = self._tenant.state
        if not native and self.by_rule(person, item):
            return True
        if any(g.item_id == item.id and g.native == native for g in state.grants.find("identity", person.id)):
            return True
        right = state.entitlements.get(item.id) if item.kind == "entitlement" else None
        return right is not None and any(
            right.value in account.entitlements and native in ("", account.native)
            for account in self._tenant.accounts_of(person.id, right.source_id)
        )

    def _make(self, kind: str, person: Identity, wish: Wish, item: AccessItem, caller: Caller) -> tuple[Request, bool]:
        tenant, now = self._tenant, self._tenant.now()
        for running in tenant.state.requests.find("running", f"{person.id}/{item.id}"):
            if running.type == kind and running.native == wish.native:
                return running, False
        ids = tenant.ids
        request = tenant.state.requests.put(
            Request(
                ids.hex32("request"),
                ids.hex32("request-item"),
                kind,
                caller.identity_id,
                person.id,
                item.type,
                item.id,
                now,
                now,
                ids.hex32("tracking"),
                wish.comment,
                wish.remove_at,
                wish.start_at,
                wish.native,
                wish.metadata,
                schemes=item.revocation_schemes if kind == REVOKE else item.schemes,
                accounts=wish.accounts,
                form_id=wish.form_id,
                assignment_id=wish.assignment_id,
            )
        )
        log = tenant.requests.log
        log("ACCESS_REVOKE_REQUEST_REQUESTED" if kind == REVOKE else "ACCESS_REQUEST_REQUESTED", request, caller.name)
        if kind == GRANT and person.id != caller.identity_id:
            log("ACCESS_REQUEST_ON_BEHALF_OF_SUBMITTED", request, caller.name)
        tenant.later("request_to_row", "sailpoint.request.open", request.id)
        return request, True
