"""Bodies of requests, read into models; what does not fit is refused as the vendor words it."""

from __future__ import annotations

import json
import math
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from simulators.sailpoint.domain.errors import BadContent, IllegalValue

T = TypeVar("T")


class Body(BaseModel):
    """A JSON object of a request: types are not converted, properties that are not named are kept."""

    # A model is made ready when it is first read: making all of them takes a good part of a run's start.
    model_config = ConfigDict(extra="allow", strict=True, frozen=True, populate_by_name=True, defer_build=True)


class Camel(Body):
    """A JSON object whose properties are written in camel case; properties that are not named are left out."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", populate_by_name=False)

    def stored(self) -> dict[str, Any]:
        """All properties by the vendor's names, those that were left out with their defaults."""
        return self.model_dump(by_alias=True)

    def sent(self) -> dict[str, Any]:
        """What the client has sent of them, and nothing else."""
        return self.model_dump(by_alias=True, exclude_unset=True)


MOST_DEPTH = 100


def decoded(text: bytes) -> Any:
    """The JSON value of a body. Raises BadContent when it is none, or none that can be answered with again.

    >>> decoded(b'{"a": [1]}')
    {'a': [1]}
    >>> decoded(b"[NaN]")
    Traceback (most recent call last):
        ...
    simulators.sailpoint.domain.errors.BadContent: The request body is not valid JSON.
    """
    try:
        value = json.loads(text or b"null", parse_constant=_no_number, parse_float=_number)
        if b"\\u" in text:
            # Half of a surrogate pair is no character.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise BadContent("The request body is not valid JSON.") from error
    if text.count(b"[") + text.count(b"{") > MOST_DEPTH and _depth(value) > MOST_DEPTH:
        raise BadContent("The request body is nested too deeply.")
    return value


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _number(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise ValueError(word)
    return value


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return depth


def read(kind: type[T], text: bytes) -> T:
    """The body as `kind`, which may be any type that pydantic knows.

    Raises BadContent when it is not JSON, IllegalValue naming the first place that does not fit.

    >>> class Name(Body):
    ...     name: str
    >>> read(list[Name], b'[{"name": "Ann", "more": 1}]')[0].name
    'Ann'
    >>> read(Name, b'{"name": 7}')
    Traceback (most recent call last):
        ...
    simulators.sailpoint.domain.errors.IllegalValue: Value of "name" is empty or contains invalid data.
    """
    decoded(text)
    try:
        return _reader(kind).validate_json(text or b"null")
    except ValidationError as error:
        raise _refusal(error) from error


def reread(kind: type[T], body: Any) -> T:
    """A JSON value that was changed, read again as `kind`. Raises IllegalValue naming what no longer fits."""
    return read(kind, json.dumps(body).encode())


def _refusal(error: ValidationError) -> BadContent | IllegalValue:
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return BadContent("The request body is not valid JSON.")
    place = ".".join(str(part) for part in first["loc"]) or "body"
    return IllegalValue(f'Value of "{place}" is empty or contains invalid data.')


_READERS: dict[Any, TypeAdapter[Any]] = {}


def _reader(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _READERS:
        _READERS[kind] = TypeAdapter(kind)
    return _READERS[kind]
