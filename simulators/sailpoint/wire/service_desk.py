"""Service desk integrations as the REST API reads and shows them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from simulators.sailpoint.domain.errors import IllegalValue
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.request_bodies import Id, Text
from simulators.sailpoint.wire.shapes import person, when, without_nulls

# Attributes that are kept and never shown.
SECRET = frozenset({"password", "clientSecret", "client_secret", "accessToken", "refreshToken", "privateKey"})
TYPES = (
    {"name": "ServiceNow SDIM", "type": "ServiceNowSDIM", "scriptName": "servicenowsdim"},
    {"name": "ServiceNow", "type": "ServiceNow", "scriptName": "servicenow"},
    {"name": "Generic Web Service SDIM", "type": "Web Service SDIM", "scriptName": "webservicesdim"},
)
_MANAGED = {"universalManager": False, "managedResourceRefs": [], "noProvisioningRequests": False}
_MOST = {"provisioningStatusCheckIntervalMinutes": 10_080, "provisioningMaxStatusCheckDays": 365}
_HIDDEN_NULLS = ("ownerRef", "clusterRef", "managedSources", "provisioningConfig", "beforeProvisioningRule")


class Reference(Camel):
    """A reference to another object."""

    id: Id
    type: str | None = None
    name: str | None = None


class Script(Camel):
    """A rule that may change what is sent."""

    source: str | None = None


class ProvisioningConfig(Camel):
    """For which sources an integration works."""

    universal_manager: bool = False
    managed_resource_refs: list[Reference] | None = None
    plan_initializer_script: Script | None = None
    no_provisioning_requests: bool = False
    provisioning_request_expiration: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None


class Integration(Camel):
    """A service desk integration."""

    name: Text
    description: str
    type: Text
    attributes: dict[str, Any]
    owner_ref: Reference | None = None
    cluster_ref: Reference | None = None
    cluster: str | None = None
    managed_sources: list[str] | None = None
    provisioning_config: ProvisioningConfig | None = None
    before_provisioning_rule: Reference | None = None

    def stored(self) -> dict[str, Any]:
        """The properties that are kept."""
        return self.model_dump(exclude_none=True, by_alias=True)


class StatusCheck(Camel):
    """How often and how long tickets are looked at; numbers that are sent as text."""

    provisioning_status_check_interval_minutes: str
    provisioning_max_status_check_days: str

    def numbers(self) -> tuple[int, int]:
        """Minutes and days. Raises IllegalValue outside their ranges."""
        found = []
        for name, text in self.model_dump(by_alias=True).items():
            if not (text.isascii() and text.isdigit() and len(text) < 7 and 1 <= int(text) <= _MOST[name]):
                raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
            found.append(int(text))
        return found[0], found[1]


def status_check_body(minutes: int, days: int) -> dict[str, str]:
    """How often and how long tickets are looked at."""
    return {"provisioningStatusCheckIntervalMinutes": str(minutes), "provisioningMaxStatusCheckDays": str(days)}


def integration_body(look: Lookup, document: Document) -> dict[str, Any]:
    """One integration; what is secret in its attributes is not shown."""
    body = dict(document.body)
    owner = (body.get("ownerRef") or {}).get("id")
    provisioning = body.get("provisioningConfig")
    if provisioning is not None:
        provisioning = {**provisioning, "managedResourceRefs": _sources(look, provisioning)}
    shown = {
        "id": document.id,
        "name": document.name,
        "created": when(document.created),
        "modified": when(document.modified),
        "description": body["description"],
        "type": body["type"],
        "ownerRef": person(look, str(owner)) if owner else None,
        "clusterRef": {**body["clusterRef"], "type": "CLUSTER"} if body.get("clusterRef") else None,
        "cluster": body.get("cluster"),
        "managedSources": body.get("managedSources"),
        "provisioningConfig": provisioning,
        "attributes": {name: value for name, value in body["attributes"].items() if name not in SECRET},
        "beforeProvisioningRule": {**body["beforeProvisioningRule"], "type": "RULE"}
        if body.get("beforeProvisioningRule")
        else None,
    }
    return without_nulls(shown, *_HIDDEN_NULLS)


def _sources(look: Lookup, provisioning: dict[str, Any]) -> list[dict[str, Any]]:
    found = [(str(one["id"]), look.source(str(one["id"]))) for one in provisioning.get("managedResourceRefs") or ()]
    return [{"type": "SOURCE", "id": id, "name": source.name if source is not None else ""} for id, source in found]


def template_body(kind: dict[str, str], created: str) -> dict[str, Any]:
    """What a new integration of one type starts from."""
    return {
        "id": kind["scriptName"],
        "name": kind["name"],
        "created": created,
        "modified": created,
        "type": kind["type"],
        "attributes": {
            "url": "",
            "username": "",
            "password": "",
            "table": "sc_request",
            "statusMap": {"3": "committed", "4": "failed", "7": "failed"},
        },
        "provisioningConfig": dict(_MANAGED),
    }
