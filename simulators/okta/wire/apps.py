"""Applications, assignments, provisioning settings and push mappings as JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.apps import App, AppGroup, AppUser, Provisioning, PushMapping
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.tokens import OAuthClient
from simulators.okta.wire.bodies import Json, part, texts
from simulators.okta.wire.users import stamp

MODES = (
    "OPENID_CONNECT", "SAML_2_0", "SAML_1_1", "WS_FEDERATION", "SECURE_PASSWORD_STORE", "AUTO_LOGIN", "BROWSER_PLUGIN",
    "BASIC_AUTH", "BOOKMARK", "MFA_AS_SERVICE",
)  # fmt: skip
_OWN = ("id", "name", "label", "status", "signOnMode", "created", "lastUpdated", "features", "_links", "_embedded")
_NAMES = {"OPENID_CONNECT": "oidc_client", "BOOKMARK": "bookmark", "SECURE_PASSWORD_STORE": "template_sps"}


def app_body(app: App, base_url: str) -> Json:
    """An application instance."""
    own = f"{base_url}/api/v1/apps/{app.id}"
    body = {
        "id": app.id,
        "orn": f"orn:okta:idp:okta:apps:{app.name}:{app.id}",
        "name": app.name,
        "label": app.label,
        "status": app.status,
        "lastUpdated": iso(app.last_updated),
        "created": iso(app.created),
        "accessibility": {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None},
        "visibility": {
            "autoLaunch": False,
            "autoSubmitToolbar": False,
            "hide": {"iOS": app.hidden, "web": app.hidden},
            "appLinks": {"login": True},
        },
        "features": features_of(app.provisioning),
        "signOnMode": app.sign_on_mode,
        "credentials": {
            "userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"},
            "signing": {},
        },
        "settings": {},
    }
    merged = {**body, **app.body}
    if app.client is not None:
        merged["credentials"] = {**merged["credentials"], "oauthClient": _oauth_credentials(app, app.client)}
        merged["settings"] = {**merged["settings"], "oauthClient": _oauth_settings(app.client)}
    merged["_links"] = {
        "self": {"href": own},
        "appLinks": [{"name": "login", "href": login_url(app, base_url), "type": "text/html"}],
        "users": {"href": f"{own}/users"},
        "groups": {"href": f"{own}/groups"},
        **({"deactivate": {"href": f"{own}/lifecycle/deactivate"}} if app.active else {}),
        **({} if app.active else {"activate": {"href": f"{own}/lifecycle/activate"}}),
    }
    return merged


def login_url(app: App, base_url: str) -> str:
    """Where people open an application from their dashboard."""
    return f"{base_url}/home/{app.name}/{app.id}/{app.id[3:]}"


def features_of(provisioning: Provisioning) -> list[str]:
    """The `features` list of an application."""
    if not provisioning.enabled:
        return []
    wanted = (
        ("PUSH_NEW_USERS", provisioning.creates),
        ("PUSH_PROFILE_UPDATES", provisioning.updates),
        ("PUSH_USER_DEACTIVATION", provisioning.deactivates),
        ("REACTIVATE_USERS", provisioning.deactivates),
        ("PUSH_PASSWORD_UPDATES", provisioning.passwords),
        ("GROUP_PUSH", provisioning.pushes_groups),
    )
    return [name for name, on in wanted if on]


def read_app(body: Json, org_name: str, number: int, secret: str, before: App | None) -> dict[str, Any]:
    """What a create or replace says: name, label, mode, body, client. Raises Invalid or NotWellFormed."""
    mode, label, name = body.get("signOnMode"), body.get("label"), body.get("name")
    if mode not in MODES:
        raise Invalid("signOnMode", f"signOnMode: The sign-on mode {mode!r} is not supported")
    if not isinstance(label, str | None) or not isinstance(name, str | None):
        raise NotWellFormed()
    if not name:
        slug = re.sub("[^a-z0-9]+", "", (label or "").lower())
        name = _NAMES.get(str(mode), f"{org_name}_{slug}_{number}")
    kept = {key: value for key, value in body.items() if key not in _OWN}
    client = None
    if mode == "OPENID_CONNECT":
        client = _read_client(
            part(part(body, "credentials"), "oauthClient"), part(part(body, "settings"), "oauthClient"), secret
        )
        if before is not None and before.client is not None:
            client = replace(client, grants=before.client.grants, secret=before.client.secret)
    return {"name": name, "label": label or "", "mode": str(mode), "body": kept, "client": client}


def _read_client(credentials: Json, settings: Json, secret: str) -> OAuthClient:
    kind = str(settings.get("application_type") or "web")
    method = str(credentials.get("token_endpoint_auth_method") or "client_secret_basic")
    default = ["client_credentials"] if kind == "service" else ["authorization_code"]
    rotation = part(settings, "refresh_token")
    return OAuthClient(
        auth_method=method,
        application_type=kind,
        grant_types=tuple(texts(settings.get("grant_types")) or default),
        redirect_uris=tuple(texts(settings.get("redirect_uris"))),
        secret=str(credentials.get("client_secret") or (secret if method.startswith("client_secret") else "")),
        keys=tuple(key for key in part(settings, "jwks").get("keys", []) if isinstance(key, dict)),
        pkce_required=bool(credentials.get("pkce_required", method == "none")),
        rotates=rotation.get("rotation_type", "STATIC" if kind != "browser" else "ROTATE") == "ROTATE",
        grace_s=int(rotation.get("leeway") or 0),
    )


def _oauth_credentials(app: App, client: OAuthClient) -> Json:
    body: Json = {
        "autoKeyRotation": True,
        "client_id": app.id,
        "token_endpoint_auth_method": client.auth_method,
        "pkce_required": client.pkce_required,
    }
    return {**body, "client_secret": client.secret} if client.secret else body


def _oauth_settings(client: OAuthClient) -> Json:
    body: Json = {
        "redirect_uris": list(client.redirect_uris),
        "response_types": ["token"] if client.application_type == "service" else ["code"],
        "grant_types": list(client.grant_types),
        "application_type": client.application_type,
        "consent_method": "TRUSTED",
        "issuer_mode": "ORG_URL",
        "dpop_bound_access_tokens": False,
    }
    if "refresh_token" in client.grant_types:
        body["refresh_token"] = {"rotation_type": "ROTATE" if client.rotates else "STATIC", "leeway": client.grace_s}
    if client.keys:
        body["jwks"] = {"keys": list(client.keys)}
    return body


def app_user_body(app_user: AppUser, base_url: str) -> Json:
    """An assignment of a user."""
    return {
        "id": app_user.user_id,
        "externalId": app_user.external_id,
        "created": iso(app_user.created),
        "lastUpdated": iso(app_user.last_updated),
        "scope": app_user.scope,
        "status": app_user.status,
        "statusChanged": iso(app_user.status_changed),
        "passwordChanged": None,
        "syncState": app_user.sync_state,
        **({"lastSync": stamp(app_user.last_sync)} if app_user.last_sync else {}),
        "credentials": {"userName": app_user.user_name},
        "profile": dict(app_user.profile),
        "_links": {
            "app": {"href": f"{base_url}/api/v1/apps/{app_user.app_id}"},
            "user": {"href": f"{base_url}/api/v1/users/{app_user.user_id}"},
            **(
                {"group": {"name": app_user.group_id, "href": f"{base_url}/api/v1/groups/{app_user.group_id}"}}
                if app_user.group_id
                else {}
            ),
        },
    }


def app_group_body(row: AppGroup, base_url: str) -> Json:
    """An assignment of a group."""
    return {
        "id": row.group_id,
        "lastUpdated": iso(row.last_updated),
        "priority": row.priority,
        "profile": dict(row.profile),
        "_links": {
            "app": {"href": f"{base_url}/api/v1/apps/{row.app_id}"},
            "self": {"href": f"{base_url}/api/v1/apps/{row.app_id}/groups/{row.group_id}"},
            "group": {"href": f"{base_url}/api/v1/groups/{row.group_id}"},
        },
    }


def _enabled(on: bool) -> Json:
    return {"status": "ENABLED" if on else "DISABLED"}


def feature_body(app: App, base_url: str) -> Json:
    """The USER_PROVISIONING feature."""
    to = app.provisioning
    return {
        "name": "USER_PROVISIONING",
        "status": "ENABLED" if to.creates or to.updates or to.deactivates else "DISABLED",
        "description": "User provisioning settings from Okta to a downstream application",
        "capabilities": {
            "create": {"lifecycleCreate": _enabled(to.creates)},
            "update": {
                "profile": _enabled(to.updates),
                "lifecycleDeactivate": _enabled(to.deactivates),
                "password": {**_enabled(to.passwords), "seed": "RANDOM", "change": "KEEP_EXISTING"},
            },
        },
        "_links": {"self": {"href": f"{base_url}/api/v1/apps/{app.id}/features/USER_PROVISIONING"}},
    }


def read_feature(body: Json, before: Provisioning) -> Provisioning:
    """The capabilities of USER_PROVISIONING; absent ones stay. Raises NotWellFormed."""
    if not body or set(body) - {"create", "update"}:
        raise NotWellFormed()
    create, update = part(body, "create"), part(body, "update")

    def status(where: Json, name: str, now: bool) -> bool:
        value = part(where, name).get("status")
        if value not in (None, "ENABLED", "DISABLED"):
            raise NotWellFormed()
        return now if value is None else value == "ENABLED"

    return replace(
        before,
        creates=status(create, "lifecycleCreate", before.creates),
        updates=status(update, "profile", before.updates),
        deactivates=status(update, "lifecycleDeactivate", before.deactivates),
        passwords=status(update, "password", before.passwords),
    )


def connection_body(app: App, base_url: str) -> Json:
    """The provisioning connection; its token never comes back."""
    own = f"{base_url}/api/v1/apps/{app.id}/connections/default"
    turn = "deactivate" if app.provisioning.status == "ENABLED" else "activate"
    return {
        "authScheme": "TOKEN",
        **({"baseUrl": app.provisioning.base_url} if app.provisioning.base_url else {}),
        "profile": {"authScheme": "TOKEN"},
        "status": app.provisioning.status,
        "_links": {
            "self": {"href": own, "hints": {"allow": ["POST", "GET"]}},
            turn: {"href": f"{own}/lifecycle/{turn}", "hints": {"allow": ["POST"]}},
        },
    }


def mapping_body(mapping: PushMapping, base_url: str) -> Json:
    """A group push mapping."""
    own = f"{base_url}/api/v1/apps/{mapping.app_id}/group-push/mappings/{mapping.id}"
    return {
        "id": mapping.id,
        "sourceGroupId": mapping.group_id,
        "targetGroupId": mapping.external_id,
        "status": mapping.status,
        "created": iso(mapping.created),
        "lastUpdated": iso(mapping.last_updated),
        "lastPush": stamp(mapping.last_push),
        **({"errorSummary": mapping.error} if mapping.error else {}),
        "_links": {
            "app": {"href": f"{base_url}/api/v1/apps/{mapping.app_id}"},
            "sourceGroup": {"href": f"{base_url}/api/v1/groups/{mapping.group_id}"},
            "self": {"href": own},
        },
    }
