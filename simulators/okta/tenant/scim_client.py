"""How the org talks to an application over SCIM: one request, its answer, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from simulators.okta.domain.apps import Provisioning
from simulators.okta.domain.scim import USER_AGENT

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

MOST_TRIES = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0 when nothing did."""

    status: int
    body: Any
    phrase: str = ""
    detail: str = ""
    retry_after: str = ""

    @property
    def good(self) -> bool:
        """Whether the application accepted."""
        return 200 <= self.status < 300

    def wait(self, attempt: int) -> timedelta | None:
        """How long to wait before trying again: only for 429, and not for ever."""
        if self.status != 429 or attempt >= MOST_TRIES:
            return None
        if self.retry_after.isdigit():
            return timedelta(seconds=int(self.retry_after))
        return timedelta(minutes=5 * 2**attempt)


async def send(
    org: OktaOrg, to: Provisioning, method: str, path: str, body: Any = None, query: dict[str, str] | None = None
) -> Answer:
    """One request to an application."""
    if org.http is None:
        return Answer(0, None, "Connection refused", "no network")
    headers = {"Authorization": f"Bearer {to.token}", "User-Agent": USER_AGENT, "Accept": "application/scim+json"}
    if body is not None:
        headers["Content-Type"] = "application/scim+json"
    try:
        response = await org.http.request(
            method, to.base_url.rstrip("/") + path, json=body, params=query, headers=headers, timeout=60
        )
    except httpx.HTTPError as error:
        return Answer(0, None, "Connection failed", type(error).__name__)
    document: Any = None
    detail = ""
    if response.content:
        try:
            document = response.json()
        except ValueError:
            detail = f"The response is not JSON: {response.text[:80]}"
    if isinstance(document, dict) and not response.is_success:
        detail = str(document.get("detail", ""))
    return Answer(
        response.status_code, document, response.reason_phrase, detail, response.headers.get("Retry-After", "")
    )
