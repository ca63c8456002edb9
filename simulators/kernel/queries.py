"""Query strings as forms write them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote_plus

# The same names, filters and limits are asked for again and again.
_quoted = lru_cache(maxsize=4096)(quote_plus)


def query_string(values: Mapping[str, object]) -> str:
    """Names and values, encoded as `application/x-www-form-urlencoded`.

    >>> query_string({"filter": 'a eq "b"', "limit": 200})
    'filter=a+eq+%22b%22&limit=200'
    """
    return "&".join([f"{_quoted(name)}={_quoted(str(value))}" for name, value in values.items()])
