"""Access policies of authorization servers and their rules as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServerPolicies/
"""

from __future__ import annotations

from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.auth_servers import ANY_SCOPE, GRANT_TYPES, AccessPolicy, AccessRule
from simulators.okta.domain.errors import Invalid
from simulators.okta.wire.auth_servers import blankless, one_of
from simulators.okta.wire.bodies import Json, part, texts

_DAY, _FIVE_YEARS = 24 * 60, 2_628_000


def policy_body(policy: AccessPolicy, where: str) -> Json:
    """A policy. `where` is its server's address."""
    own = f"{where}/policies/{policy.id}"
    return {
        "type": "OAUTH_AUTHORIZATION_POLICY",
        "id": policy.id,
        "status": policy.status,
        "name": policy.name,
        "description": policy.description,
        "priority": policy.priority,
        "system": policy.system,
        "conditions": {"clients": {"include": list(policy.clients)}},
        "created": iso(policy.created),
        "lastUpdated": iso(policy.last_updated),
        "_links": {**_own(own, policy.status), "rules": {"href": f"{own}/rules", "hints": {"allow": ["GET"]}}},
    }


def read_policy(body: Json) -> dict[str, Any]:
    """What a create or replace of a policy says. Raises Invalid."""
    one_of(body, "type", ("OAUTH_AUTHORIZATION_POLICY",), "OAUTH_AUTHORIZATION_POLICY")
    clients = texts(part(part(body, "conditions"), "clients").get("include"))
    if not clients:
        raise Invalid("conditions", "conditions: The clients condition must include at least one client.")
    return {
        "name": blankless(body, "name", 100),
        "description": blankless(body, "description", 255),
        "priority": _number(body, "priority", 0, 0, 1000),
        "clients": tuple(clients),
        "status": one_of(body, "status", ("ACTIVE", "INACTIVE"), "ACTIVE"),
    }


def rule_body(rule: AccessRule, where: str) -> Json:
    """A rule. `where` is its policy's address."""
    token: Json = {
        "accessTokenLifetimeMinutes": rule.access_minutes,
        "refreshTokenLifetimeMinutes": rule.refresh_minutes,
        "refreshTokenWindowMinutes": rule.window_minutes,
    }
    return {
        "type": "RESOURCE_ACCESS",
        "id": rule.id,
        "status": rule.status,
        "name": rule.name,
        "priority": rule.priority,
        "created": iso(rule.created),
        "lastUpdated": iso(rule.last_updated),
        "system": rule.system,
        "conditions": {
            "people": {
                "users": {"include": list(rule.users), "exclude": list(rule.users_out)},
                "groups": {"include": list(rule.groups), "exclude": list(rule.groups_out)},
            },
            "grantTypes": {"include": list(rule.grant_types)},
            "scopes": {"include": list(rule.scopes)},
        },
        "actions": {"token": {**token, **({"inlineHook": {"id": rule.hook}} if rule.hook else {})}},
        "_links": _own(f"{where}/rules/{rule.id}", rule.status),
    }


def read_rule(body: Json) -> dict[str, Any]:
    """What a create or replace of a rule says. Raises Invalid for what is missing or out of bounds."""
    one_of(body, "type", ("RESOURCE_ACCESS",), "RESOURCE_ACCESS")
    conditions, token = part(body, "conditions"), part(part(body, "actions"), "token")
    people = part(conditions, "people")
    users, groups = part(people, "users"), part(people, "groups")
    kinds = texts(part(conditions, "grantTypes").get("include"))
    if not kinds:
        raise Invalid("conditions", "conditions: The grantTypes condition must include at least one grant type.")
    if unknown := [kind for kind in kinds if kind not in GRANT_TYPES]:
        raise Invalid("conditions", f"conditions: Invalid grant type {unknown[0]}.")
    access = _number(token, "accessTokenLifetimeMinutes", 60, 5, _DAY)
    refresh = _number(token, "refreshTokenLifetimeMinutes", 0, 0, _FIVE_YEARS)
    if 0 < refresh < access:
        text = "refreshTokenLifetimeMinutes: The refresh token must not live shorter than the access token."
        raise Invalid("refreshTokenLifetimeMinutes", text)
    hook, scopes = part(token, "inlineHook").get("id"), part(conditions, "scopes").get("include")
    included = texts(users.get("include")), texts(groups.get("include"))
    return {
        "name": blankless(body, "name", 100),
        "priority": _number(body, "priority", 0, 0, 1000),
        "grant_types": tuple(kinds),
        "scopes": tuple(texts(scopes)) if scopes is not None else (ANY_SCOPE,),
        "users": tuple(included[0]),
        "users_out": tuple(texts(users.get("exclude"))),
        "groups": tuple(included[1]),
        "groups_out": tuple(texts(groups.get("exclude"))),
        "access_minutes": access,
        "refresh_minutes": refresh,
        "window_minutes": _number(token, "refreshTokenWindowMinutes", 10080, 10, _FIVE_YEARS),
        "hook": hook if isinstance(hook, str) and hook else None,
        "status": one_of(body, "status", ("ACTIVE", "INACTIVE"), "ACTIVE"),
    }


def _own(href: str, status: str) -> Json:
    turn = "deactivate" if status == "ACTIVE" else "activate"
    return {
        "self": {"href": href, "hints": {"allow": ["GET", "PUT", "DELETE"]}},
        turn: {"href": f"{href}/lifecycle/{turn}", "hints": {"allow": ["POST"]}},
    }


def _number(body: Json, name: str, default: int, least: int, most: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(name, f"{name}: The value must be a whole number.")
    if not least <= value <= most:
        raise Invalid(name, f"{name}: The value must be between {least} and {most}.")
    return value
