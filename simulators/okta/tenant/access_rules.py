"""Access policies of authorization servers and their rules: records, order, and which rule decides a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.auth_servers import (
    ALL_CLIENTS,
    GRANT_TYPES,
    AccessPolicy,
    AccessRule,
    AuthServer,
    Terms,
    terms_of,
)
from simulators.okta.domain.errors import (
    Forbidden,
    Invalid,
    NotFound,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.protocol_errors import OAuthRefusal

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_TAKEN = "name: An object with this field already exists in the current organization"
_DENIED = "Policy evaluation failed for this request, please check the policy configurations."


class AccessRules:
    """The policies and rules of custom servers. Priorities run from 1 without gaps."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def found(self, server: AuthServer) -> None:
        """The policy and rule of the server every org begins with."""
        org, at = self.org, self.org.whole_second()
        policy = AccessPolicy(
            org.new_id("00p"), server.id, "Default Policy", "Default policy description", 1, (ALL_CLIENTS,), at, at
        )
        org.state.access_policies.put(policy)
        kinds = tuple(kind for kind in GRANT_TYPES if kind != "refresh_token")
        rule = AccessRule(org.new_id("0pr"), policy.id, "Default Policy Rule", 1, at, at, kinds)
        org.state.access_rules.put(rule)

    def terms(self, server: AuthServer, client_id: str, grant: str, scopes: Iterable[str], user: str | None) -> Terms:
        """How long the tokens of a request live. Raises OAuthRefusal when no rule of any policy allows it.

        The first active policy that covers the client and has an active rule for the request decides.
        """
        if server.is_org:
            settings = self.org.settings
            return Terms(settings.access_life, settings.refresh_idle)
        groups = self.org.groups.names_of(user) if user else {}
        for policy in self.policies(server):
            if policy.covers(client_id):
                for rule in self.rules(policy):
                    if rule.allows(grant, scopes, user, groups):
                        return terms_of(rule)
        raise OAuthRefusal(401, "access_denied", _DENIED)

    def policies(self, server: AuthServer) -> list[AccessPolicy]:
        """The policies of a server in order of evaluation."""
        return self.policies_of(server.id)

    def policy(self, server: AuthServer, id: str) -> AccessPolicy:
        """One policy. Raises NotFound."""
        policy = self.org.state.access_policies.get(id)
        if policy is None or policy.server != server.id:
            raise NotFound(id, "Policy")
        return policy

    def keep_policy(self, policy: AccessPolicy, event: str, cause: Cause) -> AccessPolicy:
        """Store a policy; the others move behind or before it. Raises Invalid for a taken name."""
        others = [held for held in self.policies_of(policy.server) if held.id != policy.id]
        if any(held.name == policy.name for held in others):
            raise Invalid("name", _TAKEN)
        policy = replace(policy, priority=_place(policy.priority, len(others)))
        for held, place in _around(others, policy.priority):
            self.org.state.access_policies.put(replace(held, priority=place))
        self._log(cause, event, Party(policy.id, "Policy", None, policy.name))
        return self.org.state.access_policies.put(policy)

    def policies_of(self, server_id: str) -> list[AccessPolicy]:
        """The policies under a server's id in order of evaluation."""
        return sorted(self.org.state.access_policies.find("server", server_id), key=lambda policy: policy.priority)

    def remove_policy(self, policy: AccessPolicy, cause: Cause) -> None:
        """Take a policy away with its rules."""
        if policy.system:
            raise Forbidden()
        self.forget(policy)
        for held, place in _around(self.policies_of(policy.server), None):
            self.org.state.access_policies.put(replace(held, priority=place))
        self._log(cause, "policy.lifecycle.delete", Party(policy.id, "Policy", None, policy.name))

    def forget(self, policy: AccessPolicy) -> None:
        """A policy and its rules are gone."""
        for rule in list(self.org.state.access_rules.find("policy", policy.id)):
            self.org.state.access_rules.remove(rule.id)
        self.org.state.access_policies.remove(policy.id)

    def switch_policy(self, policy: AccessPolicy, on: bool, cause: Cause) -> None:
        """Let a policy count, or not."""
        event = "policy.lifecycle.activate" if on else "policy.lifecycle.deactivate"
        self._log(cause, event, Party(policy.id, "Policy", None, policy.name))
        after = replace(policy, status=_status(on), last_updated=self.org.whole_second())
        self.org.state.access_policies.put(after)

    def rules(self, policy: AccessPolicy) -> list[AccessRule]:
        """The rules of a policy in order of evaluation."""
        return sorted(self.org.state.access_rules.find("policy", policy.id), key=lambda rule: rule.priority)

    def rule(self, policy: AccessPolicy, id: str) -> AccessRule:
        """One rule. Raises NotFound."""
        rule = self.org.state.access_rules.get(id)
        if rule is None or rule.policy != policy.id:
            raise NotFound(id, "PolicyRule")
        return rule

    def keep_rule(self, policy: AccessPolicy, rule: AccessRule, event: str, cause: Cause) -> AccessRule:
        """Store a rule; the others move behind or before it. Raises Invalid for a taken name or an unknown group."""
        others = [held for held in self.rules(policy) if held.id != rule.id]
        if any(held.name == rule.name for held in others):
            raise Invalid("name", _TAKEN)
        for group in (*rule.groups, *rule.groups_out):
            if group != "EVERYONE" and group not in self.org.state.groups:
                raise Invalid("conditions", f"conditions: Invalid group id {group}.")
        for user in (*rule.users, *rule.users_out):
            if user not in self.org.state.users:
                raise Invalid("conditions", f"conditions: Invalid user id {user}.")
        rule = replace(rule, priority=_place(rule.priority, len(others)))
        for held, place in _around(others, rule.priority):
            self.org.state.access_rules.put(replace(held, priority=place))
        self._log(cause, event, Party(rule.id, "PolicyRule", None, rule.name))
        return self.org.state.access_rules.put(rule)

    def remove_rule(self, policy: AccessPolicy, rule: AccessRule, cause: Cause) -> None:
        """Take a rule away."""
        if rule.system:
            raise Forbidden()
        self.org.state.access_rules.remove(rule.id)
        for held, place in _around(self.rules(policy), None):
            self.org.state.access_rules.put(replace(held, priority=place))
        self._log(cause, "policy.rule.delete", Party(rule.id, "PolicyRule", None, rule.name))

    def switch_rule(self, rule: AccessRule, on: bool, cause: Cause) -> None:
        """Let a rule count, or not."""
        event = "policy.rule.activate" if on else "policy.rule.deactivate"
        self._log(cause, event, Party(rule.id, "PolicyRule", None, rule.name))
        after = replace(rule, status=_status(on), last_updated=self.org.whole_second())
        self.org.state.access_rules.put(after)

    def _log(self, cause: Cause, event: str, party: Party) -> None:
        self.org.log.emit(cause, event, party)


def _status(on: bool) -> str:
    return "ACTIVE" if on else "INACTIVE"


def _place(wanted: int, others: int) -> int:
    """A priority within the list; 0 means the end.

    >>> _place(0, 2), _place(9, 2), _place(1, 2)
    (3, 3, 1)
    """
    return min(wanted, others + 1) if wanted > 0 else others + 1


def _around(rows: Iterable[Any], taken: int | None) -> Iterable[tuple[Any, int]]:
    """Rows with the priorities they have from now on, one place left free."""
    place = 0
    for row in rows:
        place += 1
        if place == taken:
            place += 1
        if row.priority != place:
            yield row, place
