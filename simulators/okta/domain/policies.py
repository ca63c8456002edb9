"""Policies and their rules: the kinds, the order in which they are asked, and what they are asked about.

https://developer.okta.com/docs/reference/api/policy/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy. `conditions` is None for kinds that apply to the applications assigned to them.

    `of_account`: the access policy for what people do with their own account, which stays as the org came with it.
    """

    id: str
    type: str
    name: str
    priority: int
    created: datetime
    last_updated: datetime
    description: str | None = None
    status: str = "ACTIVE"
    system: bool = False
    conditions: Json | None = None
    settings: Json | None = None
    of_account: bool = False


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """A rule of a policy."""

    id: str
    policy_id: str
    type: str
    name: str
    priority: int
    created: datetime
    last_updated: datetime
    status: str = "ACTIVE"
    system: bool = False
    conditions: Json | None = None
    actions: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PolicyUse:
    """An application that a policy is assigned to."""

    app_id: str
    type: str
    policy_id: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of policy.

    `ordered`: policies have priorities of their own and the system policy stays last. `mapped`: applications are
    assigned to it instead of groups. `made`: administrators may create more than the org came with.
    """

    prefix: str
    rule_type: str
    rule_prefix: str
    ordered: bool = False
    mapped: bool = False
    made: bool = True
    cloned: bool = False


KINDS: dict[str, Kind] = {
    "OKTA_SIGN_ON": Kind("00p", "SIGN_ON", "0pr", ordered=True),
    "PASSWORD": Kind("00p", "PASSWORD", "0pr", ordered=True),
    "MFA_ENROLL": Kind("00p", "MFA_ENROLL", "0pr", ordered=True),
    "IDP_DISCOVERY": Kind("00p", "IDP_DISCOVERY", "0pr", made=False),
    "ACCESS_POLICY": Kind("rst", "ACCESS_POLICY", "rul", mapped=True, cloned=True),
    "PROFILE_ENROLLMENT": Kind("rst", "PROFILE_ENROLLMENT", "rul", mapped=True),
    "POST_AUTH_SESSION": Kind("rst", "POST_AUTH_SESSION", "rul", made=False),
    "ENTITY_RISK": Kind("rst", "ENTITY_RISK", "rul", made=False),
    "SESSION_VIOLATION_DETECTION": Kind("rst", "SESSION_VIOLATION_DETECTION", "rul", made=False),
    "DEVICE_SIGNAL_COLLECTION": Kind("rst", "DEVICE_SIGNAL_COLLECTION", "rul", mapped=True),
    "CLIENT_UPDATE": Kind("rst", "CLIENT_UPDATE", "rul", mapped=True),
    "IDENTITY_CLAIM_SOURCING": Kind("rst", "IDENTITY_CLAIM_SOURCING", "rul", mapped=True),
}


def missing(id: str) -> str:
    """What a policy that is not there is called: to Okta one of the newer kinds is a set of rules.

    >>> missing("rst1"), missing("00p1")
    ('RuleSetEntity', 'Policy')
    """
    return "RuleSetEntity" if id.startswith("rst") else "Policy"


@dataclass(frozen=True, slots=True)
class Question:
    """Who is judged: the person, the person's groups, and where the request comes from."""

    user_id: str
    groups: frozenset[str]
    ip: str = ""
    auth_type: str = "ANY"
    zones: frozenset[str] = frozenset()


def applies(conditions: Json | None, asked: Question) -> bool:
    """Whether conditions hold: people in or out by group and by name, the network, the kind of authentication.

    Kinds of condition that are not imitated (device, risk, behaviour) count as held.

    >>> people = {"people": {"groups": {"include": ["g1"]}, "users": {"exclude": ["u2"]}}}
    >>> [applies(people, Question(user, frozenset({"g1"}))) for user in ("u1", "u2")]
    [True, False]
    """
    if conditions is None:
        return True
    people = _part(conditions, "people")
    groups, users = _part(people, "groups"), _part(people, "users")
    if asked.user_id in (users.get("exclude") or ()) or not asked.groups.isdisjoint(groups.get("exclude") or ()):
        return False
    wanted_groups, wanted_users = groups.get("include") or (), users.get("include") or ()
    if (wanted_groups or wanted_users) and asked.groups.isdisjoint(wanted_groups) and asked.user_id not in wanted_users:
        return False
    return _from_there(_part(conditions, "network"), asked.zones) and _part(conditions, "authContext").get(
        "authType", "ANY"
    ) in ("ANY", asked.auth_type)


def _from_there(network: Json, zones: frozenset[str]) -> bool:
    if network.get("connection") != "ZONE":
        return True
    include, exclude = network.get("include") or (), network.get("exclude") or ()
    if any(_is_in(zone, zones) for zone in exclude):
        return False
    return not include or any(_is_in(zone, zones) for zone in include)


def _is_in(zone: Any, zones: frozenset[str]) -> bool:
    return zone in zones or (zone == "ALL_ZONES" and bool(zones))


def first(rows: Iterable[PolicyRule], asked: Question) -> PolicyRule | None:
    """The first active rule, in order of priority, whose conditions hold."""
    for rule in rows:
        if rule.status == "ACTIVE" and applies(rule.conditions, asked):
            return rule
    return None


def filled(given: Json, default: Json) -> dict[str, Any]:
    """A document with what it leaves out taken from a default, at every depth.

    >>> filled({"a": {"b": 1}}, {"a": {"b": 0, "c": 2}, "d": 3})
    {'a': {'b': 1, 'c': 2}, 'd': 3}
    """
    out: dict[str, Any] = {}
    for name in (*default, *(name for name in given if name not in default)):
        value, usual = given.get(name), default.get(name)
        if name not in given:
            out[name] = usual
        elif isinstance(value, Mapping) and isinstance(usual, Mapping):
            out[name] = filled(value, usual)
        else:
            out[name] = value
    return out


def at(document: Json | None, *path: str) -> Any:
    """The value at a path of a document, or None."""
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def number(document: Json | None, *path: str) -> int:
    """The whole number at a path; 0 where there is none."""
    value = at(document, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _part(document: Json, name: str) -> Json:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}
