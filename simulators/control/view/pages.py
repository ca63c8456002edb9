"""The view's pages: templates over the same figures as the JSON, an entity tag over what can change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from fastapi import Response
from starlette.requests import Request

if TYPE_CHECKING:
    from jinja2 import Environment

ASSETS = {"view.css": "text/css; charset=utf-8", "view.js": "text/javascript; charset=utf-8"}
_FOLDER = Path(__file__).parents[1] / "pages"
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}


def shown(request: Request, template: str, frame: Mapping[str, Any], status: int = 200, /, **facts: Any) -> Response:
    """A page, or 304 when the part of it that can change is as the browser has it. `frame` changes with the time."""
    live = _templates().get_template(f"{template}.html").render(**facts, estate=frame["estate"])
    page = _templates().get_template("frame.html").render(**frame, live=live, template=template)
    answer = tagged(request, page, "text/html; charset=utf-8", live)
    if status != answer.status_code == 200:
        answer.status_code = status
    return answer


def tagged(request: Request, body: str, media_type: str, over: str) -> Response:
    """An answer with an entity tag; 304 when the caller names it."""
    tag = f'"{blake2b(over.encode(), digest_size=12).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={**_HEADERS, "etag": tag})
    return Response(body, media_type=media_type, headers={**_HEADERS, "etag": tag})


@lru_cache
def asset(name: str) -> str:
    """The pages' style sheet or script."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def _changed(query: Mapping[str, str], **more: str | None) -> str:
    """A query with some of its parts set, or taken out."""
    merged = {**query, **more}
    return "?" + urlencode({name: value for name, value in merged.items() if value})


@lru_cache(maxsize=1)
def _templates() -> Environment:
    # imported here: most estates are never looked at
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["path"] = lambda text: quote(str(text), safe="")
    made.globals["query"] = _changed
    return made
