"""The only place where an HTTP client is built; every exchange with a tenant is journalled here."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx

from harness.clients.answer import Answer
from harness.clients.loopback import Loopback
from harness.journal import Exchanged, Intended, Journal, stamp

if TYPE_CHECKING:
    from harness.clock import Clock

_QUOTED = re.compile(r"[A-Za-z0-9\-._~:/?@!$&'()*+,;=%]+").fullmatch
_TRIES = 6
# Moving a simulated clock by weeks takes a while of real time.
_SLOWEST_S = 300.0
_PATIENCE = {"timeout": {"connect": 10.0, "read": _SLOWEST_S, "write": _SLOWEST_S, "pool": 10.0}}
_SHOWN = 2500
# Log records are what chains rest on: more of them is kept.
_SHOWN_OF_LOGS = 20000


class TenantUnreachable(Exception):
    """A system cannot be reached or answers no HTTP; the text names it. No verdict on the tenant follows from it."""


class Refused(Exception):
    """A system declined a call that the harness needed. `status` and `body` are its answer's."""

    def __init__(self, system: str, method: str, path: str, answer: Answer) -> None:
        self.status, self.body = answer.status_code, answer.text
        super().__init__(f"{system} refused {method} {path} with {answer.status_code}: {answer.text[:400]}")


@lru_cache(maxsize=512)
def _parsed(url: str) -> httpx.URL:
    """A URL; parsing costs as much as an exchange does otherwise, and a watch asks the same again and again."""
    return httpx.URL(url)


class PlainClient:
    """Sends requests to one base URL and answers whatever comes; no cookies, no redirects, no retries, no journal.

    Requests go straight to the transport: an httpx client would keep a cookie jar and merge defaults for each of them.
    Raises httpx.HTTPError when no answer comes.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        url = httpx.URL(self.base_url)
        self._near: Loopback | None = None
        self._far: httpx.HTTPTransport | None = None
        if url.scheme == "http" and url.host in ("127.0.0.1", "localhost", "::1"):
            self._near = Loopback(url.host, url.port or 80, _SLOWEST_S)
        else:
            self._far = httpx.HTTPTransport()

    def request(self, method: str, path: str, *, params: dict[str, str] | None = None, **content: Any) -> Answer:
        """Send one request; `path` may be a whole URL of the same host. `content` as in httpx.Request."""
        url = path if path.startswith(("http://", "https://")) else self.base_url + path
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        asked = (method, path)
        if self._near is not None and not content.get("files") and (target := self._target(url)) is not None:
            headers = content.get("headers") or {}
            return self._near.send(asked, target, headers, content.get("json"), content.get("data"))
        request = httpx.Request(method, _parsed(url), extensions=_PATIENCE, **content)
        if self._near is not None:
            return self._near.pass_on(asked, request)
        assert self._far is not None
        response = self._far.handle_request(request)
        body = response.read()
        head = b"".join(b"\r\n%s: %s" % field for field in response.headers.raw)
        return Answer(asked, response.status_code, head, body)

    def _target(self, url: str) -> str | None:
        """Path and query of a URL of the own system that needs no quoting; None for any other."""
        target = url.removeprefix(self.base_url)
        return target if target[:1] == "/" and _QUOTED(target) else None

    def close(self) -> None:
        """Close the connections."""
        for transport in (self._near, self._far):
            if transport is not None:
                transport.close()


class Wire:
    """One system's HTTP: sends, waits out rate limits on the target's clock, and journals what was exchanged."""

    def __init__(self, system: str, base_url: str, journal: Journal, clock: Clock) -> None:
        self.system, self.base_url = system, base_url.rstrip("/")
        self._journal, self._clock = journal, clock
        self._client = PlainClient(self.base_url)
        self.last_exchange: int | None = None
        self._stamped: tuple[datetime | None, str] = (None, "")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def intend(self, kind: str, key: str) -> None:
        """Write down an object before the request that creates it."""
        self._journal.write(Intended(self.system, kind, key))

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: Any = None,
        form: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        files: dict[str, Any] | None = None,
        cookies: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request and answer the response, whatever its status; a 429 is waited out first.

        Raises TenantUnreachable when no answer comes.
        """
        sent_headers = dict(headers or {})
        if cookies:
            sent_headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        options: dict[str, Any] = {"headers": sent_headers, "data": form, "files": files}
        if body is not None:
            options["json"] = body
        if params:
            path += ("&" if "?" in path else "?") + urlencode(params)
        for attempt in range(1, _TRIES + 1):
            answer = self._once(method, path, options)
            self._note(method, path, answer, body if body is not None else form)
            wait = _rate_limit_wait(answer)
            if wait is None or attempt == _TRIES:
                return answer
            self._clock.sleep(wait)
        raise AssertionError("unreachable: the loop returns on its last attempt")

    def _once(self, method: str, path: str, options: dict[str, Any]) -> Answer:
        self._sent = self._latest()
        try:
            return self._client.request(method, path, **options)
        except httpx.HTTPError as problem:
            raise TenantUnreachable(f"{self.system} does not answer at {self.base_url}: {problem}") from None

    def _note(self, method: str, path: str, answer: Answer, request: Any) -> None:
        self._journal.exchanges += 1
        self.last_exchange = self._journal.exchanges
        self._journal.write(
            Exchanged(
                number=self.last_exchange,
                system=self.system,
                method=method,
                path=path.removeprefix(self.base_url),
                status=answer.status_code,
                request=None if request is None else json.dumps(request, ensure_ascii=False),
                response=_shown(path, answer),
                sent=self._sent,
                answered=self._latest(),
            )
        )

    def _latest(self) -> str:
        """The newest instant seen; a clock that is only moved shows the same one to many exchanges."""
        latest = self._clock.latest
        if self._stamped[0] is not latest:
            self._stamped = latest, stamp(latest)
        return self._stamped[1]


def _shown(path: str, answer: Answer) -> str | None:
    """A body as the journal keeps it. The cut falls on a quote, so that no half of a secret can stay behind."""
    if not answer.content:
        return None
    kind = answer.header("content-type", "unnamed content")
    if "json" not in kind:
        return f"<{len(answer.content)} bytes of {kind}>"
    text = answer.text
    most = _SHOWN_OF_LOGS if path.startswith("/api/v1/logs") else _SHOWN
    if len(text) <= most:
        return text
    return f"{text[:most].rpartition(chr(34))[0]} … ({len(text)} characters)"


def _rate_limit_wait(answer: Answer) -> timedelta | None:
    """How long a 429 asks to wait: Okta by reset and Date (epoch seconds), SailPoint by Retry-After (seconds)."""
    if answer.status_code != 429:
        return None
    if (after := answer.header("retry-after")).isdigit():
        return timedelta(seconds=int(after))
    reset, date = answer.header("x-rate-limit-reset"), answer.header("date")
    if reset.isdigit() and date:
        return timedelta(seconds=max(1.0, int(reset) - parsedate_to_datetime(date).timestamp() + 1))
    return timedelta(seconds=10)


def expect(answer: Answer, system: str, *statuses: int) -> Answer:
    """The answer itself when its status is one of `statuses`. Raises Refused otherwise."""
    if answer.status_code not in statuses:
        method, path = answer.asked
        raise Refused(system, method, path.partition("?")[0], answer)
    return answer
