"""Passwords that come from elsewhere: hashed, or behind a hook that is asked at the first sign-in.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#create-user-with-imported-hashed-password
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

_PLAIN = {"SHA-512": "sha512", "SHA-256": "sha256", "SHA-1": "sha1", "MD5": "md5"}
_PBKDF2_DIGESTS = {"SHA256_HMAC": "sha256", "SHA512_HMAC": "sha512"}


@dataclass(frozen=True, slots=True)
class HashedPassword:
    """A password's hash. `value` and `salt` are base64, for BCRYPT radix-64; `rounds` is a work factor or a count."""

    algorithm: str
    value: str
    salt: str | None = None
    salt_order: str | None = None
    rounds: int | None = None
    digest: str | None = None
    key_size: int | None = None


@dataclass(frozen=True, slots=True)
class ImportHook:
    """A password that only the password import hook knows."""

    type: str


Imported = HashedPassword | ImportHook


def complaint(hashed: HashedPassword) -> str | None:
    """What is wrong with an imported hash, as a field and a sentence."""
    check = _RULES.get(hashed.algorithm)
    return "algorithm: The hash algorithm is not supported" if check is None else check(hashed)


def _bcrypt(hashed: HashedPassword) -> str | None:
    if hashed.salt is None or len(hashed.salt) != 22:
        return "salt: A BCRYPT salt has 22 characters"
    if hashed.rounds is None or not 1 <= hashed.rounds <= 20:
        return "workFactor: A BCRYPT work factor lies between 1 and 20"
    return None if len(hashed.value) == 31 else "value: A BCRYPT hash has 31 characters"


def _salted(hashed: HashedPassword) -> str | None:
    if _bytes(hashed.value) is None:
        return "value: The hash is not base64"
    if hashed.salt is not None:
        if _bytes(hashed.salt) is None:
            return "salt: The salt is not base64"
        if hashed.salt_order not in ("PREFIX", "POSTFIX"):
            return "saltOrder: The salt order is PREFIX or POSTFIX"
    return None


def _pbkdf2(hashed: HashedPassword) -> str | None:
    if hashed.digest not in _PBKDF2_DIGESTS:
        return "digestAlgorithm: The digest algorithm is SHA256_HMAC or SHA512_HMAC"
    if hashed.rounds is None or hashed.rounds < 4096:
        return "iterationCount: The iteration count is at least 4096"
    if hashed.key_size is None or hashed.key_size < 1:
        return "keySize: The field cannot be left blank"
    if hashed.salt is None or _bytes(hashed.salt) is None:
        return "salt: The salt is not base64"
    return None if _bytes(hashed.value) is not None else "value: The hash is not base64"


_RULES: dict[str, Callable[[HashedPassword], str | None]] = {
    "BCRYPT": _bcrypt,
    "PBKDF2": _pbkdf2,
    **dict.fromkeys(_PLAIN, _salted),
}


def verified(hashed: HashedPassword, password: str) -> bool:
    """Whether a password has this hash. BCRYPT is not computed.

    >>> verified(HashedPassword("SHA-256", "XohImNooBHFR0OVvjcYpJ3NgPQ1qq73WKhHvch0VQtg="), "password")
    True
    """
    wanted, salt, typed = _bytes(hashed.value), _bytes(hashed.salt or ""), password.encode()
    if wanted is None or salt is None:
        return False
    if hashed.algorithm in _PLAIN:
        salted = salt + typed if hashed.salt_order == "PREFIX" else typed + salt
        return hmac.compare_digest(hashlib.new(_PLAIN[hashed.algorithm], salted).digest(), wanted)
    if hashed.algorithm == "PBKDF2":
        name = _PBKDF2_DIGESTS[hashed.digest or ""]
        return hmac.compare_digest(
            hashlib.pbkdf2_hmac(name, typed, salt, hashed.rounds or 0, hashed.key_size or None), wanted
        )
    return False


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
