"""A small org behind the gate, driven over HTTP by synchronous calls."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest

from simulators.kernel.clock import VirtualClock
from simulators.kernel.faults import Faults
from simulators.kernel.gate import Gate
from simulators.kernel.ids import Ids
from simulators.kernel.people import SeedPerson
from simulators.okta import seeding
from simulators.okta.app import create_app, refusal
from simulators.okta.domain.sessions import passcode, step_of
from simulators.okta.domain.settings import Delays
from simulators.okta.tenant import OktaOrg
from tests.inside import answered

SEEDS = Path(__file__).parents[2] / "simulators" / "seeds"
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
BASE = "http://127.0.0.1:8600"
PORTAL = "http://127.0.0.1/acme-portal/callback"
SECRET = "Autumn-2026x"
_CLIENT = {"Accept": "*/*", "User-Agent": f"python-httpx/{httpx.__version__}"}


class World:
    """What the gate needs of an estate."""

    def __init__(self) -> None:
        self.clock = VirtualClock(START)
        self.faults = Faults()
        self.ids = Ids(1, "estate")
        self.request_cost_ms = (0, 0)


class Driver:
    """An org, its clock and a client; calls carry the administrator's API token unless told otherwise."""

    def __init__(self, seed: str, people: list[SeedPerson], groups_of: dict[str, list[str]], **changes: Any) -> None:
        self.world = World()
        self.clock = self.world.clock
        table = tomllib.loads((SEEDS / seed / "okta.toml").read_text(encoding="utf-8"))
        settings = replace(seeding.settings(table), **changes)
        self.org = OktaOrg(self.clock, Ids(1, "okta"), settings)
        scim = {
            label: (f"http://scim/{label.replace(' ', '')}", "okta-token") for label in ("Atlas", "Deskly", "CRM PROV")
        }
        self.planted = seeding.plant(self.org, table, people, groups_of, scim)
        self.token = next(iter(self.planted.api_tokens.values()))
        self.runner = asyncio.Runner()
        app = Gate(create_app(lambda: self.org), "okta", lambda: self.world, refusal)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE, verify=False)
        self._app = app
        self._run = self.runner.get_loop().run_until_complete  # the runner's own way listens for Ctrl-C anew each time

    def close(self) -> None:
        self.runner.run(self.http.aclose())
        self.runner.close()

    def ask(self, method: str, path: str, *, auth: str | None = "", **more: Any) -> httpx.Response:
        """One request; `auth` None sends no credential, "" the administrator's token."""
        headers = {**_CLIENT, **more.pop("headers", {})}
        if auth is not None:
            headers["Authorization"] = auth or f"SSWS {self.token}"
        request = httpx.Request(method, urljoin(BASE, path), headers=headers, **more)
        return self._run(answered(self._app, request))

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.ask("POST", path, json=json, **more)

    def put(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.ask("PUT", path, json=json, **more)

    def delete(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("DELETE", path, **more)

    def advance(self, seconds: float) -> int:
        return self._run(self.clock.advance(self.clock.now() + timedelta(seconds=seconds)))

    def new_user(self, name: str = "ann", query: str = "", password: str | None = SECRET, **profile: Any) -> str:
        """Create somebody and answer the id."""
        login = f"{name}@example.com"
        body: dict[str, Any] = {
            "profile": {"login": login, "email": login, "firstName": name, "lastName": "Lee", **profile}
        }
        if password is not None:
            body["credentials"] = {"password": {"value": password}}
        answer = self.post(f"/api/v1/users{query}", body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def new_group(self, name: str) -> str:
        answer = self.post("/api/v1/groups", {"profile": {"name": name}})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    def status(self, user: str) -> str:
        return str(self.get(f"/api/v1/users/{user}").json()["status"])

    def groups(self, user: str) -> set[str]:
        return {row["profile"]["name"] for row in self.get(f"/api/v1/users/{user}/groups").json()} - {"Everyone"}

    def events(self, **query: str) -> list[dict[str, Any]]:
        return list(self.get("/api/v1/logs", params={"limit": "1000", **query}).json())

    def types(self) -> list[str]:
        return [event["eventType"] for event in self.events()]

    def sign_in(self, username: str, password: str = SECRET) -> dict[str, Any]:
        answer = self.post("/api/v1/authn", {"username": username, "password": password}, auth=None)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def session(self, username: str, password: str = SECRET) -> dict[str, str]:
        """Sign in and answer the session cookies."""
        token = self.sign_in(username, password)["sessionToken"]
        answer = self.get("/login/sessionCookieRedirect", params={"token": token, "redirectUrl": BASE}, auth=None)
        assert answer.status_code == 302
        return {
            cookie.split("=")[0]: cookie.split("=")[1].split(";")[0] for cookie in answer.headers.get_list("set-cookie")
        }

    def is_signed_in(self, cookies: dict[str, str]) -> bool:
        pair = f"sid={cookies['sid']}"
        return self.get("/api/v1/sessions/me", auth=None, headers={"Cookie": pair}).status_code == 200

    def new_client(self, *users: str) -> tuple[str, str]:
        """A web client assigned to people: id and secret."""
        body = {
            "name": "oidc_client",
            "label": "Portal",
            "signOnMode": "OPENID_CONNECT",
            "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_basic"}},
            "settings": {
                "oauthClient": {
                    "application_type": "web",
                    "redirect_uris": [PORTAL],
                    "grant_types": ["authorization_code", "refresh_token"],
                    "response_types": ["code"],
                    "refresh_token": {"rotation_type": "ROTATE", "leeway": 0},
                }
            },
        }
        made = self.post("/api/v1/apps", body).json()
        for user in users:
            assert self.post(f"/api/v1/apps/{made['id']}/users", {"id": user}).status_code == 200
        return made["id"], made["credentials"]["oauthClient"]["client_secret"]

    def authorize(self, client_id: str, cookies: dict[str, str] | None, **more: str) -> dict[str, str]:
        query = {
            "client_id": client_id,
            "response_type": "code",
            "scope": "openid profile offline_access",
            "redirect_uri": PORTAL,
            "state": "s1",
            "prompt": "none",
            **more,
        }
        headers = {"Cookie": f"sid={cookies['sid']}"} if cookies else {}
        answer = self.get("/oauth2/v1/authorize", params=query, auth=None, headers=headers)
        assert answer.status_code == 302, answer.text
        return {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}

    def form(self, path: str, client: tuple[str, str], **fields: str) -> httpx.Response:
        basic = httpx.BasicAuth(*client)._auth_header
        return self.ask("POST", path, auth=basic, data=fields)

    def tokens(self, client: tuple[str, str], cookies: dict[str, str]) -> dict[str, Any]:
        code = self.authorize(client[0], cookies)["code"]
        answer = self.form("/oauth2/v1/token", client, grant_type="authorization_code", code=code, redirect_uri=PORTAL)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def totp(self, login: str) -> str:
        return passcode(self.planted.totp[login], step_of(self.clock.now()))


def person(worker_id: str, first: str, last: str, status: str = "ACTIVE", **more: Any) -> SeedPerson:
    """One worker of a test's seed."""
    facts: dict[str, Any] = {
        "worker_id": worker_id,
        "first_name": first,
        "last_name": last,
        "department": "Sales",
        "job_title": "Account Executive",
        "manager_id": "",
        "location": "NYC",
        "country": "US",
        "company": "ACME-US",
        "time_zone": "America/New_York",
        "worker_type": "employee",
        "hire_date": date(2024, 1, 8),
        "end_date": None,
        "end_reason": "",
        "leave_start": None,
        "leave_end": None,
        "login": f"{first}.{last}@acme.example".lower(),
        "okta_status": status,
        "lifecycle_state": "active",
        "part": "",
        "password": SECRET,
    }
    return SeedPerson(**{**facts, **more})


Maker = Callable[..., Driver]


@pytest.fixture
def make_okta() -> Iterator[Maker]:
    """Builds orgs; each is closed at the end."""
    made: list[Driver] = []

    def make(
        seed: str = "empty",
        people: list[SeedPerson] | None = None,
        groups_of: dict[str, list[str]] | None = None,
        **changes: Any,
    ) -> Driver:
        made.append(Driver(seed, people or [], groups_of or {}, **changes))
        return made[-1]

    yield make
    for driver in made:
        driver.close()


@pytest.fixture
def okta(make_okta: Maker) -> Driver:
    """A new org whose background work does not wait."""
    return make_okta()


@pytest.fixture
def slow_okta(make_okta: Maker) -> Driver:
    """A new org with the usual delays."""
    return make_okta(delays=Delays())


@pytest.fixture
def worker() -> Callable[..., SeedPerson]:
    """Builds workers of a test's seed."""
    return person
