"""A served estate whose SailPoint answers are all held against the vendor's document, whoever asked for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, MutableMapping
from typing import Any

from simulators.kernel.gate import App, Gate
from simulators.sailpoint import app as sailpoint
from simulators.server import Server
from tests.answers import Answers

_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_POSITION = re.compile(r"/\d+(?=[/:])")
Message = MutableMapping[str, Any]


class Checked:
    """An ASGI application in front of another that holds each of its answers against the document.

    `problems` has a sentence for each thing found wrong, `answered` the count of each method, path and status.
    """

    def __init__(self, app: App, document: Answers) -> None:
        self._app, self._document = app, document
        self.problems: Counter[str] = Counter()
        self.answered = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, headers, parts = 0, {}, []

        async def pass_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.update((name.decode().lower(), value.decode()) for name, value in message.get("headers", ()))
            else:
                parts.append(message.get("body", b""))
            await send(message)

        await self._app(scope, receive, pass_on)
        self.answered += 1
        if scope["method"] != "HEAD":
            found = self._document.problems(scope["method"], scope["path"], status, headers, b"".join(parts))
            self.problems.update(found)

    def told(self) -> list[str]:
        """What was found wrong, ids and positions taken out, most frequent first."""
        alike: Counter[str] = Counter()
        for problem, count in self.problems.items():
            alike[_POSITION.sub("/*", _ID.sub("*", problem))] += count
        return [f"{count}x {problem}" for problem, count in alike.most_common()]


class CheckedServer(Server):
    """A server as `lifecycle simulate` starts it, with a check behind the gate of SailPoint.

    Behind the gate: a fault that somebody asked for is no answer of the tenant's.
    """

    checked: Checked

    def __init__(self, document: Answers, seed: str = "acme", **options: Any) -> None:
        self._document = document
        super().__init__(seed, port=0, **options)

    def _apps(self) -> dict[str, App]:
        current: Callable[[], Any] = lambda: self.estate.sailpoint  # noqa: E731 - as the server's own
        self.checked = Checked(sailpoint.create_app(current), self._document)
        gate = Gate(self.checked, "sailpoint", lambda: self.estate, sailpoint.refusal)
        return {**super()._apps(), "sailpoint": gate}
