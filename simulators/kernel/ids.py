"""Seeded chance: identifiers, secrets and jitter that are the same for the same random seed."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b

from simulators.kernel.table import State

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = [low + high for high in _BASE62 for low in _BASE62]


@dataclass
class Ids(State):
    """Counted draws from named streams: a further draw in one stream shifts no other.

    >>> Ids(1, "okta").hex32("user") == Ids(1, "okta").hex32("user") != Ids(2, "okta").hex32("user")
    True
    """

    random_seed: int
    scope: str
    counters: dict[str, int] = field(default_factory=dict)

    def draw(self, stream: str, size: int = 32) -> bytes:
        """The next `size` bytes (at most 64) of a stream."""
        number = self.counters.get(stream, 0)
        self.counters[stream] = number + 1
        return blake2b(f"{self.random_seed}/{self.scope}/{stream}/{number}".encode(), digest_size=size).digest()

    def base62(self, stream: str, length: int) -> str:
        """Letters and digits, `length` of them."""
        number, text = int.from_bytes(self.draw(stream, 64)) % 62**length, ""
        for _ in range(length // 2):
            number, digits = divmod(number, 62 * 62)
            text += _PAIRS[digits]
        return text + _BASE62[number] if length % 2 else text

    def hex32(self, stream: str) -> str:
        """32 hexadecimal digits."""
        return self.draw(stream, 16).hex()

    def uuid(self, stream: str, version: int = 4) -> str:
        """Text of a UUID of the given version number."""
        digits = self.draw(stream, 16).hex()
        parts = (
            digits[:8],
            digits[8:12],
            f"{version}{digits[13:16]}",
            f"{'89ab'[int(digits[16], 16) % 4]}{digits[17:20]}",
            digits[20:],
        )
        return "-".join(parts)

    def secret(self, stream: str, size: int = 30) -> str:
        """A URL-safe secret of `size` random bytes."""
        return base64.urlsafe_b64encode(self.draw(f"secret/{stream}", size)).decode().rstrip("=")

    def fraction(self, stream: str) -> float:
        """A number in [0, 1)."""
        return int.from_bytes(self.draw(stream, 8)) / 2**64

    def jitter(self, stream: str, least: float, usual: float, most: float) -> timedelta:
        """A delay between `least` and `most` seconds, most often near `usual` (triangular distribution)."""
        if most <= least:
            return timedelta(seconds=least)
        part, turn = self.fraction(stream), (usual - least) / (most - least)
        if part < turn:
            seconds = least + (part * (most - least) * (usual - least)) ** 0.5
        else:
            seconds = most - ((1 - part) * (most - least) * (most - usual)) ** 0.5
        return timedelta(milliseconds=round(seconds * 1000))
