"""Authorization servers, scopes and claims as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AuthorizationServer/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.auth_servers import KEY_LIFE, AuthServer, Claim, Scope
from simulators.okta.domain.errors import Invalid
from simulators.okta.wire.bodies import Json, part, texts
from simulators.okta.wire.expressions import parse_claim

CONSENTS, PUBLISHED = ("IMPLICIT", "FLEXIBLE", "REQUIRED"), ("ALL_CLIENTS", "NO_CLIENTS")
FILTERS = ("CONTAINS", "EQUALS", "REGEX", "STARTS_WITH")
_BLANK = "The field cannot be left blank"


def server_body(server: AuthServer, kid: str, now: datetime, base_url: str) -> Json:
    """An authorization server. The links of the default one carry its name."""
    own = f"{base_url}/api/v1/authorizationServers/{server.slug}"
    rotated = server.last_rotation(now)
    signing: Json = {"rotationMode": server.rotation, "lastRotated": iso(rotated)}
    if server.rotation == "AUTO":
        signing["nextRotation"] = iso(rotated + KEY_LIFE)
    turn = "deactivate" if server.active else "activate"
    documents = ("oauth-authorization-server", "openid-configuration")
    return {
        "id": server.id,
        "name": server.name,
        "description": server.description,
        "audiences": list(server.audiences),
        "issuer": server.issuer(base_url),
        "issuerMode": server.issuer_mode,
        "status": server.status,
        "created": iso(server.created),
        "lastUpdated": iso(server.last_updated),
        "credentials": {"signing": {**signing, "kid": kid}},
        **server.encryption,
        "default": server.is_default,
        "_links": {
            "scopes": _link(f"{own}/scopes", "GET", "POST"),
            "claims": _link(f"{own}/claims", "GET", "POST"),
            "policies": _link(f"{own}/policies", "GET", "POST"),
            "keys": _link(f"{own}/credentials/keys", "GET"),
            "self": _link(own, "GET", "DELETE", "PUT"),
            "metadata": [
                {"name": name, **_link(f"{server.issuer(base_url)}/.well-known/{name}", "GET")} for name in documents
            ],
            "rotateKey": _link(f"{own}/credentials/lifecycle/keyRotate", "POST"),
            turn: _link(f"{own}/lifecycle/{turn}", "POST"),
        },
    }


def read_server(body: Json) -> dict[str, Any]:
    """What a create or replace of a server says. Raises Invalid."""
    name, audiences = blankless(body, "name", 100), texts(body.get("audiences"))
    if len(audiences) != 1 or not audiences[0].strip():
        raise Invalid("audiences", "audiences: The authorization server must have exactly one audience.")
    signing = part(part(body, "credentials"), "signing")
    encryption = {name: body[name] for name in _ENCRYPTION if body.get(name) is not None}
    return {
        "name": name,
        "description": _text(body, "description") or "",
        "audiences": tuple(audiences),
        "issuer_mode": one_of(body, "issuerMode", ("ORG_URL", "CUSTOM_URL", "DYNAMIC"), "ORG_URL"),
        "rotation": one_of(signing, "rotationMode", ("AUTO", "MANUAL"), "AUTO"),
        "encryption": encryption,
    }


_ENCRYPTION = ("accessTokenEncryptedResponseAlgorithm", "jwks", "jwks_uri")


def key_body(jwk: Json, status: str, server: AuthServer, base_url: str) -> Json:
    """A signing key of a server, as administrators see it."""
    own = f"{base_url}/api/v1/authorizationServers/{server.slug}/credentials/keys/{jwk['kid']}"
    return {"status": status, **jwk, "_links": {"self": _link(own, "GET")}}


def scope_body(scope: Scope, where: str) -> Json:
    """A scope. `where` is its server's address."""
    allowed = ("GET", "PUT") if scope.system else ("GET", "PUT", "DELETE")
    return {
        "id": scope.id,
        "name": scope.name,
        **({"displayName": scope.display_name} if scope.display_name is not None else {}),
        **({"description": scope.description} if scope.description is not None else {}),
        "system": scope.system,
        "metadataPublish": scope.publish,
        "consent": scope.consent,
        "default": scope.default,
        "optional": scope.optional,
        "apiResourceId": None,
        "_links": {"self": _link(f"{where}/scopes/{scope.id}", *allowed)},
    }


def read_scope(body: Json) -> dict[str, Any]:
    """What a create or replace of a scope says. Raises Invalid."""
    name = blankless(body, "name", 255)
    if re.search(r"\s", name):
        raise Invalid("name", "name: The scope name cannot contain spaces.")
    if name.lower().startswith("okta."):
        raise Invalid("name", "name: The scope name cannot start with 'okta.'.")
    return {
        "name": name,
        "description": _text(body, "description"),
        "display_name": _text(body, "displayName"),
        "consent": one_of(body, "consent", CONSENTS, "IMPLICIT"),
        "publish": one_of(body, "metadataPublish", PUBLISHED, "NO_CLIENTS"),
        "default": flag(body, "default"),
        "optional": flag(body, "optional"),
    }


def claim_body(claim: Claim, where: str) -> Json:
    """A claim. `where` is its server's address."""
    allowed = ("GET",) if claim.system else ("GET", "PUT", "DELETE")
    return {
        "id": claim.id,
        "name": claim.name,
        "status": claim.status,
        "claimType": claim.token,
        "valueType": claim.kind,
        "value": claim.value,
        "conditions": {"scopes": list(claim.scopes)},
        "system": claim.system,
        "alwaysIncludeInToken": claim.always,
        "apiResourceId": None,
        **({"group_filter_type": claim.group_filter} if claim.group_filter else {}),
        "_links": {"self": _link(f"{where}/claims/{claim.id}", *allowed)},
    }


def read_claim(body: Json) -> dict[str, Any]:
    """What a create or replace of a claim says. Raises Invalid, also for an expression that cannot be read."""
    token = one_of(body, "claimType", ("IDENTITY", "RESOURCE"), None)
    kind = one_of(body, "valueType", ("EXPRESSION", "GROUPS"), None)
    value = blankless(body, "value", 1024)
    by_group = one_of(body, "group_filter_type", FILTERS, None) if kind == "GROUPS" else None
    return {
        "name": blankless(body, "name", 255),
        "token": token,
        "kind": kind,
        "value": value,
        "tree": parse_claim(value) if by_group is None else None,
        "scopes": tuple(texts(part(body, "conditions").get("scopes"))),
        "status": one_of(body, "status", ("ACTIVE", "INACTIVE"), "ACTIVE"),
        "always": token == "RESOURCE" or flag(body, "alwaysIncludeInToken", True),
        "group_filter": by_group,
    }


def blankless(body: Json, name: str, most: int) -> str:
    """A text that has to be there. Raises Invalid."""
    value = _text(body, name)
    if value is None or not value.strip():
        raise Invalid(name, f"{name}: {_BLANK}")
    if len(value) > most:
        raise Invalid(name, f"{name}: The field is too long")
    return value


def one_of(body: Json, name: str, allowed: Iterable[str], default: str | None) -> str:
    """A member with few possible values. Raises Invalid."""
    value = body.get(name, default)
    if value is None:
        raise Invalid(name, f"{name}: {_BLANK}")
    if value not in (known := tuple(allowed)):
        raise Invalid(name, f"{name}: The value must be one of {', '.join(known)}.")
    return str(value)


def flag(body: Json, name: str, default: bool = False) -> bool:
    """A truth value. Raises Invalid."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise Invalid(name, f"{name}: The value must be true or false.")
    return value


def _text(body: Json, name: str) -> str | None:
    value = body.get(name)
    if not isinstance(value, str | None):
        raise Invalid(name, f"{name}: The value must be a text.")
    return value


def _link(href: str, *methods: str) -> Json:
    return {"href": href, "hints": {"allow": list(methods)}}
