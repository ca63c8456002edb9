"""Identity providers as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/IdentityProvider/
"""

from __future__ import annotations

from functools import cache

from simulators.kernel.times import iso
from simulators.okta.domain.documents import Document
from simulators.okta.domain.errors import Invalid
from simulators.okta.domain.idps import POLICY, TYPES
from simulators.okta.domain.mappings import DONT_PUSH, MappedAttribute
from simulators.okta.domain.policies import filled
from simulators.okta.wire.bodies import Json, part
from simulators.okta.wire.expressions import parse_mapping

_AUTHORIZE = "client_id={clientId}&response_type={responseType}&response_mode={responseMode}&scope={scopes}"
_ANSWER = "redirect_uri={redirectUri}&state={state}&nonce={nonce}"


def idp_body(idp: Document, base_url: str) -> Json:
    """An identity provider."""
    return {
        "id": idp.id,
        "issuerMode": idp.content["issuerMode"],
        "name": idp.name,
        "status": idp.status,
        "created": iso(idp.created),
        "lastUpdated": iso(idp.last_updated),
        "protocol": idp.content["protocol"],
        "policy": idp.content["policy"],
        "type": idp.content["type"],
        "_links": _asserted(idp, base_url) if TYPES[idp.content["type"]].asserts else _authorized(idp, base_url),
    }


def _asserted(idp: Document, base_url: str) -> Json:
    own, verb = f"{base_url}/api/v1/idps/{idp.id}", "deactivate" if idp.status == "ACTIVE" else "activate"
    xml, post, get = {"type": "application/xml"}, {"hints": {"allow": ["POST"]}}, {"hints": {"allow": ["GET"]}}
    return {
        "metadata": {"href": f"{own}/metadata.xml", **xml, **get},
        "acs": {"href": f"{base_url}/sso/saml2/{idp.id}", **xml, **post},
        "users": {"href": f"{own}/users", **get},
        verb: {"href": f"{own}/lifecycle/{verb}", **post},
    }


def _authorized(idp: Document, base_url: str) -> Json:
    at = f"{base_url}/oauth2/v1/authorize"
    return {
        "authorize": {
            "href": f"{at}?idp={idp.id}&{_AUTHORIZE}&{_ANSWER}",
            "templated": True,
            "hints": {"allow": ["GET"]},
        },
        "clientRedirectUri": {"href": f"{at}/callback", "hints": {"allow": ["POST"]}},
    }


def read_idp(body: Json) -> tuple[str, Json]:
    """Name and content, completed. Raises NotWellFormed or Invalid."""
    name, kind = body.get("name"), body.get("type")
    if not isinstance(name, str) or not name:
        raise Invalid("name", "name: The field cannot be left blank")
    if not isinstance(kind, str) or kind not in TYPES:
        raise Invalid("type", f"type: The type of an identity provider must be one of {', '.join(TYPES)}")
    mode = body.get("issuerMode") or "DYNAMIC"
    if mode not in ("ORG_URL", "CUSTOM_URL", "DYNAMIC"):
        raise Invalid("issuerMode", "issuerMode: must be one of ORG_URL, CUSTOM_URL, DYNAMIC")
    protocol, made = part(body, "protocol"), TYPES[kind]
    if not protocol.get("type"):
        raise Invalid("protocol", "protocol: The field cannot be left blank")
    if made.authorization:
        protocol = {**protocol, "endpoints": _endpoints(made.authorization, made.token)}
    policy = filled(part(body, "policy"), POLICY)
    if not made.authorization:
        policy = {**policy, "mapAMRClaims": policy.get("mapAMRClaims") is True}
    return name, {"type": kind, "issuerMode": mode, "protocol": protocol, "policy": policy}


def _endpoints(authorization: str, token: str) -> Json:
    return {
        "authorization": {"url": authorization, "binding": "HTTP-REDIRECT"},
        "token": {"url": token, "binding": "HTTP-POST"},
    }


@cache
def mapped_at_first(kind: str) -> tuple[MappedAttribute, ...]:
    """The attributes that a new provider's profile is mapped to."""
    rows = TYPES[kind].mapped.items()
    return tuple(MappedAttribute(name, text, DONT_PUSH, parse_mapping(text)) for name, text in rows)
