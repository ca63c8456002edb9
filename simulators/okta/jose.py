"""Signing keys and JWTs: from an estate's numbers to PEM, JWK and compact tokens, and back."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

from simulators.kernel.keys import RsaKey, rsa_key

ASYMMETRIC = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
_SECRET = ("HS256", "HS384", "HS512")
_REGISTRY = jws.JWSRegistry(algorithms=[*ASYMMETRIC, *_SECRET], strict_check_header=False)
_REGISTRY.max_header_length = 8192  # a proof carries its whole public key there
_REGISTRY.max_signature_length = 2048
_FIRST = 10  # below stand the org's first key and those of a seed's service apps


class TokenKey(RSAKey):
    """A private key that tells tokens apart by its identity."""

    __eq__ = object.__eq__
    __hash__ = object.__hash__


@lru_cache(maxsize=64)
def private_key(numbers: RsaKey, kid: str) -> TokenKey:
    """A key that signs."""
    p, q = numbers.p, numbers.q
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    key = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    loaded = key.private_key(unsafe_skip_rsa_key_validation=True)
    return TokenKey(loaded, loaded, {"kid": kid, "use": "sig", "alg": "RS256"})


def signing_key(random_seed: int, server: int, number: int) -> TokenKey:
    """The key number `number` of an authorization server; the server 0 is the org's own."""
    diagonal = server + number  # every pair of numbers has a place of its own, and early pairs have early places
    place = 0 if diagonal == 0 else _FIRST + diagonal * (diagonal + 1) // 2 + number
    return private_key(rsa_key(random_seed, place), key_id(random_seed, server, number))


@lru_cache(maxsize=256)
def key_id(random_seed: int, server: int, number: int) -> str:
    """The `kid` of an authorization server's key."""
    digest = blake2b(f"{random_seed}/signing key/{server}/{number}".encode(), digest_size=32).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def service_key(random_seed: int, number: int, name: str) -> TokenKey:
    """The key of one service app of a seed."""
    return private_key(rsa_key(random_seed, number), f"{name}-{random_seed}")


def public_jwk(key: RSAKey) -> dict[str, Any]:
    """The half that may be published."""
    return dict(key.as_dict(private=False))


def sign(claims: dict[str, Any], key: TokenKey, type: str | None) -> str:
    """A compact RS256 token."""
    return _signed(key, type or "", json.dumps(claims))


@lru_cache(maxsize=4096)
def _signed(key: TokenKey, type: str, claims: str) -> str:
    """Always the same (RFC 8017, 8.2.1), and estates that start from one snapshot ask for the same ones."""
    header = {"kid": key.kid, **({"typ": type} if type else {}), "alg": "RS256"}
    return jws.serialize_compact(header, claims.encode(), key, registry=_REGISTRY)


@lru_cache(maxsize=4096)
def is_signed(token: str, random_seed: int, server: int, number: int) -> bool:
    """Whether a key of an authorization server signed a token."""
    return _verifies(token, signing_key(random_seed, server, number))


def read_unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a compact token. Raises ValueError."""
    try:
        found = jws.extract_compact(token.encode(), registry=_REGISTRY)
        header, claims = dict(found.headers()), json.loads(found.payload or b"")
    except (JoseError, ValueError, TypeError) as error:
        raise ValueError(str(error)) from None
    if not isinstance(claims, dict):
        raise ValueError("the payload is no object")
    return header, claims


@lru_cache(maxsize=4096)
def marks_of(token: str) -> tuple[str, str, str]:
    """`kid`, `iss` and `jti` of a token, unverified; empty for what is no token."""
    try:
        header, claims = read_unverified(token)
    except ValueError:
        return "", "", ""
    return str(header.get("kid", "")), str(claims.get("iss", "")), str(claims.get("jti", ""))


def has_signature_of(token: str, jwk: dict[str, Any]) -> bool:
    """Whether the key behind a public JWK signed a token."""
    return _has_signature_of(token, json.dumps(jwk, sort_keys=True, default=str))


@lru_cache(maxsize=4096)
def _has_signature_of(token: str, text: str) -> bool:
    jwk = json.loads(text)
    try:
        key: Key = ECKey.import_key(jwk) if jwk.get("kty") == "EC" else RSAKey.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return _verifies(token, key)


def has_signature_by(token: str, secret: str) -> bool:
    """Whether a secret signed a token."""
    return _verifies(token, OctKey.import_key(secret)) if secret else False


def thumbprint(jwk: dict[str, Any]) -> str:
    """The SHA-256 thumbprint of a public key (RFC 7638). Raises ValueError."""
    names = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}.get(str(jwk.get("kty")), ())
    if not names or not all(isinstance(jwk.get(name), str) for name in names):
        raise ValueError("the key is not public RSA or EC")
    text = json.dumps({name: jwk[name] for name in names}, separators=(",", ":"), sort_keys=True)
    return digest(text)


def digest(text: str) -> str:
    """SHA-256 as JWTs carry it.

    >>> digest("")[:8]
    '47DEQpj8'
    """
    return base64.urlsafe_b64encode(sha256(text.encode()).digest()).decode().rstrip("=")


def _verifies(token: str, key: Key) -> bool:
    try:
        jws.deserialize_compact(token, key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True
