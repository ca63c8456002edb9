"""What a company of 100,000 costs SailPoint's engine, and whom one change touches: three sizes, as ratios.

`python bench/identities.py [--small]` builds `acme` with 1,000, 10,000 and 100,000 people (`--small`: 100, 300
and 1,000), each in a process of its own. Costs that should not grow stand with their ratio to the smallest company;
for what must grow, the ratio is that per person. The counts are of records, not of seconds.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import perf_counter
from typing import Any

import httpx
from population import _URLS, Caller, company_of, measured

from simulators.estate import Estate
from simulators.hr.app import create_app as hr_app
from simulators.okta.app import create_app as okta_app
from simulators.sailpoint.app import create_app as sailpoint_app
from simulators.scim.app import create_app as scim_app

SIZES = {"small": (100, 300, 1_000), "full": (1_000, 10_000, 100_000)}
# What has to look at everybody: judged per person. Everything else should cost the same in any company.
GROWS = (
    "build", "load, nothing changed", "load, one changed", "load, not optimized", "a day of schedules",
    "first search anywhere",
)  # fmt: skip
TABLES = ("identities", "accounts", "operations", "activities", "events", "grants", "work_items")
LATEST = 100_000


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Engine:
    """One company without sockets, its connectors included."""

    def __init__(self, people: int) -> None:
        self.estate = Estate(company_of(people), _URLS, limits="counted")
        self.hr = Caller(hr_app(lambda: self.estate.hr), {})
        self._app = sailpoint_app(lambda: self.estate.sailpoint)
        self.sailpoint = Caller(self._app, {})
        apps = {
            "okta": okta_app(lambda: self.estate.okta),
            "sailpoint": self._app,
            "apps": scim_app(lambda: self.estate.apps),
        }
        mounts = {_URLS[name]: httpx.ASGITransport(app) for name, app in apps.items()}
        self.http = httpx.AsyncClient(mounts=mounts, trust_env=False, timeout=None)
        self.estate.connect(self.http)

    async def sign_in(self) -> None:
        """Take the administrator's token."""
        known = self.estate.ready()["sailpoint"]["personal_access_tokens"]
        pat = next(one for one in known if one["name"] == "iam-admin")
        form = f"grant_type=client_credentials&client_id={pat['client_id']}&client_secret={pat['client_secret']}"
        _, token = await self.sailpoint("POST", "/oauth/token", form=form)
        self.sailpoint.headers["authorization"] = f"Bearer {json.loads(token)['access_token']}"
        self.sailpoint.headers["x-sailpoint-experimental"] = "true"

    async def wait(self, hours: float) -> None:
        """Let time pass."""
        clock = self.estate.clock
        await clock.advance(clock.now() + timedelta(hours=hours))

    async def load(self, optimized: bool = True, changed: str = "") -> None:
        """Send HR's whole file, one department changed where a worker is named, and let it be worked off."""
        _, text = await self.hr("GET", "/feed.csv")
        if changed:
            rows = list(csv.DictReader(io.StringIO(text.decode())))
            out = io.StringIO()
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
            writer.writeheader()
            for row in rows:
                moved = "Finance" if row["department"] != "Finance" else "Sales"
                writer.writerow(row | {"department": moved} if row["worker_id"] == changed else row)
            text = out.getvalue().encode()
        source = self.estate.ready()["sailpoint"]["hr_source_id"]
        path = f"{_URLS['sailpoint']}/sources/v1/{source}/load-accounts"
        data = {"disableOptimization": str(not optimized).lower()}
        headers = {"authorization": self.sailpoint.headers["authorization"]}
        answer = await self.http.post(path, data=data, files={"file": ("feed.csv", text)}, headers=headers)
        if answer.status_code != 202:
            raise SystemExit(f"load-accounts: {answer.status_code} {answer.text[:300]}")
        await self.wait(0.5)
        task = await self.answer("GET", f"/task-status/v1/{answer.json()['task']['id']}")
        if task["completionStatus"] != "SUCCESS":
            raise SystemExit(f"the load ended with {task['completionStatus']}: {task['messages']}")

    async def answer(self, method: str, path: str, body: Any = None) -> Any:
        """What SailPoint answers to a call that has to succeed."""
        status, text = await self.sailpoint(method, path, body)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {text[:300]!r}")
        return json.loads(text or b"null")

    def records(self) -> dict[str, dict[str, Any]]:
        """Every record of the tables that processing writes to, by table and id."""
        state = self.estate.sailpoint.state
        return {name: {row.id: row for row in getattr(state, name).rows()} for name in TABLES}


def touched(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> dict[str, int]:
    """How many records of each table are new, replaced or gone."""
    return {
        name: sum(1 for id, row in after[name].items() if before[name].get(id) is not row)
        + len(before[name].keys() - after[name].keys())
        for name in after
    }


async def measure(people: int) -> dict[str, Any]:
    """Seconds per operation, and the records that one change and one processing touch."""
    began = perf_counter()
    engine = Engine(people)
    seconds: dict[str, float] = {"build": perf_counter() - began}
    counts: dict[str, dict[str, int]] = {}
    await engine.sign_in()
    _say(f"{people:>8,} people: built in {seconds['build']:.1f} s")

    async def timed(title: str, work: Awaitable[Any]) -> None:
        began = perf_counter()
        await work
        seconds[title] = perf_counter() - began
        _say(f"{people:>8,} people: {title}: {seconds[title]:.2f} s")

    await timed("load, nothing changed", engine.load())  # the first load also learns what rows look like
    before = engine.records()
    await timed("load, one changed", engine.load(changed=f"E{LATEST + people // 2}"))
    counts["one change of HR"] = touched(before, engine.records())
    await timed("load, not optimized", engine.load(optimized=False, changed=f"E{LATEST + people // 2}"))

    worker = f"E{LATEST + people // 3}"
    (person,) = await engine.answer("GET", f"/identities/v1?filters=alias%20eq%20%22{await _alias(engine, worker)}%22")
    before = engine.records()

    async def process() -> None:
        await engine.answer("POST", "/identities/v1/process", {"identityIds": [person["id"]]})
        await engine.wait(0.1)

    await timed("process one", process())
    counts["one processing"] = touched(before, engine.records())
    await timed("a day of schedules", engine.wait(24))
    await engine.sign_in()
    await timed("first search anywhere", engine.answer("POST", "/search/v1?limit=1", _search("nobody")))
    for title, (method, path, body) in _calls(worker, person["id"]).items():
        seconds[title] = await _least(lambda m=method, p=path, b=body: engine.answer(m, p, b))
    await engine.http.aclose()
    return {"seconds": seconds, "counts": counts}


async def _alias(engine: Engine, worker: str) -> str:
    query = {"indices": ["identities"], "query": {"query": f'attributes.workerId:"{worker}"'}}
    (found,) = await engine.answer("POST", "/search/v1?limit=1", query)
    return str(found["attributes"]["uid"])


def _search(text: str, *sort: str) -> dict[str, Any]:
    return {"indices": ["identities"], "query": {"query": text}, "sort": list(sort)}


# Titles of searches, what each asks for, and in which order.
SEARCHES = {
    "search anywhere": ("sales",),
    "search for a phrase": ('"R-BR-Employee"', "id"),
    "search with wildcards": ("email:*an*", "name"),
    "search by access": ("@access(name:R-BR-Sales)", "-created", "name"),
    "search by accounts": ("@accounts(source.name:Okta AND disabled:false)", "accessCount"),
    "search by exclusion": ("NOT attributes.department:Sales", "attributes.department", "-email"),
    "search by date": ("created:[now-2y/y TO now]", "created"),
}
_SUGGEST = {
    "indices": ["identities"],
    "queryType": "TYPEAHEAD",
    "typeAheadQuery": {"query": "sal", "field": "attributes.department", "size": 5},
}
_FIGURES = {
    "D": {
        "terms": {"field": "attributes.department.exact"},
        "aggs": {"A": {"nested": {"path": "access"}, "aggs": {"T": {"terms": {"field": "access.type"}}}}},
    }
}


def _calls(worker: str, identity_id: str) -> dict[str, tuple[str, str, Any]]:
    return {
        "get identity": ("GET", f"/identities/v1/{identity_id}", None),
        "list identities": ("GET", "/identities/v1?limit=100", None),
        "list identities, counted": ("GET", "/identities/v1?limit=100&count=true", None),
        "list by first name": ("GET", "/identities/v1?limit=100&filters=firstname%20sw%20%22a%22", None),
        "list sorted by name": ("GET", "/public-identities/v1?limit=100&sorters=-name", None),
        "list accounts by change": ("GET", "/accounts/v1?limit=100&sorters=-modified", None),
        "list accounts of one": ("GET", f"/accounts/v1?filters=identityId%20eq%20%22{identity_id}%22", None),
        "list activities of one": ("GET", f"/account-activities/v1?requested-for={identity_id}", None),
        "search one": ("POST", "/search/v1?limit=10", _search(f'attributes.workerId:"{worker}"')),
        "search first page": ("POST", "/search/v1?limit=100", _search("*", "id")),
        **{
            f"{title}{more and ', counted'}": ("POST", f"/search/v1?limit=10{more}", _search(*asked))
            for title, asked in SEARCHES.items()
            for more in ("", "&count=true")
        },
        "suggest a name": ("POST", "/search/v1?limit=10", _SUGGEST),
        "figures by department": ("POST", "/search/v1/aggregate?limit=1", _search("*") | {"aggregationsDsl": _FIGURES}),
        "search events of one": (
            "POST",
            "/search/v1?limit=10",
            {"indices": ["events"], "query": {"query": f'target.name:"{worker}"'}},
        ),
    }


async def _least(work: Callable[[], Awaitable[Any]], calls: int = 50, most_seconds: float = 5.0) -> float:
    """The quickest of some calls: the least disturbed by whatever else the machine does."""
    await work()  # what is worked out once a process is not counted
    found: list[float] = []
    while len(found) < calls and sum(found) < most_seconds:
        began = perf_counter()
        await work()
        found.append(perf_counter() - began)
    return min(found)


def main() -> None:
    """Print the ratios and the counts."""
    by_size = measured(__file__, __doc__, SIZES, measure)
    sizes, found = list(by_size), list(by_size.values())
    print(f"{'':31}" + "".join(f"{size:>14,}" for size in sizes) + f"{'ratio':>8}")
    for title in found[0]["seconds"]:
        row = [one["seconds"][title] for one in found]
        per = sizes[-1] / sizes[0] if title in GROWS else 1
        unit, factor = ("s ", 1.0) if title in GROWS else ("ms", 1000.0)
        shown = "".join(f"{value * factor:>11.2f} {unit}" for value in row)
        print(f"{title:31}{shown}{row[-1] / row[0] / per:>8.2f}{'  per person' if title in GROWS else ''}")
    for title in found[0]["counts"]:
        print(f"\nrecords touched by {title}")
        for table in TABLES:
            print(f"  {table:24}" + "".join(f"{one['counts'][title][table]:>14,}" for one in found))


if __name__ == "__main__":
    main()
