"""Rules of policies: making and changing them, their order, and what they decide about a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import Forbidden, Invalid, NotFound
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.policies import KINDS, Json, Policy, PolicyRule, Question, applies, at, first
from simulators.okta.domain.policy_shapes import rule_actions, rule_conditions
from simulators.okta.tenant.policies import Draft, policy_party

if TYPE_CHECKING:
    from simulators.okta.domain.users import User
    from simulators.okta.tenant.org import OktaOrg

_MOST = 98
_RESET_WITHOUT_CHANGE = "passwordChange: Who may reset a password has to be allowed to change it"
_NAME_TAKEN = "name: Policy rule name already in use"


class PolicyRules:
    """The rules of every policy, in the order they are asked."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def of(self, policy: Policy) -> list[PolicyRule]:
        """The rules of a policy, in order of priority."""
        return sorted(self.org.state.policy_rules.find("policy", policy.id), key=lambda rule: rule.priority)

    def find(self, policy_id: str, id: str) -> PolicyRule:
        """One rule of a policy. Raises NotFound, naming the rule also where the policy is gone."""
        rule = self.org.state.policy_rules.get(id)
        if rule is None or rule.policy_id != policy_id:
            raise NotFound(id, "PolicyRule")
        return rule

    def create(self, policy: Policy, draft: Draft, cause: Cause) -> PolicyRule:
        """A new rule. Raises Invalid for a name in use or the type of another kind of policy."""
        org, at, kind = self.org, self.org.whole_second(), KINDS[policy.type]
        self._check(policy, draft, None)
        rule = PolicyRule(
            id=org.new_id(kind.rule_prefix),
            policy_id=policy.id,
            type=kind.rule_type,
            name=draft.name,
            priority=0,
            created=at,
            last_updated=at,
            status=draft.status,
            conditions=rule_conditions(policy.type, draft.conditions),
            actions=self._actions(policy, draft),
        )
        self._place(policy, rule, draft.priority)
        self._report("add", policy, rule, cause)
        return org.state.policy_rules[rule.id]

    def replace(self, policy: Policy, rule: PolicyRule, draft: Draft, cause: Cause) -> PolicyRule:
        """The rule with another content; the org's own keeps its name and conditions."""
        self._check(policy, draft, rule)
        after = replace(
            rule,
            name=rule.name if rule.system else draft.name,
            status=rule.status,
            conditions=rule.conditions if rule.system else rule_conditions(policy.type, draft.conditions),
            actions=self._actions(policy, draft),
            last_updated=self.org.whole_second(),
        )
        self._place(policy, after, draft.priority)
        self._report("update", policy, after, cause)
        return self.org.state.policy_rules[rule.id]

    def remove(self, policy: Policy, rule: PolicyRule, cause: Cause) -> None:
        """Delete a rule. Raises Forbidden for the org's own."""
        if rule.system:
            raise Forbidden()
        self.org.state.policy_rules.remove(rule.id)
        self._number(self.of(policy), None)
        self._report("delete", policy, rule, cause)

    def set_status(self, policy: Policy, rule: PolicyRule, status: str, cause: Cause) -> None:
        """Activate or deactivate. Raises Forbidden for the org's own rule."""
        if rule.system:
            raise Forbidden()
        if rule.status != status:
            self.org.state.policy_rules.put(replace(rule, status=status, last_updated=self.org.whole_second()))
        self._report("activate" if status == "ACTIVE" else "deactivate", policy, rule, cause)

    def _actions(self, policy: Policy, draft: Draft) -> Json:
        actions = rule_actions(policy.type, draft.body)
        routed = actions.get("idp")
        if not isinstance(routed, Mapping) or "providers" not in routed:
            return actions
        return {**actions, "idp": {**routed, "providers": self.org.idps.named(routed.get("providers"))}}

    def plant(self, policy: Policy, name: str, conditions: Json | None, actions: Json, priority: int) -> PolicyRule:
        """A rule that the org comes with: its policy's last word."""
        at, kind = self.org.whole_second(), KINDS[policy.type]
        id = self.org.new_id(kind.rule_prefix)
        rule = PolicyRule(id, policy.id, kind.rule_type, name, priority, at, at, "ACTIVE", True, conditions, actions)
        return self.org.state.policy_rules.put(rule)

    def judge(self, type: str, asked: Question) -> tuple[Policy, PolicyRule | None]:
        """The policy and rule that decide: the first policy that applies and has a rule that does.

        A policy none of whose rules applies hands on to the next one (Okta help, policy evaluation).
        """
        found: Policy | None = None
        for policy in self.org.policies.listing(type):
            if policy.status == "ACTIVE" and applies(policy.conditions, asked):
                found = found or policy
                if (rule := first(self.of(policy), asked)) is not None:
                    return policy, rule
        return found or self.org.policies.default(type), None

    def judge_user(self, type: str, user: User, ip: str = "") -> tuple[Policy, PolicyRule | None]:
        """As `judge`, about a person."""
        return self.judge(type, self.question(user, ip))

    def policy_of(self, type: str, user: User | None) -> Policy:
        """The first active policy whose conditions hold for a person; the default for somebody not yet there."""
        if user is None:
            return self.org.policies.default(type)
        asked = self.question(user)
        rows = self.org.policies.listing(type)
        return next(
            (row for row in rows if row.status == "ACTIVE" and applies(row.conditions, asked)),
            self.org.policies.default(type),
        )

    def question(self, user: User, ip: str = "") -> Question:
        """What policies ask about a person."""
        groups = frozenset(id for id, _ in self.org.state.members.of(user.id)) | {self.org.state.everyone}
        return Question(user.id, groups, ip, zones=frozenset(zone.id for zone in self.org.zones.of(ip)))

    def _check(self, policy: Policy, draft: Draft, rule: PolicyRule | None) -> None:
        if draft.type and draft.type != KINDS[policy.type].rule_type:
            raise Invalid("type", f"type: The rule type {draft.type} does not fit a policy of the type {policy.type}")
        asked = (at(draft.body, "selfServicePasswordReset", "access"), at(draft.body, "passwordChange", "access"))
        if policy.type == "PASSWORD" and asked == ("ALLOW", "DENY"):
            raise Invalid("passwordChange", _RESET_WITHOUT_CHANGE)
        for other in self.org.state.policy_rules.find("policy", policy.id):
            if other.name == draft.name and (rule is None or other.id != rule.id):
                raise Invalid("name", _NAME_TAKEN)

    def _place(self, policy: Policy, rule: PolicyRule, priority: int | None) -> None:
        rows = [row for row in self.of(policy) if row.id != rule.id]
        own = [row for row in rows if not row.system]
        if rule.system:
            self.org.state.policy_rules.put(rule)
            return
        known = rule.id in self.org.state.policy_rules
        if KINDS[policy.type].mapped:
            last = own[-1].priority + 1 if own else 0
            wanted = priority if priority is not None else rule.priority if known else last
            rule = replace(rule, priority=min(wanted, _MOST))
            place = sum(row.priority < rule.priority for row in own)
        else:
            wanted = priority if priority is not None else rule.priority if known else len(own) + 1
            place = min(max(wanted - 1, 0), len(own))
        own.insert(place, rule)
        self._number([*own, *(row for row in rows if row.system)], rule)

    def _number(self, rows: list[PolicyRule], own: PolicyRule | None) -> None:
        state, at = self.org.state, self.org.whole_second()
        mapped = bool(rows) and KINDS[state.policies[rows[0].policy_id].type].mapped
        wanted = -1 if mapped else 0
        for row in rows:
            # those of applications' policies may leave places free, and the catch-all keeps its own
            wanted = row.priority if mapped and row.system else max(wanted + 1, row.priority if mapped else 0)
            if row is own:
                state.policy_rules.put(replace(row, priority=wanted))
            elif row.priority != wanted:
                state.policy_rules.put(replace(row, priority=wanted, last_updated=at))

    def _report(self, verb: str, policy: Policy, rule: PolicyRule, cause: Cause) -> None:
        target = Party(rule.id, "PolicyRule", rule.type, rule.name)
        self.org.log.emit(cause, f"policy.rule.{verb}", policy_party(policy), target)
