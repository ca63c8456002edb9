"""Kinds of applications: what each name and sign-on mode brings with it when it is made.

Okta API reference, Applications, Create an application:
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

SHARED = "SHARED_USERNAME_AND_PASSWORD"
SCHEMES = (
    "ADMIN_SETS_CREDENTIALS", "EDIT_PASSWORD_ONLY", "EDIT_USERNAME_AND_PASSWORD", "EXTERNAL_PASSWORD_SYNC", SHARED,
)  # fmt: skip
# name, label, and the name of the dashboard link ('' for none) of what every org comes with
SYSTEM_APPS = (
    ("saasure", "Okta Admin Console", "admin"),
    ("okta_enduser", "Okta Dashboard", ""),
    ("okta_browser_plugin", "Okta Browser Plugin", ""),
)
AUTHENTICATOR_APP = ("Okta_Authenticator", "Okta Authenticator")

_OVERRIDES: dict[str, Any] = {
    "defaultRelayState": None,
    "ssoAcsUrlOverride": None,
    "audienceOverride": None,
    "recipientOverride": None,
}
_CUSTOM_SAML: dict[str, Any] = {
    "defaultRelayState": None,
    "ssoAcsUrl": None,
    "idpIssuer": "http://www.okta.com/${org.externalKey}",
    "audience": None,
    "recipient": None,
    "destination": None,
    "subjectNameIdTemplate": "${user.userName}",
    "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    "responseSigned": True,
    "assertionSigned": True,
    "signatureAlgorithm": "RSA_SHA256",
    "digestAlgorithm": "SHA256",
    "honorForceAuthn": True,
    "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
    "spIssuer": None,
    "requestCompressed": False,
    "attributeStatements": [],
    "inlineHooks": [],
    "participateSlo": {"enabled": False, "logoutRequestUrl": None, "sessionIndexRequired": False, "bindingType": None},
    "allowMultipleAcsEndpoints": False,
    "acsEndpoints": [],
    "samlSignedRequestEnabled": False,
    "slo": {"enabled": False, "issuer": None, "logoutUrl": None},
    "spCertificate": None,
    "samlAssertionLifetimeSeconds": None,
    "assertionEncryption": {
        "enabled": False, "keyTransportAlgorithm": None, "encryptionAlgorithm": None, "x5c": None,
    },
}  # fmt: skip
_WS_FED = (
    "siteURL", "realm", "wReplyURL", "wReplyOverride", "nameIDFormat", "audienceRestriction", "authnContextClassRef",
    "groupFilter", "groupName", "groupValueFormat", "usernameAttribute", "attributeStatements",
)  # fmt: skip
_SPS = (
    "url", "usernameField", "passwordField", "optionalField1", "optionalField1Value", "optionalField2",
    "optionalField2Value", "optionalField3", "optionalField3Value",
)  # fmt: skip
_EMPTY: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mode:
    """A sign-on mode: the name of an application made without one ('' makes a name from the label).

    `signed` modes carry the id of a signing key, the org's unless each application has its `own_key`; `scheme` modes
    carry a way to keep each person's password.
    """

    name: str = ""
    signed: bool = False
    own_key: bool = False
    scheme: bool = False
    sign_on: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    custom_sign_on: Mapping[str, Any] = field(default_factory=lambda: _EMPTY)
    hidden: bool = False


MODES: dict[str, Mode] = {
    "BOOKMARK": Mode("bookmark"),
    "BASIC_AUTH": Mode("template_basic_auth", scheme=True),
    "BROWSER_PLUGIN": Mode("template_swa", scheme=True),
    "SECURE_PASSWORD_STORE": Mode("template_sps", scheme=True),
    "AUTO_LOGIN": Mode(scheme=True, custom_sign_on={"redirectUrl": None, "loginUrl": None}),
    "SAML_1_1": Mode(signed=True, sign_on=_OVERRIDES, custom_sign_on=_OVERRIDES),
    "SAML_2_0": Mode(
        signed=True,
        own_key=True,
        sign_on={**_OVERRIDES, "destinationOverride": None, "attributeStatements": []},
        custom_sign_on=_CUSTOM_SAML,
    ),
    "WS_FEDERATION": Mode("template_wsfed", signed=True),
    "OPENID_CONNECT": Mode("oidc_client", signed=True, hidden=True),
    "MFA_AS_SERVICE": Mode(),
}


@dataclass(frozen=True, slots=True)
class Template:
    """An application name that every org knows: its mode, the members of `settings.app`, and the required ones."""

    mode: str
    app: Mapping[str, Any]
    required: tuple[str, ...] = ()


TEMPLATES: dict[str, Template] = {
    "bookmark": Template("BOOKMARK", {"requestIntegration": False}, ("url",)),
    "template_basic_auth": Template("BASIC_AUTH", {"loginUrlRegex": None}, ("url", "authURL")),
    "template_swa": Template(
        "BROWSER_PLUGIN",
        {"loginUrlRegex": None, "redirectUrl": None, "checkbox": None},
        ("url", "usernameField", "passwordField", "buttonField"),
    ),
    "template_swa3field": Template(
        "BROWSER_PLUGIN",
        {"loginUrlRegex": None, "redirectUrl": None},
        (
            "targetURL", "userNameSelector", "passwordSelector", "buttonSelector", "extraFieldSelector",
            "extraFieldValue",
        ),
    ),
    "template_sps": Template("SECURE_PASSWORD_STORE", dict.fromkeys(_SPS), ("url", "usernameField", "passwordField")),
    "template_wsfed": Template(
        "WS_FEDERATION",
        dict.fromkeys(_WS_FED),
        (
            "siteURL", "wReplyURL", "nameIDFormat", "audienceRestriction", "authnContextClassRef", "groupValueFormat",
            "usernameAttribute",
        ),
    ),
    "oidc_client": Template("OPENID_CONNECT", {}),
    "okta_org2org": Template("SAML_2_0", {"acsUrl": None, "audRestriction": None, "baseUrl": None}, ("baseUrl",)),
}  # fmt: skip
_UNPROVISIONED = frozenset({*TEMPLATES, AUTHENTICATOR_APP[0], *(name for name, _, _ in SYSTEM_APPS)}) - {
    "oidc_client",
    "okta_org2org",
}


def is_custom(name: str, org_name: str) -> bool:
    """Whether an application was made with the wizard or from a template, and not from the catalogue.

    >>> is_custom("acme_wiki_1", "acme"), is_custom("zoomus", "acme")
    (True, False)
    """
    return of_wizard(name, org_name) or name.startswith("template_") or name in ("oidc_client", "bookmark")


def of_wizard(name: str, org_name: str) -> bool:
    """Whether an application was made with the wizard: its name, and what the vendor keeps under it, are the org's own.

    >>> of_wizard("acme_wiki_1", "acme"), of_wizard("template_swa", "acme")
    (True, False)
    """
    return name.startswith(f"{org_name}_")


def may_be_catalogued(name: str, org_name: str) -> bool:
    """Whether the catalogue can hold a name: all but what is made here. The catalogue itself is not known.

    >>> may_be_catalogued("zoomus", "acme"), may_be_catalogued("acme_wiki_1", "acme")
    (True, False)
    """
    return re.fullmatch(r"[A-Za-z0-9_]+", name) is not None and not of_wizard(name, org_name)


def can_provision(name: str) -> bool:
    """Whether an application of this name can be provisioned at all: templates and bookmarks cannot."""
    return name not in _UNPROVISIONED


def link_name(name: str, mode: str, org_name: str) -> str:
    """The name of the one link that opens an application: `login` for templates, and for the catalogue's but clients.

    >>> link_name("oidc_client", "OPENID_CONNECT", "acme"), link_name("bookmark", "BOOKMARK", "acme")
    ('oidc_client_link', 'login')
    """
    return f"{name}_link" if of_wizard(name, org_name) or mode == "OPENID_CONNECT" else "login"


def link_id(name: str, mode: str) -> str:
    """The last part of an application's address on the dashboard: the same for all instances of a name."""
    digest = blake2b(name.encode(), digest_size=16).hexdigest()
    if mode == "OPENID_CONNECT" or name.rpartition("_")[2].isdigit():
        return "aln" + digest[:17]
    return str(1000 + int(digest[:8], 16) % 60000)
