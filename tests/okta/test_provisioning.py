"""What the org sends to applications: order, verbs, what it logs. The other end only records."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from simulators.okta.domain.settings import Delays


class Recorder:
    """A SCIM application that keeps what it is sent."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, Any]] = []
        self.stored: dict[str, dict[str, Any]] = {}
        self.refusals: list[tuple[int, dict[str, str]]] = []

    async def __call__(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        raw = (await receive()).get("body", b"")
        body = json.loads(raw) if raw else None
        path = scope["path"].split("/", 2)[2]
        self.seen.append((scope["method"], "/" + path, body))
        status, answer, headers = 200, self.answer(scope["method"], path, body), []
        if self.refusals:
            status, more = self.refusals.pop(0)
            answer, headers = {"detail": "not now"}, [(k.lower().encode(), v.encode()) for k, v in more.items()]
        elif scope["method"] == "POST":
            status = 201
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def answer(self, method: str, path: str, body: Any) -> dict[str, Any]:
        kind, _, id = path.partition("/")
        if method == "POST":
            made = {**body, "id": f"{kind[0].lower()}{len(self.stored) + 1}"}
            self.stored[made["id"]] = made
            return made
        if not id:
            return {"totalResults": 0, "Resources": []}
        if method == "PUT":
            self.stored[id] = body
        return self.stored.get(id, {"id": id})

    def verbs(self) -> list[str]:
        """What was sent since the last look."""
        found, self.seen = [f"{method} {path}" for method, path, _ in self.seen], []
        return found


def connected(okta: Any, mode: str = "SAML_2_0") -> tuple[str, Recorder]:
    """An application that provisioning has been switched on for, all by API."""
    recorder = Recorder()
    okta.org.http = httpx.AsyncClient(transport=httpx.ASGITransport(recorder))
    app = okta.post("/api/v1/apps", {"label": "Roster", "signOnMode": mode}).json()["id"]
    where = f"/api/v1/apps/{app}"
    assert (
        okta.get(f"{where}/features").json()["errorCauses"][0]["errorSummary"].startswith("Provisioning is not enabled")
    )
    body = {"baseUrl": "http://roster/scim", "profile": {"authScheme": "TOKEN", "token": "t"}}
    assert okta.post(f"{where}/connections/default?activate=true", body).json()["status"] == "ENABLED"
    on = {"status": "ENABLED"}
    wanted = {"create": {"lifecycleCreate": on}, "update": {"profile": on, "lifecycleDeactivate": on}}
    assert okta.put(f"{where}/features/USER_PROVISIONING", wanted).status_code == 200
    okta.advance(0)
    assert recorder.verbs() == ["GET /Users"]
    assert "PUSH_NEW_USERS" in okta.get(where).json()["features"]
    return app, recorder


@pytest.fixture
def slow(make_okta: Any) -> Any:
    return make_okta(delays=Delays())


def test_life_in_a_custom_app(slow: Any) -> None:
    """Create by look-up and POST; changes and the end by GET and PUT of the whole resource; no DELETE ever."""
    app, roster = connected(slow)
    group = slow.new_group("Roster people")
    assert slow.put(f"/api/v1/apps/{app}/groups/{group}").status_code == 200
    user = slow.new_user(department="Sales")
    slow.put(f"/api/v1/groups/{group}/users/{user}")
    slow.advance(1)
    pending = slow.get(f"/api/v1/apps/{app}/users/{user}").json()
    assert (pending["scope"], pending["status"]) == ("GROUP", "STAGED")
    slow.advance(5)
    sent = roster.seen
    assert sent[1][2]["externalId"] == user
    assert sent[1][2]["active"] is True
    assert roster.verbs() == ["GET /Users", "POST /Users"]
    done = slow.get(f"/api/v1/apps/{app}/users/{user}").json()
    assert (done["status"], done["syncState"], done["externalId"]) == ("PROVISIONED", "SYNCHRONIZED", "u1")

    slow.post(f"/api/v1/users/{user}", {"profile": {"department": "Finance"}})
    slow.advance(5)
    assert roster.verbs() == ["GET /Users/u1", "PUT /Users/u1"]
    assert roster.stored["u1"]["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["department"] == "Finance"

    for operation in ("suspend", "unsuspend"):
        slow.post(f"/api/v1/users/{user}/lifecycle/{operation}")
        slow.advance(60)
    assert roster.verbs() == []

    slow.post(f"/api/v1/users/{user}/lifecycle/deactivate")
    assert slow.get(f"/api/v1/apps/{app}/users/{user}").status_code == 404
    slow.advance(5)
    assert roster.verbs() == ["GET /Users/u1", "PUT /Users/u1"]
    assert roster.stored["u1"]["active"] is False

    slow.post(f"/api/v1/users/{user}/lifecycle/activate?sendEmail=false")
    slow.advance(5)
    assert roster.verbs() == ["GET /Users/u1", "PUT /Users/u1"]
    assert roster.stored["u1"]["active"] is True


def test_records(slow: Any) -> None:
    """The log tells the joiner's story in order, in one transaction."""
    app, _ = connected(slow)
    user = slow.new_user()
    answer = slow.post(f"/api/v1/apps/{app}/users", {"id": user})
    slow.advance(5)
    request = answer.headers["x-okta-request-id"]
    events = [e for e in slow.events() if e["transaction"]["id"] == request]
    assert [e["eventType"] for e in events] == [
        "application.user_membership.add",
        "application.provision.user.push",
        "app.user_management.push_new_user_success",
        "application.provision.user.sync",
    ]
    assert [t["type"] for t in events[0]["target"]] == ["AppUser", "AppInstance", "User"]
    assert events[1]["actor"]["type"] == "SystemPrincipal"


def test_leaving_a_group(slow: Any) -> None:
    """Losing the group loses the application; another group or a personal assignment keeps it."""
    app, roster = connected(slow)
    first, second = slow.new_group("One"), slow.new_group("Two")
    for group, priority in ((first, 0), (second, 1)):
        slow.put(f"/api/v1/apps/{app}/groups/{group}", {"priority": priority, "profile": {"role": f"r{priority}"}})
    user = slow.new_user()
    for group in (first, second):
        slow.put(f"/api/v1/groups/{group}/users/{user}")
    slow.advance(5)
    assert slow.get(f"/api/v1/apps/{app}/users/{user}").json()["profile"] == {"role": "r0"}
    slow.delete(f"/api/v1/groups/{first}/users/{user}")
    slow.advance(5)
    assert slow.get(f"/api/v1/apps/{app}/users/{user}").json()["profile"] == {"role": "r1"}
    roster.verbs()
    slow.delete(f"/api/v1/groups/{second}/users/{user}")
    slow.advance(5)
    assert slow.get(f"/api/v1/apps/{app}/users/{user}").status_code == 404
    assert roster.verbs() == ["GET /Users/u1", "PUT /Users/u1"]
    removal = slow.events(filter='eventType eq "application.user_membership.remove"')[0]
    assert [t["type"] for t in removal["target"]] == ["AppUser", "AppInstance", "User", "UserGroup"]


def test_staged_people_wait(slow: Any) -> None:
    """Somebody staged gets the assignment at once, the account with the activation."""
    app, roster = connected(slow)
    user = slow.new_user(query="?activate=false")
    assert slow.post(f"/api/v1/apps/{app}/users", {"id": user}).status_code == 200
    slow.advance(60)
    assert roster.verbs() == []
    slow.post(f"/api/v1/users/{user}/lifecycle/activate")
    slow.advance(5)
    assert roster.verbs() == ["GET /Users", "POST /Users"]


def test_busy_application(slow: Any) -> None:
    """A 429 is tried again after its Retry-After; another error is reported and leaves the assignment in error."""
    app, roster = connected(slow)
    roster.refusals = [(429, {"Retry-After": "30"})]
    ann, bob = slow.new_user("ann"), slow.new_user("bob")
    slow.post(f"/api/v1/apps/{app}/users", {"id": ann})
    slow.advance(20)
    assert roster.verbs() == ["GET /Users"]
    slow.advance(20)
    assert roster.verbs() == ["GET /Users", "POST /Users"]
    roster.refusals = [(400, {})]
    slow.post(f"/api/v1/apps/{app}/users", {"id": bob})
    slow.advance(20)
    held = slow.get(f"/api/v1/apps/{app}/users/{bob}").json()
    assert (held["status"], held["syncState"]) == ("STAGED", "ERROR")
    failure = slow.events(filter='outcome.result eq "FAILURE"')[0]
    assert failure["outcome"]["reason"] == "Bad Request. Errors reported by remote server: not now"
    slow.post(f"/api/v1/users/{bob}", {"profile": {"title": "Lead"}})
    slow.advance(20)
    assert slow.get(f"/api/v1/apps/{app}/users/{bob}").json()["status"] == "PROVISIONED"


def test_catalogue_app_and_group_push(make_okta: Any) -> None:
    """A catalogue application gets PATCH, and a pushed group follows its people."""
    okta = make_okta("acme", delays=Delays(), limits="counted")
    deskly, agents = okta.planted.apps["Deskly"], okta.planted.groups["SP-APP-Deskly-Agent"]
    recorder = Recorder()
    okta.org.http = httpx.AsyncClient(transport=httpx.ASGITransport(recorder))
    user = okta.new_user()
    okta.put(f"/api/v1/groups/{agents}/users/{user}")
    okta.advance(30)
    verbs = recorder.verbs()
    assert sorted(verbs[:4]) == ["GET /Groups", "GET /Users", "POST /Groups", "POST /Users"]
    assert verbs[-1] == "PATCH /Groups/g2"
    mapping = okta.get(f"/api/v1/apps/{deskly}/group-push/mappings").json()[0]
    assert (mapping["sourceGroupId"], mapping["targetGroupId"]) == (agents, "g2")
    okta.delete(f"/api/v1/groups/{agents}/users/{user}")
    okta.advance(30)
    assert recorder.seen[0][2]["Operations"] == [{"op": "replace", "value": {"active": False}}]
    assert recorder.verbs() == ["PATCH /Users/u1", "PATCH /Groups/g2", "PATCH /Groups/g2"]
