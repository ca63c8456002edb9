"""The transmitter's key, and the security event tokens it signs (RFC 8417)."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from simulators.kernel.keys import rsa_key

# The key's place among those of an estate: it shares primes with the directory's keys, so that it costs no search.
_PLACE = 9


@lru_cache(maxsize=8)
def _key(random_seed: int, kid: str) -> Any:
    """The private key, made when first asked for: a run without shared signals does not pay for it."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from joserfc.jwk import RSAKey

    numbers = rsa_key(random_seed, _PLACE)
    p, q = numbers.p, numbers.q
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    private = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    loaded = private.private_key(unsafe_skip_rsa_key_validation=True)
    return RSAKey(loaded, loaded, {"kid": kid, "use": "sig", "alg": "RS256"})


def public_keys(random_seed: int, kid: str) -> list[dict[str, Any]]:
    """The keys that receivers verify tokens with."""
    return [dict(_key(random_seed, kid).as_dict(private=False))]


def signed(claims: dict[str, Any], random_seed: int, kid: str) -> str:
    """A compact security event token."""
    from joserfc import jws

    header = {"alg": "RS256", "kid": kid, "typ": "secevent+jwt"}
    return str(jws.serialize_compact(header, json.dumps(claims).encode(), _key(random_seed, kid)))
