"""Pages: how many rows, what the `Link` headers say.

https://developer.okta.com/docs/api/#pagination
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from simulators.kernel.queries import query_string
from simulators.okta.domain.errors import Invalid

R = TypeVar("R")


def limit_of(query: Mapping[str, str], default: int, most: int, least: int = 1) -> int:
    """The page size asked for; larger ones are cut. Raises Invalid for no number."""
    text = query.get("limit")
    if text is None or text == "":
        return default
    try:
        number = int(text)
    except ValueError:
        raise Invalid("limit", "limit: The limit is not a number.") from None
    if number < least:
        raise Invalid("limit", f"limit: The limit must be at least {least}.")
    return min(number, most)


def page(rows: Iterable[R], limit: int) -> tuple[list[R], bool]:
    """The first `limit` rows, and whether there are more.

    >>> page(iter("abc"), 2)
    (['a', 'b'], True)
    """
    taken: list[R] = []
    for row in rows:
        if len(taken) == limit:
            return taken, True
        taken.append(row)
    return taken, False


def links(base_url: str, path: str, query: Mapping[str, str], limit: int, after: str | None) -> list[tuple[str, str]]:
    """Two headers: `self`, and `next` when there is a cursor. Cursor and limit come before what was asked."""
    asked = {name: value for name, value in query.items() if name not in ("after", "limit")}
    here = {"after": query["after"]} if "after" in query else {}
    own = {**here, "limit": str(limit), **asked}
    headers = [("Link", f'<{base_url}{path}?{query_string(own)}>; rel="self"')]
    if after is not None:
        following = {"after": after, "limit": str(limit), **asked}
        headers.append(("Link", f'<{base_url}{path}?{query_string(following)}>; rel="next"'))
    return headers
