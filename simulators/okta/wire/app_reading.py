"""What a create or replace of an application says, completed with the defaults of its kind.

Okta API reference, Applications, Create an application and Replace an application.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from simulators.okta.domain.app_kinds import MODES, SCHEMES, TEMPLATES, Mode, is_custom, link_name, of_wizard
from simulators.okta.domain.apps import App, AppDraft
from simulators.okta.domain.errors import AppMetadataFixed, Invalid, NotWellFormed
from simulators.okta.wire.app_clients import read_client
from simulators.okta.wire.bodies import Json, part, texts

_LABEL_MOST = 100
_TEMPLATE: Json = {"template": "${source.login}", "type": "BUILT_IN"}
_TEMPLATE_KEYS = ("template", "type", "userSuffix", "pushStatus", "suffix")
_VPN: Json = {"network": {"connection": "DISABLED"}, "message": None, "helpUrl": None}
_CONNECTIONS = ("ANYWHERE", "DISABLED", "ON_NETWORK", "OFF_NETWORK", "ZONE")
_OPTIONAL_SETTINGS = ("inlineHookId", "identityStoreId")


def read_app(body: Json, org_name: str, before: App | None, kept_name: str = "") -> AppDraft:
    """The application a body describes; with `before` its replacement. Raises Invalid, NotWellFormed, AppMetadataFixed.

    An absent sign-on mode follows from the name, an absent name from the mode or, for the wizard's modes, from the
    label; `kept_name` is the name that such an application gets.
    """
    name, mode = _kind(body, before, org_name)
    label = _label(body, before)
    name = name or MODES[mode].name or kept_name or f"{org_name}_{slug(label)}_1"
    kind, custom = MODES[mode], of_wizard(name, org_name)
    visibility = part(body, "visibility")
    links = {link_name(name, mode, org_name): True}
    if not is_custom(name, org_name):
        links = _catalogue_links(part(visibility, "appLinks"), before) or links
    parts: Json = {
        "accessibility": _filled(
            {"selfService": False, "errorRedirectUrl": None, "loginRedirectUrl": None}, part(body, "accessibility")
        ),
        "visibility": _filled(
            {
                "autoLaunch": False,
                "autoSubmitToolbar": False,
                "hide": {"iOS": kind.hidden, "web": kind.hidden},
                "appLinks": links,
            },
            visibility,
        ),
        "credentials": _credentials(part(body, "credentials"), kind),
        "settings": _settings(part(body, "settings"), name, kind, custom),
    }
    for extra in ("licensing", "profile"):
        if body.get(extra) is not None:
            parts[extra] = part(body, extra)
    client = None
    if mode == "OPENID_CONNECT":
        held = before.client if before is not None else None
        client, parts["credentials"]["oauthClient"], parts["settings"]["oauthClient"] = read_client(
            part(part(body, "credentials"), "oauthClient"), part(part(body, "settings"), "oauthClient"), held
        )
    kid = part(part(body, "credentials"), "signing").get("kid")
    return AppDraft(name, label, mode, parts, client, kid if isinstance(kid, str) else "")


def slug(label: str) -> str:
    """A label as it goes into a made-up name.

    >>> slug("My Wiki!")
    'mywiki'
    """
    return re.sub("[^a-z0-9]+", "", label.lower())


def _catalogue_links(given: Json, before: App | None) -> Json:
    """The dashboard links of a catalogue application: those named count, since which it has is the catalogue's."""
    if any(not isinstance(on, bool) for on in given.values()):
        raise NotWellFormed()
    return given or (dict(before.body["visibility"]["appLinks"]) if before is not None else {})


def _kind(body: Json, before: App | None, org_name: str) -> tuple[str, str]:
    """Name and sign-on mode; a replacement may leave them out and cannot change them.

    Signing on with a password, plugin or not, is one thing to the catalogue, whose applications answer BROWSER_PLUGIN.
    """
    name, mode = body.get("name"), body.get("signOnMode")
    if not isinstance(name, str | None) or not isinstance(mode, str | None):
        raise NotWellFormed()
    if name and name not in TEMPLATES and not is_custom(name, org_name):
        name = name.lower()  # the catalogue finds a name whatever its case
        mode = "BROWSER_PLUGIN" if mode == "AUTO_LOGIN" else mode
    if before is not None:
        if (name or before.name) != before.name or (mode or before.sign_on_mode) != before.sign_on_mode:
            raise AppMetadataFixed()
        return before.name, before.sign_on_mode
    if not mode and name in TEMPLATES:
        mode = TEMPLATES[name].mode
    if mode not in MODES:
        raise Invalid("signOnMode", f"signOnMode: The sign-on mode {mode!r} is not supported")
    return name or "", mode


def _label(body: Json, before: App | None) -> str:
    label = body.get("label")
    if not isinstance(label, str | None):
        raise NotWellFormed()
    if label is None and before is not None:
        return before.label
    if not label or not label.strip():
        raise Invalid("label", "label: The field cannot be left blank")
    if len(label) > _LABEL_MOST:
        raise Invalid("label", f"label: The field must be between 1 and {_LABEL_MOST} characters")
    return label


def _filled(defaults: Mapping[str, Any], given: Json) -> Json:
    """The defaults with what was given over them; other members are dropped. Raises NotWellFormed for another type."""
    found: Json = {}
    for name, default in defaults.items():
        value = given.get(name)
        if value is None:
            found[name] = _filled(default, {}) if isinstance(default, Mapping) else default
        elif isinstance(default, Mapping):
            found[name] = _filled(default, part(given, name))
        elif default is not None and not isinstance(value, type(default)):
            raise NotWellFormed()
        else:
            found[name] = value
    return found


def _credentials(given: Json, kind: Mode) -> Json:
    template = part(given, "userNameTemplate")
    if any(not isinstance(value, str | None) for value in template.values()):
        raise NotWellFormed()
    found: Json = {}
    if kind.scheme:
        scheme = given.get("scheme") or "EDIT_USERNAME_AND_PASSWORD"
        if scheme not in SCHEMES:
            raise NotWellFormed()
        found["scheme"] = scheme
        found["revealPassword"] = bool(given.get("revealPassword", False))
        if isinstance(given.get("userName"), str) and given["userName"]:
            found["userName"] = given["userName"]
        if part(given, "password"):
            found["password"] = {}  # never comes back
    told = {name: template[name] for name in _TEMPLATE_KEYS if template.get(name) is not None}
    pushed = {"pushStatus": "DONT_PUSH"} if template.get("type") == "CUSTOM" else {}
    found["userNameTemplate"] = {**_TEMPLATE, **pushed, **told}
    return found


def _settings(given: Json, name: str, kind: Mode, custom: bool) -> Json:
    found: Json = {
        "app": _app_settings(part(given, "app"), name, custom),
        "notifications": {"vpn": _vpn(part(part(given, "notifications"), "vpn"))},
        "manualProvisioning": bool(given.get("manualProvisioning") or False),
        "implicitAssignment": bool(given.get("implicitAssignment") or False),
        "notes": _filled({"admin": None, "enduser": None}, part(given, "notes")),
    }
    for extra in _OPTIONAL_SETTINGS:
        if given.get(extra) is not None:
            found[extra] = given[extra]
    if sign_on := (kind.custom_sign_on if custom else kind.sign_on):
        found["signOn"] = _sign_on(part(given, "signOn"), sign_on, custom)
    elif given.get("signOn") is not None:
        found["signOn"] = part(given, "signOn")
    return found


def _sign_on(given: Json, known: Mapping[str, Any], custom: bool) -> Json:
    """How an application signs on: the catalogue's know their own members, and an empty text overrides nothing.

    The wizard's keep what was given; with single logout, the issuer that it names is the service provider's.
    """
    if not custom:
        return _filled(known, {name: value for name, value in given.items() if value != ""})
    more = {name: value for name, value in given.items() if name not in known and value not in (None, "")}
    found = {**_filled(known, given), **more}
    if "inlineHooks" in known:
        found["inlineHooks"] = [{"id": _hook_id(hook)} for hook in found["inlineHooks"]]
    if "slo" in known and found["slo"]["enabled"]:
        found["spIssuer"] = found["slo"]["issuer"] or found["spIssuer"]
    if found.get("spCertificate") is not None:
        chain = texts(part(found, "spCertificate").get("x5c"))
        found["spCertificate"] = {**found["spCertificate"], "x5c": [_lines(text) for text in chain]}
    return found


def _lines(certificate: str) -> str:
    r"""A certificate in lines of 76 characters, each with its end, as Okta shows it.

    >>> _lines("TUlJ")
    'TUlJ\r\n'
    """
    text = "".join(certificate.split())
    return "".join(f"{text[at : at + 76]}\r\n" for at in range(0, len(text), 76))


def _hook_id(hook: Any) -> str:
    if not isinstance(hook, dict) or not isinstance(hook.get("id"), str):
        raise NotWellFormed()
    return str(hook["id"])


def _app_settings(given: Json, name: str, custom: bool) -> Json:
    """Members of `settings.app`: a template's own with its nulls, an empty text being none, else whatever was given."""
    template = TEMPLATES.get(name)
    if template is None or custom:
        return dict(given)
    told = {field: value for field, value in given.items() if value != ""}
    if given and (missing := [field for field in template.required if told.get(field) is None]):
        raise Invalid(missing[0], *(f"{field}: The field cannot be left blank" for field in missing))
    return {**_filled(template.app, told), **told}


def _vpn(given: Json) -> Json:
    network = part(given, "network")
    connection = network.get("connection") or "DISABLED"
    if connection not in _CONNECTIONS:
        raise NotWellFormed()
    zones = {key: network[key] for key in ("include", "exclude") if network.get(key) is not None}
    return {**_filled(_VPN, {**given, "network": None}), "network": {"connection": connection, **zones}}
