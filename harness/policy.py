"""The company's decisions as data: who gets what, who approves, who may provision. Never read from a tenant."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from harness.personas import Person


class PolicyError(ValueError):
    """The policy file cannot be used; the text names the place and the remedy."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Automations(_Strict):
    """Names of the accounts that may act without a person: who provisions Okta, who revokes sessions there."""

    provisioning: str
    revocation: str


class Company(_Strict):
    """Prefixes of group names, the mail domain and when SailPoint processes everybody."""

    mail_domain: str
    governed_prefix: str
    rule_prefix: str
    ignored_groups: list[str]
    processing_hours: list[int]
    processing_spread: str


class Site(_Strict):
    """A place of work."""

    country: str
    company: str
    time_zone: str


class Cast(_Strict):
    """Who plays which part, by worker id."""

    administrator: str
    fallback: str
    owner: str
    second_level: str
    group_approver: str
    control_user: str
    manager: dict[str, str]


class Birthright(_Strict):
    """Access by attributes; every condition given must hold."""

    name: str
    worker_type: list[str] | None = None
    country: list[str] | None = None
    company: list[str] | None = None
    department: list[str] | None = None
    access: list[str]


class Access(_Strict):
    """What an access profile opens."""

    group: str | None = None
    system: str | None = None
    entitlement: str | None = None
    manual: bool = False


class Item(_Strict):
    """Something that can be requested."""

    approvals: list[Literal["MANAGER", "OWNER", "GROUP"]]
    access: list[str]


class RuleGroup(_Strict):
    """When Okta's own rule makes somebody a member."""

    member_of: list[str] | None = None
    member_of_prefix: str | None = None
    user_type: list[str] | None = None


class Application(_Strict):
    """One app of the inventory and who may provision it."""

    tier: int
    owner: str
    engine: Literal["sailpoint", "okta", "manual", "none"]
    groups: list[str]
    twin: str | None = None
    pushes: list[str] = []
    exception: str | None = None
    inactive: bool = False


class ExceptionEntry(_Strict):
    """An approved deviation; it lapses after `expires_in_days` from the register's adoption."""

    subject: str
    deviation: str
    risk_owner: str
    approved_by: str
    expires_in_days: int


class Prehire(_Strict):
    """What a person has before the first day."""

    access: list[str]
    okta_status: list[str]


class Termination(_Strict):
    """What ending a person means."""

    okta_status: str
    states: list[str]
    revoke_tokens: bool


class Hold(_Strict):
    """What a security hold means, and the SailPoint source that carries it."""

    okta_status: str
    state: str
    source: str


class Register(_Strict):
    """When the exception register was adopted."""

    adopted: date


@dataclass(frozen=True)
class Expected:
    """Whole sets: Okta groups (built-in ones left out), app labels, and entitlements by provisioned system."""

    groups: frozenset[str]
    apps: frozenset[str]
    entitlements: dict[str, frozenset[str]]


class Policy(_Strict):
    """The whole policy file."""

    company: Company
    sites: dict[str, Site]
    cast: Cast
    automations: Automations
    birthright: list[Birthright]
    prehire: Prehire
    access: dict[str, Access]
    items: dict[str, Item]
    rule_groups: dict[str, RuleGroup]
    applications: dict[str, Application]
    exception_register: Register
    exceptions: dict[str, ExceptionEntry]
    termination: Termination
    hold: Hold
    attributes: dict[str, str]

    def birthright_of(self, person: Person) -> list[str]:
        """The access profiles a person has by attributes."""
        site = self.sites.get(person.location)
        facts = {
            "worker_type": person.worker_type,
            "department": person.department,
            "country": site.country if site else "",
            "company": site.company if site else "",
        }
        return [
            name
            for row in self.birthright
            if all((wanted := getattr(row, key)) is None or value in wanted for key, value in facts.items())
            for name in row.access
        ]

    def expected(self, person: Person, extra: tuple[str, ...] = ()) -> Expected:
        """What an active person holds: birthright and the access profiles of granted items."""
        return self._opened([*self.birthright_of(person), *extra], person)

    def expected_before_start(self, person: Person) -> Expected:
        """What a person holds before the first day."""
        return self._opened(self.prehire.access, person)

    def _opened(self, profiles: list[str], person: Person) -> Expected:
        opened = [self.access[name] for name in profiles]
        groups = {row.group for row in opened if row.group}
        groups |= {name for name, rule in self.rule_groups.items() if _rule_holds(rule, groups, person)}
        apps = {
            label for label, app in self.applications.items() if not app.inactive and not groups.isdisjoint(app.groups)
        }
        systems: dict[str, set[str]] = {}
        for row in opened:
            if row.system and row.entitlement and not row.manual:
                systems.setdefault(row.system, set()).add(row.entitlement)
        return Expected(frozenset(groups), frozenset(apps), {k: frozenset(v) for k, v in systems.items()})

    def attributes_of(self, person: Person) -> dict[str, str]:
        """The Okta profile values HR's row implies; attributes of an unknown site are left out."""
        site, values = self.sites.get(person.location), {}
        for attribute, field in self.attributes.items():
            if field.startswith("site."):
                if site is not None:
                    values[attribute] = str(getattr(site, field.removeprefix("site.")))
            else:
                values[attribute] = str(getattr(person, field))
        return {attribute: value for attribute, value in values.items() if value}

    def governed(self, group: str) -> bool:
        """Whether SailPoint alone may write a group."""
        return group.startswith(self.company.governed_prefix)


def _rule_holds(rule: RuleGroup, groups: set[str], person: Person) -> bool:
    return (
        (rule.member_of is not None and not groups.isdisjoint(rule.member_of))
        or (rule.member_of_prefix is not None and any(g.startswith(rule.member_of_prefix) for g in groups))
        or (rule.user_type is not None and person.worker_type in rule.user_type)
    )


def load_policy(path: Path) -> Policy:
    """The policy of a TOML file. Raises PolicyError in one sentence for a missing, malformed or inconsistent file."""
    try:
        policy = Policy.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise PolicyError(f"the policy file {path} does not exist") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise PolicyError(f"the policy file {path} is not valid TOML: {problem}") from None
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"the policy file {path}: {place}: {first['msg']}") from None
    grants = [*(row.access for row in policy.birthright), *(item.access for item in policy.items.values())]
    granted = {name for access in (*grants, policy.prehire.access) for name in access}
    if unknown := sorted(granted - set(policy.access)):
        raise PolicyError(f"the policy file {path} grants {unknown[0]!r}, which [access] does not describe")
    claimed = {app.exception for app in policy.applications.values() if app.exception}
    if unknown := sorted(claimed - set(policy.exceptions)):
        raise PolicyError(f"the policy file {path} claims the exception {unknown[0]!r}, which [exceptions] lacks")
    return policy
