"""What a system answered: the few things that clients, checks and the journal read of an HTTP response."""

from __future__ import annotations

import json
import re
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import Any

_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)')
_REL = re.compile(r'(?i)\brel\s*=\s*"?([^",;]+)"?')


class Answer:
    """An answer, read whole. `asked` is the request's method and path.

    Headers come as lines, names in lower case, with their order and repetitions.
    """

    def __init__(
        self, asked: tuple[str, str], status_code: int, lines: list[tuple[bytes, bytes]], content: bytes
    ) -> None:
        self.asked, self.status_code, self._lines, self.content = asked, status_code, lines, content

    def header(self, name: str, otherwise: str = "") -> str:
        """The first header of that name (in lower case), or `otherwise`."""
        sought = name.encode()
        return next((value.decode("latin-1") for known, value in self._lines if known == sought), otherwise)

    def headers(self, name: str) -> list[str]:
        """Every header of that name (in lower case)."""
        sought = name.encode()
        return [value.decode("latin-1") for known, value in self._lines if known == sought]

    @cached_property
    def text(self) -> str:
        """The body as text; JSON is UTF-8 whatever a header says (RFC 8259, 8.1), and nothing else is read here."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body's document. Raises ValueError when it is none."""
        return json.loads(self.content)

    @property
    def is_redirect(self) -> bool:
        """Whether the answer sends its reader elsewhere."""
        return 300 <= self.status_code < 400 and bool(self.header("location"))

    def link(self, rel: str) -> str | None:
        """The address of the link of that relation (RFC 8288), or None.

        >>> lines = [(b"link", b'<http://o/a>; rel="self"'), (b"link", b'<http://o/a?after=x,y>; rel="next"')]
        >>> Answer(("GET", "/a"), 200, lines, b"[]").link("next")
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
