"""A whole estate in one process, its systems reached without sockets, and the words tests speak to its SailPoint."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from simulators.estate import Estate
from simulators.estate_seed import load_seed
from simulators.kernel.gate import Gate
from simulators.kernel.times import parse_duration
from simulators.okta.app import create_app as okta_app
from simulators.okta.app import refusal as okta_refusal
from simulators.sailpoint.app import create_app as sailpoint_app
from simulators.sailpoint.app import refusal as sailpoint_refusal
from simulators.scim.app import create_app as scim_app
from simulators.scim.app import refusal as scim_refusal
from tests.answers import vendor
from tests.inside import InsideClient
from tests.sailpoint.receiver import Receiver

URLS = {name: f"http://{name}.test" for name in ("okta", "sailpoint", "apps", "hr", "control")}
COLUMNS = [
    "worker_id",
    "first_name",
    "last_name",
    "department",
    "job_title",
    "manager_id",
    "location",
    "time_zone",
    "worker_type",
    "hire_date",
    "end_date",
    "end_reason",
    "effective_date",
]


class Recorder:
    """Notes every request that passes to the directory: method, path with query."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.calls: list[tuple[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = scope.get("query_string", b"").decode()
        self.calls.append((scope["method"], scope["path"] + (f"?{query}" if query else "")))
        await self._app(scope, receive, send)

    def writes(self) -> list[tuple[str, str]]:
        """The requests that change something, tokens aside."""
        return [call for call in self.calls if call[0] != "GET" and "/oauth2/" not in call[1]]


class Company:
    """The estate under test."""

    def __init__(self, seed: str = "acme") -> None:
        self._runner = asyncio.Runner()
        self._run = self._runner.get_loop().run_until_complete
        self.estate = Estate(load_seed(seed), URLS)
        self.directory = Recorder(Gate(okta_app(lambda: self.estate.okta), "okta", lambda: self.estate, okta_refusal))
        systems: Mapping[str, Any] = {
            "okta": self.directory,
            "sailpoint": Gate(
                sailpoint_app(lambda: self.estate.sailpoint), "sailpoint", lambda: self.estate, sailpoint_refusal
            ),
            "apps": Gate(scim_app(lambda: self.estate.apps), "apps", lambda: self.estate, scim_refusal),
        }
        self.http = InsideClient({URLS[name]: app for name, app in systems.items()})
        self.estate.connect(self.http)
        self.tenant = self.estate.sailpoint
        self.ready = self.estate.ready()
        self._tokens: dict[str, str] = {}
        self._saved = self.estate.save()
        self.feed = {row["worker_id"]: row for row in self._seeded()}

    def fresh(self) -> Company:
        """The estate as it was at first."""
        self.estate.restore(self._saved)
        self._tokens.clear()
        self.directory.calls.clear()
        self.feed = {row["worker_id"]: row for row in self._seeded()}
        return self

    def close(self) -> None:
        """Let go of the event loop."""
        self._run(self.http.aclose())
        self._runner.close()

    def raw(self, method: str, path: str, **content: Any) -> httpx.Response:
        """A request to SailPoint as it is, without credentials of its own."""
        return self._checked(self._run(self.http.request(method, URLS["sailpoint"] + path, **content)))

    def _checked(self, answer: httpx.Response) -> httpx.Response:
        """The answer, once the vendor's document agrees with it; as it is where no document is at hand."""
        document = vendor()
        if document is not None:
            request = answer.request
            found = list(
                document.problems(request.method, request.url.path, answer.status_code, answer.headers, answer.content)
            )
            assert not found, "\n".join(found)
        return answer

    def send(self, method: str, url: str, **content: Any) -> httpx.Response:
        """A request to any system."""
        return self._run(self.http.request(method, url, **content))

    def _seeded(self) -> list[dict[str, str]]:
        """The rows HR would send for the seed's employees."""
        source = self.tenant.configuration.source_named("HR Feed")
        if source is None:
            return []
        accounts = self.tenant.state.accounts.find("source", source.id)
        return [{name: str(account.attributes.get(name) or "") for name in COLUMNS} for account in accounts]

    def token(self, name: str) -> str:
        """An access token of a credential, by the credential's name."""
        if name not in self._tokens:
            known = self.ready["sailpoint"]
            row = next(one for one in (*known["personal_access_tokens"], *known["api_clients"]) if one["name"] == name)
            form = {
                "grant_type": "client_credentials",
                "client_id": row["client_id"],
                "client_secret": row["client_secret"],
            }
            answer = self._run(self.http.post(f"{URLS['sailpoint']}/oauth/token", data=form))
            self._tokens[name] = answer.json()["access_token"]
        return self._tokens[name]

    def call(self, method: str, path: str, *, by: str = "iam-admin", **content: Any) -> httpx.Response:
        """Call SailPoint as somebody."""
        more = content.pop("headers", {})
        for _ in range(2):
            headers = {"Authorization": f"Bearer {self.token(by)}", "X-SailPoint-Experimental": "true", **more}
            answer = self._run(self.http.request(method, URLS["sailpoint"] + path, headers=headers, **content))
            if answer.status_code != 401:
                break
            del self._tokens[by]
        return self._checked(answer)

    def get(self, path: str, *, by: str = "iam-admin", **params: Any) -> Any:
        """The JSON of a successful GET."""
        answer = self.call("GET", path, by=by, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def search(self, index: str, query: str, **more: Any) -> list[dict[str, Any]]:
        """Documents of an index."""
        answer = self.call("POST", "/search/v1", json={"indices": [index], "query": {"query": query}, **more})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    def wait(self, duration: str) -> int:
        """Let time pass."""
        clock = self.estate.clock
        return self._run(clock.advance(clock.now() + parse_duration(duration)))

    def quiet(self) -> None:
        """Let no schedule aggregate: most of what a day costs, where days only have to go by."""
        for name in [one for one in self.tenant.state.timers if one.startswith("schedule/")]:
            self.tenant.configuration.set_timer(name, None, "sailpoint.schedule")

    def day(self, days: int = 0) -> str:
        """A date counted from day zero."""
        return (self.estate.seed.day_zero + timedelta(days=days)).isoformat()

    def hire(self, worker_id: str, first: str, last: str, department: str = "Sales", **more: str) -> dict[str, str]:
        """A new row in the feed."""
        row = dict.fromkeys(COLUMNS, "") | {
            "worker_id": worker_id,
            "first_name": first,
            "last_name": last,
            "department": department,
            "job_title": "Specialist",
            "manager_id": "E1006",
            "location": "NYC",
            "time_zone": "America/New_York",
            "worker_type": "employee",
            "hire_date": self.day(),
        }
        self.feed[worker_id] = row | more
        return self.feed[worker_id]

    def file(self, columns: list[str] | None = None) -> bytes:
        """The feed as CSV."""
        text = io.StringIO()
        writer = csv.DictWriter(text, columns or COLUMNS, extrasaction="ignore", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(self.feed.values())
        return text.getvalue().encode()

    def load(self, content: bytes | None = None, source: str = "HR Feed", *, by: str = "loader") -> httpx.Response:
        """Load a file into a source."""
        known = self.tenant.configuration.source_named(source)
        assert known is not None
        files = {"file": ("feed.csv", content if content is not None else self.file(), "text/csv")}
        return self.call("POST", f"/sources/v1/{known.id}/load-accounts", by=by, files=files)

    def loaded(self, wait: str = "PT15M") -> dict[str, Any]:
        """Load the feed, let time pass and answer the task."""
        answer = self.load()
        assert answer.status_code == 202, answer.text
        self.wait(wait)
        task: dict[str, Any] = self.get(f"/task-status/v1/{answer.json()['task']['id']}")
        return task

    def identity(self, worker_id: str) -> dict[str, Any]:
        """An identity by its worker id."""
        found: list[dict[str, Any]] = self.get("/identities/v1", filters=f'alias eq "{worker_id}"')
        return found[0]

    def account(self, worker_id: str, source: str = "Okta") -> dict[str, Any] | None:
        """A person's first account on a source."""
        person = self.identity(worker_id)
        known = self.tenant.configuration.source_named(source)
        assert known is not None
        filters = f'identityId eq "{person["id"]}" and sourceId eq "{known.id}"'
        found: list[dict[str, Any]] = self.get("/accounts/v1", filters=filters)
        return found[0] if found else None

    def groups(self, user_id: str) -> set[str]:
        """Names of a directory user's governed groups."""
        okta = self.estate.okta.state
        return {name for id, _ in okta.members.of(user_id) if (name := okta.groups[id].name).startswith("SP-")}

    def status(self, user_id: str) -> str:
        """A directory user's status."""
        return str(self.estate.okta.state.users[user_id].status.value)


@pytest.fixture(scope="session")
def _company() -> Iterator[Company]:
    company = Company()
    yield company
    company.close()


@pytest.fixture
def company(_company: Company) -> Company:
    """The reference company on its day zero."""
    return _company.fresh()


@pytest.fixture(scope="session")
def newcomer() -> Iterator[Company]:
    """A new tenant with one administrator."""
    company = Company("empty")
    yield company
    company.close()


@pytest.fixture(scope="session")
def _receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def receiver(_receiver: Receiver) -> Receiver:
    """A receiver outside the estate, at a real socket."""
    return _receiver.fresh()
