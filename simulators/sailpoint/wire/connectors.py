"""Connectors, connector rules and managed clusters as the REST API shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from xml.sax.saxutils import quoteattr

from pydantic import Field

from simulators.sailpoint.domain.connectors import BY_SCRIPT, DELIMITED, ConnectorKind
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import when


def connector_body(kind: ConnectorKind) -> dict[str, Any]:
    """One connector of the list."""
    return {
        "name": kind.name,
        "type": kind.type,
        "scriptName": kind.script,
        "className": kind.java_class,
        "features": list(kind.features),
        "directConnect": kind.direct,
        "connectorMetadata": _metadata(kind),
        "status": "RELEASED",
    }


def _metadata(kind: ConnectorKind) -> dict[str, Any]:
    return {"supportedUI": "ANGULAR", "platform": "ccg", "category": kind.category, "labels": [kind.category]}


def connector_detail_body(kind: ConnectorKind, name: str = "") -> dict[str, Any]:
    """One connector with its templates, which are short here."""
    application = f"<Application connector={quoteattr(kind.java_class)} type={quoteattr(kind.type)}/>"
    return {
        "name": name or kind.name,
        "type": kind.type,
        "className": kind.java_class,
        "scriptName": kind.script,
        "applicationXml": application,
        "correlationConfigXml": f"<CorrelationConfig name={quoteattr(kind.name)}/>",
        "sourceConfigXml": f"<Form name={quoteattr(kind.name)}/>",
        "sourceConfig": None,
        "sourceConfigFrom": None,
        "s3Location": f"connectors/{kind.script}",
        "uploadedFiles": None,
        "fileUpload": not kind.direct,
        "directConnect": kind.direct,
        "translationProperties": {},
        "connectorMetadata": _metadata(kind),
        "status": "RELEASED",
    }


def detail_body(look: Lookup, source: Document) -> dict[str, Any]:
    """The connector of a source, with the files kept beside it."""
    kind = BY_SCRIPT.get(str(source.body.get("connector")), DELIMITED)
    settings = source.body.get("connectorAttributes") or {}
    files = [name for name in str(settings.get("connector_files") or "").split(",") if name]
    return {**connector_detail_body(kind, source.name), "uploadedFiles": files or None}


class Argument(Camel):
    """An argument of a rule, or what it answers."""

    name: str
    description: str | None = None
    type: str | None = None


class Signature(Camel):
    """What a rule takes and answers."""

    input: list[Argument | None]
    output: Argument | None = None


class SourceCode(Camel):
    """The text of a rule."""

    version: str
    script: str


RuleType = Literal[
    "BuildMap", "ConnectorAfterCreate", "ConnectorAfterDelete", "ConnectorAfterModify", "ConnectorBeforeCreate",
    "ConnectorBeforeDelete", "ConnectorBeforeModify", "JDBCBuildMap", "JDBCOperationProvisioning", "JDBCProvision",
    "PeopleSoftHRMSBuildMap", "PeopleSoftHRMSOperationProvisioning", "PeopleSoftHRMSProvision",
    "RACFPermissionCustomization", "ResourceObjectCustomization", "SAPBuildMap", "SapHrManagerRule",
    "SapHrOperationProvisioning", "SapHrProvision", "SuccessFactorsOperationProvisioning",
    "WebServiceAfterOperationRule", "WebServiceBeforeOperationRule",
]  # fmt: skip


class RuleBody(Camel):
    """A connector rule as a client describes it."""

    id: str | None = None
    name: Annotated[str, Field(min_length=1, max_length=128)]
    description: str | None = None
    type: RuleType
    signature: Signature | None = None
    source_code: SourceCode
    attributes: dict[str, Any] | None = None


def rule_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A connector rule."""
    shown = {name: value for name, value in document.body.items() if value is not None or name != "signature"}
    return {**shown, "id": document.id, "created": when(document.created), "modified": when(document.modified)}


def cluster_body(look: Lookup, document: Document) -> dict[str, Any]:
    """A cluster of virtual appliances."""
    sources = sum(1 for one in look.children("source", "") if (one.body.get("cluster") or {}).get("id") == document.id)
    return {
        "id": document.id,
        "name": document.name,
        "pod": look.pod,
        "org": look.org,
        "type": "idn",
        "configuration": {"clusterType": "idn", "clusterExternalId": document.id, "debug": "false"},
        "description": document.name,
        "clientType": "VA",
        "ccgVersion": "v01",
        "pinnedConfig": False,
        "operational": True,
        "status": "NORMAL",
        "publicKeyCertificate": None,
        "publicKeyThumbprint": None,
        "publicKey": None,
        "alertKey": "",
        "clientIds": [],
        "serviceCount": sources,
        "ccId": "0",
        "createdAt": when(document.created),
        "updatedAt": when(document.modified),
        "lastReleaseNotifiedAt": None,
    }
