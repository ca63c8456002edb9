"""One request, ready for a handler: who calls, what was sent, and how answers are put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from simulators.okta.domain.errors import Forbidden, Invalid
from simulators.okta.domain.log import Cause
from simulators.okta.domain.users import User
from simulators.okta.routes.edge import expects_json
from simulators.okta.tenant import OktaOrg
from simulators.okta.tenant.access import Caller
from simulators.okta.wire.bodies import Json, document
from simulators.okta.wire.paging import limit_of, links, page

R = TypeVar("R")
Header = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body (JSON, or bytes with a content type of their own) and further headers."""

    status: int
    body: Any = None
    headers: list[Header] = field(default_factory=list)
    media_type: str = "application/json"


@dataclass(slots=True)
class Call:
    """A request after authentication."""

    org: OktaOrg
    caller: Caller
    cause: Cause
    method: str
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    raw: bytes

    def json(self) -> Json:
        """The body, which has to be an object."""
        expects_json(self.headers, self.raw)
        return document(self.raw)

    def optional_json(self) -> Json:
        """The body, or nothing."""
        return self.json() if self.raw.strip() else {}

    def flag(self, name: str, default: bool = False) -> bool:
        """A truth value of the query."""
        text = self.query.get(name)
        return default if text is None else text.lower() == "true"

    @property
    def background(self) -> bool:
        """Whether the caller asks for an answer before the work is done (`Prefer: respond-async`)."""
        return "respond-async" in self.headers.get("prefer", "").lower()

    def user(self, name: str = "user") -> User:
        """The user the path names; `me` is the caller's own."""
        ref = self.parts[name]
        if ref == "me" and self.caller.user_id is not None:
            return self.org.state.users[self.caller.user_id]
        return self.org.users.find(ref)

    def changeable_user(self) -> User:
        """The user the path names, unless that is a higher administrator than the caller."""
        user = self.user()
        self.org.access.demand_over(self.caller, user)
        return user

    def may(self, right: str) -> bool:
        """Whether the caller holds a right."""
        return self.org.access.may(self.caller, right, f"{self.method} {self.path}")

    def demand(self, right: str) -> None:
        """Raise Forbidden unless the caller holds a right."""
        if not self.may(right):
            raise Forbidden()

    def need(self, body: Json, name: str) -> str:
        """A text that the body has to hold."""
        value = body.get(name)
        if not isinstance(value, str) or not value:
            raise Invalid(name, f"{name}: The field cannot be left blank")
        return value

    def own_link(self) -> Header:
        """The `self` link of a list that is not paged: the request as it came."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        return "Link", f'<{self.org.base_url}{self.path}{query}>; rel="self"'

    def paged(self, rows: Iterable[R], default: int, most: int, render: Any, cursor: Any) -> Answer:
        """A page of rows with its links. `cursor` names a row."""
        limit = limit_of(self.query, default, most)
        taken, more = page(rows, limit)
        after = cursor(taken[-1]) if more else None
        headers = links(self.org.base_url, self.path, self.query, limit, after)
        return Answer(200, [render(row) for row in taken], headers)


NO_CONTENT = Answer(204)
