"""Access profiles and roles: the bodies that make them, and how they look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.references import (
    AccessProfileRef,
    AdditionalOwner,
    Described,
    EntitlementRef,
    Filled,
    Owner,
    Segments,
    SourceRef,
)
from simulators.sailpoint.wire.requestability import (
    ProfileRequestability,
    ProfileRevocability,
    RoleRequestability,
    RoleRevocability,
)
from simulators.sailpoint.wire.shapes import owner_or_group, person, when, without_nulls


class MetadataValue(Camel):
    """One value of an attribute that classifies access."""

    value: str = ""
    name: str = ""
    status: str = "active"


class MetadataAttribute(Camel):
    """An attribute that classifies access."""

    key: Filled
    name: str = ""
    multiselect: bool = False
    status: str = "active"
    type: str = "custom"
    object_types: list[str] | None = None
    description: str = ""
    values: list[MetadataValue] | None = None


class Metadata(Camel):
    """What classifies an object beside its names."""

    attributes: list[MetadataAttribute] | None = None


class Selector(Camel):
    """Which of several accounts takes the access; `check_selector` knows what belongs to each operation."""

    operation: Literal["EQUALS", "NOT_EQUALS", "CONTAINS", "HAS", "AND", "OR"]
    attribute: str | None = None
    value: str | None = None
    children: list[Selector] | None = None


class AccessProfileBody(Camel):
    """What makes an access profile."""

    name: Filled
    description: Described | None = None
    enabled: bool = False
    owner: Owner
    source: SourceRef
    entitlements: list[EntitlementRef] | None = None
    requestable: bool = True
    access_request_config: ProfileRequestability | None = None
    revocation_request_config: ProfileRevocability | None = None
    segments: Segments | None = None
    access_model_metadata: Metadata | None = None
    provisioning_criteria: Selector | None = None
    additional_owners: list[AdditionalOwner] | None = None


class CriteriaKey(Camel):
    """What a comparison looks at."""

    type: Literal["IDENTITY", "ACCOUNT", "ENTITLEMENT"]
    property: Filled
    source_id: str | None = None


class Criteria(Camel):
    """Who is meant; `check_membership` knows what belongs to each operation."""

    operation: Literal[
        "EQUALS",
        "NOT_EQUALS",
        "CONTAINS",
        "DOES_NOT_CONTAIN",
        "STARTS_WITH",
        "ENDS_WITH",
        "GREATER_THAN",
        "LESS_THAN",
        "GREATER_THAN_EQUALS",
        "LESS_THAN_EQUALS",
        "AND",
        "OR",
    ]
    key: CriteriaKey | None = None
    string_value: str | None = None
    children: list[Criteria] | None = None


class Member(Camel):
    """A person on the list of a role."""

    type: Literal["IDENTITY"] | None = None
    id: Filled
    name: str | None = None
    alias_name: str | None = None


class Membership(Camel):
    """Who gets a role without asking."""

    type: Literal["STANDARD", "IDENTITY_LIST"]
    criteria: Criteria | None = None
    identities: list[Member] | None = None


class DimensionRef(Camel):
    """A variant of a dynamic role."""

    type: Literal["DIMENSION"] = "DIMENSION"
    id: Filled
    name: str = ""


class RoleBody(Camel):
    """What makes a role."""

    name: Annotated[str, Field(min_length=1, max_length=128)]
    description: Described | None = None
    owner: Owner
    additional_owners: list[AdditionalOwner] | None = None
    access_profiles: list[AccessProfileRef] | None = None
    entitlements: list[EntitlementRef] | None = None
    membership: Membership | None = None
    enabled: bool = False
    requestable: bool = False
    access_request_config: RoleRequestability | None = None
    revocation_request_config: RoleRevocability | None = None
    segments: Segments | None = None
    dimensional: bool | None = False
    dimension_refs: list[DimensionRef] | None = None
    access_model_metadata: Metadata | None = None


class BulkDelete(Camel):
    """The access profiles to delete; with `best_effort_only` those in use are passed over."""

    access_profile_ids: list[Filled]
    best_effort_only: bool | None = False


class RoleBulkDelete(Camel):
    """The roles to delete."""

    role_ids: list[Filled]


class Requestable(Camel):
    """Whether one access profile may be asked for."""

    id: Filled
    requestable: bool


class MetadataFilter(Camel):
    """An attribute that classifies roles, with the values wanted (none: any)."""

    attribute: Filled
    values: list[str] | None = None


class RoleFilter(Camel):
    """Which roles are asked for."""

    filters: str | None = None
    amm_key_values: list[MetadataFilter] | None = None


def _items(look: Lookup, references: Iterable[Mapping[str, Any]] | None, type: str) -> list[dict[str, Any]]:
    """References with the names that the objects have now; what is gone is left out."""
    shown = []
    for reference in references or ():
        id = str(reference["id"])
        found = look.entitlement(id) if type == "ENTITLEMENT" else look.item(id)
        if found is not None:
            shown.append({"type": type, "id": id, "name": found.name})
    return shown


def _owners(look: Lookup, references: Iterable[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    return [one for reference in references or () if (one := owner_or_group(look, str(reference["id"]))) is not None]


def owner_ref(look: Lookup, reference: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The owner by his name of today; the bare reference where the person is gone."""
    if not reference:
        return None
    return person(look, str(reference["id"])) or {"type": "IDENTITY", "id": reference["id"]}


def _common(look: Lookup, document: Document) -> dict[str, Any]:
    body = document.body
    return {
        "id": document.id,
        "name": document.name,
        "description": body.get("description"),
        "created": when(document.created),
        "modified": when(document.modified),
        "enabled": bool(body.get("enabled")),
        "owner": owner_ref(look, body.get("owner")),
        "additionalOwners": _owners(look, body.get("additionalOwners")),
        "entitlements": _items(look, body.get("entitlements"), "ENTITLEMENT"),
        "requestable": bool(body.get("requestable")),
        "accessRequestConfig": body.get("accessRequestConfig"),
        "revocationRequestConfig": body.get("revocationRequestConfig"),
        "segments": list(body.get("segments") or ()),
        "accessModelMetadata": body.get("accessModelMetadata") or {"attributes": []},
    }


def access_profile_body(look: Lookup, document: Document) -> dict[str, Any]:
    """One access profile."""
    source_id = str((document.body.get("source") or {}).get("id"))
    source = look.source(source_id)
    return {
        **_common(look, document),
        "source": {"type": "SOURCE", "id": source_id, "name": source.name if source is not None else ""},
        "provisioningCriteria": document.body.get("provisioningCriteria"),
    }


def role_body(look: Lookup, document: Document) -> dict[str, Any]:
    """One role."""
    body = document.body
    shown = {
        **_common(look, document),
        "accessProfiles": _items(look, body.get("accessProfiles"), "ACCESS_PROFILE"),
        "membership": _membership(look, body.get("membership")),
        "legacyMembershipInfo": None,
        "dimensional": bool(body.get("dimensional")),
        "dimensionRefs": body.get("dimensionRefs"),
    }
    if shown["accessRequestConfig"] is not None:
        shown["accessRequestConfig"] = without_nulls(
            shown["accessRequestConfig"], "dimensionSchema", "formDefinitionId"
        )
    return shown


def _membership(look: Lookup, membership: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if membership is None or membership.get("type") != "IDENTITY_LIST":
        return dict(membership) if membership is not None else None
    people = (look.identity(str(one["id"])) for one in membership.get("identities") or ())
    members = [
        {"type": "IDENTITY", "id": one.id, "name": one.name, "aliasName": one.alias}
        for one in people
        if one is not None
    ]
    return {"type": "IDENTITY_LIST", "criteria": None, "identities": members}
