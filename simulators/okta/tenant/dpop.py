"""Checking proofs of possession against a request, and each proof's single use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators.okta.domain.dpop import PROOF_LIFE, fault, nonces
from simulators.okta.domain.protocol_errors import OAuthRefusal
from simulators.okta.jose import ASYMMETRIC, digest, has_signature_of, read_unverified, thumbprint

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_PRIVATE = frozenset({"d", "p", "q", "k"})


def proven_key(org: OktaOrg, proof: str, method: str, urls: set[str], token: str | None) -> str:
    """The thumbprint of the key behind a proof. Raises OAuthRefusal.

    At the token endpoint (`token` None) the proof needs a nonce of the server's; elsewhere it names the access token.
    """
    try:
        header, claims = read_unverified(proof)
    except ValueError:
        raise _invalid("The parsing of the DPoP proof JWT failed.") from None
    if (wrong := fault(header, claims, method, urls, org.now())) is not None:
        raise _invalid(wrong)
    jwk = header.get("jwk")
    if header.get("alg") not in ASYMMETRIC:
        raise _invalid("'alg' in the DPoP proof JWT is not supported.")
    if not isinstance(jwk, dict) or _PRIVATE & set(jwk):
        raise _invalid("'jwk' in the DPoP proof JWT is invalid.")
    try:
        key = thumbprint(jwk)
    except ValueError:
        raise _invalid("'jwk' in the DPoP proof JWT is invalid.") from None
    if not has_signature_of(proof, jwk):
        raise _invalid("The DPoP proof JWT signature is invalid.")
    if token is None:
        accepted = nonces(org.state.ids.random_seed, org.now())
        if claims.get("nonce") not in accepted:
            text = "Authorization server requires nonce in DPoP proof."
            raise OAuthRefusal(400, "use_dpop_nonce", text, {"dpop-nonce": accepted[0]})
    elif claims.get("ath") != digest(token):
        raise _invalid("'ath' claim in the DPoP proof does not match the presented access_token.")
    if not org.oauth.spend(f"dpop/{key}/{claims['jti']}", org.now() + PROOF_LIFE * 2):
        raise _invalid("The DPoP proof JWT has already been used.")
    return key


def _invalid(description: str) -> OAuthRefusal:
    return OAuthRefusal(400, "invalid_dpop_proof", description)
