"""One HTTP call of a connector: what its answer means for the work that wanted it."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from simulators.sailpoint.tenant.outcomes import Outcome, Page


class Wait(Exception):
    """The target asked to come back at an instant."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"rate limited until {until.isoformat()}")
        self.until = until


class Again(Exception):
    """The target was away or answered nonsense; trying again may help."""


class Denied(Exception):
    """The target declined; trying again will not help."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def retry_instant(answer: httpx.Response, now: datetime) -> datetime:
    """When a 429 says the window opens again: `X-Rate-Limit-Reset` (epoch), else `Retry-After` (seconds)."""
    reset, after = answer.headers.get("x-rate-limit-reset"), answer.headers.get("retry-after")
    if reset and reset.isdigit():
        return max(datetime.fromtimestamp(int(reset), UTC), now + timedelta(seconds=1))
    return now + timedelta(seconds=int(after) if after and after.isdigit() else 60)


async def send(
    client: httpx.AsyncClient, now: datetime, method: str, url: str, *, headers: Mapping[str, str], **content: Any
) -> httpx.Response:
    """Make a call. Raises Wait, Again or Denied for anything but success; 401 is answered as it is."""
    try:
        answer = await client.request(method, url, headers=dict(headers), **content)
    except httpx.HTTPError as error:
        raise Again(f"{type(error).__name__}: {error}") from error
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        # An address or a credential somebody has mistyped: what it holds cannot be sent at all.
        raise Denied(f"{method} {url}: the connection is misconfigured: {error}", 0) from error
    if answer.status_code == 429:
        raise Wait(retry_instant(answer, now))
    if answer.status_code >= 500:
        raise Again(f"{method} {answer.request.url.path}: HTTP {answer.status_code}")
    if answer.status_code >= 400 and answer.status_code != 401:
        raise Denied(
            f"{method} {answer.request.url.path}: HTTP {answer.status_code} {reason(answer)}".strip(),
            answer.status_code,
        )
    return answer


# What an answer raises that is none of the protocol: a system that is something else than configured.
NONSENSE = (LookupError, TypeError, ValueError, AttributeError)


async def outcome_of(work: Awaitable[Outcome]) -> Outcome:
    """How an operation went, whatever the target answered."""
    try:
        return await work
    except Wait as wait:
        return Outcome("wait", str(wait), until=wait.until)
    except Again as again:
        return Outcome("retry", str(again))
    except Denied as denied:
        return Outcome("failed", str(denied))
    except NONSENSE as error:
        return Outcome("retry", f"the answer cannot be understood: {error!r}")


async def page_of(work: Awaitable[Page]) -> Page:
    """A page of a source, or why there is none."""
    try:
        return await work
    except Wait as wait:
        return Page(until=wait.until)
    except (Again, Denied) as error:
        return Page(error=str(error))
    except NONSENSE as error:
        return Page(error=f"the answer cannot be understood: {error!r}")


def document(answer: httpx.Response) -> Any:
    """The JSON of an answer. Raises Again when there is none."""
    try:
        return answer.json()
    except ValueError as error:
        raise Again(f"{answer.request.url.path}: the answer is not JSON") from error


def reason(answer: httpx.Response) -> str:
    """What an error body says, for the activity's record."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return ""
    causes = "; ".join(str(cause.get("errorSummary")) for cause in body.get("errorCauses") or ())
    text = body.get("errorSummary") or body.get("detail") or body.get("error_description") or body.get("error") or ""
    return f"{body.get('errorCode', '')} {text} {causes}".strip()
