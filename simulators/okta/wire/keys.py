"""Signing keys and JWTs: from an estate's numbers to PEM, JWK and compact tokens, and back."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from simulators.okta.domain.keys import RsaKey, rsa_key

_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
_REGISTRY = jws.JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)


@lru_cache(maxsize=64)
def private_key(numbers: RsaKey, kid: str) -> RSAKey:
    """A key that signs."""
    p, q = numbers.p, numbers.q
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    key = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    loaded = key.private_key(unsafe_skip_rsa_key_validation=True)
    return RSAKey(loaded, loaded, {"kid": kid, "use": "sig", "alg": "RS256"})


def org_key(random_seed: int) -> RSAKey:
    """The key an org signs its tokens with."""
    return private_key(rsa_key(random_seed, 0), f"okta-{random_seed}-org")


def service_key(random_seed: int, number: int, name: str) -> RSAKey:
    """The key of one service app of a seed."""
    return private_key(rsa_key(random_seed, number), f"{name}-{random_seed}")


def public_jwk(key: RSAKey) -> dict[str, Any]:
    """The half that may be published."""
    return dict(key.as_dict(private=False))


def sign(claims: dict[str, Any], key: RSAKey, type: str | None) -> str:
    """A compact RS256 token."""
    header = {"alg": "RS256", "kid": key.kid, **({"typ": type} if type else {})}
    return jws.serialize_compact(header, json.dumps(claims).encode(), key, registry=_REGISTRY)


@lru_cache(maxsize=4096)
def verified(token: str, random_seed: int) -> str | None:
    """The `jti` of a token that this org signed, else None."""
    try:
        found = jws.deserialize_compact(token, org_key(random_seed), registry=_REGISTRY)
        claims = json.loads(found.payload or b"{}")
    except (JoseError, ValueError):
        return None
    return claims.get("jti") if isinstance(claims, dict) else None


def read_unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a compact token. Raises ValueError."""
    try:
        found = jws.extract_compact(token.encode())
        header, claims = dict(found.headers()), json.loads(found.payload or b"")
    except (JoseError, ValueError, TypeError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(claims, dict):
        raise ValueError("the payload is no object")
    return header, claims


def has_signature_of(token: str, jwk: dict[str, Any]) -> bool:
    """Whether the key behind a public JWK signed a token."""
    try:
        key = ECKey.import_key(jwk) if jwk.get("kty") == "EC" else RSAKey.import_key(jwk)
        jws.deserialize_compact(token, key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True
