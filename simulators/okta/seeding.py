"""Planting an org from a seed, by function call: its settings, its configuration, its people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from simulators.kernel.people import SeedPerson
from simulators.kernel.times import parse_duration
from simulators.okta.domain.settings import Delays, OktaSettings
from simulators.okta.seed_org import Configuration, PlantedOkta, check_keys
from simulators.okta.seed_people import Population
from simulators.okta.tenant import OktaOrg
from simulators.okta.wire.event_hooks import hook_event_body
from simulators.okta.wire.hook_channels import call_headers

__all__ = ["PlantedOkta", "link_app_user", "plant", "settings"]

_DURATIONS = {item.name for item in fields(OktaSettings) if item.type == "timedelta"}
_TABLES = ("settings", "delays", "groups", "rules", "apps", "accounts", "service_apps", "api_tokens")


def settings(table: Mapping[str, Any], limits: str | None = None) -> OktaSettings:
    """The settings a seed names; `limits` overrides its own. Raises ValueError for an unknown key."""
    check_keys("okta", table, set(_TABLES))
    given = dict(table.get("settings", {}))
    known = {item.name for item in fields(OktaSettings)} - {"delays"}
    check_keys("okta.settings", given, known)
    for name in _DURATIONS & set(given):
        given[name] = parse_duration(given[name])
    if "factor_groups" in given:
        given["factor_groups"] = tuple(given["factor_groups"])
    if limits is not None:
        given["limits"] = limits
    return OktaSettings(**given, delays=Delays.read(table.get("delays", {})))


def plant(
    org: OktaOrg,
    table: Mapping[str, Any],
    people: Iterable[SeedPerson],
    groups_of: Mapping[str, Sequence[str]],
    scim: Mapping[str, Any],
) -> PlantedOkta:
    """Fill a new org. `groups_of` names each login's groups, `scim` each provisioned application's (url, token)."""
    check_keys("okta", table, set(_TABLES))
    org.hooks.render, org.hooks.headers = hook_event_body, call_headers
    made = PlantedOkta(groups={"Everyone": org.state.everyone})
    configuration, population = Configuration(org, made, scim), Population(org, made)
    for row in table.get("groups", ()):
        configuration.group(row)
    for row in table.get("rules", ()):
        configuration.rule(row)
    for row in table.get("apps", ()):
        configuration.app(row)
    configuration.session_policy()
    everyone = list(people)
    names = {person.worker_id: f"{person.first_name} {person.last_name}" for person in everyone}
    for person in everyone:
        population.person(person, names.get(person.manager_id, ""), groups_of.get(person.login, ()))
    for row in table.get("accounts", ()):
        population.account(row, groups_of.get(row["login"], ()))
    for number, row in enumerate(table.get("service_apps", ()), start=1):
        configuration.service_app(row, number)
    for row in table.get("api_tokens", ()):
        configuration.api_token(row)
    return made


def link_app_user(org: OktaOrg, app_label: str, user_id: str, external_id: str) -> None:
    """Note the id that an application has given to somebody's account."""
    app = org.apps.labelled(app_label)
    held = org.state.app_users.get(app.id, user_id) if app is not None else None
    if app is None or held is None:
        raise ValueError(f"{user_id} is not assigned to {app_label!r}")
    at = held.created
    linked = replace(held, external_id=external_id, status="PROVISIONED", sync_state="SYNCHRONIZED", last_sync=at)
    org.state.app_users.put(app.id, user_id, linked)
