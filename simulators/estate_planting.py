"""How an estate is planted: each system's own seeding in turn, and what one system must know of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from simulators.estate_people import people_of
from simulators.estate_seed import Seed
from simulators.hr.system import HrSystem
from simulators.hr.workers import Site
from simulators.kernel.clock import VirtualClock
from simulators.kernel.ids import Ids
from simulators.kernel.people import SeedPerson
from simulators.okta import seeding as okta_seeding
from simulators.okta.domain.scim import user_resource
from simulators.okta.seeding import PlantedOkta
from simulators.okta.tenant import OktaOrg
from simulators.sailpoint import seeding as sailpoint_seeding
from simulators.sailpoint.tenant import SailPointTenant
from simulators.scim.apps import Endpoints, ScimApps
from simulators.scim.groups import GroupChange
from simulators.scim.records import key

# By worker id, or by login for a further account: (source, entitlement) pairs.
Held = Mapping[str, list[tuple[str, str]]]
OKTA_SOURCE = "Okta"
CONTRACTOR_SOURCE = "Contractors"
_SIGN_IN = ("ACTIVE", "SUSPENDED")


class System(Protocol):
    """A simulated system, as far as saving and restoring goes."""

    state: Any


@dataclass(frozen=True)
class Planted:
    """The systems of a new estate, and what its ready object says about them."""

    okta: OktaOrg
    sailpoint: SailPointTenant
    apps: ScimApps
    hr: HrSystem
    okta_access: dict[str, Any]
    sailpoint_access: dict[str, Any]
    app_access: list[dict[str, Any]]
    people: list[dict[str, Any]]


def plant(
    seed: Seed,
    urls: Mapping[str, str],
    clock: VirtualClock,
    ids: Ids,
    day_zero: date,
    limits: str | None,
) -> Planted:
    """All systems of `seed` on `clock`, agreeing with each other. Raises ValueError for a seed that does not fit."""
    at = clock.now()
    people = people_of(seed, day_zero, ids)
    held = sailpoint_seeding.entitlements(seed.sailpoint, people, seed.grants, at)

    hr = HrSystem(clock, Ids(ids.random_seed, "hr"), _sites(seed))
    hr.base_url = urls["hr"]
    for person in people:
        hr.plant(_hr_row(person))

    apps = ScimApps(clock, Ids(ids.random_seed, "apps"))
    apps.base_url = urls["apps"]
    scim = {row["label"]: apps.plant(row["label"]) for row in seed.apps if _has_scim(row)}

    settings = okta_seeding.settings(seed.okta, limits)
    okta = OktaOrg(clock, Ids(ids.random_seed, "okta"), settings)
    okta.base_url = urls["okta"]
    directory = okta_seeding.plant(okta, seed.okta, people, _groups(people, held), _endpoints(scim, "okta"))
    _provision_from_okta(okta, directory, apps, scim)

    governance = sailpoint_seeding.settings(seed.sailpoint, limits)
    sailpoint = SailPointTenant(clock, Ids(ids.random_seed, "sailpoint"), governance)
    sailpoint.base_url = urls["sailpoint"]
    scim_ids = dict(_scim_accounts(apps, scim, people, held))
    links = sailpoint_seeding.SailPointLinks(
        okta_url=urls["okta"],
        apps={label: (end.scim_url, end.tokens["sailpoint"]) for label, end in scim.items()},
        okta=directory,
        scim_ids=scim_ids,
        at=at,
    )
    governed = sailpoint_seeding.plant(sailpoint, seed.sailpoint, people, held, links)
    return Planted(
        okta,
        sailpoint,
        apps,
        hr,
        okta_access=_okta_access(directory),
        sailpoint_access={
            "personal_access_tokens": governed.personal_access_tokens,
            "api_clients": governed.api_clients,
            "hr_source_id": governed.hr_source_id,
            "okta_source_id": governed.okta_source_id,
            "contractor_source_id": governed.source_ids.get(CONTRACTOR_SOURCE),
        },
        app_access=[_app_access(row, directory.apps, scim.get(row["label"])) for row in seed.apps],
        people=[_known(person, directory) for person in people[: len(seed.people)]],
    )


def _groups(people: Iterable[SeedPerson], held: Held) -> dict[str, list[str]]:
    """Each login's groups on the directory; what is held on a further account stands under its login.

    People who hold the same share one list, here as in `held`.
    """
    logins = {person.worker_id: person.login for person in people}
    groups: dict[int, list[str]] = {}
    for rights in held.values():
        if id(rights) not in groups:
            groups[id(rights)] = [value for source, value in rights if source == OKTA_SOURCE]
    return {logins.get(holder, holder): groups[id(rights)] for holder, rights in held.items()}


def _provision_from_okta(okta: OktaOrg, directory: PlantedOkta, apps: ScimApps, scim: Mapping[str, Endpoints]) -> None:
    """What Okta has created in its applications before day zero: accounts and pushed groups."""
    for label, user_id, _ in directory.app_users:
        user, assigned = okta.state.users[user_id], okta.state.app_users.get(directory.apps[label], user_id)
        assert assigned is not None
        account = apps.create_account(scim[label].slug, user_resource(user, assigned))
        okta_seeding.link_app_user(okta, label, user_id, account.id)
    for mapping in okta.state.mappings.rows():
        slug = scim[okta.state.apps[mapping.app_id].label].slug
        accounts = (
            apps.state.accounts.first("external_id", key(slug, user_id))
            for user_id in okta.state.members.rights(mapping.group_id)
        )
        members = tuple(account.id for account in accounts if account is not None)
        apps.create_group(slug, GroupChange(display_name=mapping.target_name, add=members))


def _okta_access(directory: PlantedOkta) -> dict[str, Any]:
    tokens = directory.api_tokens
    return {
        "api_token": tokens.get("harness", next(iter(tokens.values()), None)),
        "service_apps": [{"name": name, **app} for name, app in directory.service_apps.items()],
        "oidc_clients": directory.oidc_clients,
        "accounts": [
            {"login": login, "password": password, "totp": directory.totp.get(login)}
            for login, password in directory.passwords.items()
        ],
    }


def _has_scim(row: Mapping[str, Any]) -> bool:
    return row["provisioned_by"] in ("okta", "sailpoint")


def _sites(seed: Seed) -> dict[str, Site]:
    return {code: Site(site["country"], site["company"]) for code, site in seed.sites.items()}


def _endpoints(scim: Mapping[str, Endpoints], engine: str) -> dict[str, tuple[str, str]]:
    return {label: (end.scim_url, end.tokens[engine]) for label, end in scim.items()}


def _hr_row(person: SeedPerson) -> dict[str, str]:
    return {
        "worker_id": person.worker_id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "department": person.department,
        "job_title": person.job_title,
        "manager_id": person.manager_id,
        "location": person.location,
        "time_zone": person.time_zone,
        "worker_type": person.worker_type,
        "hire_date": _day(person.hire_date),
        "end_date": _day(person.end_date),
        "end_reason": person.end_reason,
        "leave_start": _day(person.leave_start),
        "leave_end": _day(person.leave_end),
    }


@lru_cache(maxsize=8192)
def _day(value: date | None) -> str:
    """ISO text of a day, one text for all people who share it; empty for none."""
    return "" if value is None else value.isoformat()


def _known(person: SeedPerson, directory: PlantedOkta) -> dict[str, Any]:
    return {
        "worker_id": person.worker_id,
        "name": f"{person.first_name} {person.last_name}",
        "login": person.login,
        "password": person.password if person.okta_status in _SIGN_IN else None,
        "totp": directory.totp.get(person.login),
        "part": person.part,
    }


def _scim_user(person: SeedPerson, entitlements: Iterable[str]) -> dict[str, Any]:
    name = f"{person.first_name} {person.last_name}"
    return {
        "userName": person.login,
        "externalId": person.worker_id,
        "active": True,
        "displayName": name,
        "name": {"givenName": person.first_name, "familyName": person.last_name},
        "emails": [{"value": person.login, "type": "work", "primary": True}],
        "entitlements": [{"value": value} for value in entitlements],
    }


def _app_access(row: Mapping[str, Any], okta_ids: Mapping[str, str], end: Endpoints | None) -> dict[str, Any]:
    return {
        "label": row["label"],
        "tier": row["tier"],
        "provisioned_by": row["provisioned_by"],
        "okta_app_id": okta_ids.get(row["label"]),
        "scim_url": None if end is None else end.scim_url,
        "token": None if end is None else end.tokens["witness"],
        "write_log_url": None if end is None else end.write_log_url,
    }


def _scim_accounts(
    apps: ScimApps,
    scim: Mapping[str, Endpoints],
    people: Iterable[SeedPerson],
    held: Held,
) -> Iterable[tuple[tuple[str, str], str]]:
    """Accounts on the applications that SailPoint provisions itself: ((label, worker id), SCIM id)."""
    for person in people:
        rights: dict[str, list[str]] = {}
        for source, value in held.get(person.worker_id, ()):
            if source in scim:
                rights.setdefault(source, []).append(value)
        for label, values in rights.items():
            account = apps.create_account(scim[label].slug, _scim_user(person, values))
            yield (label, person.worker_id), account.id
