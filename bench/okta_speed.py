"""What a request to the simulated org costs at several populations, as requests a second, p99, and ratios.

`python bench/okta_speed.py [PEOPLE …]` (100, 10,000 and 100,000 unless told otherwise) plants each population in a
process of its own and calls the app without a socket. The ratio is the largest population's median over the smallest's:
the cost of a request must not grow. The last column is what the very first such request took among the most people: a
search by an attribute without an index computes one then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlencode

from population import Caller

from simulators.kernel.clock import VirtualClock
from simulators.kernel.ids import Ids
from simulators.kernel.people import SeedPerson
from simulators.okta import seeding
from simulators.okta.app import create_app
from simulators.okta.domain.groups import Group
from simulators.okta.tenant import OktaOrg

SEED = Path(__file__).parents[1] / "simulators" / "seeds" / "empty" / "okta.toml"
SIZES = (100, 10_000, 100_000)
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
_FAMILIES = ("Lee", "Carter", "Demir", "Diallo", "Meyer", "Feldman", "Deshpande", "Nguyen")


def _family(number: int) -> str:
    """Ten people share a name whatever the population, so that each answer has as many rows."""
    return f"{_FAMILIES[number // 10 % len(_FAMILIES)]}{number // 10}"


def _hired(number: int, count: int) -> date:
    """The last ten came on the same day whatever the population, ten more on each day before."""
    return date(2024, 1, 8) - timedelta(days=(count - 1 - number) // 10)


def _search(text: str, **more: str) -> str:
    return "/api/v1/users?" + urlencode({"search": text, **more})


def people(count: int) -> Iterator[SeedPerson]:
    """That many active employees; each department and each day of hire has ten."""
    nothing = None
    for number in range(count):
        family, hired = _family(number), _hired(number, count)
        yield SeedPerson(
            f"E{number:06}", f"Name{number}", family, f"Sales {number // 10}", "Executive", "", "NYC", "US", "ACME-US",
            "America/New_York", "employee", hired, nothing, "", nothing, nothing, f"user{number}@example.com", "ACTIVE",
            "active", "", "Autumn-2026x",
        )  # fmt: skip


async def measure(count: int) -> dict[str, tuple[float, float, float, float]]:
    """Median and 99th percentile in seconds, requests a second and seconds of the first, of each operation."""
    table = tomllib.loads(SEED.read_text(encoding="utf-8"))
    org = OktaOrg(VirtualClock(START), Ids(1, "okta"), seeding.settings(table))
    planted = seeding.plant(org, table, people(count), {}, {})
    for number in range(count // 10):
        name, text = f"Team {number}", f"Region {number // 10}"
        org.state.groups.put(Group(org.new_id("00g"), "OKTA_GROUP", name, text, START, START, START))
    org.state.fork()  # as an estate does when it opens: the indexes are sorted before the first request
    call = Caller(create_app(lambda: org), {"authorization": f"SSWS {next(iter(planted.api_tokens.values()))}"})
    middle = planted.users[f"user{count // 2}@example.com"]

    def created(number: int) -> dict[str, Any]:
        login = f"new{number}@example.com"
        profile = {"login": login, "email": login, "firstName": "New", "lastName": "Hire"}
        return {"profile": profile, "credentials": {"password": {"value": "Autumn-2026x"}}}

    def moved(number: int) -> dict[str, Any]:
        return {"profile": {"department": f"Sales {number}"}}

    def asked(_: int) -> None:
        return None

    some, half = {"limit": "20"}, _hired(count // 2, count).isoformat()
    since, following = _hired(count - 1, count) - timedelta(days=1), f"2{middle}"
    everyone = f"/api/v1/groups/{org.state.everyone}/users?limit=20"
    regions = "/api/v1/groups?" + urlencode({"search": f'profile.description eq "Region {count // 200}"'})
    department = f'profile.department eq "Sales {count // 20}"'
    operations: dict[str, tuple[int, str, str, Callable[[int], Any]]] = {
        "create": (300, "POST", "/api/v1/users", created),
        "read by id": (500, "GET", f"/api/v1/users/{middle}", asked),
        "read by login": (500, "GET", f"/api/v1/users/user{count // 2}@example.com", asked),
        "list of 200": (60, "GET", "/api/v1/users?limit=200", asked),
        "search one": (300, "GET", _search(f'profile.login eq "user{count // 2}@example.com"'), asked),
        "search a name": (100, "GET", _search(f'profile.lastName eq "{_family(count // 2)}"'), asked),
        "search a start": (100, "GET", _search(f'profile.firstName sw "Name{count - 1}"'), asked),
        "search either": (100, "GET", _search('status eq "SUSPENDED" or status eq "RECOVERY"'), asked),
        "department": (100, "GET", _search(department), asked),
        "after a change": (100, "GET", _search(department), asked),
        "part of a name": (100, "GET", _search(f'profile.lastName co "{_family(count // 2)[1:]}"'), asked),
        "part of a mail": (100, "GET", _search(f'profile.email co "er{count // 2}@"'), asked),
        "created since": (100, "GET", _search(f'created gt "{since}"', **some), asked),
        "older half": (100, "GET", _search(f'statusChanged lt "{half}"', **some), asked),
        "newer half": (100, "GET", _search(f'statusChanged gt "{half}"', **some), asked),
        "following page": (100, "GET", _search("profile.title pr", **some, after=following), asked),
        "sorted": (100, "GET", _search("status pr", **some, sortBy="profile.lastName"), asked),
        "sorted, further": (
            100, "GET", _search("status pr", **some, sortBy="profile.lastName", after=following), asked,
        ),
        "newest half first": (
            100, "GET", _search(f'created gt "{half}"', **some, sortBy="created", sortOrder="desc"), asked,
        ),
        "groups": (100, "GET", regions, asked),
        "members": (100, "GET", everyone, asked),
        "log of one": (100, "GET", f"/api/v1/logs?filter=target.id%20eq%20%22{middle}%22", asked),
    }  # fmt: skip
    figures = {}
    for title, (times, method, path, body) in operations.items():
        taken = []
        for number in range(times):
            content = body(number)
            if title == "after a change":
                await call("POST", f"/api/v1/users/{middle}", moved(number))
            began = perf_counter()
            status, answer = await call(method, path, content)
            taken.append(perf_counter() - began)
            if status != 200:
                raise SystemExit(f"{title}: {status} {answer[:300]!r}")
        first, *taken = taken
        taken.sort()
        figures[title] = (statistics.median(taken), taken[int(len(taken) * 0.99)], len(taken) / sum(taken), first)
    return figures


def main() -> None:
    """Print a table and the ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("people", nargs="*", type=int, default=list(SIZES))
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one is not None:
        print(json.dumps(asyncio.run(measure(chosen.one))))
        return
    found = [
        json.loads(subprocess.run([sys.executable, __file__, "--one", str(size)], check=True, stdout=-1).stdout)
        for size in chosen.people
    ]
    print(f"{'':18}" + "".join(f"{f'{size:,} people':>28}" for size in chosen.people) + f"{'ratio':>8}{'first':>12}")
    for title in found[0]:
        cells = "".join(f"{one[title][2]:>12,.0f}/s p99 {one[title][1] * 1000:>6.2f} ms" for one in found)
        print(f"{title:18}{cells}{found[-1][title][0] / found[0][title][0]:>8.2f}{found[-1][title][3] * 1000:>9.2f} ms")


if __name__ == "__main__":
    main()
