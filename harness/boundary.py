"""Who may provision what: the org's apps, SailPoint's sources and the applications' write logs against the register."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from harness.checks import Inconclusive, Unmet
from harness.company import Company
from harness.policy import Application
from harness.scene import Scene

# Vendor system apps: never an application of the company's.
SYSTEM_APPS = frozenset({"saasure", "okta_enduser", "okta_browser_plugin", "okta_flow_sso", "flow"})
_PROVISIONS = frozenset({"PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH"})
_IMPORTS = frozenset({"IMPORT_NEW_USERS"})


@dataclass
class AppReading:
    """What was read about one app, and what is wrong with it."""

    label: str
    tier: int | None
    features: list[str]
    status: str
    provisioning: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


class BoundaryChecks:
    """A census: every app instance is read and compared with the register in policy.toml."""

    def __init__(self, company: Company) -> None:
        self.company, self.observer, self.policy, self.clock = (
            company,
            company.observer,
            company.policy,
            company.clock,
        )

    def census(self, scene: Scene) -> list[AppReading]:
        """Read every app of the org and of the register, judge each, and write K3's ledger."""
        rows = [row for row in self.observer.okta.apps() if not self._system(row)]
        readings = [self._read(row) for row in rows]
        seen = {reading.label for reading in readings}
        for label, app in self.policy.applications.items():
            if label not in seen:
                missing = AppReading(label, app.tier, [], "ABSENT")
                missing.faults.append("it is in the register and not in the org")
                readings.append(missing)
        self._duplicates(readings)
        sources = {row["name"] for row in self.observer.sailpoint.sources()}
        self._reconcile(scene, readings, sources)
        for unit, members in self._units(readings).items():
            faults = [f"{m.label}: {fault}" for m in members for fault in m.faults]
            unknown = [f"{m.label}: {what}" for m in members for what in m.unknown]
            outcome = "F" if faults else "I" if unknown else "S"
            tier = members[0].tier
            group = "unregistered" if tier is None else f"tier {tier}"
            scene.unit("K3", unit, None, outcome, "; ".join(faults or unknown) or None, group=group)
        return readings

    def _system(self, row: dict[str, Any]) -> bool:
        service = (row.get("settings") or {}).get("oauthClient", {}).get("application_type") == "service"
        return row["name"] in SYSTEM_APPS or service

    def _duplicates(self, readings: list[AppReading]) -> None:
        labels = [r.label for r in readings]
        for reading in readings:
            if labels.count(reading.label) > 1:
                reading.faults.append(f"{labels.count(reading.label)} instances carry this label")

    def _reconcile(self, scene: Scene, readings: list[AppReading], sources: set[str]) -> None:
        listed = len(self._units([r for r in readings if r.status != "ABSENT"]))
        registered = {tuple(sorted((label, app.twin or label))) for label, app in self.policy.applications.items()}
        query = "GET /api/v1/apps, active and inactive, a twin counted once"
        scene.counted("K3", query, listed, "applications in policy.toml", len(registered))
        for reading in readings:
            app = self.policy.applications.get(reading.label)
            if app is not None and app.engine == "sailpoint" and reading.label not in sources:
                reading.faults.append("the register says SailPoint provisions it and SailPoint has no such source")

    def _units(self, readings: list[AppReading]) -> dict[str, list[AppReading]]:
        """One unit an app; a sign-on app and its provisioning twin are one."""
        units: dict[str, list[AppReading]] = {}
        for reading in sorted(readings, key=lambda r: r.label):
            app = self.policy.applications.get(reading.label)
            pair = sorted((reading.label, app.twin)) if app and app.twin else [reading.label]
            units.setdefault(" + ".join(pair), []).append(reading)
        return units

    def _read(self, row: dict[str, Any]) -> AppReading:
        label = str(row["label"])
        app = self.policy.applications.get(label)
        reading = AppReading(label, app.tier if app else None, list(row.get("features") or ()), row["status"])
        if app is None:
            reading.faults.append("it is in the org and not in the register")
            return reading
        if app.inactive:
            if row["status"] != "INACTIVE":
                reading.faults.append("it should be inactive and is " + row["status"])
            return reading
        self._configured(reading, row, app)
        self._assigned(reading, row, app)
        self._excepted(reading, app)
        self._written(reading, app)
        return reading

    def _configured(self, reading: AppReading, row: dict[str, Any], app: Application) -> None:
        feature = self.observer.okta.provisioning_feature(row["id"])
        if feature is not None:
            reading.provisioning = _capabilities(feature)
        on = sorted(
            {k for k, v in reading.provisioning.items() if v == "ENABLED"} | _PROVISIONS & set(reading.features)
        )
        if app.engine != "okta" and on:
            reading.faults.append(
                f"tier {app.tier} is provisioned by {app.engine}, and Okta provisioning is on: {', '.join(on)}"
            )
        if app.engine == "okta" and not on:
            reading.faults.append("the register says Okta provisions it, and Okta provisioning is off")
        if imports := sorted(_IMPORTS & set(reading.features)):
            reading.faults.append(f"it imports people into Okta: {', '.join(imports)}")

    def _assigned(self, reading: AppReading, row: dict[str, Any], app: Application) -> None:
        wanted = {self.observer.group_id(name): name for name in app.groups}
        seen = set(self.observer.okta.app_groups(row["id"]))
        if extra := sorted(seen - set(wanted)):
            reading.faults.append(f"it is assigned to {len(extra)} groups that the register does not name: {extra}")
        if missing := sorted(name for id, name in wanted.items() if id not in seen):
            reading.faults.append(f"it is not assigned to {', '.join(missing)}")
        if direct := self.observer.okta.direct_users(row["id"]):
            reading.faults.append(f"{len(direct)} people are assigned directly, without a group")

    def _excepted(self, reading: AppReading, app: Application) -> None:
        deviates = app.engine in ("okta", "manual")
        if not deviates:
            return
        entry = None if app.exception is None else self.policy.exceptions[app.exception]
        if entry is None or entry.subject != reading.label:
            reading.faults.append(f"{app.engine} provisioning deviates and no exception names it")
            return
        ends = self.policy.exception_register.adopted + timedelta(days=entry.expires_in_days)
        if self.clock.latest.date() > ends:
            reading.faults.append(f"its exception {app.exception} lapsed on {ends.isoformat()}")

    def _written(self, reading: AppReading, app: Application) -> None:
        if app.engine not in ("okta", "sailpoint"):
            return
        if reading.label not in self.observer.apps:
            reading.unknown.append("it has no write log to look at")
            return
        since = self.clock.latest - timedelta(days=90)
        foreign = sorted({w["credential"] for w in self.observer.apps[reading.label].writes(since)} - {app.engine})
        if foreign:
            reading.faults.append(f"it was written by {', '.join(foreign)}; its engine is {app.engine}")

    def none_provisioned_by_okta(self, scene: Scene, readings: list[AppReading]) -> None:
        """No Tier-0 or Tier-1 app has Okta provisioning on, and every app of these tiers is in the register.

        Raises Unmet naming each app at fault, Inconclusive when a part of the reading is missing.
        """
        critical = [r for r in readings if r.tier in (0, 1) or r.tier is None]
        for reading in critical:
            payload = {"features": reading.features, "provisioning": reading.provisioning, "status": reading.status}
            scene.saw(f"{reading.label} (tier {reading.tier})", payload, None, self.observer.okta_read)
        if faults := [f"{r.label}: {fault}" for r in critical for fault in r.faults]:
            raise Unmet("; ".join(faults))
        if unknown := [f"{r.label}: {what}" for r in critical for what in r.unknown]:
            raise Inconclusive("; ".join(unknown))

    def register_holds(self, scene: Scene, readings: list[AppReading]) -> None:
        """Every app of every tier follows the register. Raises Unmet naming each app at fault."""
        scene.saw("apps read", sorted(r.label for r in readings), None, self.observer.okta_read)
        if faults := [f"{r.label}: {fault}" for r in readings for fault in r.faults]:
            raise Unmet("; ".join(faults))


def _capabilities(feature: dict[str, Any]) -> dict[str, str]:
    """Status of each capability of a USER_PROVISIONING feature, by its dotted name."""
    found: dict[str, str] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            if "status" in value:
                found[prefix] = value["status"]
            for key, inner in value.items():
                walk(f"{prefix}.{key}".strip("."), inner)

    walk("", feature.get("capabilities") or {})
    return found
