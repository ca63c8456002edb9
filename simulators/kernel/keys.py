"""RSA keys that follow from a random seed. The primes are shared between keys: good enough where nothing is secret."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import combinations

from simulators.kernel.known_primes import KNOWN

_SPAN = 1 << 13  # odd numbers looked at in one sieve


@dataclass(frozen=True, slots=True)
class RsaKey:
    """The numbers of one 2048-bit key."""

    p: int
    q: int

    @property
    def modulus(self) -> int:
        """The public modulus."""
        return self.p * self.q


@lru_cache(maxsize=64)
def rsa_key(random_seed: int, number: int) -> RsaKey:
    """The key number `number` of an estate; each further prime gives several further keys.

    >>> rsa_key(1, 0) == rsa_key(1, 0) != rsa_key(1, 1)
    True
    """
    size = 2
    while size * (size - 1) // 2 <= number:
        size += 1
    pairs = sorted(combinations(range(size), 2), key=lambda pair: (pair[1], pair[0]))
    first, second = pairs[number]
    return RsaKey(_prime(random_seed, second), _prime(random_seed, first))


_found: dict[tuple[int, int], int] = {
    (seed, number): prime for seed, known in KNOWN.items() for number, prime in enumerate(known)
}


def remember(random_seed: int, found: Iterable[int]) -> None:
    """Take primes that `primes` found elsewhere, for example in another process while this one was loading."""
    _found.update({(random_seed, number): prime for number, prime in enumerate(found)})


def _prime(random_seed: int, number: int) -> int:
    if (random_seed, number) not in _found:
        _found[random_seed, number] = search(random_seed, number)
    return _found[random_seed, number]


def search(random_seed: int, number: int) -> int:
    """The first prime behind a seeded 1024-bit starting point: what a key is made of, looked for."""
    start = int.from_bytes(
        b"".join(blake2b(f"{random_seed}/rsa/{number}/{part}".encode()).digest() for part in range(2))
    )
    start |= (3 << 1022) | 1  # both top bits, so that a product of two has 2048 bits
    while True:
        composite = bytearray(_SPAN)
        for small in _small_primes():
            # start + 2k is a multiple of `small` when k = -start / 2 modulo it
            first = (-start * ((small + 1) // 2)) % small
            composite[first::small] = b"\1" * len(range(first, _SPAN, small))
        place = composite.find(0)
        while place >= 0:
            candidate = start + 2 * place
            if candidate % 65537 != 1 and pow(2, candidate - 1, candidate) == 1 and _is_prime(candidate):
                return candidate
            place = composite.find(0, place + 1)
        start += 2 * _SPAN


def primes(random_seed: int, count: int) -> list[int]:
    """The first `count` primes of a random seed, 1024 bits each."""
    return [_prime(random_seed, number) for number in range(count)]


def _is_prime(number: int) -> bool:
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (3, 5):
        value = pow(base, odd, number)
        if value in (1, number - 1):
            continue
        for _ in range(twos - 1):
            value = value * value % number
            if value == number - 1:
                break
        else:
            return False
    return True


@cache
def _small_primes() -> tuple[int, ...]:
    limit = 60_000
    sieve = bytearray([1]) * limit
    for number in range(2, 245):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return tuple(number for number in range(3, limit) if sieve[number])
