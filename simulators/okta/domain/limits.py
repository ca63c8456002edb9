"""Rate limits: which requests share a counter, how many each edition allows, and limits on single people and clients.

https://developer.okta.com/docs/reference/rl2-limits/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=60)
EDITIONS = {"free": 0, "enterprise": 1, "workforce": 2}
# requests in flight by edition, and how far sign-in paths may go over their limit for a while (not in free orgs)
CONCURRENT = (35, 75, 75)
BURSTS = (1, 5, 5)
WARNING = 0.6


@dataclass(frozen=True)
class Bucket:
    """Requests that share a counter. `per_minute` by edition: free, enterprise, workforce."""

    name: str
    methods: str
    path: re.Pattern[str]
    per_minute: tuple[int, int, int]
    sign_in: bool = False


def _bucket(name: str, methods: str, path: str, *per_minute: int, sign_in: bool = False) -> Bucket:
    return Bucket(name, methods, re.compile(path), (per_minute[0], per_minute[1], per_minute[2]), sign_in)


BUCKETS = (
    _bucket("/api/v1/users/{idOrLogin}", "GET", r"/api/v1/users/[^/]+", 100, 1000, 2000),
    _bucket("/api/v1/users", "GET POST", r"/api/v1/users", 100, 600, 600),
    _bucket("/api/v1/users/{id}", "", r"/api/v1/users/.*", 100, 600, 600),
    _bucket("/api/v1/groups/{id}", "", r"/api/v1/groups/(?!rules$)[^/]+", 100, 600, 1000),
    _bucket("/api/v1/groups", "", r"/api/v1/groups(/.*)?", 100, 600, 500),
    _bucket("/api/v1/apps/{id}", "", r"/api/v1/apps/[^/]+", 100, 600, 500),
    _bucket("/api/v1/apps", "", r"/api/v1/apps(/.*)?", 20, 100, 100),
    _bucket("/api/v1/logs", "", r"/api/v1/logs", 20, 50, 120),
    _bucket("/api/v1/sessions", "", r"/api/v1/sessions(/.*)?", 100, 600, 750),
    _bucket("/api/v1/authn", "", r"/api/v1/authn(/.*)?", 100, 600, 500, sign_in=True),
    _bucket("/api/v1/devices", "", r"/api/v1/devices(/.*)?", 100, 150, 100),
    _bucket("/oauth2/v1/clients", "", r"/oauth2/v1/clients(/.*)?", 25, 100, 100),
    _bucket("/oauth2/v1", "", r"/oauth2/v1/(?!keys$).*", 300, 1200, 2000, sign_in=True),
    _bucket("/oauth2/{id}/v1", "", r"/oauth2/[^/]+/v1/(?!keys$).*", 300, 1200, 2000, sign_in=True),
    _bucket("/api/v1", "", r"/api/v1/.*", 100, 600, 1200),
)


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of one counter, from its first request."""

    started: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `most` within `within` for each of something: a user name, a person and endpoint, a client and device."""

    name: str
    scope: str
    most: int
    within: timedelta


SIGN_IN = Pace("Sign-in with one user name", "User", 4, timedelta(seconds=1))
BROWSER = Pace("Requests of one signed-in user to one endpoint", "User", 40, timedelta(seconds=10))
AUTHORIZE = Pace("/oauth2/v1/authorize", "Client", 60, WINDOW)


def bucket_of(method: str, path: str) -> Bucket | None:
    """The counter a request falls under; None for those without a limit.

    >>> bucket_of("GET", "/api/v1/users/ann@acme.example").name, bucket_of("POST", "/api/v1/users/00u1").name
    ('/api/v1/users/{idOrLogin}', '/api/v1/users/{id}')
    """
    for bucket in BUCKETS:
        if (not bucket.methods or method in bucket.methods.split()) and bucket.path.fullmatch(path):
            return bucket
    return None
