"""What an org is set to: limits, lives of sessions and tokens, delays of background work."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import timedelta
from typing import Any

Delay = tuple[float, float, float]
EFFECTS = ("end", "block", "keep")


@dataclass(frozen=True)
class Delays:
    """Least, usual and most seconds of each background step."""

    search: Delay = (0.3, 0.3, 0.3)
    rule: Delay = (0.1, 0.1, 0.1)
    app_user: Delay = (0.1, 0.1, 0.1)
    scim_create: Delay = (1.5, 1.5, 1.5)
    scim_update: Delay = (1.5, 1.5, 1.5)
    scim_deactivate: Delay = (1.5, 1.5, 1.5)
    scim_write: Delay = (0.3, 0.3, 0.3)
    group_push: Delay = (4.0, 4.0, 4.0)
    schema: Delay = (1.0, 1.0, 1.0)
    lifecycle: Delay = (1.0, 1.0, 1.0)
    hook: Delay = (0.3, 0.3, 0.3)
    log: Delay = (0.0, 0.0, 0.0)

    @classmethod
    def none(cls) -> Delays:
        """A mode without waiting."""
        return cls(**{item.name: (0.0, 0.0, 0.0) for item in fields(cls)})

    @classmethod
    def read(cls, table: dict[str, Any]) -> Delays:
        """From a seed's table of `step = [least, usual, most]`. Raises ValueError for an unknown step."""
        known = {item.name for item in fields(cls)}
        if unknown := set(table) - known:
            raise ValueError(f"unknown delay {sorted(unknown)[0]!r}; use {', '.join(sorted(known))}")
        return cls(**{name: (float(value[0]), float(value[1]), float(value[2])) for name, value in table.items()})


@dataclass(frozen=True)
class OktaSettings:
    """One org's settings. What suspend and deactivate do to sessions and tokens by themselves is unpublished: settings.

    `mail_signs_in` lets the mail address be a second factor, `telephony` is whether text messages and calls are
    carried. `end` takes them away for good, `block` refuses them while the user is not active, `keep` leaves them
    alone.
    """

    name: str = "example"
    edition: str = "workforce"
    limits: str = "counted"
    token_share: float = 0.5
    sessions_on_deactivate: str = "end"
    tokens_on_deactivate: str = "block"
    sessions_on_suspend: str = "end"
    tokens_on_suspend: str = "block"
    sign_in_when_suspended: str = "refused"
    group_memberships_on_deactivate: str = "kept"
    updates_of_deactivated_profiles: bool = False
    session_idle: timedelta = timedelta(hours=2)
    session_most: timedelta = timedelta(hours=12)
    session_token_life: timedelta = timedelta(minutes=5)
    transaction_life: timedelta = timedelta(minutes=5)
    activation_life: timedelta = timedelta(days=7)
    recovery_life: timedelta = timedelta(hours=1)
    code_life: timedelta = timedelta(minutes=5)
    access_life: timedelta = timedelta(hours=1)
    refresh_idle: timedelta = timedelta(days=90)
    api_token_window: timedelta = timedelta(days=30)
    failures_to_lock: int = 10
    most_apps: int | None = None
    unique_app_labels: bool = False
    universal_logout: bool = True
    governance: bool = True
    front_channel_logout: bool = True
    self_service: bool = False
    # whether a policy of the org lets a received session-revoked event end the person's sessions
    sessions_on_security_event: str = "keep"
    factor_groups: tuple[str, ...] = ()
    mail_signs_in: bool = False
    telephony: bool = False
    # how long after a group rule is created the next one is refused; a real org does so when clients hurry
    rule_reconciliation: timedelta = timedelta(0)
    # a real org calls hooks over https only; "loopback" also lets a listener on this machine be called over http
    hooks_over_http: str = "loopback"
    delays: Delays = field(default_factory=Delays)

    def __post_init__(self) -> None:
        for name in ("sessions_on_deactivate", "tokens_on_deactivate", "sessions_on_suspend", "tokens_on_suspend"):
            if getattr(self, name) not in EFFECTS:
                raise ValueError(f"{name} is one of {', '.join(EFFECTS)}, not {getattr(self, name)!r}")
        if self.hooks_over_http not in ("loopback", "refused"):
            raise ValueError(f"hooks_over_http is loopback or refused, not {self.hooks_over_http!r}")
        if self.sessions_on_security_event not in ("end", "keep"):
            raise ValueError(f"sessions_on_security_event is end or keep, not {self.sessions_on_security_event!r}")
        if self.limits not in ("enforced", "counted"):
            raise ValueError(f"limits is enforced or counted, not {self.limits!r}")
        if self.edition not in ("free", "enterprise", "workforce"):
            raise ValueError(f"edition is free, enterprise or workforce, not {self.edition!r}")
