"""Applications as JSON.

Okta API reference, Applications, schemas Application and ApplicationLinks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from simulators.kernel.times import iso
from simulators.okta.domain.app_kinds import MODES, is_custom, link_id
from simulators.okta.domain.apps import App, Provisioning
from simulators.okta.wire.app_clients import client_credentials, client_links, client_settings
from simulators.okta.wire.bodies import Json

_LOGOUT: Json = {"supportType": "FULL", "identityStack": "NOT_SHARED", "protocol": "GLOBAL_TOKEN_REVOCATION"}


class Shown(NamedTuple):
    """What an application's JSON tells of its org. The policies are ids: of sign-on, and of profile enrolment.

    `takes_logout`: people are signed out there by Universal Logout.
    """

    base_url: str
    org_id: str
    org_name: str
    access_policy: str
    enrollment_policy: str
    universal_logout: bool = False
    takes_logout: bool = False
    governance: bool = False
    front_channel_logout: bool = False


def app_body(app: App, org: Shown, secret: bool = False) -> Json:
    """An application instance; the secret of its client only for who has just made or changed it."""
    parts = app.body
    body: Json = {
        "id": app.id,
        "orn": f"orn:okta:idp:{org.org_id}:apps:{app.name}:{app.id}",
        "name": app.name,
        "label": app.label,
        "status": app.status,
        "lastUpdated": iso(app.last_updated),
        "created": iso(app.created),
        "accessibility": parts["accessibility"],
        "visibility": parts["visibility"],
        "features": features_of(app.provisioning),
        "signOnMode": app.sign_on_mode,
        "credentials": {**parts["credentials"], "signing": {"kid": app.signing_kid} if app.signing_kid else {}},
        "universalLogout": _universal_logout(app, org) if org.universal_logout else None,
        "settings": parts["settings"],
    }
    if org.governance:
        body["settings"] = {**body["settings"], "emOptInStatus": "NONE"}
    for extra in ("licensing", "profile"):
        if extra in parts:
            body[extra] = parts[extra]
    if app.client is not None:
        told = {
            "credentials": client_credentials(app, app.client, secret),
            "settings": client_settings(app, app.client, org.front_channel_logout),
        }
        shows = is_custom(app.name, org.org_name)  # what a catalogue's client is like is up to the catalogue
        for where, of_client in told.items():
            rest = {name: value for name, value in body[where].items() if name != "oauthClient"}
            body[where] = {**rest, "oauthClient": of_client} if shows else rest
    if hooks := parts["settings"].get("signOn", {}).get("inlineHooks"):
        sign_on = {**parts["settings"]["signOn"], "inlineHooks": [_hook(hook, org.base_url) for hook in hooks]}
        body["settings"] = {**body["settings"], "signOn": sign_on}
    body["_links"] = _links(app, org)
    return body


def _universal_logout(app: App, org: Shown) -> Json:
    """Where Universal Logout stands: custom clients and SAML 2.0 applications support it, others when connected.

    https://help.okta.com/oie/en-us/content/topics/itp/config-universal-logout.htm
    """
    if org.takes_logout:
        return {"status": "ENABLED", **_LOGOUT}
    supported = app.client is not None or app.sign_on_mode == "SAML_2_0"
    if supported and is_custom(app.name, org.org_name):
        return {"status": "DISABLED", **_LOGOUT}
    return {"status": "UNSUPPORTED"}


def _hook(hook: Json, base_url: str) -> Json:
    own = {"href": f"{base_url}/api/v1/inlineHooks/{hook['id']}", "hints": {"allow": ["GET", "PUT", "DELETE"]}}
    return {"id": hook["id"], "_links": {"self": own}}


def _links(app: App, org: Shown) -> Json:
    base_url = org.base_url
    own = f"{base_url}/api/v1/apps/{app.id}"
    turn = "deactivate" if app.active else "activate"
    found: Json = {
        "uploadLogo": {"href": f"{own}/logo", "hints": {"allow": ["POST"]}},
        "appLinks": [
            {"name": name, "href": login_url(app, base_url), "type": "text/html"}
            for name, on in app.body["visibility"]["appLinks"].items()
            if on
        ],
        "policies": {"href": f"{own}/policies", "hints": {"allow": ["PUT"]}},
        "groups": {"href": f"{own}/groups"},
        "logo": [{"name": "medium", "href": logo_url(app, base_url), "type": "image/png"}],
        "profileEnrollment": {"href": f"{base_url}/api/v1/policies/{org.enrollment_policy}"},
        "accessPolicy": {"href": f"{base_url}/api/v1/policies/{org.access_policy}"},
        "users": {"href": f"{own}/users"},
        turn: {"href": f"{own}/lifecycle/{turn}"},
    }
    if app.client is not None:
        found["clientCredentials"] = client_links(app.client, own)
    catalogued = not is_custom(app.name, org.org_name)
    if MODES[app.sign_on_mode].signed and (app.client is None or catalogued):
        modern = app.sign_on_mode == "SAML_2_0"
        page = "external-doc" if catalogued and (modern or app.client is not None) else "instructions"
        help = f"{base_url}/app/{app.name}/{app.id}/setup/help/{app.sign_on_mode}/{page}"
        found["help"] = {"href": help, "type": "text/html"}
        if modern:
            found["metadata"] = {"href": f"{own}/sso/saml/metadata", "type": "application/xml"}
    return found


def login_url(app: App, base_url: str) -> str:
    """Where people open an application from their dashboard."""
    return f"{base_url}/home/{app.name}/{app.id}/{link_id(app.name, app.sign_on_mode)}"


def logo_url(app: App, base_url: str) -> str:
    """Where an application's picture is: an uploaded one, or that of its kind."""
    if app.logo:
        return f"{base_url}/fs/bcg/4/{app.logo}"
    return f"{base_url}/assets/img/logos/{'bookmark-app' if app.name == 'bookmark' else 'default'}.png"


def features_of(provisioning: Provisioning) -> list[str]:
    """The `features` list of an application."""
    if not provisioning.enabled:
        return []
    wanted: tuple[tuple[str, Any], ...] = (
        ("PUSH_NEW_USERS", provisioning.creates),
        ("PUSH_PROFILE_UPDATES", provisioning.updates),
        ("PUSH_USER_DEACTIVATION", provisioning.deactivates),
        ("REACTIVATE_USERS", provisioning.deactivates),
        ("PUSH_PASSWORD_UPDATES", provisioning.passwords),
        ("GROUP_PUSH", provisioning.pushes_groups),
        ("IMPORT_NEW_USERS", provisioning.imports),
        ("IMPORT_PROFILE_UPDATES", provisioning.imports),
    )
    return [name for name, on in wanted if on]
