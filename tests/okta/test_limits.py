"""Rate limits: whose share, which bucket, what is recorded, what is only counted; bursts, paces, requests in flight."""

from __future__ import annotations

from typing import Any

import pytest

from simulators.okta.domain.limits import BUCKETS, bucket_of

LOG = "/api/v1/logs"


@pytest.mark.parametrize(
    ("method", "path", "name", "free", "workforce"),
    [
        ("GET", "/api/v1/users", "/api/v1/users", 100, 600),
        ("POST", "/api/v1/users", "/api/v1/users", 100, 600),
        ("GET", "/api/v1/users/me", "/api/v1/users/{idOrLogin}", 100, 2000),
        ("POST", "/api/v1/users/00u1", "/api/v1/users/{id}", 100, 600),
        ("GET", "/api/v1/users/00u1/roles", "/api/v1/users/{id}", 100, 600),
        ("POST", "/api/v1/users/00u1/lifecycle/suspend", "/api/v1/users/{id}", 100, 600),
        ("GET", "/api/v1/groups", "/api/v1/groups", 100, 500),
        ("GET", "/api/v1/groups/rules", "/api/v1/groups", 100, 500),
        ("PUT", "/api/v1/groups/00g1/users/00u1", "/api/v1/groups", 100, 500),
        ("DELETE", "/api/v1/groups/00g1", "/api/v1/groups/{id}", 100, 1000),
        ("POST", "/api/v1/apps", "/api/v1/apps", 20, 100),
        ("GET", "/api/v1/apps/0oa1/users", "/api/v1/apps", 20, 100),
        ("PUT", "/api/v1/apps/0oa1", "/api/v1/apps/{id}", 100, 500),
        ("GET", LOG, LOG, 20, 120),
        ("POST", "/api/v1/sessions", "/api/v1/sessions", 100, 750),
        ("POST", "/api/v1/authn/factors/x/verify", "/api/v1/authn", 100, 500),
        ("POST", "/oauth2/v1/token", "/oauth2/v1", 300, 2000),
        ("POST", "/oauth2/default/v1/token", "/oauth2/{id}/v1", 300, 2000),
        ("GET", "/oauth2/v1/clients/0oa1/roles", "/oauth2/v1/clients", 25, 100),
        ("GET", "/api/v1/policies", "/api/v1", 100, 1200),
        ("GET", "/oauth2/v1/keys", None, 0, 0),
        ("GET", "/.well-known/openid-configuration", None, 0, 0),
    ],
)
def test_buckets(method: str, path: str, name: str | None, free: int, workforce: int) -> None:
    """Which requests share a counter, and how much each edition has; keys and metadata have no limit."""
    bucket = bucket_of(method, path)
    assert (bucket.name if bucket else None) == name
    if bucket is not None:
        assert (bucket.per_minute[0], bucket.per_minute[2]) == (free, workforce)


def test_bucket_names_are_told_apart() -> None:
    """Every counter has a name of its own."""
    assert len({bucket.name for bucket in BUCKETS}) == len(BUCKETS)


def _standing(answer: Any) -> tuple[int, int]:
    return int(answer.headers["x-rate-limit-limit"]), int(answer.headers["x-rate-limit-remaining"])


def test_a_token_has_half_of_a_bucket(okta: Any) -> None:
    """An API token sees its share; the headers are honest and one window lasts 60 s from its first request."""
    first = okta.get(LOG)
    assert _standing(first) == (60, 59)
    reset = int(first.headers["x-rate-limit-reset"])
    assert reset == okta.clock.now().timestamp() + 60
    okta.advance(59)
    assert _standing(okta.get(LOG)) == (60, 58)
    okta.advance(1)
    assert _standing(okta.get(LOG)) == (60, 59)


def test_warning_and_violation_are_recorded_once(make_okta: Any) -> None:
    """At 60 % a warning, over the limit a violation, each once a window, with the request that crossed the line."""
    okta = make_okta(limits="enforced")
    answers = [okta.get(LOG, headers={"User-Agent": f"n{number}"}) for number in range(1, 64)]
    assert [answer.status_code for answer in answers].index(429) == 60
    okta.advance(61)
    records = okta.events(filter='eventType sw "system.org.rate_limit"')
    assert [record["eventType"].rpartition(".")[2] for record in records] == ["warning", "violation"]
    warning, violation = records
    assert warning["client"]["userAgent"]["rawUserAgent"] == "n36"
    assert warning["transaction"]["detail"]["requestApiTokenId"].startswith("00T")
    assert (warning["severity"], violation["severity"]) == ("INFO", "WARN")
    assert [target["type"] for target in violation["target"]] == ["URL Pattern", "Bucket Uuid"]
    data = violation["debugContext"]["debugData"]
    assert (data["threshold"], data["rateLimitScopeType"], data["warningPercent"]) == ("60", "SSWS_TOKEN", "60")
    assert data["requestUri"] == LOG
    assert violation["debugContext"]["debugData"]["requestId"] == answers[60].headers["x-okta-request-id"]


def test_counted_limits_leave_no_record(okta: Any) -> None:
    """Counted limits are told in headers and nowhere else."""
    for _ in range(70):
        answer = okta.get(LOG)
    assert _standing(answer) == (60, 0)
    okta.advance(61)
    assert okta.events() == []


def test_sign_in_paths_may_burst(make_okta: Any) -> None:
    """Beyond its limit a sign-in path goes on to five times the limit; the log tells of each line."""
    take = make_okta(limits="enforced", edition="enterprise").org.limits.take
    standings = [take("POST", "/api/v1/authn", None) for _ in range(3002)]
    assert [standing.refused for standing in standings].index(True) == 3000
    assert standings[700].remaining == 0
    crossed = [(number, c.type.rpartition(".")[2]) for number, s in enumerate(standings, 1) for c in s.crossed]
    assert crossed == [(360, "warning"), (601, "burst"), (3001, "violation")]


def test_free_orgs_do_not_burst(make_okta: Any) -> None:
    """The free edition refuses at its limit."""
    okta = make_okta(limits="enforced", edition="free")
    body = {"username": "nobody", "password": "x"}
    statuses = [okta.post("/api/v1/authn", {**body, "username": f"u{n}"}, auth=None).status_code for n in range(101)]
    assert (statuses.count(401), statuses[-1]) == (100, 429)


def test_one_name_signs_in_four_times_a_second(make_okta: Any) -> None:
    """More attempts of one user name are refused and recorded as an operation's limit; others go on."""
    okta = make_okta(limits="enforced")
    okta.new_user()
    body = {"username": "Ann@example.com", "password": "Autumn-2026x"}
    answers = [okta.post("/api/v1/authn", body, auth=None) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[-1].json()["errorCode"] == "E0000047"
    (record,) = okta.events(filter='eventType eq "system.operation.rate_limit.violation"')
    assert (record["outcome"]["result"], record["severity"]) == ("DENY", "WARN")
    assert record["debugContext"]["debugData"]["operationRateLimitThreshold"] == "4"
    okta.advance(1)
    assert okta.post("/api/v1/authn", body, auth=None).status_code == 200


def test_a_browser_asks_one_address_forty_times(make_okta: Any) -> None:
    """A signed-in person may ask one endpoint 40 times in 10 s; the 429 is honest about when to come back."""
    okta = make_okta(limits="enforced")
    okta.new_user()
    cookies = okta.session("ann@example.com")
    header = {"Cookie": f"sid={cookies['sid']}"}
    answers = [okta.get("/api/v1/sessions/me", auth=None, headers=header) for _ in range(41)]
    assert [answer.status_code for answer in answers] == [200] * 40 + [429]
    assert _standing(answers[-1]) == (40, 0)
    assert int(answers[-1].headers["x-rate-limit-reset"]) == okta.clock.now().timestamp() + 10
    assert okta.get("/api/v1/users/me", auth=None, headers=header).status_code == 200
    okta.advance(10)
    assert okta.get("/api/v1/sessions/me", auth=None, headers=header).status_code == 200


def test_a_client_asks_for_sixty_codes_a_minute(make_okta: Any) -> None:
    """Authorize requests are limited by client, address and device."""
    okta = make_okta(limits="enforced")
    query = {"client_id": "0oanosuch", "response_type": "code"}
    statuses = [okta.get("/oauth2/v1/authorize", params=query, auth=None).status_code for _ in range(61)]
    assert statuses[-1] == 429
    assert 429 not in statuses[:60]
    other = okta.get("/oauth2/v1/authorize", params=query, auth=None, headers={"Cookie": "DT=another"})
    assert other.status_code != 429
    (record,) = okta.events(filter='eventType eq "system.client.rate_limit.violation"')
    assert record["target"][0]["id"] == "0oanosuch"


def test_too_many_in_flight(make_okta: Any) -> None:
    """Over the concurrency limit: limit and remaining 0, a reset within a minute, and its own record."""
    okta = make_okta(limits="enforced")
    okta.org.limits.in_flight = 75
    refused = okta.get("/api/v1/users")
    assert (refused.status_code, _standing(refused)) == (429, (0, 0))
    assert 0 < int(refused.headers["x-rate-limit-reset"]) - okta.clock.now().timestamp() <= 60
    okta.org.limits.in_flight = 0
    assert [e["eventType"] for e in okta.events()] == ["core.concurrency.org.limit.violation"]


def test_a_service_app_has_a_share_and_a_warning_of_its_own(make_okta: Any) -> None:
    """Service apps share a bucket like tokens do; nearing it is told by client id."""
    okta = make_okta(limits="enforced")
    take = okta.org.limits.take
    standings = [take("GET", LOG, "0oaclient", "OAUTH_CLIENT") for _ in range(61)]
    assert (standings[0].limit, standings[59].refused, standings[60].refused) == (60, False, True)
    types = [crossing.type for standing in standings for crossing in standing.crossed]
    assert types == ["app.oauth2.client_id_rate_limit_warning", "system.org.rate_limit.violation"]
