"""Bodies of requests, read into models; what does not fit is refused as the vendor words it."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from simulators.sailpoint.domain.errors import BadContent, IllegalValue

T = TypeVar("T")


class Body(BaseModel):
    """A JSON object of a request: types are not converted, properties that are not named are kept."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, populate_by_name=True)


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
    try:
        return _reader(kind).validate_json(text or b"null")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        if first["type"] == "json_invalid":
            raise BadContent("The request body is not valid JSON.") from error
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise IllegalValue(f'Value of "{place}" is empty or contains invalid data.') from error


_READERS: dict[Any, TypeAdapter[Any]] = {}


def _reader(kind: type[T]) -> TypeAdapter[T]:
    if kind not in _READERS:
        _READERS[kind] = TypeAdapter(kind)
    return _READERS[kind]
