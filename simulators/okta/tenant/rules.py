"""Group rules: their lifecycle, and the background work that puts people into groups and takes them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import Invalid, NotFound, Reconciling
from simulators.okta.domain.expressions import attributes_read, evaluate, reads_groups
from simulators.okta.domain.groups import MANUAL, Group, GroupRule, with_giver, without_giver
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.syntax import Node
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.journal import group_party, user_party
from simulators.okta.tenant.subjects import subject_of

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_BATCH = 500
MOST_RULES = 2000


class Rules:
    """The rule table. People are looked at one by one as they change, or all of them when a rule is activated."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.rules.user", self._user_changed)
        org.clock.on("okta.rules.activation", self._activation)

    def find(self, id: str) -> GroupRule:
        """The rule with an id. Raises NotFound."""
        rule = self.org.state.rules.get(id)
        if rule is None:
            raise NotFound(id, "GroupRule")
        return rule

    def holding(self, group_id: str, user_id: str) -> list[GroupRule]:
        """The rules that hold a person in a group."""
        givers = self.org.state.members.get(group_id, user_id) or ()
        return [rule for giver in givers if (rule := self.org.state.rules.get(giver)) is not None]

    def create(self, name: str, expression: str, tree: Node, group_ids: list[str], excluded: list[str]) -> GroupRule:
        """A new rule, INACTIVE. Raises Invalid."""
        org, at = self.org, self.org.whole_second()
        self._check(name, group_ids, excluded, None)
        if len(org.state.rules) >= MOST_RULES:
            raise Invalid("rule", f"rule: An org can have at most {MOST_RULES} group rules")
        if org.state.rules_settled is not None and org.now() < org.state.rules_settled:
            raise Reconciling()
        if org.settings.rule_reconciliation:
            org.state.rules_settled = org.now() + org.settings.rule_reconciliation
        rule = GroupRule(
            org.new_id("0pr"), "INACTIVE", name, expression, tree, tuple(group_ids), frozenset(excluded), at, at
        )
        return org.state.rules.put(rule)

    def replace(
        self, rule: GroupRule, name: str, expression: str, tree: Node, group_ids: list[str], excluded: list[str]
    ) -> GroupRule:
        """The rule with another content; only while it is not active."""
        if rule.status == "ACTIVE":
            raise Invalid("rule", "rule: Cannot update an active rule. Deactivate it first.")
        self._check(name, group_ids, excluded, rule)
        return self.org.state.rules.put(
            replace(
                rule,
                status="INACTIVE",
                name=name,
                expression=expression,
                tree=tree,
                group_ids=tuple(group_ids),
                excluded=frozenset(excluded),
                last_updated=self.org.whole_second(),
            )
        )

    def activate(self, rule: GroupRule, cause: Cause) -> None:
        """Begin to act, on everybody there is."""
        if rule.status == "INVALID":
            raise Invalid("rule", "rule: An invalid rule cannot be activated")
        org = self.org
        org.state.rules.put(replace(rule, status="ACTIVE", last_updated=org.whole_second()))
        # the administrator is the actor of what follows, without a client address
        background = Cause(cause.actor, cause.transaction, "JOB", session_id=cause.session_id)
        org.clock.call_later(
            org.jitter("rule", org.settings.delays.rule), "okta.rules.activation", rule.id, None, background
        )

    def deactivate(self, rule: GroupRule, cause: Cause) -> None:
        """Stop acting; memberships stay."""
        rule = self.org.state.rules.put(replace(rule, status="INACTIVE", last_updated=self.org.whole_second()))
        self.org.log.emit(cause, "group.user_membership.rule.deactivated", _party(rule))

    def delete(self, rule: GroupRule, remove_users: bool, cause: Cause) -> None:
        """Take a rule away; its members go with it only when asked. Raises Invalid while it is active."""
        org, state = self.org, self.org.state
        if rule.status == "ACTIVE":
            raise Invalid("rule", "rule: Cannot delete an active rule. Deactivate it first.")
        state.rules.remove(rule.id)
        for group_id in rule.group_ids:
            group = state.groups.get(group_id)
            for user_id in list(state.members.rights(group_id)) if group else ():
                givers = state.members.get(group_id, user_id) or ()
                if group is None or rule.id not in givers:
                    continue
                if remove_users:
                    org.groups.take_back(group, state.users[user_id], rule.id, cause)
                else:
                    state.members.put(group_id, user_id, with_giver(without_giver(givers, rule.id), MANUAL))

    def exclude(self, rule_id: str, user: User, cause: Cause) -> None:
        """Somebody was taken out by hand: the rule leaves that person alone from now on."""
        rule = self.org.state.rules.get(rule_id)
        if rule is None:
            return
        # more than 100 are an error state for the administrator, and the person is left alone all the same
        self.org.state.rules.put(replace(rule, excluded=rule.excluded | {user.id}))
        system = self.org.system(cause.transaction)
        self.org.log.emit(system, "group.user_membership.rule.add_exclusion", _party(rule), user_party(user))

    def target_gone(self, group: Group) -> None:
        """A group is about to be deleted: rules that point at it become INVALID."""
        for rule in list(self.org.state.rules.find("target", group.id)):
            self.org.state.rules.put(replace(rule, status="INVALID"))
            self.org.log.emit(
                self.org.system(), "group.user_membership.rule.invalidate", _party(rule), group_party(group)
            )

    def attributes_gone(self, names: frozenset[str]) -> None:
        """Attributes have left the schema: rules that read one become INVALID."""
        for rule in list(self.org.state.rules.rows()) if names else ():
            if rule.status != "INVALID" and attributes_read(rule.tree) & names:
                self.org.state.rules.put(replace(rule, status="INVALID"))
                self.org.log.emit(self.org.system(), "group.user_membership.rule.invalidate", _party(rule))

    def schedule(self, user_id: str, transaction: str, only_groups: bool = False) -> None:
        """Look at a person soon; once, however much changes before that."""
        org, pending = self.org, self.org.state.rules_pending
        if user_id in pending:
            return
        rules = org.state.rules.find("status", "ACTIVE")
        if not any(reads_groups(rule.tree) or not only_groups for rule in rules):
            return
        pending.add(user_id)
        org.clock.call_later(org.jitter("rule", org.settings.delays.rule), "okta.rules.user", user_id, transaction)

    def matches(self, rule: GroupRule, user: User) -> bool:
        """Whether a rule's expression holds for a person."""
        return user.id not in rule.excluded and evaluate(rule.tree, subject_of(self.org, user)) is True

    def _user_changed(self, user_id: str, transaction: str) -> None:
        org = self.org
        org.state.rules_pending.discard(user_id)
        user = org.state.users.get(user_id)
        if user is not None and user.status not in (Status.DEPROVISIONED, Status.STAGED):
            self._evaluate(user, org.system(transaction))

    def _evaluate(self, user: User, cause: Cause) -> bool:
        """All active rules for one person; answers whether a membership changed."""
        changed = False
        for rule in list(self.org.state.rules.find("status", "ACTIVE")):
            changed |= self._apply(rule, user, cause)
        return changed

    def _apply(self, rule: GroupRule, user: User, cause: Cause) -> bool:
        org, state, changed = self.org, self.org.state, False
        wanted = self.matches(rule, user)
        for group_id in rule.group_ids:
            group, givers = state.groups.get(group_id), state.members.get(group_id, user.id) or ()
            if group is None:
                continue
            if wanted and rule.id not in givers:
                changed |= org.groups.add_member(group, user, cause, rule.id)
            elif not wanted and rule.id in givers:
                org.groups.take_back(group, user, rule.id, cause)
                changed = True
        return changed

    def _activation(self, rule_id: str, after: str | None, cause: Cause) -> None:
        """One batch of everybody; the next batch is a job of its own."""
        org, state = self.org, self.org.state
        rule = state.rules.get(rule_id)
        if rule is None or rule.status != "ACTIVE":
            return
        rows: Iterator[User] = state.users.rows(after)
        batch = [user for user, _ in zip(rows, range(_BATCH), strict=False)]
        for user in batch:
            if user.status is not Status.DEPROVISIONED:
                self._apply(rule, user, cause)
        if len(batch) == _BATCH:
            org.clock.call_at(org.now(), "okta.rules.activation", rule_id, batch[-1].id, cause)
            return
        for group_id in rule.group_ids:
            if (group := state.groups.get(group_id)) is not None:
                org.log.emit(cause, "group.user_membership.rule.trigger", _party(rule), group_party(group))

    def _check(self, name: str, group_ids: list[str], excluded: list[str], rule: GroupRule | None) -> None:
        if not name or len(name) > 50:
            raise Invalid("name", "name: The field must be between 1 and 50 characters")
        if any(other.name == name and (rule is None or other.id != rule.id) for other in self.org.state.rules.rows()):
            raise Invalid("name", "name: An object with this field already exists in the current organization")
        if not group_ids or len(group_ids) > 100:
            raise Invalid("groupIds", "groupIds: Between 1 and 100 groups can be targets of a rule")
        for group_id in group_ids:
            if self.org.groups.find(group_id).type != "OKTA_GROUP":
                raise Invalid("groupIds", f"groupIds: The group {group_id} cannot be the target of a rule")
        if len(excluded) > 100:
            raise Invalid("users", "users: At most 100 users can be excluded from a rule")
        if any(next(self.org.roles.of(group_id), None) is not None for group_id in group_ids):
            raise Invalid("groupIds", "groupIds: Groups with administrator roles cannot be targets of a rule")


def _party(rule: GroupRule) -> Party:
    return Party(rule.id, "PolicyRule", "00p" + rule.id[3:], rule.name)
