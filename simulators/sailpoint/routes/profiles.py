"""`/identity-profiles`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, MissingReference, Refusal
from simulators.sailpoint.domain.transform_checks import problem
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.profiles import (
    FIRST_STATES,
    AttributeConfig,
    Exported,
    Preview,
    Profile,
    config_content,
    exported_body,
    profile_body,
    profile_content,
    task_reference_body,
)

area = Area()
PATH = "/identity-profiles/v1"
PROFILES = collection("GET", PATH, indexed=IDS)
EXPORTED = collection(
    "GET",
    f"{PATH}/export",
    paths={"id": "self.id", "name": "self.name", "priority": "object.priority"},
)
MUTABLE = ("name", "description", "owner", "priority", "authoritativeSource", "identityAttributeConfig")
# Identity attributes that a new profile maps from the columns of the same or a like name.
DEFAULT_COLUMNS = {
    "uid": ("uid", "id", "employeeNumber", "worker_id", "name"),
    "email": ("email", "mail", "emailAddress", "e-mail"),
    "firstname": ("firstname", "firstName", "givenName", "first_name"),
    "lastname": ("lastname", "lastName", "familyName", "last_name", "sn"),
}


def _profile(call: Call) -> Document:
    return call.tenant.configuration.get("identity-profile", call.path("id"))


def _mapped(config: AttributeConfig | None) -> None:
    """Refuse a mapping whose transform cannot be evaluated."""
    for row in (config.attribute_transforms or ()) if config is not None else ():
        if found := problem({"type": row.transform_definition.type, "attributes": row.transform_definition.attributes}):
            raise BadContent(found)


def _checked(call: Call, sent: Profile, known: Document | None = None) -> dict[str, Any]:
    """What is stored of a profile. Raises BadContent, MissingReference.

    A name is free, a source exists and has one profile, an owner exists.
    """
    configuration = call.tenant.configuration
    if not sent.name.strip():
        raise BadContent("The name of an identity profile must not be empty.")
    configuration.check_name("identity-profile", sent.name, known, BadContent)
    source = configuration.find("source", sent.authoritative_source.id)
    if source is None:
        raise MissingReference(f"Referenced source {sent.authoritative_source.id} was not found.")
    taken = configuration.profile_of_source(source.id)
    if taken is not None and (known is None or taken.id != known.id):
        raise BadContent(f'The source "{source.name}" has an identity profile already.')
    if sent.owner is not None and call.look.identity(sent.owner.id) is None:
        raise MissingReference(f"Referenced identity {sent.owner.id} was not found.")
    _mapped(sent.identity_attribute_config)
    content = profile_content(sent)
    return {**content, "authoritativeSource": {"type": "SOURCE", "id": source.id, "name": source.name}}


@area.get(PATH)
async def list_profiles(call: Call) -> Response:
    """Identity profiles."""
    rows = call.tenant.configuration.all("identity-profile")
    return page(call, PROFILES, None, lambda row: profile_body(call.look, row), rows=rows)


@area.post(PATH)
async def create_profile(call: Call) -> Response:
    """Add an identity profile; it begins with the states active and inactive."""
    content = _checked(call, await call.model(Profile))
    return answer(profile_body(call.look, call.tenant.profiles.create(content, FIRST_STATES, call.caller.name)), 201)


@area.post(f"{PATH}/bulk-delete")
async def delete_profiles(call: Call) -> Response:
    """Delete several identity profiles."""
    ids = await call.model(list[str])
    if not ids:
        raise BadContent("At least one identity profile is required.")
    found = []
    for id in dict.fromkeys(ids):
        profile = call.tenant.configuration.find("identity-profile", id)
        if profile is None:
            raise MissingReference(f"Referenced identity profile {id} was not found.")
        found.append(profile)
    return answer(task_reference_body(call.tenant.profiles.delete(found, call.caller.name)), 202)


@area.get(f"{PATH}/export")
async def export_profiles(call: Call) -> Response:
    """Identity profiles for another tenant."""
    rows = call.tenant.configuration.all("identity-profile")
    return page(call, EXPORTED, None, lambda row: exported_body(call.look, row), rows=rows)


@area.post(f"{PATH}/import")
async def import_profiles(call: Call) -> Response:
    """Create or change identity profiles that were exported; each that does not fit is told and left out."""
    told: dict[str, list[dict[str, Any]]] = {"infos": [], "warnings": [], "errors": [], "importedObjects": []}
    configuration = call.tenant.configuration
    for row in await call.model(list[Exported]):
        known = configuration.named("identity-profile", row.object.name)
        try:
            content = _checked(call, row.object, known)
        except Refusal as refusal:
            told["errors"].append({"key": "IMPORT_FAILED", "text": refusal.text, "details": {"name": row.object.name}})
            continue
        if known is None:
            stored = call.tenant.profiles.create(content, FIRST_STATES, call.caller.name)
        else:
            stored = configuration.update(known, content, call.caller.name)
        told["importedObjects"].append({"type": "IDENTITY_PROFILE", "id": stored.id, "name": stored.name})
    return answer(told)


@area.post(f"{PATH}/identity-preview")
async def preview_identity(call: Call) -> Response:
    """What an identity's attributes would be under other mappings; nothing is stored."""
    sent = await call.model(Preview)
    tenant = call.tenant
    identity = tenant.state.identities.get(sent.identity_id)
    if identity is None:
        raise MissingReference(f"Referenced identity {sent.identity_id} was not found.")
    config = sent.identity_attribute_config or AttributeConfig()
    _mapped(config)
    content = {**config_content(config), "enabled": True}
    made = tenant.attributes.computed(identity, tenant.accounts_of(identity.id), content)
    rows = []
    for mapping in content["attributeTransforms"]:
        name = mapping["identityAttributeName"]
        error = made.errors.get(name)
        shown = {"value": None if error else made.values.get(name), "previousValue": identity.attributes.get(name)}
        texts = {key: str(value) for key, value in shown.items() if value is not None}
        told = [{"locale": "en-US", "localeOrigin": "DEFAULT", "text": error}] if error else []
        rows.append({"name": name, **texts, "errorMessages": told})
    reference = {"type": "IDENTITY", "id": identity.id, "name": identity.name}
    return answer({"identity": reference, "previewAttributes": rows})


@area.get(f"{PATH}/{{id}}")
async def get_profile(call: Call) -> Response:
    """One identity profile."""
    return answer(profile_body(call.look, _profile(call)))


@area.patch(f"{PATH}/{{id}}")
async def patch_profile(call: Call) -> Response:
    """Change an identity profile; its source and its mappings not at once (SailPoint API, Identity Profiles)."""
    document = _profile(call)
    steps = await call.json()
    after = patched(document.body, steps, MUTABLE)
    touched = {str(step["path"]).split("/")[1] for step in steps if step["op"] != "test"}
    if {"authoritativeSource", "identityAttributeConfig"} <= touched:
        raise BadContent("The authoritative source and the identity attribute configuration cannot change at once.")
    content = _checked(call, reread(Profile, after), document)
    mapping = touched & {"authoritativeSource", "identityAttributeConfig"}
    content["identityRefreshRequired"] = bool(mapping) or bool(document.body.get("identityRefreshRequired"))
    content["hasTimeBasedAttr"] = bool(document.body.get("hasTimeBasedAttr"))
    return answer(profile_body(call.look, call.tenant.configuration.update(document, content, call.caller.name)))


@area.delete(f"{PATH}/{{id}}")
async def delete_profile(call: Call) -> Response:
    """Delete an identity profile."""
    return answer(task_reference_body(call.tenant.profiles.delete([_profile(call)], call.caller.name)), 202)


@area.get(f"{PATH}/{{id}}/default-identity-attribute-config")
async def default_mapping(call: Call) -> Response:
    """Mappings to begin with: columns of the source that are called like an identity attribute."""
    source = _profile(call).body.get("authoritativeSource") or {}
    schemas = call.tenant.configuration.all("schema", str(source.get("id")))
    columns = [str(one["name"]) for schema in schemas for one in schema.body.get("attributes") or ()]
    rows = []
    for name, likely in DEFAULT_COLUMNS.items():
        if (column := next((one for one in likely if one in columns), None)) is not None:
            attributes = {"sourceName": source.get("name"), "attributeName": column, "sourceId": source.get("id")}
            definition = {"type": "accountAttribute", "attributes": attributes}
            rows.append({"identityAttributeName": name, "transformDefinition": definition})
    return answer({"enabled": True, "attributeTransforms": rows})


@area.post(f"{PATH}/{{id}}/process-identities")
async def process_identities(call: Call) -> Response:
    """Refresh everybody a profile owns."""
    task = call.tenant.profiles.process(_profile(call), call.caller.name)
    return answer({"type": "TASK_RESULT", "id": task.id, "name": None}, 202)
