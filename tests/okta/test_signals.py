"""Shared signals and Universal Logout: events received, events sent, applications told to sign people out."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from simulators.kernel.keys import rsa_key
from simulators.okta.jose import private_key, public_jwk

BASE = "http://127.0.0.1:8600"
SENDER = "http://signals.example"
PROVIDERS, RECEIVER, STREAM = (
    "/api/v1/security-events-providers",
    "/security/api/v1/security-events",
    "/api/v1/ssf/stream",
)
REVOKED = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
CHANGED = "https://schemas.openid.net/secevent/caep/event-type/credential-change"
VERIFIED = "https://schemas.openid.net/secevent/ssf/event-type/verification"


class Outside:
    """What lies outside the org: a transmitter's documents, a receiver and an application that keep what they get."""

    def __init__(self, okta: Any) -> None:
        self.okta, self.key = okta, private_key(rsa_key(1, 3), "signal-key")
        self.taken: list[httpx.Request] = []
        self.status = 202
        okta.org.http = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/.well-known/ssf-configuration":
            return httpx.Response(200, json={"issuer": SENDER, "jwks_uri": f"{SENDER}/keys"})
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [public_jwk(self.key)]})
        self.taken.append(request)
        return httpx.Response(self.status)

    def signed(self, events: dict[str, Any], jti: str = "1", header: dict[str, Any] | None = None, **more: Any) -> str:
        now = int(self.okta.clock.now().timestamp())
        claims = {"iss": SENDER, "aud": BASE, "iat": now, "jti": jti, "events": events, **more}
        head = {"alg": "RS256", "kid": "signal-key", "typ": "secevent+jwt", **(header or {})}
        return jws.serialize_compact(head, json.dumps(claims).encode(), self.key)

    def tell(self, token: str, kind: str = "application/secevent+jwt") -> httpx.Response:
        headers = {"Content-Type": kind}
        found: httpx.Response = self.okta.ask("POST", RECEIVER, auth=None, content=token, headers=headers)
        return found


def about(email: str) -> dict[str, Any]:
    return {"subject": {"format": "email", "email": email}, "event_timestamp": 1_700_000_000_000}


@pytest.fixture
def outside(okta: Any) -> Outside:
    return Outside(okta)


def register(okta: Any) -> dict[str, Any]:
    body = {
        "name": "Signals",
        "type": "sailpoint",
        "settings": {"well_known_url": f"{SENDER}/.well-known/ssf-configuration"},
    }
    answer = okta.post(PROVIDERS, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def machine(okta: Any, *scopes: str) -> str:
    """The authorization header of a service app that holds some scopes."""
    key = ECKey.generate_key("P-256", auto_kid=False)
    settings = {
        "application_type": "service",
        "grant_types": ["client_credentials"],
        "response_types": ["token"],
        "jwks": {"keys": [key.as_dict(private=False)]},
    }
    body = {
        "label": f"Machine {len(scopes)}",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {"oauthClient": settings},
    }
    id = okta.post("/api/v1/apps", body).json()["id"]
    for scope in scopes:
        okta.post(f"/api/v1/apps/{id}/grants", {"scopeId": scope, "issuer": BASE})
    now = int(okta.clock.now().timestamp())
    claims = {"iss": id, "sub": id, "aud": f"{BASE}/oauth2/v1/token", "iat": now, "exp": now + 60, "jti": "1"}
    signed = jws.serialize_compact({"alg": "ES256"}, json.dumps(claims).encode(), key)
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = {"client_assertion_type": kind, "client_assertion": signed, "scope": " ".join(scopes)}
    answer = okta.ask("POST", "/oauth2/v1/token", auth=None, data={"grant_type": "client_credentials", **form})
    assert answer.status_code == 200, answer.text
    return f"Bearer {answer.json()['access_token']}"


def test_providers(okta: Any, outside: Outside) -> None:
    """A provider is known by its well-known address, or by issuer and keys; it is switched, replaced and deleted."""
    made = register(okta)
    assert (made["id"][:3], made["status"], made["settings"]["issuer"]) == ("sse", "ACTIVE", SENDER)
    assert okta.get(PROVIDERS).json() == [made]
    where = f"{PROVIDERS}/{made['id']}"
    assert okta.post(f"{where}/lifecycle/deactivate").json()["status"] == "INACTIVE"
    assert "activate" in okta.get(where).json()["_links"]
    body = {"name": "Other", "type": "okta", "settings": {"issuer": "http://other", "jwks_url": "http://other/keys"}}
    assert okta.put(where, body).json()["settings"] == body["settings"]
    assert okta.post(PROVIDERS, body).status_code == 400
    assert okta.post(PROVIDERS, {**body, "settings": {}}).json()["errorCode"] == "E0000001"
    assert okta.delete(where).status_code == 204
    assert okta.get(where).status_code == 404


def test_received_events(okta: Any, outside: Outside) -> None:
    """A signed event is accepted and logged and ends nothing by itself; a copy, or an unknown person, does nothing."""
    okta.new_user()
    register(okta)
    cookies = okta.session("ann@example.com")
    token = outside.signed({REVOKED: about("ann@example.com")})
    for _ in range(2):
        answer = outside.tell(token)
        assert (answer.status_code, answer.content) == (202, b"")
    assert outside.tell(outside.signed({REVOKED: about("nobody@example.com")}, "2")).status_code == 202
    assert okta.is_signed_in(cookies)
    types = okta.types()
    assert types.count("security.events.provider.receive_event") == 2
    assert types.count("user.risk.detect") == 1


def test_a_policy_may_end_sessions(make_okta: Any) -> None:
    """Where the org is set so, a session-revoked event ends the person's sessions, a credential change does not."""
    okta = make_okta(sessions_on_security_event="end")
    outside = Outside(okta)
    user = okta.new_user()
    register(okta)
    cookies = okta.session("ann@example.com")
    assert outside.tell(outside.signed({CHANGED: about("ann@example.com")})).status_code == 202
    assert okta.is_signed_in(cookies)
    subject = {"user": {"format": "iss_sub", "iss": BASE, "sub": user}}
    assert outside.tell(outside.signed({REVOKED: {}}, "2", sub_id=subject)).status_code == 202
    assert not okta.is_signed_in(cookies)
    (clear,) = okta.events(filter='eventType eq "user.session.clear"')
    assert clear["actor"]["type"] == "SecurityEventsProvider"


def test_refused_events(okta: Any, outside: Outside) -> None:
    """Each fault of a security event token has its code."""
    made = register(okta)
    event = {REVOKED: about("ann@example.com")}

    def refused(token: str, kind: str = "application/secevent+jwt") -> str:
        answer = outside.tell(token, kind)
        assert answer.status_code == 400, answer.text
        assert set(answer.json()) == {"err", "description"}
        return str(answer.json()["err"])

    assert refused("junk") == "invalid_request"
    assert refused(outside.signed(event), "application/json") == "invalid_request"
    assert refused(outside.signed(event, header={"typ": "JWT"})) == "invalid_request"
    assert refused(outside.signed(event, iss="http://unknown")) == "invalid_issuer"
    assert refused(outside.signed(event, aud="http://elsewhere")) == "invalid_audience"
    assert refused(outside.signed(event, header={"kid": "other"})) == "invalid_key"
    assert refused(outside.signed({})) == "invalid_request"
    assert refused(outside.signed({REVOKED: {}})) == "invalid_request"
    assert refused(outside.signed({"http://unknown": about("a@b.c")})) == "invalid_request"
    assert refused(outside.signed(event, jti=7)) == "invalid_request"  # type: ignore[arg-type]
    forged = outside.signed(event)
    assert refused(forged[:-8] + "AAAAAAAA") == "authentication_failed"
    okta.post(f"{PROVIDERS}/{made['id']}/lifecycle/deactivate")
    assert refused(outside.signed(event)) == "invalid_issuer"


def test_streams(okta: Any, outside: Outside) -> None:
    """One stream a client, for clients with the scope only; its credential never comes back."""
    bearer = machine(okta, "ssf.manage")
    delivery = {
        "method": "urn:ietf:rfc:8935",
        "endpoint_url": "http://receiver/events",
        "authorization_header": "Bearer secret",
    }
    body = {"events_requested": [REVOKED, "http://unknown"], "delivery": delivery}
    assert okta.post(STREAM, body).status_code == 403
    assert okta.get(STREAM, auth=bearer).json() == []
    assert okta.get(STREAM, auth=bearer, params={"stream_id": "esc1"}).status_code == 404
    made = okta.post(STREAM, body, auth=bearer)
    assert (made.status_code, made.json()["events_delivered"], made.json()["iss"]) == (201, [REVOKED], BASE)
    id = made.json()["stream_id"]
    assert id.startswith("esc")
    assert "authorization_header" not in made.json()["delivery"]
    again = okta.post(STREAM, body, auth=bearer)
    assert (again.status_code, again.json()["errorCode"]) == (409, "E0000195")
    assert okta.get(STREAM, auth=bearer).json() == [made.json()]
    status = okta.get(f"{STREAM}/status", auth=bearer, params={"stream_id": id})
    assert status.json() == {"stream_id": id, "status": "enabled"}
    assert okta.get(f"{STREAM}/status", auth=bearer).status_code == 400
    patched = okta.ask("PATCH", STREAM, auth=bearer, json={"stream_id": id, "events_requested": [CHANGED]})
    assert patched.json()["events_delivered"] == [CHANGED]
    assert okta.put(STREAM, {"events_requested": [CHANGED]}, auth=bearer).status_code == 400
    assert okta.put(STREAM, body, auth=bearer).json()["events_delivered"] == [REVOKED]
    assert okta.delete(STREAM, auth=bearer).status_code == 204
    assert okta.delete(STREAM, auth=bearer).status_code == 404
    assert okta.get("/.well-known/ssf-configuration", auth=None).json()["configuration_endpoint"] == BASE + STREAM


def test_sent_events(okta: Any, outside: Outside) -> None:
    """The receiver gets each ended session and changed credential as a signed token; suspension is not told."""
    user, bob = okta.new_user(), okta.new_user("bob")
    bearer = machine(okta, "ssf.manage")
    delivery = {
        "method": "urn:ietf:rfc:8935",
        "endpoint_url": "http://receiver/events",
        "authorization_header": "Bearer secret",
    }
    made = okta.post(STREAM, {"events_requested": [REVOKED, CHANGED], "delivery": delivery}, auth=bearer).json()
    form = {"stream_id": made["stream_id"], "state": "hello"}
    assert okta.post(f"{STREAM}/verification", form, auth=bearer).status_code == 204
    okta.session("ann@example.com")
    okta.delete(f"/api/v1/users/{user}/sessions")
    okta.post(f"/api/v1/users/{user}/lifecycle/reset_password?sendEmail=false")
    okta.advance(1)
    keys = KeySet.import_key_set(okta.get("/oauth2/v1/keys", auth=None).json())
    sets = []
    for request in outside.taken:
        assert request.headers["content-type"] == "application/secevent+jwt"
        assert request.headers["authorization"] == "Bearer secret"
        token = jwt.decode(request.content.decode(), keys)
        assert token.header["typ"] == "secevent+jwt"
        sets.append(token.claims)
    kinds = [next(iter(claims["events"])) for claims in sets]
    assert kinds == [VERIFIED, REVOKED, CHANGED]
    assert sets[0]["events"][VERIFIED] == {"state": "hello"}
    assert sets[0]["sub_id"] == {"format": "opaque", "id": made["stream_id"]}
    revoked = sets[1]["events"][REVOKED]
    assert revoked["subject"] == {"format": "iss_sub", "iss": BASE, "sub": user}
    assert revoked["event_timestamp"] > 10**12 > sets[1]["iat"]
    changed = sets[2]["events"][CHANGED]
    assert (changed["credential_type"], changed["change_type"]) == ("password", "revoke")
    okta.post(f"/api/v1/users/{bob}/lifecycle/suspend")
    okta.advance(1)
    assert len(outside.taken) == 3


def test_universal_logout(okta: Any, outside: Outside) -> None:
    """One call ends sessions and tokens, and tells each application that takes part; a failure shows in the log."""
    user = okta.new_user()
    client, cookies = okta.new_client(user), okta.session("ann@example.com")
    tokens = okta.tokens(client, cookies)
    okta.org.universal_logout.connect(client[0], "http://portal/logout", "iss_sub")
    bearer = machine(okta, "okta.universalLogout.manage")
    body = {"sub_id": {"format": "opaque", "id": user}}
    where = "/oauth2/v1/global-token-revocation"
    assert okta.post(where, body, auth=bearer).status_code == 403  # the scope is there, the administrator's role is not
    outside.status = 422
    assert okta.post(where, body).status_code == 204
    okta.advance(1)
    assert not okta.is_signed_in(cookies)
    assert okta.form("/oauth2/v1/introspect", client, token=tokens["access_token"]).json() == {"active": False}
    (told,) = outside.taken
    assert json.loads(told.content) == {"sub_id": {"format": "iss_sub", "iss": BASE, "sub": user}}
    keys = KeySet.import_key_set(okta.get("/oauth2/v1/keys", auth=None).json())
    token = jwt.decode(told.headers["authorization"].removeprefix("Bearer "), keys)
    assert token.header["typ"] == "global-token-revocation+jwt"
    assert (token.claims["sub"], token.claims["aud"]) == (client[0], "http://portal/logout")
    records = okta.events(filter='eventType eq "user.authentication.universal_logout"')
    assert [record["outcome"]["result"] for record in records] == ["SUCCESS", "FAILURE"]
    for wrong, status in (({}, 400), ({"format": "opaque", "id": "00u"}, 404), ({"format": "opaque"}, 400)):
        assert okta.post(where, {"sub_id": wrong}).status_code == status
    foreign = {"format": "iss_sub", "iss": "http://idp", "sub": user}
    assert okta.post(where, {"sub_id": foreign}).status_code == 404
    own = {"format": "iss_sub", "iss": BASE, "sub": "ann@example.com"}
    assert okta.post(where, {"sub_id": own}).status_code == 204


def test_rsa_keys_of_services_are_not_shared_with_servers() -> None:
    """No two signing keys of an estate are the same."""
    from simulators.okta.jose import service_key, signing_key

    keys = [signing_key(1, server, number) for server in range(3) for number in range(2)]
    keys += [service_key(1, number, "x") for number in range(1, 4)]
    assert len({RSAKey.as_dict(key)["n"] for key in keys}) == len(keys)
