"""Event hooks: registered, verified by a challenge, delivered, retried."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

ITEMS = ["group.user_membership.add", "user.lifecycle.create"]


class Listener:
    """A receiver of hooks. `answers` are statuses of the next deliveries, 0 for silence."""

    def __init__(self) -> None:
        self.got: list[httpx.Request] = []
        self.answers: list[int] = []
        self.honest = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            raise httpx.ReadTimeout("too slow", request=request)
        if request.method == "GET":
            challenge = request.headers["x-okta-verification-challenge"]
            return httpx.Response(status, json={"verification": challenge if self.honest else "no"})
        return httpx.Response(status)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(r.content)["data"]["events"][0] for r in self.got if r.method == "POST"]


@pytest.fixture
def listener(okta: Any) -> Listener:
    """A listener that the org reaches."""
    made = Listener()
    okta.org.http = httpx.AsyncClient(transport=httpx.MockTransport(made))
    return made


def body(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Joiners",
        "events": {"type": "EVENT_TYPE", "items": ITEMS},
        "channel": {
            "type": "HTTP",
            "version": "1.0.0",
            "config": {
                "uri": "https://listener.example/hooks",
                "headers": [{"key": "X-Team", "value": "identity"}],
                "authScheme": {"type": "HEADER", "key": "Authorization", "value": "hush"},
            },
        },
        **changes,
    }


def verified(okta: Any, **changes: Any) -> str:
    hook = str(okta.post("/api/v1/eventHooks", body(**changes)).json()["id"])
    assert okta.post(f"/api/v1/eventHooks/{hook}/lifecycle/verify").json()["verificationStatus"] == "VERIFIED"
    return hook


def test_life_of_a_hook(okta: Any, listener: Listener) -> None:
    """A new hook is ACTIVE and UNVERIFIED, never shows its secret, and is deleted only when INACTIVE."""
    made = okta.post("/api/v1/eventHooks", body())
    hook = made.json()
    assert (made.status_code, hook["status"], hook["verificationStatus"]) == (200, "ACTIVE", "UNVERIFIED")
    assert hook["channel"]["config"]["authScheme"] == {"type": "HEADER", "key": "Authorization"}
    assert set(hook["_links"]) == {"self", "verify", "deactivate"}
    where = f"/api/v1/eventHooks/{hook['id']}"
    assert okta.delete(where).json()["errorCode"] == "E0000001"
    assert set(okta.post(f"{where}/lifecycle/deactivate").json()["_links"]) == {"self", "activate", "delete"}
    assert okta.post(f"{where}/lifecycle/activate").json()["status"] == "ACTIVE"
    okta.post(f"{where}/lifecycle/deactivate")
    assert okta.delete(where).status_code == 204
    assert okta.get(where).json()["errorSummary"] == f"Not found: Resource not found: {hook['id']} (Webhook)"


def test_a_status_in_the_body(okta: Any, listener: Listener) -> None:
    """A replacement switches a hook off and on again; without a status it stays as it is."""
    where = f"/api/v1/eventHooks/{okta.post('/api/v1/eventHooks', body()).json()['id']}"
    off = okta.put(where, {**body(), "status": "INACTIVE"}).json()
    assert (off["status"], set(off["_links"])) == ("INACTIVE", {"self", "activate", "delete"})
    assert okta.put(where, body()).json()["status"] == "INACTIVE"
    assert okta.put(where, {**body(), "status": "ACTIVE"}).json()["status"] == "ACTIVE"
    assert okta.put(where, {**body(), "status": "ASLEEP"}).json()["errorCode"] == "E0000001"


def test_verification(okta: Any, listener: Listener) -> None:
    """The listener has to repeat the challenge; one retry; another channel has to be verified again."""
    hook = okta.post("/api/v1/eventHooks", body()).json()["id"]
    where = f"/api/v1/eventHooks/{hook}"
    listener.honest = False
    refused = okta.post(f"{where}/lifecycle/verify")
    assert (refused.status_code, refused.json()["errorCode"], len(listener.got)) == (400, "E0000001", 2)
    listener.honest, listener.answers = True, [0]
    assert okta.post(f"{where}/lifecycle/verify").json()["verificationStatus"] == "VERIFIED"
    assert okta.put(where, body(name="Other")).json()["verificationStatus"] == "VERIFIED"
    changed = body()
    changed["channel"]["config"]["uri"] = "https://other.example/"
    assert okta.put(where, changed).json()["verificationStatus"] == "UNVERIFIED"


def test_delivery(okta: Any, listener: Listener) -> None:
    """Subscribed events arrive in the vendor's envelope with headers and secret; before verification nothing does."""
    unverified = okta.post("/api/v1/eventHooks", body()).json()["id"]
    okta.new_user("early")
    okta.advance(5)
    assert listener.got == []
    okta.post(f"/api/v1/eventHooks/{unverified}/lifecycle/verify")
    user = okta.new_user("ann")
    okta.advance(5)
    request = listener.got[-1]
    assert (request.headers["authorization"], request.headers["x-team"]) == ("hush", "identity")
    message = json.loads(request.content)
    assert message["eventType"] == "com.okta.event_hook"
    assert message["source"].endswith(f"/api/v1/eventHooks/{unverified}")
    event = message["data"]["events"][0]
    assert (event["eventType"], event["target"][0]["id"]) == ("user.lifecycle.create", user)
    assert "request" not in event
    assert "ipChain" in event["client"]
    okta.post(f"/api/v1/eventHooks/{unverified}/lifecycle/deactivate")
    okta.new_user("late")
    okta.advance(5)
    assert listener.got[-1] is request


@pytest.mark.parametrize(
    ("answers", "deliveries", "failed"), [([500], 2, False), ([0, 500], 2, True), ([404], 1, True), ([204], 1, False)]
)
def test_retry(okta: Any, listener: Listener, answers: list[int], deliveries: int, failed: bool) -> None:
    """One retry after silence or a server's error, none after a refusal; what stays undelivered is logged."""
    verified(okta)
    listener.got.clear()
    listener.answers = answers
    okta.new_user("ann")
    okta.advance(5)
    assert len(listener.got) == deliveries
    assert ("event_hook.delivery" in okta.types()) is failed


def test_filter(okta: Any, listener: Listener) -> None:
    """A filter lets only those events through that satisfy its expression."""
    expression = "event.target.?[type eq 'UserGroup'].size()>0 && event.target.?[displayName eq 'Sales'].size()>0"
    rows = [{"event": ITEMS[0], "condition": {"version": None, "expression": expression}}]
    kept = {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": rows}
    hook = verified(okta, events={"type": "EVENT_TYPE", "items": ITEMS, "filter": kept})
    assert okta.get(f"/api/v1/eventHooks/{hook}").json()["events"]["filter"] == kept
    user = okta.new_user()
    for name in ("Sales", "Finance"):
        okta.put(f"/api/v1/groups/{okta.new_group(name)}/users/{user}")
    okta.advance(5)
    assert [event["eventType"] for event in listener.events()] == [ITEMS[1], ITEMS[0]]


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"events": {"type": "EVENT_TYPE", "items": []}},
        {"events": {"type": "EVENT_TYPE", "items": ["policy.evaluate_sign_on"]}},
        {"events": {"type": "EVENT_TYPE", "items": ITEMS, "filter": {"type": "X"}}},
        {"channel": {"type": "HTTP", "config": {"uri": "http://listener.example/"}}},
        {"channel": {"type": "HTTP", "config": {"uri": "https://["}}},
        {"channel": {"type": "HTTP", "config": {"uri": "https://a/", "headers": [{"key": "a b", "value": "x"}]}}},
        {"channel": {"type": "HTTP", "config": {"uri": "https://a/", "headers": [{"key": "Host", "value": "x"}]}}},
        {"channel": "x"},
    ],
)
def test_bad_hooks(okta: Any, change: dict[str, Any]) -> None:
    """Only event types that may be subscribed to, over https, with proper headers."""
    assert okta.post("/api/v1/eventHooks", body(**change)).status_code == 400


def test_loopback(make_okta: Any) -> None:
    """A listener on this machine may be called over plain http, unless the org is set like a real one."""
    plain = body(channel={"type": "HTTP", "config": {"uri": "http://127.0.0.1:9/"}})
    assert make_okta().post("/api/v1/eventHooks", plain).status_code == 200
    assert make_okta(hooks_over_http="refused").post("/api/v1/eventHooks", plain).status_code == 400


def test_limit_of_active_hooks(okta: Any) -> None:
    """An org has 25 active event hooks at most."""
    made = [okta.post("/api/v1/eventHooks", body(name=f"hook {n}")) for n in range(26)]
    assert [answer.status_code for answer in made] == [200] * 25 + [400]
    first = f"/api/v1/eventHooks/{made[0].json()['id']}/lifecycle"
    okta.post(f"{first}/deactivate")
    okta.post("/api/v1/eventHooks", body(name="one more"))
    assert okta.post(f"{first}/activate").status_code == 400
