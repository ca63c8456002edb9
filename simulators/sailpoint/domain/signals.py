"""Shared signals that the tenant sends: which events, to which streams, and when somebody's session is revoked.

https://documentation.sailpoint.com/saas/help/shared_signals/managing_transmitters.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

SESSION_REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"
SUPPORTED = (SESSION_REVOKED,)
PUSH = "urn:ietf:rfc:8935"
STATUSES = ("enabled", "paused", "disabled")
MOST_STREAMS = 10
# A receiver that is away is tried again, each time after twice the pause.
TRIES, FIRST_PAUSE = 6, timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Signal:
    """One event for one stream that has not been taken yet. `subject` is the person's mail address, or empty."""

    id: str
    stream_id: str
    event: str
    created: datetime
    subject: str = ""
    reason: str = ""
    state: str = ""
    attempts: int = 0


def audience(endpoint_url: str) -> str:
    """Whom a stream's events are meant for: the receiver's own address.

    >>> audience("https://acme.okta.com/security/api/v1/security-events")
    'https://acme.okta.com'
    """
    parts = urlsplit(endpoint_url)
    return f"{parts.scheme}://{parts.netloc}"


def pause_after(attempts: int) -> timedelta:
    """How long to wait before another try.

    >>> pause_after(1).seconds, pause_after(3).seconds
    (30, 120)
    """
    return FIRST_PAUSE * (1 << (attempts - 1))
