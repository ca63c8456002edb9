"""What of a tenant's configuration can be carried to another: the types of objects, and what of each is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Carried(NamedTuple):
    """One type: the kind of document behind it, its computed properties, and whether the vendor imports it."""

    kind: str
    computed: tuple[str, ...] = ()
    importable: bool = False
    references: tuple[str, ...] = ()


_ALWAYS = ("id", "created", "modified")
TYPES: Mapping[str, Carried] = {
    "ACCESS_PROFILE": Carried("access-profile", references=("$.owner", "$.source", "$.entitlements[*]")),
    "CAMPAIGN_FILTER": Carried("campaign-filter"),
    "CONNECTOR_RULE": Carried("connector-rule", importable=True),
    "GOVERNANCE_GROUP": Carried("workgroup", ("memberCount", "connectionCount"), references=("$.owner",)),
    "IDENTITY_PROFILE": Carried(
        "identity-profile",
        ("identityCount", "hasTimeBasedAttr", "identityRefreshRequired"),
        importable=True,
        references=("$.owner", "$.authoritativeSource"),
    ),
    "LIFECYCLE_STATE": Carried("lifecycle-state", ("identityCount",), references=("$.accessProfileIds[*]",)),
    "ROLE": Carried("role", references=("$.owner", "$.accessProfiles[*]")),
    "SEGMENT": Carried("segment", references=("$.owner",)),
    "SERVICE_DESK_INTEGRATION": Carried("service-desk-integration", references=("$.ownerRef",)),
    "SOD_POLICY": Carried("sod-policy", references=("$.ownerRef",)),
    "SOURCE": Carried(
        "source", ("authoritative", "schemas", "healthy", "status", "since"), importable=True, references=("$.owner",)
    ),
    "TAG": Carried("tag"),
    "TRANSFORM": Carried("transform", ("internal",), importable=True),
    "TRIGGER_SUBSCRIPTION": Carried("trigger-subscription", importable=True),
    "WORKFLOW": Carried("workflow", references=("$.owner",)),
}
# Types the vendor names beside them; this tenant keeps no objects of theirs.
NAMED = (
    *TYPES,
    "ACCESS_REQUEST_CONFIG",
    "ATTR_SYNC_SOURCE_CONFIG",
    "AUTH_ORG",
    "FORM_DEFINITION",
    "IDENTITY_OBJECT_CONFIG",
    "NOTIFICATION_TEMPLATE",
    "PASSWORD_POLICY",
    "PASSWORD_SYNC_GROUP",
    "PUBLIC_IDENTITIES_CONFIG",
    "RULE",
)
IMPORTED = frozenset(
    {
        "CONNECTOR_RULE",
        "IDENTITY_OBJECT_CONFIG",
        "IDENTITY_PROFILE",
        "RULE",
        "SOURCE",
        "TRANSFORM",
        "TRIGGER_SUBSCRIPTION",
    }
)


def chosen(options: Mapping[str, Any]) -> list[str]:
    """The types that options ask for; `includeTypes` goes before `excludeTypes`.

    >>> chosen({"includeTypes": ["ROLE"], "excludeTypes": ["ROLE"]})
    ['ROLE']
    """
    if included := options.get("includeTypes"):
        return [name for name in TYPES if name in included]
    return [name for name in TYPES if name not in (options.get("excludeTypes") or ())]


def wanted(options: Mapping[str, Any], type: str, id: str, name: str) -> bool:
    """Whether `objectOptions` leave one object in: by its id or its name, where either is asked for."""
    asked = (options.get("objectOptions") or {}).get(type) or {}
    ids, names = asked.get("includedIds") or (), asked.get("includedNames") or ()
    return (not ids and not names) or id in ids or name in names


# What an object that is not here yet has to bring, each with the type its value has.
_NEEDED: Mapping[str, Mapping[str, type]] = {
    "CONNECTOR_RULE": {"name": str, "type": str, "sourceCode": dict},
    "IDENTITY_PROFILE": {"name": str, "authoritativeSource": dict, "identityAttributeConfig": dict},
    "SOURCE": {
        "name": str,
        "owner": dict,
        "connector": str,
        "type": str,
        "features": list,
        "connectorAttributes": dict,
    },
    "TRANSFORM": {"name": str, "type": str, "attributes": dict},
    "TRIGGER_SUBSCRIPTION": {"name": str, "triggerId": str, "type": str, "enabled": bool},
}


def misfit(type: str, body: Mapping[str, Any], known: Mapping[str, Any] | None) -> str:
    """The first property that an object lacks, or that is of another type than the one that is here; else nothing.

    >>> misfit("TRANSFORM", {"name": "Trim", "type": "trim", "attributes": []}, None)
    'attributes'
    """
    if known is None:
        return next((name for name, kind in _NEEDED[type].items() if not isinstance(body.get(name), kind)), "")
    for name, value in body.items():
        old = known.get(name)
        if old is not None and (value is None or _kind(value) != _kind(old)):
            return name
    return ""


def _kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(type(value))
    return (
        "number" if isinstance(value, int | float) else "list" if isinstance(value, list | tuple) else str(type(value))
    )


def stored(type: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an imported object: all but what is computed."""
    dropped = frozenset((*_ALWAYS, *TYPES[type].computed))
    return {name: value for name, value in body.items() if name not in dropped}
