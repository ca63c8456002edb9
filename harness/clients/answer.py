"""What a system answered: the few things that clients, checks and the journal read of an HTTP response."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any

_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)')
_REL = re.compile(r'(?i)\brel\s*=\s*"?([^",;]+)"?')


_load: Callable[[bytes], Any]
try:
    import orjson
except ImportError:  # the fast reader is an optional extra
    _load = json.loads
else:
    _load = orjson.loads


def lines_of(head: bytes, name: bytes) -> list[str]:
    """The values of the header `name` (in lower case) in an answer's head.

    >>> lines_of(b"HTTP/1.1 200 OK\\r\\nDate: now\\r\\nX-Date: then", b"date")
    ['now']
    """
    found, at, lowered = [], 0, head.lower()
    sought = b"\r\n" + name + b":"
    while (at := lowered.find(sought, at)) >= 0:
        at += len(sought)
        end = head.find(b"\r\n", at)
        found.append(head[at : end if end >= 0 else len(head)].strip().decode("latin-1"))
    return found


class Answer:
    """An answer, read whole: the request's method and path, the status, the head as it came and the body.

    Most answers are asked for one header or none, so the head stays a text until then.
    """

    def __init__(self, asked: tuple[str, str], status_code: int, head: bytes, content: bytes) -> None:
        self.asked, self.status_code, self._head, self.content = asked, status_code, head, content

    def header(self, name: str, otherwise: str = "") -> str:
        """The first header of that name (in lower case), or `otherwise`."""
        return next(iter(self.headers(name)), otherwise)

    def headers(self, name: str) -> list[str]:
        """Every header of that name (in lower case), in order."""
        return lines_of(self._head, name.encode())

    @cached_property
    def text(self) -> str:
        """The body as text; JSON is UTF-8 whatever a header says (RFC 8259, 8.1), and nothing else is read here."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body's document. Raises ValueError when it is none."""
        return _load(self.content)

    @property
    def is_redirect(self) -> bool:
        """Whether the answer sends its reader elsewhere."""
        return 300 <= self.status_code < 400 and bool(self.header("location"))

    def link(self, rel: str) -> str | None:
        """The address of the link of that relation (RFC 8288), or None.

        >>> head = b'HTTP/1.1 200 OK\\r\\nLink: <http://o/a>; rel="self"\\r\\nLink: <http://o/a?after=x,y>; rel="next"'
        >>> Answer(("GET", "/a"), 200, head, b"[]").link("next")
        'http://o/a?after=x,y'
        """
        for line in self.headers("link"):
            for address, parameters in _LINK.findall(line):
                found = _REL.search(parameters)
                if found is not None and rel in found[1].split():
                    return str(address)
        return None

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that were set, by name. Those that no browser could read are left out."""
        found: dict[str, str] = {}
        for line in self.headers("set-cookie"):
            try:
                found |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            except CookieError:
                continue
        return found
