"""What a request asks for: paging, filter, attributes; and its JSON body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request

from simulators.scim.attributes import Document
from simulators.scim.errors import invalid
from simulators.scim.filters import Node, parse_filter
from simulators.scim.resources import chosen
from simulators.scim.search import PAGE_MOST, Page


async def read_asked(request: Request) -> Mapping[str, str]:
    """What a list is asked for: the query, or the body of a POST to `/.search`."""
    if request.method == "GET":
        return request.query_params
    body = object_body(json_body(await request.body()))
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in body.items()
        if value is not None
    }


def page_of(asked: Mapping[str, str]) -> Page:
    """The page, counted from 1 and of at most 200 resources."""
    try:
        start, count = int(asked.get("startIndex", "1")), int(asked.get("count", str(PAGE_MOST)))
    except ValueError:
        raise invalid("startIndex and count are whole numbers") from None
    return Page(max(start, 1), min(max(count, 0), PAGE_MOST))


def filter_of(asked: Mapping[str, str]) -> Node | None:
    """The filter, parsed."""
    text = asked.get("filter")
    return None if text is None else parse_filter(text)


def with_members(asked: Mapping[str, str]) -> bool:
    """Whether a group is shown with its members."""
    return "members" not in asked.get("excludedAttributes", "")


def projected(asked: Mapping[str, str], body: Document) -> Document:
    """The resource with the attributes that are asked for."""
    texts = (asked.get(name, "") for name in ("attributes", "excludedAttributes"))
    wanted, unwanted = ([part.strip() for part in text.split(",") if part.strip()] for text in texts)
    return chosen(body, wanted, unwanted)


def object_body(body: Any) -> Document:
    """A body that must be an object."""
    if not isinstance(body, dict):
        raise invalid("the body must be an object", "invalidSyntax")
    return body


def json_body(raw: bytes) -> Any:
    """A body as JSON. Raises the 400 `invalidSyntax`."""
    try:
        return json.loads(raw)
    except ValueError:
        raise invalid("the body is not valid JSON", "invalidSyntax") from None
