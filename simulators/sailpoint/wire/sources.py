"""Sources: bodies that clients send, and as the REST API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from simulators.sailpoint.domain.configuration import source_of
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Body, Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner, when

Name = Annotated[str, Field(min_length=1, max_length=450)]
Feature = Literal[
    "AUTHENTICATE", "COMPOSITE", "DIRECT_PERMISSIONS", "DISCOVER_SCHEMA", "ENABLE", "MANAGER_LOOKUP",
    "NO_RANDOM_ACCESS", "PROXY", "SEARCH", "TEMPLATE", "UNLOCK", "UNSTRUCTURED_TARGETS", "SHAREPOINT_TARGET",
    "PROVISIONING", "GROUP_PROVISIONING", "SYNC_PROVISIONING", "PASSWORD", "CURRENT_PASSWORD", "ACCOUNT_ONLY_REQUEST",
    "ADDITIONAL_ACCOUNT_REQUEST", "NO_AGGREGATION", "GROUPS_HAVE_MEMBERS", "NO_PERMISSIONS_PROVISIONING",
    "NO_GROUP_PERMISSIONS_PROVISIONING", "NO_UNSTRUCTURED_TARGETS_PROVISIONING", "NO_DIRECT_PERMISSIONS_PROVISIONING",
    "PREFER_UUID", "ARM_SECURITY_EXTRACT", "ARM_UTILIZATION_EXTRACT", "ARM_CHANGELOG_EXTRACT", "USES_UUID",
    "APPLICATION_DISCOVERY", "DELETE",
]  # fmt: skip
Status = Literal[
    "SOURCE_STATE_ERROR_ACCOUNT_FILE_IMPORT", "SOURCE_STATE_ERROR_CLUSTER", "SOURCE_STATE_ERROR_SOURCE",
    "SOURCE_STATE_ERROR_VA", "SOURCE_STATE_FAILURE_CLUSTER", "SOURCE_STATE_FAILURE_SOURCE", "SOURCE_STATE_HEALTHY",
    "SOURCE_STATE_UNCHECKED_CLUSTER", "SOURCE_STATE_UNCHECKED_CLUSTER_NO_SOURCES", "SOURCE_STATE_UNCHECKED_SOURCE",
    "SOURCE_STATE_UNCHECKED_SOURCE_NO_ACCOUNTS",
]  # fmt: skip


class Person(Camel):
    """A reference to whom a source belongs."""

    type: Literal["IDENTITY"] = "IDENTITY"
    id: Name
    name: str | None = None


class ClusterReference(Camel):
    """A reference to the cluster that reaches a source."""

    type: Literal["CLUSTER"]
    id: Name
    name: str


class GroupReference(Camel):
    """A reference to the governance group that manages a source."""

    type: Literal["GOVERNANCE_GROUP"] = "GOVERNANCE_GROUP"
    id: Name
    name: str | None = None


class RuleReference(Camel):
    """A reference to a rule."""

    type: Literal["RULE"] = "RULE"
    id: Name
    name: str = ""


class CorrelationReference(Camel):
    """A reference to a correlation configuration."""

    type: Literal["ACCOUNT_CORRELATION_CONFIG"] = "ACCOUNT_CORRELATION_CONFIG"
    id: str | None = None
    name: str | None = None


class PasswordPolicy(Camel):
    """A reference to a password policy."""

    type: Literal["PASSWORD_POLICY"] = "PASSWORD_POLICY"
    id: Name
    name: str = ""


class ManagerMapping(Camel):
    """Which account attribute names the manager, and by which identity attribute that one is found."""

    account_attribute_name: str = ""
    identity_attribute_name: str = ""


class SourceBody(Camel):
    """A source as a client describes it."""

    name: Name
    description: str | None = None
    owner: Person | None
    connector: Name | None = None
    type: str | None = None
    cluster: ClusterReference | None = None
    account_correlation_config: CorrelationReference | None = None
    account_correlation_rule: RuleReference | None = None
    manager_correlation_mapping: ManagerMapping | None = None
    manager_correlation_rule: RuleReference | None = None
    before_provisioning_rule: RuleReference | None = None
    password_policies: list[PasswordPolicy] | None = None
    features: list[Feature] = []
    connector_class: str | None = None
    connector_attributes: dict[str, Any] = {}
    delete_threshold: Annotated[int, Field(ge=0, le=100)] | None = None
    management_workgroup: GroupReference | None = None
    healthy: bool = False
    status: Status | None = None
    since: str | None = None
    connector_id: str | None = None
    connector_name: str | None = None
    connection_type: str | None = None
    connector_implementation_id: str | None = None
    credential_provider_enabled: bool = False
    category: str | None = None


KNOWN = frozenset(field.alias or name for name, field in SourceBody.model_fields.items())
# Properties that are shown as null when empty; the others are left out.
NULLABLE = frozenset(
    {
        "owner",
        "cluster",
        "accountCorrelationConfig",
        "accountCorrelationRule",
        "managerCorrelationRule",
        "beforeProvisioningRule",
        "passwordPolicies",
        "managementWorkgroup",
        "category",
    }
)
# Connector attributes that hold secrets, beside those that a source lists itself.
SECRETS = frozenset({"password", "token", "apiToken", "clientSecret", "privateKey", "privateJwk", "accessToken"})


def hidden(settings: Mapping[str, Any]) -> frozenset[str]:
    """Names of the connector attributes that are not shown."""
    listed = settings.get("encrypted")
    return SECRETS | {name.strip() for name in str(listed or "").split(",")}


def source_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A source; what is secret in its connector attributes is not shown."""
    body = document.body
    secret = hidden(source_of(document).settings)
    stored = {name: value for name, value in body.items() if name in KNOWN}
    shown = {
        "id": document.id,
        **stored,
        "owner": owner(look, body.get("owner")),
        "connectorAttributes": {
            name: value for name, value in (body.get("connectorAttributes") or {}).items() if name not in secret
        },
        "authoritative": look.authoritative(document.id),
        "schemas": [
            {"type": "CONNECTOR_SCHEMA", "id": schema.id, "name": schema.name}
            for schema in look.children("schema", document.id)
        ],
        "created": when(document.created),
        "modified": when(document.modified),
    }
    return {name: value for name, value in shown.items() if value is not None or name in NULLABLE}


def health_body(look: Lookup, document: Document) -> dict[str, Any]:
    """Whether a source can be reached."""
    body = document.body
    return {
        "id": document.id,
        "type": str(body.get("type") or ""),
        "name": document.name,
        "org": look.org,
        "isAuthoritative": look.authoritative(document.id),
        "isCluster": bool(body.get("cluster")),
        "hostname": f"{look.org}.{look.pod}",
        "pod": look.pod,
        "iqServiceVersion": None,
        "status": body.get("status") or "SOURCE_STATE_UNCHECKED_SOURCE",
    }


def names_of(kind: type[Body]) -> frozenset[str]:
    """The properties a body may have."""
    return frozenset(field.alias or name for name, field in kind.model_fields.items())
