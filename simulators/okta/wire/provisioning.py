"""How an application is provisioned, as JSON: features, connection, pushed groups.

Okta API reference, Application Features, Application Connections, Group Push Mappings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.apps import App, Provisioning, PushMapping
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.users import stamp

FEATURES = ("USER_PROVISIONING", "INBOUND_PROVISIONING")
_SEEDS, _CHANGES = ("OKTA", "RANDOM"), ("CHANGE", "KEEP_EXISTING")
_DESCRIPTIONS = {
    "USER_PROVISIONING": "User provisioning settings from Okta to a downstream application",
    "INBOUND_PROVISIONING": "In-bound provisioning settings for provisioning users from an application to Okta",
}
_INBOUND: Json = {
    "importSettings": {
        "username": {"userNameFormat": "EMAIL"},
        "schedule": {"status": "DISABLED", "fullImport": None, "incrementalImport": None},
    },
    "importRules": {
        "userCreateAndMatch": {
            "exactMatchCriteria": "USERNAME",
            "allowPartialMatch": False,
            "autoActivateNewUsers": False,
            "autoConfirmExactMatch": False,
            "autoConfirmPartialMatch": False,
            "autoConfirmNewUsers": False,
        }
    },
}


def _enabled(on: bool) -> Json:
    return {"status": "ENABLED" if on else "DISABLED"}


def feature_body(app: App, name: str, base_url: str) -> Json:
    """One feature of an application. Nothing switches imports as such: they are there with the connection."""
    to = app.provisioning
    return {
        "name": name,
        **_enabled(name == "INBOUND_PROVISIONING" or to.creates or to.updates or to.deactivates),
        "description": _DESCRIPTIONS[name],
        "capabilities": (to.inbound or _INBOUND) if name == "INBOUND_PROVISIONING" else _outbound(to),
        "_links": {
            "self": {
                "href": f"{base_url}/api/v1/apps/{app.id}/features/{name}",
                "hints": {"allow": ["GET", "PUT"]},
            }
        },
    }


def _outbound(to: Provisioning) -> Json:
    password = {**_enabled(to.passwords), "seed": to.password_seed, "change": to.password_change}
    return {
        "create": {"lifecycleCreate": _enabled(to.creates)},
        "update": {
            "profile": _enabled(to.updates),
            "lifecycleDeactivate": _enabled(to.deactivates),
            "password": password,
        },
    }


def read_feature(name: str, body: Json, before: Provisioning) -> Provisioning:
    """The capabilities of a feature; absent ones stay. Raises NotWellFormed."""
    if name == "INBOUND_PROVISIONING":
        return _read_inbound(body, before)
    if not body or set(body) - {"create", "update"}:
        raise NotWellFormed()
    create, update = part(body, "create"), part(body, "update")

    def status(where: Json, name: str, now: bool) -> bool:
        value = part(where, name).get("status")
        if value not in (None, "ENABLED", "DISABLED"):
            raise NotWellFormed()
        return now if value is None else value == "ENABLED"

    password = part(update, "password")
    seed, change = password.get("seed", before.password_seed), password.get("change", before.password_change)
    if seed not in _SEEDS or change not in _CHANGES:
        raise NotWellFormed()
    return replace(
        before,
        creates=status(create, "lifecycleCreate", before.creates),
        updates=status(update, "profile", before.updates),
        deactivates=status(update, "lifecycleDeactivate", before.deactivates),
        passwords=status(update, "password", before.passwords),
        password_seed=seed,
        password_change=change,
    )


def _read_inbound(body: Json, before: Provisioning) -> Provisioning:
    if set(body) != {"importSettings", "importRules"}:
        raise NotWellFormed()
    settings, rules = part(body, "importSettings"), part(part(body, "importRules"), "userCreateAndMatch")
    schedule, username = part(settings, "schedule"), part(settings, "username")
    status = schedule.get("status", "DISABLED")
    # documented as usernameFormat and usernameExpression, and given back with a capital N
    username = {f"userName{name[8:]}": value for name, value in username.items()}
    if status not in ("ENABLED", "DISABLED") or username.get("userNameFormat", "EMAIL") not in ("EMAIL", "CUSTOM"):
        raise NotWellFormed()
    defaults: Json = _INBOUND["importRules"]["userCreateAndMatch"]
    if any(name in defaults and type(rules[name]) is not type(defaults[name]) for name in rules):
        raise NotWellFormed()
    inbound = {
        "importSettings": {
            "username": {"userNameFormat": "EMAIL", **username},
            "schedule": {**_INBOUND["importSettings"]["schedule"], **schedule, "status": status},
        },
        "importRules": {"userCreateAndMatch": {**defaults, **rules}},
    }
    return replace(before, imports=status == "ENABLED", inbound=inbound)


def connection_body(app: App, base_url: str) -> Json:
    """The provisioning connection; its token never comes back. An application without one shows that only."""
    to = app.provisioning
    if not to.supported:
        return {"status": "UNKNOWN", "profile": {"authScheme": "UNKNOWN"}}
    own = f"{base_url}/api/v1/apps/{app.id}/connections/default"
    turn = "deactivate" if to.status == "ENABLED" else "activate"
    profile: Json = {"authScheme": to.scheme}
    if to.client_id:
        profile["clientId"] = to.client_id
    if to.rotation:
        profile["signing"] = {"rotationMode": to.rotation}
    return {
        "authScheme": to.scheme,
        **({"baseUrl": to.base_url} if to.base_url else {}),
        "profile": profile,
        "status": "DISABLED" if to.status == "UNKNOWN" else to.status,
        "_links": {
            "self": {"href": own, "hints": {"allow": ["POST", "GET"]}},
            turn: {"href": f"{own}/lifecycle/{turn}", "hints": {"allow": ["POST"]}},
        },
    }


def read_connection(body: Json, before: Provisioning, activate: bool) -> Provisioning:
    """A connection as a body wants it; what is absent stays. Raises Invalid or NotWellFormed."""
    profile = part(body, "profile")
    scheme = profile.get("authScheme")
    if not before.supported:
        if scheme not in ("UNKNOWN", None):
            raise Invalid("connection", "Provisioning is not supported.")
        return before
    if scheme not in ("TOKEN", "OAUTH2"):
        raise Invalid("authScheme", "authScheme: The authentication scheme is TOKEN or OAUTH2")
    told: dict[str, Any] = {
        "base_url": body.get("baseUrl"),
        "token": profile.get("token"),
        "client_id": profile.get("clientId"),
        "rotation": part(profile, "signing").get("rotationMode"),
    }
    if any(not isinstance(value, str | None) for value in told.values()):
        raise NotWellFormed()
    if told["rotation"] not in (None, "AUTO", "MANUAL"):
        raise NotWellFormed()
    known = {name: value for name, value in told.items() if value}
    status = "ENABLED" if activate else "DISABLED" if before.status == "UNKNOWN" else before.status
    return replace(before, scheme=scheme, status=status, **known)


def mapping_body(mapping: PushMapping, base_url: str) -> Json:
    """A group push mapping."""
    return {
        "id": mapping.id,
        "sourceGroupId": mapping.group_id,
        "targetGroupId": mapping.external_id,
        "status": mapping.status,
        "errorSummary": mapping.error or "",
        "created": iso(mapping.created),
        "lastUpdated": iso(mapping.last_updated),
        "lastPush": stamp(mapping.last_push),
        "_links": {
            "app": {"href": f"{base_url}/api/v1/apps/{mapping.app_id}"},
            "sourceGroup": {"href": f"{base_url}/api/v1/groups/{mapping.group_id}"},
            "targetGroup": {"href": f"{base_url}/api/v1/groups/{mapping.external_id}"},
        },
    }
