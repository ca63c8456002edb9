"""The sources of a seed's table: their connections, schemas, rights and provisioning policies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulators.sailpoint.domain.connectors import BY_TYPE, DELIMITED
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.account_news import DETECTION
from simulators.sailpoint.tenant.outcomes import Right

# The cluster of virtual appliances that reaches what is connected.
CLUSTER = "Acme Cluster"
WATCHED = ("ACCOUNT_UPDATED", "ACCOUNT_CREATED", "ACCOUNT_DELETED")


def of(planted: Any, name: str) -> Mapping[str, Any]:
    """A part of what another system has planted, held as an attribute or under a key."""
    found = planted.get(name) if isinstance(planted, Mapping) else getattr(planted, name, None)
    return found or {}


class SourcePlanter:
    """Writes sources."""

    def __init__(self, tenant: SailPointTenant, ids: Mapping[str, str], links: Any) -> None:
        self.tenant, self.ids, self.links = tenant, ids, links
        self.source_ids: dict[str, str] = {}

    def source(self, row: Mapping[str, Any]) -> None:
        """One source with its connection, its schema and what can be held on it."""
        name, kind = row["name"], row["type"]
        settings = {**(row.get("settings") or {}), "optionalColumns": list(row.get("optional", ()))}
        settings |= self._connection(name, kind)
        manager = row.get("manager")
        known = BY_TYPE[kind]
        file = known is DELIMITED
        body: dict[str, Any] = {
            "name": name,
            "description": None,
            "owner": {"type": "IDENTITY", "id": self.ids[row["owner"]]},
            "type": kind,
            "connector": known.script,
            "connectorId": known.script,
            "connectorImplementationId": known.script,
            "connectorName": known.name,
            "connectorClass": known.java_class,
            "connectionType": known.connection,
            "cluster": None if file else self._cluster(),
            "credentialProviderEnabled": False,
            "features": list(row.get("features", ("DIRECT_PERMISSIONS", "NO_RANDOM_ACCESS", "DISCOVER_SCHEMA"))),
            "connectorAttributes": settings,
            "deleteThreshold": row.get("delete_threshold", 0),
            "status": "SOURCE_STATE_HEALTHY",
            "healthy": True,
            "since": None,
            "accountCorrelationConfig": {
                "type": "ACCOUNT_CORRELATION_CONFIG",
                "id": self.tenant.ids.hex32("correlation-config"),
                "name": f"{name} Account Correlation",
            },
            "attributeAssignments": [
                {
                    "property": a,
                    "value": b,
                    "operation": "EQ",
                    "complex": False,
                    "ignoreCase": False,
                    "matchMode": "ANYWHERE",
                }
                for a, b in row.get("correlation", ())
            ],
            "managerCorrelationMapping": {"accountAttributeName": manager[0], "identityAttributeName": manager[1]}
            if manager
            else None,
        }
        source = self.tenant.configuration.add("source", body)
        self.source_ids[name] = source.id
        self._schema(row, source.id, settings)
        if row.get("native_changes"):
            watched = {"enabled": True, "operations": list(WATCHED)}
            whole = {"allEntitlements": True, "selectedNonEntitlementAttributes": ["status", "IIQDisabled"]}
            self.tenant.configuration.add(DETECTION, {**watched, **whole}, source.id)
        for right in self._rights(row, kind):
            parsed = self.tenant.configuration.source(source.id)
            assert parsed is not None
            self.tenant.correlation.right(parsed, right)

    def _cluster(self) -> dict[str, str]:
        """A reference to the cluster, which is made when the first source needs it."""
        found = next(self.tenant.configuration.all("managed-cluster"), None)
        cluster = found or self.tenant.configuration.add("managed-cluster", {"name": CLUSTER})
        return {"type": "CLUSTER", "id": cluster.id, "name": cluster.name}

    def _connection(self, name: str, kind: str) -> dict[str, Any]:
        if kind == "Okta":
            app = of(self.links.okta, "service_apps").get("sailpoint-connector") or {}
            return {
                "baseUrl": self.links.okta_url,
                "clientId": app.get("client_id"),
                "privateJwk": app.get("private_jwk"),
            }
        if kind == "SCIM 2.0":
            url, token = self.links.apps.get(name, ("", ""))
            return {"baseUrl": url, "token": token}
        return {}

    def _schema(self, row: Mapping[str, Any], source_id: str, settings: Mapping[str, Any]) -> None:
        held = settings.get("entitlementAttribute", "entitlements")
        attributes = [
            {
                "name": name,
                "type": "STRING",
                "description": None,
                "isMulti": name == held,
                "isEntitlement": name == held,
                "isGroup": name == held,
                "schema": None,
            }
            for name in (*row["columns"], *row.get("optional", ()))
        ]
        display = next((name for name in ("login", "userName") if name in row["columns"]), row["key"])
        schema = {
            "name": "account",
            "nativeObjectType": "User",
            "identityAttribute": row["key"],
            "displayAttribute": display,
            "hierarchyAttribute": None,
            "includePermissions": False,
            "features": [],
            "configuration": {},
            "attributes": attributes,
        }
        self.tenant.configuration.add("schema", schema, source_id)

    def _rights(self, row: Mapping[str, Any], kind: str) -> Iterator[Right]:
        for value in row.get("entitlements", ()):
            yield Right(value, value)
        if kind == "Okta":
            prefix = (row.get("settings") or {}).get("groupNamePrefix", "")
            for name, id in of(self.links.okta, "groups").items():
                if name.startswith(prefix):
                    yield Right(id, name)

    def provisioning(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """What is written to accounts when they are made and kept up to date."""
        for row in rows:
            mapped = [
                {
                    "name": name,
                    "transform": {"type": "identityAttribute", "attributes": {"name": origin}},
                    "attributes": {},
                    "isRequired": False,
                    "type": "string",
                    "isMultiValued": False,
                }
                for name, origin in row["attributes"].items()
            ]
            created = list(mapped)
            if label := row.get("activate_unless_state"):
                state = {"type": "identityAttribute", "attributes": {"name": "cloudLifecycleState"}}
                definition = {
                    "type": "conditional",
                    "attributes": {
                        "expression": f"$state eq {label}",
                        "state": state,
                        "positiveCondition": "false",
                        "negativeCondition": "true",
                    },
                }
                created.append({**mapped[0], "name": "activate", "transform": definition, "type": "boolean"})
            source_id = self.source_ids[row["source"]]
            for usage, fields in (("CREATE", created), ("UPDATE", mapped)):
                body = {
                    "name": f"{row['source']} {usage.title()}",
                    "description": None,
                    "usageType": usage,
                    "fields": fields,
                }
                self.tenant.configuration.add("provisioning-policy", body, source_id)
