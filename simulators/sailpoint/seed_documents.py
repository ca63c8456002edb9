"""The configuration of a seed's table, written as the documents the API shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulators.kernel.times import parse_duration
from simulators.sailpoint.seed_sources import SourcePlanter
from simulators.sailpoint.tenant import SailPointTenant

SEEDS = Path(__file__).parent.parent / "seeds"
_HOURS, _DAYS = 3600, 86400
_SOURCE = frozenset({"name", "type", "owner", "delete_threshold", "key", "columns", "optional", "correlation"}) | {
    "manager",
    "features",
    "entitlements",
    "settings",
    "native_changes",
}
_KEYS: Mapping[str, frozenset[str]] = {
    "sources": _SOURCE,
    "schedules": frozenset(["source", "type", "cron", "full"]),
    "provisioning": frozenset(["source", "activate_unless_state", "attributes"]),
    "profiles": frozenset(["name", "source", "priority", "owner"]),
    "lifecycle_states": frozenset(
        ["name", "identity_state", "disable", "enable", "delete", "remove_all", "access_profiles"]
    ),
    "roles": frozenset(["name", "criteria", "access_profiles"]),
    "requestables": frozenset(["item", "owner", "approvals", "longest", "segments"]),
}


def _text(path: str) -> str:
    return (SEEDS / path).read_text(encoding="utf-8")


class DocumentPlanter:
    """Writes sources, profiles and the access model, each referring to the others by id."""

    def __init__(self, tenant: SailPointTenant, table: Mapping[str, Any], ids: Mapping[str, str], links: Any) -> None:
        self.tenant, self.table, self.ids, self.links = tenant, table, ids, links
        sources = SourcePlanter(tenant, ids, links)
        self._sources, self.source_ids = sources, sources.source_ids
        self.item_ids: dict[str, str] = {}
        self.profile_ids: dict[str, str] = {}

    def _rows(self, name: str) -> Iterator[Mapping[str, Any]]:
        for row in self.table.get(name, ()):
            if unknown := set(row) - _KEYS[name]:
                raise ValueError(f"sailpoint.{name}: unknown key {sorted(unknown)[0]!r}")
            yield row

    def _person(self, worker_id: str) -> dict[str, str]:
        return {"type": "IDENTITY", "id": self.ids[worker_id]}

    def configuration(self) -> None:
        """All of it."""
        for row in self._rows("sources"):
            self._sources.source(row)
        self._sources.provisioning(self._rows("provisioning"))
        segments = {name: self._segment(name, wanted) for name, wanted in (self.table.get("segments") or {}).items()}
        groups = {
            name: self._group(name, members) for name, members in (self.table.get("governance_groups") or {}).items()
        }
        asked = {row["item"]: self._requestable(row, segments, groups) for row in self._rows("requestables")}
        for name, (source, *rights) in (self.table.get("access_profiles") or {}).items():
            self._access_profile(name, source, rights, asked.get(name, {}))
        for row in self._rows("roles"):
            self._role(row, asked.get(row["name"], {}))
        self._profiles()
        for row in self._rows("schedules"):
            body = {"type": row["type"], "cronExpression": row["cron"], "full": row.get("full", False)}
            self.tenant.configuration.add("schedule", body, self.source_ids[row["source"]])

    def _segment(self, name: str, wanted: Mapping[str, str]) -> str:
        parts: list[dict[str, Any]] = [
            {"operator": "EQUALS", "attribute": attribute, "value": {"type": "STRING", "value": value}, "children": []}
            for attribute, value in wanted.items()
        ]
        expression = (
            parts[0] if len(parts) == 1 else {"operator": "AND", "attribute": None, "value": None, "children": parts}
        )
        body = {
            "name": name,
            "description": None,
            "active": True,
            "visibilityCriteria": {"expression": expression},
            "owner": None,
        }
        return self.tenant.configuration.add("segment", body).id

    def _group(self, name: str, members: list[str]) -> str:
        body = {
            "name": name,
            "description": None,
            "owner": self._person(members[0]),
            "members": [self._person(one) for one in members],
        }
        return self.tenant.configuration.add("workgroup", body).id

    def _requestable(
        self, row: Mapping[str, Any], segments: Mapping[str, str], groups: Mapping[str, str]
    ) -> dict[str, Any]:
        schemes = []
        for scheme in row.get("approvals", ()):
            kind, _, name = scheme.partition(" ")
            schemes.append(
                {"approverType": "GOVERNANCE_GROUP", "approverId": groups[name]}
                if kind == "GROUP"
                else {"approverType": kind, "approverId": None}
            )
        longest = None
        if row.get("longest"):
            seconds = int(parse_duration(row["longest"]).total_seconds())
            longest = (
                {"value": seconds // _DAYS, "timeUnit": "DAYS"}
                if seconds % _DAYS == 0
                else {"value": seconds // _HOURS, "timeUnit": "HOURS"}
            )
        config = {
            "commentsRequired": False,
            "denialCommentsRequired": True,
            "reauthorizationRequired": False,
            "requireEndDate": longest is not None,
            "maxPermittedAccessDuration": longest,
            "approvalSchemes": schemes,
        }
        return {
            "requestable": True,
            "accessRequestConfig": config,
            "owner": self._person(row["owner"]),
            "segments": [segments[name] for name in row.get("segments", ())],
        }

    def _access_profile(self, name: str, source: str, rights: list[str], asked: Mapping[str, Any]) -> None:
        state, source_id = self.tenant.state, self.source_ids[source]
        by_name = {right.name: right for right in state.entitlements.find("source", source_id)}
        found = self.tenant.configuration.source(source_id)
        assert found is not None
        missing = [right for right in rights if right not in by_name]
        if missing:
            raise ValueError(f"sailpoint.access_profiles: {source} has no entitlement {missing[0]!r} for {name}")
        body = {
            "name": name,
            "description": None,
            "enabled": True,
            "owner": {"type": "IDENTITY", "id": found.owner_id},
            "source": {"type": "SOURCE", "id": source_id, "name": source},
            "entitlements": [{"type": "ENTITLEMENT", "id": by_name[right].id, "name": right} for right in rights],
            "requestable": False,
            "accessRequestConfig": None,
            "revocationRequestConfig": None,
            "segments": [],
            "provisioningCriteria": None,
            **asked,
        }
        self.item_ids[name] = self.tenant.configuration.add("access-profile", body).id

    def _role(self, row: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
        criteria = row.get("criteria")
        membership = (
            {"type": "STANDARD", "criteria": self._criteria(criteria), "identities": None} if criteria else None
        )
        first = self.tenant.configuration.item(self.item_ids[row["access_profiles"][0]])
        assert first is not None
        body = {
            "name": row["name"],
            "description": None,
            "enabled": True,
            "owner": {"type": "IDENTITY", "id": first.owner_id},
            "accessProfiles": [
                {"type": "ACCESS_PROFILE", "id": self.item_ids[name], "name": name} for name in row["access_profiles"]
            ],
            "entitlements": [],
            "membership": membership,
            "legacyMembershipInfo": None,
            "requestable": False,
            "accessRequestConfig": None,
            "revocationRequestConfig": None,
            "segments": [],
            "dimensional": False,
            "dimensionRefs": None,
            **asked,
        }
        self.item_ids[row["name"]] = self.tenant.configuration.add("role", body).id

    def _criteria(self, wanted: Mapping[str, list[str]]) -> dict[str, Any]:
        pairs = [*wanted.items(), ("cloudLifecycleState", list(self.table["birthright_states"]))]
        return {
            "operation": "AND",
            "key": None,
            "stringValue": "",
            "children": [_any_of(name, values) for name, values in pairs],
        }

    def _profiles(self) -> None:
        mapping = _text(self.table["identity_attributes"]) if "identity_attributes" in self.table else "[]"
        states = list(self._rows("lifecycle_states"))
        for row in self._rows("profiles"):
            body = {
                "name": row["name"],
                "description": None,
                "owner": self._person(row["owner"]),
                "priority": row["priority"],
                "authoritativeSource": {"type": "SOURCE", "id": self.source_ids[row["source"]], "name": row["source"]},
                "identityRefreshRequired": False,
                "hasTimeBasedAttr": True,
                "identityExceptionReportReference": None,
                "identityAttributeConfig": {
                    "enabled": True,
                    "attributeTransforms": json.loads(mapping.replace("%%SOURCE%%", row["source"])),
                },
            }
            profile = self.tenant.configuration.add("identity-profile", body)
            self.profile_ids[row["source"]] = profile.id
            for place, state in enumerate(states):
                self.tenant.configuration.add("lifecycle-state", self._state(state, place), profile.id)

    def _state(self, row: Mapping[str, Any], place: int) -> dict[str, Any]:
        actions = [
            {
                "action": verb.upper(),
                "sourceIds": [self.source_ids[name] for name in row[verb]],
                "excludeSourceIds": None,
                "allSources": False,
            }
            for verb in ("disable", "enable", "delete")
            if row.get(verb)
        ]
        return {
            "name": row["name"].replace("-", " ").title(),
            "technicalName": row["name"],
            "enabled": True,
            "description": None,
            "identityState": row["identity_state"],
            "accountActions": actions,
            "priority": (place + 1) * 10,
            "accessProfileIds": [self.item_ids[name] for name in row.get("access_profiles", ())],
            "accessActionConfiguration": {"removeAllAccessEnabled": bool(row.get("remove_all"))},
            "emailNotificationOption": {
                "notifyManagers": False,
                "notifyAllAdmins": False,
                "notifySpecificUsers": False,
                "emailAddressList": [],
            },
        }


def _any_of(name: str, values: list[str]) -> dict[str, Any]:
    parts = [
        {
            "operation": "EQUALS",
            "key": {"type": "IDENTITY", "property": f"attribute.{name}", "sourceId": None},
            "stringValue": value,
            "children": None,
        }
        for value in values
    ]
    return parts[0] if len(parts) == 1 else {"operation": "OR", "key": None, "stringValue": "", "children": parts}
