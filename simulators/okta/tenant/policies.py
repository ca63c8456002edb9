"""Policies: what a new org comes with, making and changing them, their order, and the applications they are for.

https://developer.okta.com/docs/reference/api/policy/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import Forbidden, Invalid, NotFound
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.policies import KINDS, Json, Policy, PolicyUse, at, filled, first, missing
from simulators.okta.domain.policy_defaults import CATCH_ALL, NEW_ORG, RULE_ACTIONS, SETTINGS, Given, sign_on
from simulators.okta.domain.policy_shapes import enrolment, replaced

if TYPE_CHECKING:
    from simulators.okta.domain.apps import App
    from simulators.okta.domain.users import User
    from simulators.okta.tenant.org import OktaOrg

NAME_TAKEN = "name: Policy name already in use"
_CATCH_ALL_PRIORITY = 99


@dataclass(frozen=True, slots=True)
class Draft:
    """What a caller wants of a policy or a rule; `body` is its conditions and its settings or actions."""

    type: str
    name: str
    description: str | None = None
    priority: int | None = None
    status: str = "ACTIVE"
    conditions: Json | None = None
    body: Json | None = None


class Policies:
    """The table of policies, in the order they are asked."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def listing(self, type: str) -> list[Policy]:
        """The policies of a type, in order of priority."""
        rows = list(self.org.state.policies.find("type", type))
        return sorted(rows, key=lambda policy: policy.priority) if KINDS[type].ordered else rows

    def find(self, id: str) -> Policy:
        """One policy. Raises NotFound."""
        policy = self.org.state.policies.get(id)
        if policy is None:
            raise NotFound(id, missing(id))
        return policy

    def default(self, type: str) -> Policy:
        """The policy that the org came with and that applies where no other does. Raises NotFound."""
        for policy in self.org.state.policies.find("type", type):
            if policy.system:
                return policy
        raise NotFound(type, "Policy")

    def shown(self, policy: Policy) -> Policy:
        """A policy as it is given back: one that enrols people tells of every authenticator there is."""
        if policy.type != "MFA_ENROLL":
            return policy
        return replace(policy, settings=enrolment(policy.settings, self.org.authenticators.listing()))

    def create(self, draft: Draft, cause: Cause) -> Policy:
        """A new policy. Raises Invalid for a name in use, Forbidden for a type the org has one of."""
        if not KINDS[draft.type].made:
            raise Forbidden()
        self._check(draft, None)
        policy = self.planted(draft)
        self._report("create", policy, cause)
        return policy

    def planted(self, draft: Draft) -> Policy:
        """A new policy, which the log is not told of."""
        kind, org, now = KINDS[draft.type], self.org, self.org.whole_second()
        policy = Policy(
            id=org.new_id(kind.prefix),
            type=draft.type,
            name=draft.name,
            priority=1,
            created=now,
            last_updated=now,
            description=draft.description,
            status=draft.status,
            conditions=self._conditions(draft),
            settings=_settings(draft),
        )
        self._place(policy, draft.priority)
        if kind.mapped:
            org.policy_rules.plant(policy, CATCH_ALL, None, RULE_ACTIONS.get(draft.type, {}), _CATCH_ALL_PRIORITY)
        return org.state.policies[policy.id]

    def replace(self, policy: Policy, draft: Draft, cause: Cause) -> Policy:
        """The policy with another content. Raises Forbidden for accounts, Invalid for a name in use or a type."""
        if policy.of_account:
            raise Forbidden()
        if draft.type != policy.type:
            raise Invalid("type", "type: The policy type cannot be changed")
        self._check(draft, policy)
        after = replace(
            policy,
            name=policy.name if policy.system else draft.name,
            description=draft.description,
            conditions=policy.conditions if policy.system else self._conditions(draft),
            settings=_settings(draft, policy.settings),
            last_updated=self.org.whole_second(),
        )
        self._place(after, draft.priority)
        self._report("update", after, cause)
        return self.org.state.policies[policy.id]

    def remove(self, policy: Policy, cause: Cause) -> None:
        """Delete a policy with its rules. Raises Forbidden for the org's own, Invalid while applications use it."""
        state = self.org.state
        if policy.system or policy.of_account:
            raise Forbidden()
        if state.policy_uses.first("policy", policy.id) is not None:
            raise Invalid("policy", "policy: The policy is assigned to applications and cannot be deleted")
        for rule in list(state.policy_rules.find("policy", policy.id)):
            state.policy_rules.remove(rule.id)
        state.policies.remove(policy.id)
        self._renumber(policy.type)
        self._report("delete", policy, cause)

    def set_status(self, policy: Policy, status: str, cause: Cause) -> None:
        """Activate or deactivate. Raises Forbidden for the org's own policy."""
        if policy.system or policy.of_account:
            raise Forbidden()
        if policy.status != status:
            self.org.state.policies.put(replace(policy, status=status, last_updated=self.org.whole_second()))
        self._report("activate" if status == "ACTIVE" else "deactivate", policy, cause)

    def clone(self, policy: Policy, cause: Cause) -> Policy:
        """A copy with its rules, for authentication policies only. Raises Invalid for other types."""
        org, now = self.org, self.org.whole_second()
        if not KINDS[policy.type].cloned:
            raise Invalid("type", "type: Cloning is only supported for authentication policies")
        id, name = org.new_id(KINDS[policy.type].prefix), f"[cloned] {policy.name}"
        twin = replace(policy, id=id, name=name, system=False, of_account=False, created=now, last_updated=now)
        org.state.policies.put(twin)
        for rule in org.policy_rules.of(policy):
            new = org.new_id(KINDS[policy.type].rule_prefix)
            org.state.policy_rules.put(replace(rule, id=new, policy_id=id, created=now, last_updated=now))
        self._report("create", twin, cause)
        return twin

    def of_app(self, app_id: str, type: str) -> Policy:
        """The policy an application is under: the one assigned to it, else the org's own."""
        use = self.org.state.policy_uses.get(f"{app_id}/{type}")
        return self.find(use.policy_id) if use is not None else self.default(type)

    def assign(self, app_id: str, policy: Policy, cause: Cause) -> None:
        """Put an application under a policy."""
        self.org.state.policy_uses.put(PolicyUse(app_id, policy.type, policy.id))
        target = Party(app_id, "AppInstance", None, None)
        self.org.log.emit(cause, "application.policy.sign_on.update", target, policy_party(policy))

    def wants_factor(self, app: App, user: User, ip: str = "") -> bool:
        """Whether an application asks a person for a second factor; Forbidden is raised where its policy denies.

        Only a policy that was assigned to the application is asked; else the application's own mark counts.
        """
        use = self.org.state.policy_uses.get(f"{app.id}/ACCESS_POLICY")
        if use is None:
            return app.wants_factor
        rules = self.org.policy_rules
        rule = first(rules.of(self.find(use.policy_id)), rules.question(user, ip))
        action = at(rule.actions, "appSignOn") if rule is not None else None
        if at(action, "access") == "DENY":
            raise Forbidden()
        return bool(at(action, "verificationMethod", "factorMode") == "2FA")

    def apps_of(self, policy: Policy, after: str | None = None) -> Iterator[App]:
        """The applications under a policy; under the org's own are those without another."""
        state = self.org.state
        if not policy.system:
            uses = state.policy_uses.find("policy", policy.id)
            yield from (app for use in uses if (app := state.apps.get(use.app_id)) is not None)
            return
        for app in state.apps.rows(after):
            if self.of_app(app.id, policy.type).id == policy.id:
                yield app

    def found(self) -> None:
        """The policies of a new org; the default session rule and lockout are what the settings say."""
        for given in NEW_ORG:
            self._plant(given)

    def _plant(self, given: Given) -> None:
        org, now, kind, settings = self.org, self.org.whole_second(), KINDS[given.type], self.org.settings
        conditions: Json | None = None
        if given.everyone:
            conditions = {"people": {"groups": {"include": [org.state.everyone]}}}
        document = SETTINGS.get(given.type)
        if given.type == "PASSWORD":
            conditions = {**(conditions or {}), "authProvider": {"provider": "OKTA"}}
            lockout = {"password": {"lockout": {"maxAttempts": settings.failures_to_lock}}}
            document = filled(lockout, SETTINGS["PASSWORD"])
        policy = org.state.policies.put(
            Policy(
                org.new_id(kind.prefix), given.type, given.name, 1, now, now, given.description, "ACTIVE", given.system,
                conditions, document, given.of_account,
            )
        )  # fmt: skip
        idle, most = (int(life.total_seconds() // 60) for life in (settings.session_idle, settings.session_most))
        for number, (name, rule_conditions, actions) in enumerate(given.rules, start=1):
            priority = _CATCH_ALL_PRIORITY if kind.mapped else number
            wanted = actions or {"signon": sign_on(idle_minutes=idle, life_minutes=most)}
            org.policy_rules.plant(policy, name, rule_conditions, wanted, priority)

    def _check(self, draft: Draft, policy: Policy | None) -> None:
        for other in self.org.state.policies.find("type", draft.type):
            if other.name == draft.name and (policy is None or other.id != policy.id):
                raise Invalid("name", NAME_TAKEN)
        for id in at(draft.conditions, "people", "groups", "include") or ():
            if id not in self.org.state.groups:
                raise Invalid("conditions", f"conditions.people.groups.include: Invalid group id {id}")

    def _conditions(self, draft: Draft) -> Json | None:
        if KINDS[draft.type].mapped:
            return None
        given = dict(draft.conditions or {})
        if draft.type == "PASSWORD":
            given.setdefault("authProvider", {"provider": "OKTA"})
        return given

    def _place(self, policy: Policy, priority: int | None) -> None:
        """Store a policy at a priority; the others make room, the org's own stays last."""
        if not KINDS[policy.type].ordered:
            self.org.state.policies.put(policy)
            return
        rows = [row for row in self.listing(policy.type) if row.id != policy.id]
        last = rows.pop() if rows and rows[-1].system else None
        if policy.system:
            last = policy
        else:
            kept = policy.priority if policy.id in self.org.state.policies else len(rows) + 1
            place = min(max((priority if priority is not None else kept) - 1, 0), len(rows))
            rows.insert(place, policy)
        self._number([*rows, last] if last is not None else rows, policy)

    def _renumber(self, type: str) -> None:
        if KINDS[type].ordered:
            self._number(self.listing(type), None)

    def _number(self, rows: list[Policy], own: Policy | None) -> None:
        now, state = self.org.whole_second(), self.org.state
        for number, row in enumerate(rows, start=1):
            if row is own:
                state.policies.put(replace(row, priority=number))
            elif row.priority != number:
                state.policies.put(replace(row, priority=number, last_updated=now))

    def _report(self, verb: str, policy: Policy, cause: Cause) -> None:
        self.org.log.emit(cause, f"policy.lifecycle.{verb}", policy_party(policy))


def policy_party(policy: Policy) -> Party:
    """A policy as a target of the log."""
    return Party(policy.id, "PolicyEntity", policy.type, policy.name)


def _settings(draft: Draft, before: Json | None = None) -> Json | None:
    usual = SETTINGS.get(draft.type)
    if usual is None:
        return draft.body
    if draft.type == "MFA_ENROLL" and draft.body:
        return replaced(draft.body, before)
    return filled(draft.body or {}, usual)
