"""Whether cost grows with the population: the same requests on a small and on a large estate, as ratios.

`python bench/population.py [--small]` builds `acme` with 1,000 and with 100,000 generated people (`--small`: 100 and
2,000), each in a process of its own, and prints how many times slower the large one is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from simulators.estate import Estate
from simulators.estate_seed import Seed, load_seed
from simulators.okta.app import create_app as okta_app
from simulators.sailpoint.app import create_app as sailpoint_app
from simulators.scim.app import create_app as scim_app

SIZES = {"small": (100, 2_000), "full": (1_000, 100_000)}
_URLS = {name: f"http://127.0.0.1:{8600 + offset}" for name, offset in
         {"okta": 0, "sailpoint": 1, "apps": 2, "hr": 3, "control": 9}.items()}  # fmt: skip
_REPEATS = 200


class Caller:
    """One app, called without a socket, so that only its own cost is measured."""

    def __init__(self, app: Any, headers: dict[str, str]) -> None:
        self._app = app
        self.headers = headers

    async def __call__(self, method: str, path: str, body: Any = None, form: str = "") -> tuple[int, bytes]:
        parts = urlsplit(path)
        content = form.encode() if form else b"" if body is None else json.dumps(body).encode()
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        headers = {"host": "127.0.0.1", "content-type": kind, "content-length": str(len(content)), **self.headers}
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
            "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(), "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8600),
        }  # fmt: skip
        answer: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            answer.append(message)

        await self._app(scope, receive, send)
        return answer[0]["status"], b"".join(part.get("body", b"") for part in answer[1:])


def company_of(people: int) -> Seed:
    """The seed of `acme` with that many generated people."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.toml"
        path.write_text(f'extends = "acme"\n[estate]\nscale = {people}\n', encoding="utf-8")
        return load_seed(str(path))


def measured(
    program: str, usage: str | None, sizes: Mapping[str, Sequence[int]], measure: Callable[[int], Awaitable[Any]]
) -> dict[int, Any]:
    """What `measure` finds at each size the command line chooses, by size; each in a process of its own.

    Such a process runs the same program: it prints what it finds, and ends here.
    """
    options = argparse.ArgumentParser(description=usage)
    options.add_argument("--small", action="store_true")
    options.add_argument("--people", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.people is not None:
        print(json.dumps(asyncio.run(measure(chosen.people))))
        raise SystemExit
    return {
        size: json.loads(subprocess.run([sys.executable, program, "--people", str(size)], check=True, stdout=-1).stdout)
        for size in sizes["small" if chosen.small else "full"]
    }


async def measure(people: int) -> dict[str, float]:
    """Seconds per operation on an estate of that many generated people, its build time and its memory."""
    seed = company_of(people)
    began = perf_counter()
    estate = Estate(seed, _URLS, limits="counted")
    seconds = {"build": perf_counter() - began}
    seconds["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    ready = estate.ready()
    okta = Caller(okta_app(lambda: estate.okta), {"authorization": f"SSWS {ready['okta']['api_token']}"})
    vault = next(app for app in ready["apps"] if app["label"] == "Atlas")
    scim = Caller(scim_app(lambda: estate.apps), {"authorization": f"Bearer {vault['token']}"})
    sailpoint = Caller(sailpoint_app(lambda: estate.sailpoint), {})
    client = next(pat for pat in ready["sailpoint"]["personal_access_tokens"] if pat["name"] == "iam-admin")
    form = f"grant_type=client_credentials&client_id={client['client_id']}&client_secret={client['client_secret']}"
    _, token = await sailpoint("POST", "/oauth/token", form=form)
    sailpoint.headers["authorization"] = f"Bearer {json.loads(token)['access_token']}"

    login = "jamal.carter@acme.example"
    query = {"indices": ["identities"], "query": {"query": 'attributes.uid:"jamal.carter"'}}
    calls: dict[str, tuple[Caller, str, str, Any]] = {
        "okta look-up": (okta, "GET", f"/api/v1/users/{login}", None),
        "okta list": (okta, "GET", "/api/v1/users?limit=100", None),
        "okta search": (okta, "GET", f"/api/v1/users?search=profile.login%20eq%20%22{login}%22", None),
        "okta q": (okta, "GET", "/api/v1/users?q=jamal&limit=10", None),
        "sailpoint look-up": (sailpoint, "GET", "/v2025/identities?filters=alias%20eq%20%22jamal.carter%22", None),
        "sailpoint list": (sailpoint, "GET", "/v2025/identities?limit=100", None),
        "sailpoint search": (sailpoint, "POST", "/v2025/search?limit=10", query),
        "scim look-up": (scim, "GET", f"/atlas/scim/v2/Users?filter=userName%20eq%20%22{login}%22", None),
        "scim list": (scim, "GET", "/atlas/scim/v2/Users?count=100", None),
    }
    for title, (caller, method, path_of, body) in calls.items():
        status, answer = await caller(method, path_of, body)
        if status != 200:
            raise SystemExit(f"{title}: {status} {answer[:300]!r}")
        seconds[title] = await _least(lambda c=caller, m=method, p=path_of, b=body: c(m, p, b))

    async def save_and_restore() -> None:
        estate.restore(estate.save())

    seconds["snapshot and restore"] = await _least(save_and_restore)
    return seconds


async def _least(work: Callable[[], Awaitable[Any]]) -> float:
    """The quickest of five rounds, per call: the least disturbed by whatever else the machine does."""
    rounds = []
    for _ in range(5):
        began = perf_counter()
        for _ in range(_REPEATS // 5):
            await work()
        rounds.append((perf_counter() - began) / (_REPEATS // 5))
    return min(rounds)


def main() -> None:
    """Print the ratios."""
    found = measured(__file__, __doc__, SIZES, measure)
    print(f"{'':24}" + "".join(f"{size:>12,}" for size in found) + f"{'ratio':>8}")
    few, many = found.values()
    for title in few:
        unit, factor = {"build": ("s", 1.0), "memory": ("MiB", 1 / 2**20)}.get(title, ("ms", 1000.0))
        a, b = few[title], many[title]
        print(f"{title:24}{a * factor:>8.2f} {unit:<3}{b * factor:>8.2f} {unit:<3}{b / a:>8.2f}")


if __name__ == "__main__":
    main()
