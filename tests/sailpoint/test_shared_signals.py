"""Shared signals: streams of receivers, and events that end a leaver's sessions without any workflow."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from tests.sailpoint.conftest import URLS, Company
from tests.sailpoint.receiver import Receiver

STREAMS = "/ssf/v1/streams"
PUSH = "urn:ietf:rfc:8935"
REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
VERIFIED = "https://schemas.openid.net/secevent/ssf/event-type/verification"


def stream(company: Company, url: str, by: str = "iam-admin", **more: Any) -> dict[str, Any]:
    delivery = {"method": PUSH, "endpoint_url": url, **more.pop("delivery", {})}
    answer = company.call("POST", STREAMS, by=by, json={"delivery": delivery, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def read(company: Company, token: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of an event, its signature checked by the published key."""
    (key,) = company.raw("GET", "/ssf/v1/jwks").json()["keys"]
    found = jws.deserialize_compact(token, RSAKey.import_key(key))
    return dict(found.headers()), dict(json.loads(found.payload))


def test_discovery(company: Company) -> None:
    """Who the transmitter is and by which key it signs, without login, today's paths and the yearly ones."""
    about = company.raw("GET", "/.well-known/v1/ssf-configuration").json()
    assert (about["issuer"], about["delivery_methods_supported"]) == (URLS["sailpoint"], [PUSH])
    assert about == company.raw("GET", "/v2026/.well-known/ssf-configuration").json()
    assert company.raw("GET", "/v3/.well-known/ssf-configuration").status_code == 404
    for name in ("jwks_uri", "configuration_endpoint", "status_endpoint", "verification_endpoint"):
        path = about[name].removeprefix(about["issuer"])
        status = company.raw("GET", path).status_code
        assert status in (200, 401, 405), path
    (key,) = company.raw("GET", "/ssf/v1/jwks").json()["keys"]
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert not {"d", "p", "q"} & key.keys()


def test_a_stream_lives(company: Company) -> None:
    """One to a client, which alone sees it; the receiver's credential never comes back."""
    assert company.get(STREAMS) == []
    made = stream(
        company, "https://r.example.com/in", description="d", delivery={"authorization_header": "Bearer secret"}
    )
    id = made["stream_id"]
    assert (made["aud"], made["events_delivered"]) == ("https://r.example.com", [REVOKED])
    assert "secret" not in json.dumps(made)
    assert company.call("POST", STREAMS, json={"delivery": made["delivery"]}).status_code == 400
    assert company.get(STREAMS) == [made]
    assert company.get(STREAMS, stream_id=id) == made
    assert company.get(STREAMS, aud="elsewhere") == []
    patch = {"stream_id": id, "description": "e", "delivery": {"endpoint_url": "https://s.example.com/in"}}
    changed = company.call("PATCH", STREAMS, json=patch).json()
    assert (changed["description"], changed["aud"], "updatedAt" in changed) == ("e", "https://s.example.com", True)
    stored = company.tenant.configuration.get("ssf-stream", id).body
    assert stored["delivery"]["authorization_header"] == "Bearer secret"
    put = {"stream_id": id, "delivery": made["delivery"], "events_requested": ["https://example.com/other"]}
    replaced = company.call("PUT", STREAMS, json=put).json()
    assert (replaced["events_delivered"], "description" in replaced) == ([], False)
    status = company.call("POST", f"{STREAMS}/status", json={"stream_id": id, "status": "paused", "reason": "r"})
    assert status.json() == {"stream_id": id, "status": "paused", "reason": "r"}
    assert company.get(f"{STREAMS}/status", stream_id=id) == status.json()
    assert company.call("DELETE", STREAMS).status_code == 400
    assert company.call("DELETE", STREAMS, params={"stream_id": "none"}).status_code == 404
    assert company.call("DELETE", STREAMS, params={"stream_id": id}).status_code == 204
    assert company.call("GET", STREAMS, params={"stream_id": id}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"delivery": {}},
        {"delivery": {"method": "urn:ietf:rfc:8936", "endpoint_url": "https://r.example.com"}},
        {"delivery": {"method": PUSH, "endpoint_url": "nowhere"}},
        {"delivery": {"method": PUSH, "endpoint_url": "http://[::1"}},
        {"delivery": {"method": PUSH, "endpoint_url": "https://r.example.com"}, "events_requested": ["x"]},
        {"delivery": {"method": PUSH, "endpoint_url": "https://r.example.com"}, "events_requested": REVOKED},
        [],
    ],
)
def test_refused_streams(company: Company, body: Any) -> None:
    """Push to an address, and events named by address."""
    assert company.call("POST", STREAMS, json=body).status_code == 400


def test_rights_and_limits(company: Company) -> None:
    """For administrators in person; ten to an organization; nobody reaches the stream of another client."""
    body = {"delivery": {"method": PUSH, "endpoint_url": "https://r.example.com"}}
    assert company.call("POST", STREAMS, by="E1006", json=body).status_code == 403
    made = stream(company, "https://r.example.com")
    other = company.tenant.configuration
    document = other.get("ssf-stream", made["stream_id"])
    other.update(replace(document, parent="another-client"), document.body)
    for method, path, content in (
        ("GET", STREAMS, {"params": {"stream_id": made["stream_id"]}}),
        ("PATCH", STREAMS, {"json": {"stream_id": made["stream_id"]}}),
        ("PUT", STREAMS, {"json": {"stream_id": made["stream_id"], **body}}),
        ("POST", f"{STREAMS}/status", {"json": {"stream_id": made["stream_id"], "status": "paused"}}),
        ("POST", f"{STREAMS}/verify", {"json": {"stream_id": made["stream_id"]}}),
        ("DELETE", STREAMS, {"params": {"stream_id": made["stream_id"]}}),
    ):
        assert company.call(method, path, **content).status_code == 404
    for number in range(9):
        other.add("ssf-stream", document.body, f"client-{number}")
    assert company.call("POST", STREAMS, json=body).status_code == 400


def test_verification(company: Company, receiver: Receiver) -> None:
    """A signed event with the receiver's own words, with its credential; not to a stream that is switched off."""
    made = stream(company, f"{receiver.url}/in", delivery={"authorization_header": "Bearer secret"})
    receiver.status = 202
    body = {"stream_id": made["stream_id"], "state": "hello"}
    assert company.call("POST", f"{STREAMS}/verify", json=body).status_code == 204
    assert receiver.taken == []
    company.wait("PT1M")
    (taken,) = receiver.taken
    assert taken.headers["Authorization"] == "Bearer secret"
    assert taken.headers["Content-Type"] == "application/secevent+jwt"
    header, claims = read(company, taken.body)
    assert (header["typ"], claims["iss"], claims["aud"]) == ("secevent+jwt", URLS["sailpoint"], receiver.url)
    assert claims["sub_id"] == {"format": "opaque", "id": made["stream_id"]}
    assert claims["events"] == {VERIFIED: {"state": "hello"}}
    company.call("POST", f"{STREAMS}/status", json={"stream_id": made["stream_id"], "status": "disabled"})
    assert company.call("POST", f"{STREAMS}/verify", json=body).status_code == 400


def leave(company: Company, worker_id: str = "E1001") -> None:
    """HR ends somebody's employment as of yesterday."""
    company.feed[worker_id] |= {"end_date": company.day(-1), "end_reason": "involuntary", "end_now": "true"}
    company.loaded("PT20M")


def condition(company: Company, *states: str) -> None:
    company.tenant.signals.set_conditions([("Employees", states)])


def test_a_condition_revokes_sessions(company: Company, receiver: Receiver) -> None:
    """Entering a state of a condition tells every stream, once; a receiver that is away is tried again, with pauses."""
    condition(company, "terminated", "leave")
    assert company.tenant.signals.conditions() == [{"profile": "Employees", "states": ["terminated", "leave"]}]
    stream(company, f"{receiver.url}/in")
    receiver.status = 503
    leave(company)
    person = company.identity("E1001")
    assert person["lifecycleState"]["stateName"] == "terminated"
    assert len(receiver.taken) >= 3
    receiver.status = 202
    company.wait("PT1H")
    tries = [read(company, taken.body)[1] for taken in receiver.taken]
    assert len({claims["jti"] for claims in tries}) == 1
    event = tries[-1]["events"][REVOKED]
    assert event["subject"] == {"user": {"format": "email", "email": person["emailAddress"]}}
    assert (event["initiating_entity"], event["reason_admin"]) == ("policy", {"en": "Lifecycle state terminated"})
    assert event["event_timestamp"] <= tries[-1]["iat"]
    assert len(company.tenant.state.signals) == 0
    with pytest.raises(ValueError, match="no lifecycle state"):
        condition(company, "asleep")


@pytest.mark.parametrize("status", ["paused", "disabled"])
def test_streams_at_rest(company: Company, receiver: Receiver, status: str) -> None:
    """What happens while a stream is paused or switched off is never sent."""
    condition(company, "terminated")
    made = stream(company, f"{receiver.url}/in")
    company.call("POST", f"{STREAMS}/status", json={"stream_id": made["stream_id"], "status": status})
    leave(company)
    company.call("POST", f"{STREAMS}/status", json={"stream_id": made["stream_id"], "status": "enabled"})
    company.wait("PT10M")
    assert receiver.taken == []


def test_a_refused_event_is_not_sent_again(company: Company, receiver: Receiver) -> None:
    """The receiver's refusal is final."""
    condition(company, "terminated")
    stream(company, f"{receiver.url}/in")
    receiver.status, receiver.answer = 400, '{"err": "invalid_issuer"}'
    leave(company)
    company.wait("PT1H")
    assert len(receiver.taken) == 1


@pytest.mark.parametrize("setting", ["end", "keep"])
def test_a_leaver_is_signed_out_of_the_directory(company: Company, setting: str) -> None:
    """Without any workflow the event ends the session where the org is set so; elsewhere the session lives."""
    org = company.estate.okta
    before = org.settings
    org.settings = replace(before, sessions_on_security_event=setting)
    try:
        for workflow in company.get("/workflows/v1"):
            patch = [{"op": "replace", "path": "/enabled", "value": False}]
            company.call("PATCH", f"/workflows/v1/{workflow['id']}", json=patch)
        token = company.ready["okta"]["api_token"]
        provider = {
            "name": "SailPoint",
            "type": "sailpoint",
            "settings": {"well_known_url": f"{URLS['sailpoint']}/.well-known/v1/ssf-configuration"},
        }
        headers = {"Authorization": f"SSWS {token}"}
        made = company.send("POST", f"{URLS['okta']}/api/v1/security-events-providers", json=provider, headers=headers)
        assert made.status_code == 200, made.text
        stream(company, f"{URLS['okta']}/security/api/v1/security-events")
        condition(company, "terminated")
        cookies = sign_in(company, "E1001")
        leave(company)
        alive = company.send("GET", f"{URLS['okta']}/api/v1/sessions/me", headers={"Cookie": cookies}).status_code
        query = {"filter": 'eventType eq "security.events.provider.receive_event"'}
        seen = company.send("GET", f"{URLS['okta']}/api/v1/logs", params=query, headers=headers).json()
        assert len(seen) == 1
        assert alive == (404 if setting == "end" else 200)
    finally:
        org.settings = before


def sign_in(company: Company, worker_id: str) -> str:
    """A session cookie of somebody who has just signed in."""
    person = next(one for one in company.ready["people"] if one["worker_id"] == worker_id)
    answer = company.send(
        "POST",
        f"{URLS['okta']}/api/v1/authn",
        json={"username": person["login"], "password": person["password"]},
    )
    assert answer.json()["status"] == "SUCCESS", answer.text
    token = answer.json()["sessionToken"]
    redirect = {"token": token, "redirectUrl": URLS["okta"]}
    answer = company.send("GET", f"{URLS['okta']}/login/sessionCookieRedirect", params=redirect)
    return next(cookie for cookie in answer.headers.get_list("set-cookie") if cookie.startswith("sid=")).split(";")[0]
