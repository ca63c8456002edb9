"""Which password policy a person is under, and what it makes of a password."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.password_rules import Requirements
from simulators.okta.domain.policies import Policy, at, number
from simulators.okta.domain.users import User, digest

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

TOO_RECENT = "Your password was changed too recently. Please wait before you change it again."


class Passwords:
    """Applies password policies."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def policy(self, user: User | None) -> Policy:
        """The policy a person is under; the default for somebody who is being created."""
        return self.org.policy_rules.policy_of("PASSWORD", user)

    def requirements(self, user: User | None) -> Requirements:
        """What the policy demands of a password."""
        settings = self.policy(user).settings
        complexity = at(settings, "password", "complexity") or {}
        return Requirements(complexity, number(settings, "password", "age", "historyCount"))

    def problem(self, password: str, login: str, profile: Mapping[str, Any], user: User | None = None) -> str | None:
        """Why a password is refused, as the org words it; None for a good one."""
        rules = self.requirements(user)
        return rules.wording() if rules.refuses(password, login, profile) else None

    def own_problem(self, user: User, password: str) -> str | None:
        """As `problem`, for a password that a person chooses: the last ones do not come back."""
        rules = self.requirements(user)
        used = (user.password, *user.former)[: rules.history] if rules.history else ()
        if rules.refuses(password, user.login, user.profile) or digest(user.id, password) in used:
            return rules.wording()
        return None

    def too_young(self, user: User) -> bool:
        """Whether the password may not be changed yet by its owner."""
        least = number(self.policy(user).settings, "password", "age", "minAgeMinutes")
        changed = user.password_changed
        return bool(least) and changed is not None and self.org.now() < changed + timedelta(minutes=least)

    def days_left(self, user: User) -> int | None:
        """Whole days until the password expires, below 0 when it has; None when it never does."""
        most = number(self.policy(user).settings, "password", "age", "maxAgeDays")
        if not most or user.password_changed is None:
            return None
        return (user.password_changed + timedelta(days=most) - self.org.now()) // timedelta(days=1)

    def warns(self, user: User) -> bool:
        """Whether the policy tells people now that their password will expire."""
        days = self.days_left(user)
        return days is not None and days < number(self.policy(user).settings, "password", "age", "expireWarnDays")

    def remembered(self, user: User, after: User) -> User:
        """The user with the former password among those that do not come back."""
        if user.password is None:
            return after
        kept = max(self.requirements(user).history, 1)
        return replace(after, former=(user.password, *user.former)[:kept])
