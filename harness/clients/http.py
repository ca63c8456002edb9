"""The only place where an HTTP client is built; every exchange with a tenant is journalled here."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx

from harness.journal import Exchanged, Intended, Journal, stamp

if TYPE_CHECKING:
    from harness.clock import Clock

_TRIES = 6
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
_SHOWN = 4000


class TenantUnreachable(Exception):
    """A system cannot be reached or answers no HTTP; the text names it. No verdict on the tenant follows from it."""


class Refused(Exception):
    """A system declined a call that the harness needed. `status` and `body` are its answer's."""

    def __init__(self, system: str, method: str, path: str, answer: httpx.Response) -> None:
        self.status, self.body = answer.status_code, answer.text
        super().__init__(f"{system} refused {method} {path} with {answer.status_code}: {answer.text[:400]}")


def plain_client(base_url: str, **options: Any) -> httpx.Client:
    """A client without journal; `verify` is skipped for http, where building a TLS context would cost 19 ms."""
    secure = base_url.startswith("https:")
    return httpx.Client(base_url=base_url, timeout=_TIMEOUT, trust_env=secure, verify=secure, **options)


class Wire:
    """One system's HTTP: sends, waits out rate limits on the target's clock, and journals what was exchanged."""

    def __init__(self, system: str, base_url: str, journal: Journal, clock: Clock) -> None:
        self.system, self.base_url = system, base_url.rstrip("/")
        self._journal, self._clock = journal, clock
        self._client = plain_client(self.base_url)
        self.last_exchange: int | None = None

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
    ) -> httpx.Response:
        """Send one request and answer the response, whatever its status; a 429 is waited out first.

        Raises TenantUnreachable when no answer comes.
        """
        sent_headers = dict(headers or {})
        if cookies:
            sent_headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        options: dict[str, Any] = {"headers": sent_headers, "params": params, "data": form, "files": files}
        if body is not None:
            options["json"] = body
        for attempt in range(1, _TRIES + 1):
            answer = self._once(method, path, options)
            self._note(method, answer, body if body is not None else form)
            wait = _rate_limit_wait(answer)
            if wait is None or attempt == _TRIES:
                return answer
            self._clock.sleep(wait)
        raise AssertionError("unreachable: the loop returns on its last attempt")

    def _once(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        self._sent = stamp(self._clock.latest)
        try:
            return self._client.request(method, path, **options)
        except httpx.HTTPError as problem:
            raise TenantUnreachable(f"{self.system} does not answer at {self.base_url}: {problem}") from None

    def _note(self, method: str, answer: httpx.Response, request: Any) -> None:
        self._journal.exchanges += 1
        self.last_exchange = self._journal.exchanges
        secrets = self._journal.secrets
        shown = None if request is None else json.dumps(secrets.clean(request), ensure_ascii=False)[:_SHOWN]
        self._journal.write(
            Exchanged(
                number=self.last_exchange,
                system=self.system,
                method=method,
                path=str(answer.request.url).removeprefix(self.base_url),
                status=answer.status_code,
                request=shown,
                response=self._shown(answer),
                sent=self._sent,
                answered=stamp(self._clock.latest),
            )
        )

    def _shown(self, answer: httpx.Response) -> str | None:
        if not answer.content:
            return None
        if "json" not in answer.headers.get("content-type", ""):
            return f"<{len(answer.content)} bytes of {answer.headers.get('content-type', 'unnamed content')}>"
        try:
            text = json.dumps(self._journal.secrets.clean(answer.json()), ensure_ascii=False)
        except ValueError:
            return "<malformed JSON>"
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … ({len(text)} characters)"


def _rate_limit_wait(answer: httpx.Response) -> timedelta | None:
    """How long a 429 asks to wait: Okta by reset and Date (epoch seconds), SailPoint by Retry-After (seconds)."""
    if answer.status_code != 429:
        return None
    if (after := answer.headers.get("retry-after", "")).isdigit():
        return timedelta(seconds=int(after))
    reset, date = answer.headers.get("x-rate-limit-reset", ""), answer.headers.get("date")
    if reset.isdigit() and date:
        return timedelta(seconds=max(1.0, int(reset) - parsedate_to_datetime(date).timestamp() + 1))
    return timedelta(seconds=10)


def expect(answer: httpx.Response, system: str, *statuses: int) -> httpx.Response:
    """The answer itself when its status is one of `statuses`. Raises Refused otherwise."""
    if answer.status_code not in statuses:
        request = answer.request
        raise Refused(system, request.method, request.url.path, answer)
    return answer
