"""Identity profiles and lifecycle states as clients send them and see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic.alias_generators import to_camel

from simulators.sailpoint.domain.records import Task
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.shapes import owner, when


class Reference(Camel):
    """A reference to another object."""

    id: str
    type: str | None = None
    name: str | None = None


class Definition(Camel):
    """How an attribute is computed."""

    type: str
    attributes: dict[str, Any] | None = None


class AttributeMapping(Camel):
    """One identity attribute of a profile."""

    identity_attribute_name: str
    transform_definition: Definition


class AttributeConfig(Camel):
    """All mappings of a profile."""

    enabled: bool = False
    attribute_transforms: list[AttributeMapping] | None = None


class Profile(Camel):
    """An identity profile."""

    name: str
    authoritative_source: Reference
    description: str | None = None
    owner: Reference | None = None
    priority: int | None = None
    identity_attribute_config: AttributeConfig | None = None


class Exported(Camel):
    """An identity profile that was exported."""

    object: Profile
    version: int | None = None


class Preview(Camel):
    """Whose attributes to preview under which mappings."""

    identity_id: str
    identity_attribute_config: AttributeConfig | None = None


class AccountAction(Camel):
    """What happens to accounts on entering a state."""

    action: Literal["ENABLE", "DISABLE", "DELETE"]
    source_ids: list[str] | None = None
    exclude_source_ids: list[str] | None = None
    all_sources: bool | None = None


class Notification(Camel):
    """Who is told of a state by mail."""

    notify_managers: bool | None = None
    notify_all_admins: bool | None = None
    notify_specific_users: bool | None = None
    email_address_list: list[str] | None = None


class AccessAction(Camel):
    """Whether entering a state takes all access away."""

    remove_all_access_enabled: bool | None = None


class State(Camel):
    """A lifecycle state."""

    name: str
    technical_name: str
    enabled: bool = False
    description: str | None = None
    email_notification_option: Notification | None = None
    account_actions: list[AccountAction] | None = None
    access_profile_ids: list[str] | None = None
    identity_state: Literal["ACTIVE", "INACTIVE_SHORT_TERM", "INACTIVE_LONG_TERM"] | None = None
    access_action_configuration: AccessAction | None = None
    priority: int | None = None


STATE_DEFAULTS: Mapping[str, Any] = {
    "enabled": False,
    "description": None,
    "accountActions": [],
    "accessProfileIds": [],
    "identityState": None,
    "priority": 10,
    "accessActionConfiguration": {"removeAllAccessEnabled": False},
    "emailNotificationOption": {
        "notifyManagers": False,
        "notifyAllAdmins": False,
        "notifySpecificUsers": False,
        "emailAddressList": [],
    },
}
# What a new profile comes with.
FIRST_STATES: tuple[Mapping[str, Any], ...] = (
    {**STATE_DEFAULTS, "name": "Active", "technicalName": "active", "enabled": True, "identityState": "ACTIVE"},
    {
        **STATE_DEFAULTS,
        "name": "Inactive",
        "technicalName": "inactive",
        "enabled": True,
        "identityState": "INACTIVE_SHORT_TERM",
        "priority": 20,
    },
)
# Properties that the oldest version does not have.
_NEWER = frozenset({"accessActionConfiguration", "priority"})
_CONFIG: Mapping[str, Any] = {"enabled": True, "attributeTransforms": []}


def state_content(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a lifecycle state: everything documented, defaults where nothing was said."""
    content: dict[str, Any] = {to_camel(name): body.get(to_camel(name)) for name in State.model_fields}
    for name in ("accountActions", "accessProfileIds", "accessActionConfiguration", "emailNotificationOption"):
        if content[name] is None:
            content[name] = STATE_DEFAULTS[name]
    option = {**STATE_DEFAULTS["emailNotificationOption"], **content["emailNotificationOption"]}
    removal = content["accessActionConfiguration"].get("removeAllAccessEnabled")
    return {
        **content,
        "enabled": bool(content["enabled"]),
        "emailNotificationOption": {
            name: STATE_DEFAULTS["emailNotificationOption"][name] if value is None else value
            for name, value in option.items()
        },
        "accessActionConfiguration": {"removeAllAccessEnabled": bool(removal)},
        "accountActions": [_action(one) for one in content["accountActions"]],
        "accessProfileIds": list(dict.fromkeys(content["accessProfileIds"])),
    }


def _action(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "action": one["action"],
        "sourceIds": one.get("sourceIds"),
        "excludeSourceIds": one.get("excludeSourceIds"),
        "allSources": bool(one.get("allSources")),
    }


def lifecycle_state_body(look: Lookup, document: Document, version: str = "") -> dict[str, Any]:
    """A lifecycle state with how many people are in it; v3 does not know the newer properties."""
    count = look.population(f"profile-state={document.parent}/{document.body.get('technicalName')}")
    body = {
        "id": document.id,
        **document.body,
        "identityCount": count,
        "created": when(document.created),
        "modified": when(document.modified),
    }
    return {name: value for name, value in body.items() if version != "v3" or name not in _NEWER}


def profile_content(sent: Profile) -> dict[str, Any]:
    """What is stored of an identity profile."""
    config = sent.identity_attribute_config
    return {
        "name": sent.name,
        "description": sent.description,
        "owner": sent.owner.model_dump(by_alias=True, exclude_none=True) if sent.owner is not None else None,
        "priority": sent.priority if sent.priority is not None else 10,
        "authoritativeSource": sent.authoritative_source.model_dump(by_alias=True, exclude_none=True),
        "identityRefreshRequired": True,
        "identityAttributeConfig": config_content(config) if config is not None else dict(_CONFIG),
    }


def config_content(sent: AttributeConfig) -> dict[str, Any]:
    """Mappings as they are stored."""
    rows = [
        {
            "identityAttributeName": one.identity_attribute_name,
            "transformDefinition": {
                "type": one.transform_definition.type,
                "attributes": one.transform_definition.attributes or {},
            },
        }
        for one in sent.attribute_transforms or ()
    ]
    return {"enabled": sent.enabled, "attributeTransforms": rows}


def profile_body(look: Lookup, document: Document) -> dict[str, Any]:
    """An identity profile with how many people it owns."""
    body = document.body
    source = body.get("authoritativeSource") or {}
    named = look.source(str(source.get("id")))
    config = body.get("identityAttributeConfig") or _CONFIG
    return {
        "id": document.id,
        "name": document.name,
        "created": when(document.created),
        "modified": when(document.modified),
        "description": body.get("description"),
        "owner": owner(look, body.get("owner")),
        "priority": body.get("priority") or 0,
        "authoritativeSource": {**source, "type": "SOURCE", **({"name": named.name} if named is not None else {})},
        "identityRefreshRequired": bool(body.get("identityRefreshRequired")),
        "identityCount": look.population(f"profile={document.id}"),
        "identityAttributeConfig": config,
        "identityExceptionReportReference": None,
        "hasTimeBasedAttr": _periodic(config) or bool(body.get("hasTimeBasedAttr")),
    }


def _periodic(config: Any) -> bool:
    """Whether a transform asks to be evaluated every evening."""
    if isinstance(config, Mapping):
        asked = str(config.get("requiresPeriodicRefresh")).lower() == "true"
        return asked or any(_periodic(one) for one in config.values())
    return isinstance(config, list | tuple) and any(_periodic(one) for one in config)


def exported_body(look: Lookup, document: Document) -> dict[str, Any]:
    """An identity profile with what names it to another tenant."""
    reference = {"type": "IDENTITY_PROFILE", "id": document.id, "name": document.name}
    return {"version": 1, "self": reference, "object": profile_body(look, document)}


def task_reference_body(task: Task) -> dict[str, Any]:
    """A task that has been launched."""
    return {
        "id": task.id,
        "name": task.name,
        "description": task.name,
        "launcher": task.launcher,
        "launched": when(task.created),
    }
