"""Sign-in: session tokens, sign-in transactions, sessions, recovery links and one-time passcodes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SessionToken:
    """Spent once to begin a session. `ip` is the address it was earned from."""

    value: str
    user_id: str
    expires: datetime
    amr: tuple[str, ...]
    session_id: str
    ip: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that waits for its next step, under its state token.

    `factor_id` is the factor under way, `result` how its challenge stands; `options` what the caller asked for at the
    beginning; `device` the token of the caller's device; `recovery` PASSWORD or UNLOCK, by the `channel` SMS or CALL.
    A recovery that nobody may have begins under no user.
    """

    value: str
    user_id: str
    status: str
    expires: datetime
    session_id: str | None = None
    factor_id: str = ""
    result: str = ""
    options: frozenset[str] = frozenset()
    device: str = ""
    recovery: str = ""
    channel: str = ""
    amr: tuple[str, ...] = ("pwd",)
    ip: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryLink:
    """A token sent to a person: `purpose` activation or recovery."""

    value: str
    user_id: str
    purpose: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `alias` is the id its own links carry; `idx` is a second cookie's value.

    `idle` and `most` are how long it lives from its last use and from its beginning.
    """

    id: str
    alias: str
    idx: str
    user_id: str
    created: datetime
    refreshed: datetime
    expires: datetime
    amr: tuple[str, ...]
    password_verified: datetime
    factor_verified: datetime | None = None
    idle: timedelta = timedelta(hours=2)
    most: timedelta | None = None

    @property
    def with_factor(self) -> bool:
        """Whether more than a password opened it."""
        return self.factor_verified is not None


def passcode(secret: str, step: int) -> str:
    """The TOTP of one 30-second step (RFC 6238, SHA-1, six digits).

    >>> passcode("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1)
    '287082'
    """
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def step_of(at: datetime) -> int:
    """The time step `at` lies in."""
    return int(at.timestamp()) // 30


def matching_step(secret: str, code: str, at: datetime) -> int | None:
    """The step whose passcode is `code`, looking one step back and ahead."""
    now = step_of(at)
    return next((step for step in (now, now - 1, now + 1) if hmac.compare_digest(passcode(secret, step), code)), None)
