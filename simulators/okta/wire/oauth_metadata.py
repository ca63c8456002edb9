"""What authorization servers publish about themselves: the well-known documents.

https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/
"""

from __future__ import annotations

from collections.abc import Iterable

from simulators.okta.wire.bodies import Json

CLIENT_AUTH = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
RESPONSE_TYPES = ["code", "token", "id_token", "code id_token", "code token", "id_token token", "code id_token token"]
RESPONSE_MODES = ["query", "fragment", "form_post", "okta_post_message"]
GRANT_TYPES = ["authorization_code", "implicit", "refresh_token", "password"]
_SIGNING = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
_ID_CLAIMS = [
    "iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name", "nickname",
    "preferred_username", "given_name", "middle_name", "family_name", "email", "email_verified", "profile", "zoneinfo",
    "locale", "address", "phone_number", "updated_at", "at_hash", "c_hash",
]  # fmt: skip
_ACCESS_CLAIMS = ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"]


def metadata(base_url: str, issuer: str, scopes: Iterable[str], openid: bool) -> Json:
    """The document for OpenID clients, or the one for OAuth clients. `scopes` are those shown to everybody."""
    where = f"{issuer}/v1" if issuer != base_url else f"{base_url}/oauth2/v1"
    types = [kind for kind in RESPONSE_TYPES if not openid or kind != "token"]
    body: Json = {
        "issuer": issuer,
        "authorization_endpoint": f"{where}/authorize",
        "token_endpoint": f"{where}/token",
        **({"userinfo_endpoint": f"{where}/userinfo"} if openid else {}),
        "registration_endpoint": f"{base_url}/oauth2/v1/clients",
        "jwks_uri": f"{where}/keys",
        "response_types_supported": types,
        "response_modes_supported": RESPONSE_MODES,
        "grant_types_supported": [*GRANT_TYPES, *([] if openid else ["client_credentials"])],
        "subject_types_supported": ["public"],
        **({"id_token_signing_alg_values_supported": ["RS256"]} if openid else {}),
        "scopes_supported": list(scopes),
        "token_endpoint_auth_methods_supported": CLIENT_AUTH,
        "claims_supported": _ID_CLAIMS if openid else _ACCESS_CLAIMS,
        "code_challenge_methods_supported": ["S256"],
        "introspection_endpoint": f"{where}/introspect",
        "introspection_endpoint_auth_methods_supported": CLIENT_AUTH,
        "revocation_endpoint": f"{where}/revoke",
        "revocation_endpoint_auth_methods_supported": CLIENT_AUTH,
        "end_session_endpoint": f"{where}/logout",
        "request_parameter_supported": False,
        "dpop_signing_alg_values_supported": _SIGNING,
    }
    return body


def ssf_metadata(base_url: str) -> Json:
    """What receivers of security events need to know of the org as their transmitter.

    https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SSFTransmitter/
    """
    return {
        "configuration_endpoint": f"{base_url}/api/v1/ssf/stream",
        "delivery_methods_supported": [
            "https://schemas.openid.net/secevent/risc/delivery-method/push",
            "urn:ietf:rfc:8935",
        ],
        "issuer": base_url,
        "jwks_uri": f"{base_url}/oauth2/v1/keys",
        "verification_endpoint": f"{base_url}/api/v1/ssf/stream/verification",
        "spec_version": "1_0-ID3",
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}],
        "default_subjects": "ALL",
    }
