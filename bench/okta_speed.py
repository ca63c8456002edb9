"""What a request to the simulated org costs at several populations, as requests a second, p99, and ratios.

`python bench/okta_speed.py [PEOPLE …]` (100, 10,000 and 100,000 unless told otherwise) plants each population in a
process of its own and calls the app without a socket. The last column is the largest population's median over the
smallest's: the cost of a request must not grow.
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
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from population import Caller

from simulators.kernel.clock import VirtualClock
from simulators.kernel.ids import Ids
from simulators.kernel.people import SeedPerson
from simulators.okta import seeding
from simulators.okta.app import create_app
from simulators.okta.tenant import OktaOrg

SEED = Path(__file__).parents[1] / "simulators" / "seeds" / "empty" / "okta.toml"
SIZES = (100, 10_000, 100_000)
START = datetime(2026, 3, 2, 14, tzinfo=UTC)
_FAMILIES = ("Lee", "Carter", "Demir", "Diallo", "Meyer", "Feldman", "Deshpande", "Nguyen")


def _family(number: int) -> str:
    """Ten people share a name whatever the population, so that each answer has as many rows."""
    return f"{_FAMILIES[number // 10 % len(_FAMILIES)]}{number // 10}"


def people(count: int) -> Iterator[SeedPerson]:
    """That many active employees."""
    hired, nothing = date(2024, 1, 8), None
    for number in range(count):
        family = _family(number)
        yield SeedPerson(
            f"E{number:06}", f"Name{number}", family, "Sales", "Executive", "", "NYC", "US", "ACME-US",
            "America/New_York", "employee", hired, nothing, "", nothing, nothing, f"user{number}@example.com", "ACTIVE",
            "active", "", "Autumn-2026x",
        )  # fmt: skip


async def measure(count: int) -> dict[str, tuple[float, float, float]]:
    """Median and 99th percentile in seconds, and requests a second, of each operation."""
    table = tomllib.loads(SEED.read_text(encoding="utf-8"))
    org = OktaOrg(VirtualClock(START), Ids(1, "okta"), seeding.settings(table))
    planted = seeding.plant(org, table, people(count), {}, {})
    org.state.fork()  # as an estate does when it opens: the indexes are sorted before the first request
    call = Caller(create_app(lambda: org), {"authorization": f"SSWS {next(iter(planted.api_tokens.values()))}"})
    middle = planted.users[f"user{count // 2}@example.com"]

    def created(number: int) -> dict[str, Any]:
        login = f"new{number}@example.com"
        profile = {"login": login, "email": login, "firstName": "New", "lastName": "Hire"}
        return {"profile": profile, "credentials": {"password": {"value": "Autumn-2026x"}}}

    operations: dict[str, tuple[int, str, str, Callable[[int], Any]]] = {
        "create": (300, "POST", "/api/v1/users", created),
        "read by id": (500, "GET", f"/api/v1/users/{middle}", lambda _: None),
        "read by login": (500, "GET", f"/api/v1/users/user{count // 2}@example.com", lambda _: None),
        "list of 200": (60, "GET", "/api/v1/users?limit=200", lambda _: None),
        "search one": (
            300, "GET", f"/api/v1/users?search=profile.login%20eq%20%22user{count // 2}@example.com%22", lambda _: None,
        ),
        "search a name": (
            100, "GET", f"/api/v1/users?search=profile.lastName%20eq%20%22{_family(count // 2)}%22", lambda _: None,
        ),
        "search a start": (
            100, "GET", f"/api/v1/users?search=profile.firstName%20sw%20%22Name{count - 1}%22", lambda _: None,
        ),
        "search either": (
            100, "GET", "/api/v1/users?search=status%20eq%20%22SUSPENDED%22%20or%20status%20eq%20%22RECOVERY%22",
            lambda _: None,
        ),
        "log of one": (100, "GET", f"/api/v1/logs?filter=target.id%20eq%20%22{middle}%22", lambda _: None),
    }  # fmt: skip
    figures = {}
    for title, (times, method, path, body) in operations.items():
        taken = []
        for number in range(times):
            content = body(number)
            began = perf_counter()
            status, answer = await call(method, path, content)
            taken.append(perf_counter() - began)
            if status != 200:
                raise SystemExit(f"{title}: {status} {answer[:300]!r}")
        taken.sort()
        figures[title] = (statistics.median(taken), taken[int(len(taken) * 0.99)], len(taken) / sum(taken))
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
    print(f"{'':16}" + "".join(f"{f'{size:,} people':>28}" for size in chosen.people) + f"{'ratio':>8}")
    for title in found[0]:
        cells = "".join(f"{one[title][2]:>12,.0f}/s p99 {one[title][1] * 1000:>6.2f} ms" for one in found)
        print(f"{title:16}{cells}{found[-1][title][0] / found[0][title][0]:>8.2f}")


if __name__ == "__main__":
    main()
