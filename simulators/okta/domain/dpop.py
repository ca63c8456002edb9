"""Proofs of possession (DPoP): what a proof has to say, and the nonces of the token endpoint.

https://developer.okta.com/docs/guides/dpop/
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

PROOF_LIFE = timedelta(minutes=5)
_AHEAD = timedelta(minutes=1)
_TURN, _KEPT = timedelta(hours=24), 3


def nonces(random_seed: int, at: datetime) -> list[str]:
    """The nonces accepted at an instant, the one given out first: each a day's, and good for three days more."""
    day = int(at.timestamp() // _TURN.total_seconds())
    return [
        blake2b(f"{random_seed}/dpop nonce/{number}".encode(), digest_size=16).hexdigest()
        for number in range(day, day - _KEPT - 1, -1)
    ]


def fault(
    header: Mapping[str, Any], claims: Mapping[str, Any], method: str, urls: set[str], at: datetime
) -> str | None:
    """The vendor's sentence about a proof that is not one for this request; the signature is checked elsewhere.

    >>> fault({"typ": "jwt"}, {}, "GET", set(), datetime(2026, 3, 2))
    "'typ' must be 'dpop+jwt' in the DPoP proof JWT."
    """
    if header.get("typ") != "dpop+jwt":
        return "'typ' must be 'dpop+jwt' in the DPoP proof JWT."
    if claims.get("htm") != method:
        return "'htm' claim in the DPoP proof JWT is invalid."
    if str(claims.get("htu", "")).partition("?")[0].partition("#")[0] not in urls:
        return "'htu' claim in the DPoP proof JWT is invalid."
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return "'iat' claim in the DPoP proof JWT is invalid."
    if issued > (at + _AHEAD).timestamp():
        return "'iat' claim in the DPoP proof JWT is invalid."
    if issued < (at - PROOF_LIFE).timestamp():
        return "The DPoP proof JWT is issued more than five minutes in the past."
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        return "'jti' claim in the DPoP proof JWT is invalid."
    return None
