"""Copy-on-write containers: forking one costs microseconds whatever it holds; a write copies one small piece."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import compress, groupby, islice
from operator import eq, is_, is_not
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

_BUCKETS = 1024
_CHUNK = 512
_FEW = 16


class _Owner:
    """Marks which fork may write a piece in place."""

    __slots__ = ()


class _Bucket(dict[Any, Any]):
    __slots__ = ("owner",)
    owner: _Owner


class CowMap(Generic[K, V]):
    """A dictionary without order. `fork()` answers an independent twin.

    >>> one = CowMap(); one["a"] = 1; two = one.fork(); two["a"] = 2; one["a"], two["a"]
    (1, 2)
    """

    __slots__ = ("_buckets", "_owner", "_size", "_version")

    def __init__(self) -> None:
        self._buckets: list[_Bucket | None] = [None] * _BUCKETS
        self._owner = _Owner()
        self._size = 0
        # another object after each write; relatives with the same one are the same
        self._version = object()

    def fork(self) -> CowMap[K, V]:
        """A twin that shares every piece until one of both writes to it."""
        twin: CowMap[K, V] = CowMap.__new__(CowMap)
        twin._buckets = self._buckets.copy()
        twin._size, twin._version = self._size, self._version
        twin._owner = _Owner()
        self._owner = _Owner()
        return twin

    def __len__(self) -> int:
        return self._size

    def __contains__(self, key: object) -> bool:
        bucket = self._buckets[hash(key) % _BUCKETS]
        return bucket is not None and key in bucket

    def get(self, key: K, default: V | None = None) -> V | None:
        """The value under `key`, else `default`."""
        bucket = self._buckets[hash(key) % _BUCKETS]
        return default if bucket is None else bucket.get(key, default)

    def __getitem__(self, key: K) -> V:
        bucket = self._buckets[hash(key) % _BUCKETS]
        if bucket is None:
            raise KeyError(key)
        return bucket[key]  # type: ignore[no-any-return]

    def __setitem__(self, key: K, value: V) -> None:
        number = hash(key) % _BUCKETS
        bucket = self._buckets[number]
        if bucket is None or bucket.owner is not self._owner:
            bucket = self._writable(number)
        before = len(bucket)
        bucket[key] = value
        self._version = object()
        self._size += len(bucket) - before

    def pop(self, key: K, default: V | None = None) -> V | None:
        """Take `key` out and answer what it held."""
        if key not in self:
            return default
        self._size -= 1
        self._version = object()
        return self._writable(hash(key) % _BUCKETS).pop(key)  # type: ignore[no-any-return]

    def items(self) -> Iterator[tuple[K, V]]:
        """Every key with its value."""
        for bucket in self._buckets:
            if bucket:
                yield from bucket.items()

    def is_as(self, then: CowMap[K, V]) -> bool:
        """Whether a relative shares every piece, so that nothing differs."""
        return self._version is then._version or all(map(is_, self._buckets, then._buckets))

    def since(self, then: CowMap[K, V]) -> Iterator[tuple[V | None, V | None]]:
        """What differs from a relative: old and new value of a key, None where there is none.

        Looks only into the pieces that both do not share.
        """
        for number in compress(range(_BUCKETS), map(is_not, self._buckets, then._buckets)):
            mine, before = self._buckets[number] or _Bucket(), then._buckets[number] or _Bucket()
            for key, value in mine.items():
                if (old := before.get(key)) is not value:
                    yield old, value
            yield from ((old, None) for key, old in before.items() if key not in mine)

    def _writable(self, number: int) -> _Bucket:
        bucket = self._buckets[number]
        if bucket is None or bucket.owner is not self._owner:
            bucket = _Bucket(bucket or ())
            bucket.owner = self._owner
            self._buckets[number] = bucket
        return bucket


class _Chunk(list[Any]):
    __slots__ = ("made", "owner")
    owner: _Owner
    # what `pieces` has made of the items, until the next write
    made: Any


def _last(chunk: _Chunk) -> Any:
    return chunk[-1]


class CowSorted(Generic[V]):
    """A sorted set of comparable items with cheap forks, range walks in both directions and O(log n) writes.

    New items wait until somebody looks, so that a population planted in one go is sorted once.

    >>> s = CowSorted([3, 1, 2]); s.discard(2); list(s.upward()), list(s.downward())
    ([1, 3], [3, 1])
    """

    __slots__ = ("_chunks", "_new", "_owner", "_size")

    def __init__(self, items: Iterable[V] = ()) -> None:
        self._chunks: list[_Chunk] = []
        self._new: list[Any] = list(items)
        self._owner = _Owner()
        self._size = 0

    def fork(self) -> CowSorted[V]:
        """A twin that shares every piece until one of both writes to it."""
        self._settle()
        twin: CowSorted[V] = CowSorted.__new__(CowSorted)
        twin._chunks = self._chunks.copy()
        twin._new = []
        twin._size = self._size
        twin._owner = _Owner()
        self._owner = _Owner()
        return twin

    def __len__(self) -> int:
        self._settle()
        return self._size

    def add(self, item: Any) -> None:
        """Put `item` in its place; an equal item already there is kept."""
        self._new.append(item)

    def _settle(self) -> None:
        """Bring the items that wait to their places: one by one if they are few, else by sorting everything again."""
        if not self._new:
            return
        new, self._new = self._new, []
        if len(new) * _FEW < self._size or len(new) < _FEW:
            for item in new:
                self._insert(item)
            return
        items = [item for chunk in self._chunks for item in chunk]
        items += new
        items.sort()
        if any(map(eq, items, islice(items, 1, None))):
            items = [item for item, _ in groupby(items)]
        self._size = len(items)
        self._chunks = [self._owned(items[at : at + _CHUNK]) for at in range(0, len(items), _CHUNK)]

    def _insert(self, item: Any) -> None:
        if not self._chunks:
            self._chunks.append(self._owned([item]))
            self._size = 1
            return
        number = min(bisect_left(self._chunks, item, key=_last), len(self._chunks) - 1)
        chunk = self._chunks[number]
        at = bisect_left(chunk, item)
        if at < len(chunk) and chunk[at] == item:
            return
        chunk = self._writable(number)
        chunk.insert(at, item)
        self._size += 1
        if len(chunk) > _CHUNK:
            half = len(chunk) // 2
            # A run of ascending items (ids, times) fills chunks: cut near the end there instead of in the middle.
            cut = half if at < len(chunk) - 1 else len(chunk) - 1
            self._chunks[number : number + 1] = [self._owned(chunk[:cut]), self._owned(chunk[cut:])]

    def discard(self, item: Any) -> None:
        """Take `item` out if it is there."""
        self._settle()
        number = bisect_left(self._chunks, item, key=_last)
        if number == len(self._chunks):
            return
        at = bisect_left(self._chunks[number], item)
        if at == len(self._chunks[number]) or self._chunks[number][at] != item:
            return
        chunk = self._writable(number)
        del chunk[at]
        self._size -= 1
        if not chunk:
            del self._chunks[number]

    def touch(self, item: Any) -> None:
        """Forget what `pieces` has made of the piece with `item`, because what it was made of has changed."""
        self._settle()
        number = bisect_left(self._chunks, item, key=_last)
        if number < len(self._chunks):
            self._chunks[number].made = None

    def upward(self, start: Any = None) -> Iterator[V]:
        """Items from `start` (included) on, ascending."""
        self._settle()
        number = 0 if start is None else bisect_left(self._chunks, start, key=_last)
        if number >= len(self._chunks):
            return
        at = 0 if start is None else bisect_left(self._chunks[number], start)
        for place in range(number, len(self._chunks)):
            chunk = self._chunks[place]
            yield from chunk[at:] if at else chunk
            at = 0

    def downward(self, below: Any = None) -> Iterator[V]:
        """Items smaller than `below`, descending."""
        self._settle()
        if below is None:
            for chunk in reversed(self._chunks):
                yield from reversed(chunk)
            return
        number = bisect_left(self._chunks, below, key=_last)
        if number < len(self._chunks):
            chunk = self._chunks[number]
            yield from reversed(chunk[: bisect_left(chunk, below)])
        for chunk in reversed(self._chunks[:number]):
            yield from reversed(chunk)

    def between(self, low: Any, high: Any) -> int:
        """How many items lie in [low, high), an open end being None: a look at both ends and a step for each piece.

        >>> CowSorted(range(2000)).between(10, 1500)
        1490
        """
        return sum(stop - start for _, start, stop in self._cut(low, high))

    def pieces(self, make: Callable[[list[V]], T], low: Any = None, high: Any = None) -> Iterator[T]:
        """What `make` answers for the items of [low, high), piece by piece; an open end is None.

        The answer for a whole piece is remembered until the piece is written, so a set has one `make` only.
        """
        for chunk, start, stop in self._cut(low, high):
            yield self._made(chunk, make) if stop - start == len(chunk) else make(chunk[start:stop])

    def parts(self, make: Callable[[list[V]], T], low: Any = None, high: Any = None) -> Iterator[tuple[T, int, int]]:
        """As `pieces`, but what is made of the whole piece, and from where to where in it the items lie."""
        for chunk, start, stop in self._cut(low, high):
            yield self._made(chunk, make), start, stop

    def _cut(self, low: Any, high: Any) -> Iterator[tuple[_Chunk, int, int]]:
        """The chunks with items of [low, high), each with the places of the first and behind the last of them."""
        self._settle()
        first = 0 if low is None else bisect_left(self._chunks, low, key=_last)
        last = len(self._chunks) if high is None else bisect_left(self._chunks, high, key=_last)
        for number in range(first, min(last + 1, len(self._chunks))):
            chunk = self._chunks[number]
            start = bisect_left(chunk, low) if low is not None and number == first else 0
            stop = bisect_left(chunk, high) if number == last else len(chunk)
            if start < stop:
                yield chunk, start, stop

    def _made(self, chunk: _Chunk, make: Callable[[list[V]], T]) -> T:
        if chunk.made is None:
            chunk.made = make(chunk)
        return chunk.made  # type: ignore[no-any-return]

    def _owned(self, items: list[Any]) -> _Chunk:
        chunk = _Chunk(items)
        chunk.owner, chunk.made = self._owner, None
        return chunk

    def _writable(self, number: int) -> _Chunk:
        chunk = self._chunks[number]
        if chunk.owner is not self._owner:
            chunk = self._chunks[number] = self._owned(chunk)
        chunk.made = None
        return chunk
