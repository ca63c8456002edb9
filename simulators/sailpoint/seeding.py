"""Planting a tenant on day zero from a seed's table: settings, who holds what, and everything in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from simulators.kernel.people import SeedPerson
from simulators.sailpoint.connectors import CONNECTORS
from simulators.sailpoint.scheduled import ScheduledSearches
from simulators.sailpoint.search.candidates import found_by_text
from simulators.sailpoint.seed_documents import DocumentPlanter
from simulators.sailpoint.seed_governance import GovernancePlanter
from simulators.sailpoint.seed_people import PeoplePlanter
from simulators.sailpoint.tenant import DELAYS, SailPointSettings, SailPointTenant
from simulators.sailpoint.workflows import WorkflowEngine

_KEYS = frozenset(
    [
        "org",
        "pod",
        "time_zone",
        "fallback_approver",
        "identity_attributes",
        "workflows",
        "birthright_states",
        "approvals",
        "processing",
        "delays",
        "sources",
        "schedules",
        "provisioning",
        "profiles",
        "lifecycle_states",
        "access_profiles",
        "roles",
        "requestables",
        "segments",
        "governance_groups",
        "tokens",
        "api_clients",
        "administrators",
        "limits",
        "session_revoked",
        "sod_policies",
        "campaign_templates",
    ]
)
_APPROVALS = frozenset(
    {"escalation_days", "expiry_days", "same_person_approves", "own_decision_refused", "duplicate_requests"}
)
_PROCESSING = frozenset({"scheduled", "grant_dates", "manual_due_hours"})


class Holdings(dict[str, list[tuple[str, str]]]):
    """What people hold on day zero, by worker id or by the login of a further account: (source, entitlement) pairs.

    `grants` are the requests that part of it rests on; planting turns them into grants with their end dates.
    """

    grants: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class SailPointLinks:
    """Where the other systems are; `okta` is what that one has planted: groups, users, service_apps and the like."""

    okta_url: str
    apps: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    okta: Any = None
    scim_ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    at: datetime | None = None


@dataclass
class PlantedSailPoint:
    """What others must know of a planted tenant."""

    personal_access_tokens: list[dict[str, Any]] = field(default_factory=list)
    api_clients: list[dict[str, Any]] = field(default_factory=list)
    hr_source_id: str | None = None
    okta_source_id: str | None = None
    source_ids: dict[str, str] = field(default_factory=dict)
    identity_ids: dict[str, str] = field(default_factory=dict)


def known(where: str, table: Mapping[str, Any], keys: Iterable[str]) -> None:
    """Raise ValueError for a key nobody reads."""
    if unknown := set(table) - set(keys):
        raise ValueError(f"{where}: unknown key {sorted(unknown)[0]!r}")


def settings(table: Mapping[str, Any], limits: str | None = None) -> SailPointSettings:
    """The settings a seed's table asks for; `limits` overrides its own.

    Raises ValueError for an unknown key or step.
    """
    known("sailpoint", table, _KEYS)
    delays, approvals, processing = (table.get(name) or {} for name in ("delays", "approvals", "processing"))
    known("sailpoint.delays", delays, DELAYS)
    known("sailpoint.approvals", approvals, _APPROVALS)
    known("sailpoint.processing", processing, _PROCESSING)
    plain = SailPointSettings()
    return SailPointSettings(
        org=str(table.get("org", plain.org)),
        pod=str(table.get("pod", plain.pod)),
        time_zone=str(table.get("time_zone", plain.time_zone)),
        delays={**DELAYS, **{name: (float(d[0]), float(d[1]), float(d[2])) for name, d in delays.items()}},
        connectors=CONNECTORS,
        workflows=WorkflowEngine,
        searches=ScheduledSearches,
        finder=found_by_text,
        scheduled_processing=str(processing.get("scheduled", plain.scheduled_processing)),
        grant_dates=str(processing.get("grant_dates", plain.grant_dates)),
        manual_due_hours=int(processing.get("manual_due_hours", plain.manual_due_hours)),
        escalation_days=int(approvals.get("escalation_days", plain.escalation_days)),
        expiry_days=int(approvals.get("expiry_days", plain.expiry_days)),
        same_person_approves=bool(approvals.get("same_person_approves", plain.same_person_approves)),
        own_decision_refused=bool(approvals.get("own_decision_refused", plain.own_decision_refused)),
        duplicate_requests=str(approvals.get("duplicate_requests", plain.duplicate_requests)),
        limits=limits or str(table.get("limits", plain.limits)),
    )


def entitlements(
    table: Mapping[str, Any], people: Iterable[SeedPerson], grants: Iterable[Mapping[str, Any]], at: datetime
) -> Holdings:
    """What everybody holds on day zero, by role criteria, lifecycle state and grants."""
    bundles = _bundles(table)
    held = Holdings()
    held.grants = tuple(grants)
    profiles_of_state = {row["name"]: row.get("access_profiles", []) for row in table.get("lifecycle_states", ())}
    known: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for person in people:
        facts = _facts(person)
        case = (person.lifecycle_state, *facts.values())
        if case not in known:
            items = [*profiles_of_state.get(person.lifecycle_state, ()), *_roles_met(table, person, facts)]
            known[case] = list(dict.fromkeys(right for item in items for right in bundles[item]))
        if rights := known[case]:
            held[person.worker_id] = rights
    for grant in held.grants:
        holder = str(grant.get("account") or grant["worker_id"])
        # A list of one's own: the one by roles is shared with everybody in the same position.
        held[holder] = list(dict.fromkeys([*held.get(holder, ()), *bundles[grant["item"]]]))
    return held


def _bundles(table: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    bundles = {
        name: [(str(source), str(right)) for right in rights]
        for name, (source, *rights) in (table.get("access_profiles") or {}).items()
    }
    for role in table.get("roles", ()):
        bundles[role["name"]] = [right for name in role["access_profiles"] for right in bundles[name]]
    return bundles


def _facts(person: SeedPerson) -> dict[str, str]:
    """What the criteria of roles may read on day zero."""
    return {
        "workerType": "contractor" if person.worker_type == "contractor" else "employee",
        "country": person.country,
        "company": person.company,
        "department": person.department,
    }


def _roles_met(table: Mapping[str, Any], person: SeedPerson, facts: Mapping[str, str]) -> list[str]:
    if person.lifecycle_state not in table.get("birthright_states", ()):
        return []
    return [
        str(role["name"])
        for role in table.get("roles", ())
        if role.get("criteria") and all(facts.get(name) in values for name, values in role["criteria"].items())
    ]


def plant(
    tenant: SailPointTenant,
    table: Mapping[str, Any],
    people: list[SeedPerson],
    held: Mapping[str, list[tuple[str, str]]],
    links: SailPointLinks,
) -> PlantedSailPoint:
    """Fill a new tenant. Refreshing anybody afterwards plans nothing."""
    made = PlantedSailPoint()
    ids = {person.worker_id: tenant.ids.hex32("identity") for person in people}
    for row in table.get("administrators", ()):
        ids[row["name"]] = tenant.ids.hex32("identity")
    made.identity_ids = ids
    documents = DocumentPlanter(tenant, table, ids, links)
    documents.configuration()
    made.source_ids = documents.source_ids
    made.hr_source_id, made.okta_source_id = (documents.source_ids.get(name) for name in ("HR Feed", "Okta"))
    planter = PeoplePlanter(tenant, table, documents, links)
    planter.administrators(ids)
    planter.everybody(people, ids, held, tuple(getattr(held, "grants", ())))
    governance = GovernancePlanter(documents)
    governance.policies()
    governance.templates()
    tenant.signals.set_conditions((row["profile"], row["states"]) for row in table.get("session_revoked", ()))
    _credentials(tenant, table, people, ids, made)
    governance.workflows(made.personal_access_tokens)
    tenant.settings = _with_fallback(tenant.settings, ids.get(str(table.get("fallback_approver")), ""))
    tenant.state.model_changed = False
    tenant.start()
    return made


def _with_fallback(old: SailPointSettings, identity_id: str) -> SailPointSettings:
    return replace(old, fallback_approver=identity_id)


def _credentials(
    tenant: SailPointTenant,
    table: Mapping[str, Any],
    people: Iterable[SeedPerson],
    ids: Mapping[str, str],
    made: PlantedSailPoint,
) -> None:
    rows = [(row["name"], ids[row["owner"]], tuple(row["levels"])) for row in table.get("tokens", ())]
    rows += [(row["name"], ids[row["name"]], tuple(row["levels"])) for row in table.get("administrators", ())]
    levels: dict[str, set[str]] = {}
    for _, owner, own in rows:
        levels.setdefault(owner, set()).update(own)
    for owner, own_levels in levels.items():
        identity = tenant.state.identities[owner]
        tenant.configuration.add(
            "auth-user", {"name": identity.alias, "capabilities": sorted(own_levels)}, id=f"auth-{owner}"
        )
    cast = [(person.worker_id, ids[person.worker_id], ()) for person in people if person.part]
    for name, owner, _ in [*rows, *cast]:
        token = tenant.credentials.issue("pat", name, owner)
        made.personal_access_tokens.append(
            {
                "name": name,
                "client_id": token.id,
                "client_secret": token.secret,
                "identity_id": owner,
                "levels": sorted(levels.get(owner, ())),
            }
        )
    for row in table.get("api_clients", ()):
        client = tenant.credentials.issue(
            "client",
            row["name"],
            scope=tuple(row.get("scopes", ("sp:scopes:all",))),
            levels=tuple(row.get("levels", ())),
        )
        made.api_clients.append({"name": client.name, "client_id": client.id, "client_secret": client.secret})
