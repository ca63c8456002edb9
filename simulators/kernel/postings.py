"""Inverted indexes: which records have a key, as numbers or as one integer of bits, to be combined by `&`, `|` and `~`.

An index is one copy for all forks of a state: whoever asks brings it to its own records first. So nothing here forks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from simulators.kernel.cow import CowSorted

# A set of record numbers: bit n is set when number n is in it.
Bits = int
# A mark that tells kinds of keys apart, and the key: keys of one mark are of one type.
Key = tuple[int, Any]
# A key, the beginning of all keys of a mark, or what lies behind a key.
Bound = tuple[Any, ...]
# The numbers of a record and the keys of each, no key twice.
Parts = tuple[tuple[int, tuple[Key, ...]], ...]
# One number, some numbers, or the bytes of many.
Posting = int | set[int] | bytearray

# From so many numbers on a set weighs more than the bytes of a bitmap of some thousand records.
_DENSE = 128
_ANSWERS = 32
# What so many neighbouring keys have together is remembered.
_BLOCK = 16
_BYTES = re.compile(rb"[^\0]+")


def numbers(bits: Bits) -> Iterator[int]:
    """The numbers of a set, ascending.

    >>> list(numbers(1 << 70 | 1 << 9 | 1))
    [0, 9, 70]
    """
    held = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for run in _BYTES.finditer(held):
        for at in range(*run.span()):
            byte, number = held[at], at * 8
            while byte:
                if byte & 1:
                    yield number
                byte, number = byte >> 1, number + 1


def bits_of(found: Iterable[int]) -> Bits:
    """The set of some numbers."""
    held = bytearray()
    for number in found:
        _set(held, number)
    return int.from_bytes(held, "little")


def member_of(bits: Bits) -> Callable[[int], bool]:
    """Whether a number is in a set, asked many times.

    >>> has = member_of(bits_of([3, 9])); has(3), has(4), has(1000)
    (True, False, False)
    """
    held = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    size = len(held) * 8
    return lambda number: number < size and held[number >> 3] >> (number & 7) & 1 == 1


class Column:
    """What some records have, by key: `put` and `drop` records, ask for `bits`, a range of keys or a search in them.

    A record is known by its id; it has a number and its keys, or several such parts.

    >>> c = Column(); c.put("a", [(0, [(1, "red"), (1, "rose")])]); c.put("b", [(5, [(1, "red")])])
    >>> bin(c.bits((1, "red"))), bin(c.between((1, "ro"), (1, "rz"))), bin(c.holding(1, "ose"))
    ('0b100001', '0b1', '0b1')
    """

    __slots__ = ("_answers", "_held", "_keys", "_postings", "pending")

    def __init__(self) -> None:
        # what was asked lately and the answer, until the next change: a client asks for one page after the other
        self._answers: dict[Hashable, Bits] = {}
        self._held: dict[str, Parts] = {}
        self._postings: dict[Key, Posting] = {}
        # every key in order; made when a range or a part of a key is first asked for
        self._keys: CowSorted[Key] | None = None
        # records that have changed since; whoever asks brings them up to date first
        self.pending: set[str] = set()

    def __len__(self) -> int:
        return len(self._held)

    def held(self, id: str) -> Parts | None:
        """What was put of a record; None when it is not there."""
        return self._held.get(id)

    def put(self, id: str, parts: Iterable[tuple[int, Iterable[Key]]]) -> None:
        """Enter a record that is not there."""
        self._answers.clear()
        own = tuple((number, tuple(keys)) for number, keys in parts)
        for number, keys in own:
            self._enter(number, keys)
        self._held[id] = own

    def _enter(self, number: int, keys: tuple[Key, ...]) -> None:
        postings = self._postings
        for key in keys:
            found = postings.get(key)
            kind = type(found)
            if kind is bytearray:
                _set(found, number)  # type: ignore[arg-type]
            elif kind is set:
                found.add(number)  # type: ignore[union-attr]
                if len(found) > _DENSE:  # type: ignore[arg-type]
                    postings[key] = _dense(found)  # type: ignore[arg-type]
            else:
                postings[key] = number if found in (None, number) else {found, number}  # type: ignore[arg-type]
        if self._keys is not None:
            for key in keys:
                self._keys.add(key)
                self._keys.touch(key)

    def drop(self, id: str) -> None:
        """Take a record out, if it is there."""
        self._answers.clear()
        for number, keys in self._held.pop(id, ()):
            for key in keys:
                found = self._postings[key]
                if isinstance(found, bytearray):
                    found[number >> 3] &= ~(1 << (number & 7))
                elif isinstance(found, set) and len(found) > 1:
                    found.discard(number)
                else:
                    del self._postings[key]
                    if self._keys is not None:
                        self._keys.discard(key)
                    continue
                if self._keys is not None:
                    self._keys.touch(key)

    def bits(self, key: Key) -> Bits:
        """The records that have a key."""
        found = self._postings.get(key)
        return 0 if found is None else _bits(found)

    def union(self, keys: Iterable[Key]) -> Bits:
        """The records that have any of some keys."""
        return _union([found for key in keys if (found := self._postings.get(key)) is not None])

    def shares(self, among: Bits) -> Iterator[tuple[Key, Bits | set[int]]]:
        """Every key that some of `among` have, with those of them that have it: many as bits, few by number."""
        held = member_of(among)
        for key, posting in self._postings.items():
            found: Bits | set[int]
            if isinstance(posting, bytearray):
                found = among & int.from_bytes(posting, "little")
            else:
                found = {number for number in ((posting,) if isinstance(posting, int) else posting) if held(number)}
            if found:
                yield key, found

    def between(self, low: Bound, high: Bound) -> Bits:
        """The records that have a key in [low, high)."""
        found = 0
        for piece, start, stop in self._sorted().parts(self._piece, low, high):
            found |= piece.bits(start, stop)
        return found

    def keys(self, low: Bound, high: Bound) -> Iterator[Key]:
        """The keys in [low, high), ascending."""
        for key in self._sorted().upward(low):
            if key >= high:
                return
            yield key

    def meeting(self, low: Bound, high: Bound, meets: Callable[[Any], object]) -> Bits:
        """The records that have a key in [low, high) that meets a condition."""
        return self.union([key for key in self.keys(low, high) if meets(key[1])])

    def holding(self, mark: int, part: str, meets: Callable[[Any], object] | None = None) -> Bits:
        """The records that have a text with some part in it under a mark, and that meets a condition besides."""
        found, rest = 0, list[Key]()
        for piece in self._sorted().pieces(self._piece, (mark,), (mark + 1,)):
            if part not in piece.text():
                continue
            hits = [key for key in piece.keys if part in key[1]]
            if meets is not None:
                hits = [key for key in hits if meets(key[1])]
            if len(hits) == len(piece.keys):
                found |= piece.bits(0, len(hits))
            else:
                rest += hits
        return found | self.union(rest)

    def sized(self, mark: int, lengths: range, meets: Callable[[str], bool]) -> Bits:
        """The records that have a text of some length under a mark that meets a condition."""
        hits = list[Key]()
        for piece in self._sorted().pieces(self._piece, (mark,), (mark + 1,)):
            known = piece.lengths()
            hits += [key for length in lengths for key in known.get(length, ()) if meets(key[1])]
        return self.union(hits)

    def once(self, question: Hashable, answer: Callable[[], Bits]) -> Bits:
        """The answer to a question about this column, worked out once between two changes."""
        found = self._answers.get(question)
        if found is None:
            if len(self._answers) >= _ANSWERS:
                self._answers.clear()
            found = self._answers[question] = answer()
        return found

    def _sorted(self) -> CowSorted[Key]:
        if self._keys is None:
            self._keys = CowSorted(sorted(self._postings))
        return self._keys

    def _piece(self, keys: list[Key]) -> _Piece:
        return _Piece(self._postings, keys)


class _Piece:
    """Some neighbouring keys, with what has been asked of all of them."""

    __slots__ = ("_blocks", "_lengths", "_postings", "_text", "keys")

    def __init__(self, postings: dict[Key, Posting], keys: list[Key]) -> None:
        self.keys = list(keys)
        self._postings = postings
        self._blocks: dict[tuple[int, int], Bits] = {}
        self._text: str | None = None
        self._lengths: dict[int, list[Key]] | None = None

    def bits(self, start: int, stop: int) -> Bits:
        """The records that have any of the keys at some places: whole blocks of them from memory."""
        first, last = -(-start // _BLOCK) * _BLOCK, stop // _BLOCK * _BLOCK
        if first >= last:
            return self._union(start, stop)
        if (first, last) not in self._blocks:
            self._blocks[first, last] = self._union(first, last)
        return self._union(start, first) | self._blocks[first, last] | self._union(last, stop)

    def _union(self, start: int, stop: int) -> Bits:
        return _union([self._postings[key] for key in self.keys[start:stop]])

    def text(self) -> str:
        """All keys in one text."""
        if self._text is None:
            self._text = "\n".join(str(key[1]) for key in self.keys)
        return self._text

    def lengths(self) -> dict[int, list[Key]]:
        """The keys by how long their texts are."""
        if self._lengths is None:
            self._lengths = {}
            for key in self.keys:
                self._lengths.setdefault(len(key[1]), []).append(key)
        return self._lengths


def _bits(posting: Posting) -> Bits:
    if isinstance(posting, int):
        return 1 << posting
    return int.from_bytes(posting, "little") if isinstance(posting, bytearray) else bits_of(posting)


def _union(postings: list[Posting]) -> Bits:
    """Many sets as one: the sparse ones through one piece of memory."""
    found, sparse = 0, bytearray()
    for one in postings:
        if isinstance(one, bytearray):
            found |= int.from_bytes(one, "little")
        else:
            for number in (one,) if isinstance(one, int) else one:
                _set(sparse, number)
    return found | int.from_bytes(sparse, "little")


def _dense(posting: set[int]) -> bytearray:
    held = bytearray()
    for number in posting:
        _set(held, number)
    return held


def _set(held: bytearray, number: int) -> None:
    at = number >> 3
    if at >= len(held):
        held.extend(bytes(at + 1 - len(held)))
    held[at] |= 1 << (number & 7)
