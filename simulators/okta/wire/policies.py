"""Policies and rules as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.policies import KINDS, Policy, PolicyRule
from simulators.okta.domain.policy_defaults import RULE_ACTIONS, SETTINGS
from simulators.okta.wire.bodies import Json, part, texts

_STATUSES = ("ACTIVE", "INACTIVE")
_SIDES = ("include", "exclude")
LONGEST_NAME = 255
MOST_NUMBER = 10_000_000


def policy_body(policy: Policy, base_url: str) -> Json:
    """A policy. Kinds that are assigned to applications have `conditions` null; the org's own cannot be deleted.

    The one for what people do with their own account can only be read; its rules can be changed.
    https://developer.okta.com/docs/guides/okta-account-management-policy/main/
    """
    where = f"{base_url}/api/v1/policies/{policy.id}"
    body: Json = {
        "type": policy.type,
        "id": policy.id,
        "status": policy.status,
        "name": policy.name,
        "priority": policy.priority,
        "system": policy.system,
        "conditions": policy.conditions,
        "created": iso(policy.created),
        "lastUpdated": iso(policy.last_updated),
    }
    if policy.description is not None:
        body["description"] = policy.description
    if policy.settings is not None:
        body["settings"] = policy.settings
    links = _links(where, policy.status, policy.system)
    links["rules"] = _link(f"{where}/rules", "GET", "POST")
    if policy.of_account:
        links = {"self": _link(where, "GET"), "rules": links["rules"]}
    elif not policy.system:
        links["mappings"] = _link(f"{where}/mappings", "GET", "POST")
    return {**body, "_links": links}


def rule_body(rule: PolicyRule, base_url: str) -> Json:
    """A rule."""
    where = f"{base_url}/api/v1/policies/{rule.policy_id}/rules/{rule.id}"
    return {
        "type": rule.type,
        "id": rule.id,
        "status": rule.status,
        "name": rule.name,
        "priority": rule.priority,
        "created": iso(rule.created),
        "lastUpdated": iso(rule.last_updated),
        "system": rule.system,
        "conditions": rule.conditions,
        "actions": rule.actions,
        "_links": _links(where, rule.status, rule.system),
    }


def mapping_body(policy: Policy, app_id: str, base_url: str) -> Json:
    """An application under a policy."""
    where = f"{base_url}/api/v1/policies/{policy.id}"
    return {
        "id": app_id,
        "_links": {
            "self": _link(f"{where}/mappings/{app_id}", "GET", "DELETE"),
            "application": _link(f"{base_url}/api/v1/apps/{app_id}", "GET", "PUT", "DELETE"),
            "policy": _link(where, "GET", "PUT", "DELETE"),
        },
    }


def known_type(value: Any) -> str:
    """A type of policy. Raises Invalid."""
    if not isinstance(value, str) or value not in KINDS:
        raise Invalid("type", f"type: Invalid policy type specified: {value}")
    return value


def read_name(body: Json) -> str:
    """A name. Raises Invalid."""
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Invalid("name", "name: The field cannot be left blank")
    if len(name) > LONGEST_NAME:
        raise Invalid("name", f"name: The field is too long: the most is {LONGEST_NAME} characters")
    return name


def read_priority(body: Json) -> int | None:
    """A place in the order, or None. Raises Invalid."""
    value = body.get("priority")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Invalid("priority", "priority: The priority must be a positive whole number")
    return value


def read_object(body: Json, name: str) -> Json | None:
    """An object, or None when it is absent. Raises NotWellFormed."""
    return part(body, name) if body.get(name) is not None else None


def checked_conditions(conditions: Json | None) -> Json | None:
    """Conditions whose parts are objects and lists of texts or applications. Raises NotWellFormed."""
    people, app = part(conditions or {}, "people"), part(conditions or {}, "app")
    for side in _SIDES:
        _objects(app.get(side))
    for who in (part(people, "groups"), part(people, "users"), part(conditions or {}, "network")):
        for side in _SIDES:
            texts(who.get(side))
    return conditions


def checked_body(type: str, key: str, body: Json | None) -> Json | None:
    """Settings or actions whose values are of the kinds that the vendor's defaults are.

    Raises Invalid, or NotWellFormed for what is no object or list where one has to be.
    """
    usual = (SETTINGS if key == "settings" else RULE_ACTIONS).get(type)
    if body is not None and type in _INSIDE:
        _INSIDE[type](body)
    if body is None or usual is None or type not in ("PASSWORD", "OKTA_SIGN_ON", "MFA_ENROLL"):
        return body
    return _shaped(body, usual, key)


def _check_enrolment(settings: Json) -> None:
    texts([row.get("key") for row in _objects(settings.get("authenticators"))])
    _objects(list(part(settings, "factors").values()))


def _check_registration(actions: Json) -> None:
    _objects(part(actions, "profileEnrollment").get("preRegistrationInlineHooks"))


_INSIDE: dict[str, Callable[[Json], None]] = {
    "MFA_ENROLL": _check_enrolment,
    "PROFILE_ENROLLMENT": _check_registration,
}


def _objects(value: Any) -> list[Json]:
    if not isinstance(value, list | None) or not all(isinstance(row, dict) for row in value or ()):
        raise NotWellFormed()
    return value or []


def _shaped(given: Json, usual: Mapping[str, Any], where: str) -> Json:
    out: Json = {}
    for name, value in given.items():
        wanted, place = usual.get(name), f"{where}.{name}"
        if value is None and wanted is not None:
            continue  # what is null is left out
        if isinstance(wanted, Mapping) and isinstance(value, dict):
            value = _shaped(value, wanted, place)
        elif wanted is not None and not _like(value, wanted):
            raise Invalid(where, f"{place}: The field has an invalid value")
        out[name] = value
    return out


def _like(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        kind = dict if wanted and isinstance(wanted[0], Mapping) else str
        return isinstance(value, list) and all(isinstance(row, kind) for row in value)
    if isinstance(wanted, bool) or not isinstance(wanted, int):
        return type(value) is type(wanted)
    return type(value) is int and 0 <= value <= MOST_NUMBER


def _links(where: str, status: str, system: bool) -> Json:
    links: Json = {"self": _link(where, "GET", "PUT") if system else _link(where, "GET", "PUT", "DELETE")}
    if not system:
        verb = "deactivate" if status == "ACTIVE" else "activate"
        links[verb] = _link(f"{where}/lifecycle/{verb}", "POST")
    return links


def _link(href: str, *allow: str) -> Json:
    return {"href": href, "hints": {"allow": list(allow)}}
