"""Access tokens in requests: bearer tokens, and tokens bound to a key that the request proves to hold.

https://developer.okta.com/docs/guides/dpop/
"""

from __future__ import annotations

from collections.abc import Mapping

from simulators.okta.domain.errors import InvalidToken
from simulators.okta.domain.protocol_errors import OAuthRefusal
from simulators.okta.domain.tokens import AccessToken
from simulators.okta.tenant import OktaOrg
from simulators.okta.tenant.dpop import proven_key

_NEEDS_SCHEME = "The resource request must use the DPoP authentication scheme when using a DPoP bound token."


def addresses(org: OktaOrg, headers: Mapping[str, str], path: str) -> set[str]:
    """The addresses under which a path was reached: the org's own, and the one the caller used."""
    return {org.base_url + path, f"http://{headers.get('host', '')}{path}"}


def presented_token(
    org: OktaOrg, headers: Mapping[str, str], method: str, path: str, server_id: str = ""
) -> AccessToken:
    """The living access token of a server that a request carries. Raises InvalidToken, OAuthRefusal for its proof."""
    header = headers.get("authorization", "")
    scheme = "DPoP" if header.startswith("DPoP") else "Bearer"
    text = header.removeprefix(scheme).strip()
    found = org.auth_servers.verified(text)
    token = org.state.access_tokens.get(found[1]) if found is not None else None
    if token is None or found is None or not token.server == found[0].id == server_id or not org.tokens.alive(token):
        raise InvalidToken()
    if scheme == "Bearer":
        if token.jkt:
            raise OAuthRefusal(400, "invalid_request", _NEEDS_SCHEME)
        return token
    proof = headers.get("dpop")
    if not proof:
        raise OAuthRefusal(400, "invalid_request", "The resource request requires a DPoP proof.")
    if proven_key(org, proof, method, addresses(org, headers, path), text) != token.jkt:
        raise OAuthRefusal(400, "invalid_dpop_proof", "The access_token is not bound to the provided DPoP proof.")
    return token
