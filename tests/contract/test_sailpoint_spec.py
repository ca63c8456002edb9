"""The vendor's own OpenAPI document, when one is at hand, asked at random: nothing undeclared, nothing broken.

Each served operation is asked with what the document shows, with what its schemas allow and with what they do not,
about objects that exist and about others. `make soak` asks more of each.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from tests.answers import MISSING, document, vendor
from tests.checked import CheckedServer
from tests.contract.furnished import furnish
from tests.contract.known import Known, examples, filled, operations, pat_of

pytestmark = [pytest.mark.filterwarnings("default")]
SLOWEST_SECONDS = 5.0
# How many things an operation is shown to before it counts as not reached.
_TRIED = 6
# How many operations have to come to a success; the others act on what the company lacks.
_LEAST_REACHED = 345


class Tenant:
    """A served company that is put back after each operation."""

    def __init__(self, server: CheckedServer) -> None:
        self.server = server
        ready = server.start()
        self.base = ready["urls"]["sailpoint"]
        self.document = document() or {}
        self.statuses: dict[tuple[str, str], Counter[int]] = {}
        self.http = httpx.Client(base_url=self.base, trust_env=False, timeout=60)
        asker = pat_of(ready, "E1002")
        self.asker = {"identity_id": asker["identity_id"], "authorization": self._authorization(asker)}
        administrator = self._authorization(pat_of(ready))
        self.http.headers.update({"Authorization": administrator, "X-SailPoint-Experimental": "true"})
        self.refused: dict[tuple[str, str], str] = {}
        self.slow: list[str] = []
        self.broken: list[str] = []
        self.known = Known(self.document, self._look)
        self._saved: Any = None

    def _authorization(self, pat: Mapping[str, Any]) -> str:
        form = {"grant_type": "client_credentials"} | {name: pat[name] for name in ("client_id", "client_secret")}
        return f"Bearer {self._made('POST', '/oauth/token', data=form).json()['access_token']}"

    def _made(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Send a request that has to succeed, and note how it ended if it is an operation as it stands."""
        answer = self.http.request(method, path, **content)
        if path in self.document["paths"]:
            self.statuses.setdefault((method, path), Counter())[answer.status_code] += 1
        return answer

    def close(self) -> None:
        """Close connections and sockets."""
        self.http.close()
        self.server.stop()

    def _look(self, method: str, path: str) -> tuple[int, Any]:
        answer = self.http.request(method, path)
        return answer.status_code, answer.json() if answer.content else None

    def furnish(self) -> None:
        """Make one of everything that the document shows how to make, and remember the company so."""
        for method, path, call in operations(self.document):
            if method == "POST" and path in self.document["paths"] and "get" in self.document["paths"][path]:
                for values in self.known.variables(path)[:1]:
                    for body in examples(self.document, call)[:3]:
                        self.http.request(method, filled(path, values), json=self.known.mended(body, path=path))
        self.known.forget()
        furnish(self.known, self._made, self.advance, self.asker)
        self.known.forget()
        self._saved = self.server.call(self._save())

    async def _save(self) -> Any:
        return self.server.estate.save()

    async def _restore(self) -> None:
        self.server.estate.restore(self._saved)

    async def _advance(self, hours: int) -> None:
        clock = self.server.estate.clock
        await clock.advance(clock.now() + timedelta(hours=hours))

    def advance(self, hours: int) -> None:
        """Let time pass."""
        self.server.call(self._advance(hours))

    def reached(self, operation: tuple[str, str]) -> bool:
        """Whether an operation has come to a success."""
        return any(200 <= one < 300 for one in self.statuses.get(operation, ()))

    def put_back(self) -> None:
        """Go back to the furnished company."""
        self.server.call(self._restore())

    def ask(self, operation: tuple[str, str], path: str, **content: Any) -> int:
        """Send one request, and note how it ended."""
        try:
            request = self.http.build_request(operation[0], path, **content)
            request.read()  # what cannot be sent says so here, not in the middle of a connection
            answer = self.http.send(request)
        except (httpx.InvalidURL, AttributeError, UnicodeEncodeError, TypeError, ValueError):
            return 0  # nothing that HTTP can carry
        if answer.elapsed.total_seconds() > SLOWEST_SECONDS:
            self.slow.append(f"{operation}: {answer.elapsed.total_seconds():.1f} s for {path} {content}"[:500])
        self.statuses.setdefault(operation, Counter())[answer.status_code] += 1
        if answer.status_code in (400, 403):
            self.refused.setdefault(operation, answer.text[:300])
        return answer.status_code


@pytest.fixture(scope="module")
def tenant() -> Iterator[Tenant]:
    """One of everything, paused on its day zero; limits are counted only."""
    pytest.importorskip("schemathesis", reason="schemathesis is not installed; make contract installs it")
    held = vendor()
    if held is None:
        pytest.skip(MISSING)
    found = Tenant(CheckedServer(held, limits="counted"))
    try:
        found.furnish()
        yield found
    finally:
        found.close()


def _asked(tenant: Tenant, most: int) -> None:
    """Ask everything, `most` valid and as many invalid examples each."""
    import schemathesis
    from schemathesis import GenerationMode

    shown = {(method, path): call for method, path, call in operations(tenant.document)}
    schema = schemathesis.openapi.from_dict({**tenant.document, "servers": [{"url": tenant.base}]})
    for found in schema.get_all_operations():
        operation = found.ok()
        key = (operation.method.upper(), operation.path)
        tenant.put_back()
        _show(tenant, key, shown[key])
        for mode in GenerationMode:
            _drawn(tenant, key, operation.as_strategy(generation_mode=mode), mode is GenerationMode.POSITIVE, most)
        try:
            tenant.advance(1)
        except Exception as error:  # noqa: BLE001 - whatever a job of the tenant's dies of
            tenant.broken.append(f"after {' '.join(key)} time did not go on: {error!r}"[:400])
    tenant.put_back()


def _drawn(tenant: Tenant, key: tuple[str, str], cases: Any, valid: bool, most: int) -> None:
    """Ask an operation with cases drawn at random, three of four about objects that exist."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.errors import Unsatisfiable

    there, turns = tenant.known.variables(key[1]), count(1)

    @given(case=cases)
    @settings(
        max_examples=most, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def ask(case: Any) -> None:
        turn = next(turns)
        if case.path_parameters and there and turn % 4:
            case.path_parameters.update(there[turn % len(there)])
        try:
            sent = case.as_transport_kwargs(base_url=tenant.base)
        except (UnicodeEncodeError, TypeError):
            return
        content = {name: sent[name] for name in ("json", "data", "files") if sent.get(name) is not None}
        if isinstance(content.get("data"), str | bytes):
            content["content"] = content.pop("data")
        if "json" in content and valid:
            content["json"] = tenant.known.mended(content["json"], turn, path=key[1])
        headers = {k: v for k, v in (sent.get("headers") or {}).items() if k.lower() == "content-type"}
        tenant.ask(key, sent["url"], params=sent.get("params"), headers=headers, **content)

    with suppress(Unsatisfiable):  # a few declared formats have no example
        ask()


def _show(tenant: Tenant, key: tuple[str, str], call: dict[str, Any]) -> None:
    """Ask with what the document shows, about the first things there are."""
    there = tenant.known.variables(key[1])[:_TRIED] or [{}]
    bodies = examples(tenant.document, call) or [None]
    if "multipart/form-data" in ((call.get("requestBody") or {}).get("content") or {}):
        _upload(tenant, key, there)
    if key[0] == "PUT" and "get" in tenant.document["paths"][key[1]]:
        for values in there:
            path = filled(key[1], values)
            status, found = tenant.known.look("GET", path)
            if status == 200 and tenant.ask(key, path, json=found) < 300:
                break
    for number, body in enumerate(bodies * (_TRIED // len(bodies) or 1)):
        if number >= len(bodies) and tenant.reached(key):
            break
        path = filled(key[1], there[number % len(there)])
        given = tenant.known.mended(body, number // len(bodies), path=key[1])
        if isinstance(given, dict) and isinstance(given.get("name"), str):
            given["name"] += " again"  # the first is there since the company was furnished
        content = {} if body is None else {"content": json.dumps(given).encode()}
        kinds = (call.get("requestBody") or {}).get("content") or {}
        kind = next((one for one in kinds if "json" in one), "application/json")
        needed = {
            one["name"]: tenant.known.mended(str(one.get("example", one["schema"].get("example", ""))), 0, one["name"])
            for one in call.get("parameters", ())
            if one.get("in") == "query" and one.get("required")
        }
        tenant.ask(key, path, params=needed, headers={"Content-Type": kind}, **content)


def _upload(tenant: Tenant, key: tuple[str, str], there: list[dict[str, str]]) -> None:
    """Send a small file under the names that forms have."""
    for values in there:
        text = b"id,name,worker_id,payroll_id\r\n1,x,x1,x1\r\n"
        named = {"file": ("a.csv", text, "text/csv"), "data": ("a.json", b'{"objects": []}', "application/json")}
        if tenant.ask(key, filled(key[1], values), files=named) in range(200, 300):
            break


def _judge(tenant: Tenant) -> None:
    """Say how far the calls came, and what was wrong with the answers."""
    found = tenant.server.checked.told()
    reached = {key for key, seen in tenant.statuses.items() if any(200 <= one < 300 for one in seen)}
    print(
        f"{len(tenant.statuses)} operations asked, {len(reached)} reached a success,",
        f"{tenant.server.checked.answered} answers held against the document",
    )
    for key in sorted(tenant.statuses.keys() - reached):
        print("  no success:", *key, dict(tenant.statuses[key]), tenant.refused.get(key, ""))
    print(*(f"  wrong: {one}" for one in (*tenant.broken, *tenant.slow, *found)), sep="\n")
    assert tenant.broken == []
    assert tenant.slow == []
    assert found == []


@pytest.mark.contract
def test_every_operation_keeps_to_the_document(tenant: Tenant) -> None:
    """No 5xx, no success that is not declared, each body valid, each refusal in the vendor's shape."""
    _asked(tenant, 2)
    _judge(tenant)
    assert len([key for key in tenant.statuses if tenant.reached(key)]) >= _LEAST_REACHED


@pytest.mark.soak
def test_every_operation_at_length(tenant: Tenant) -> None:
    """The same with more examples of each."""
    _asked(tenant, 20)
    _judge(tenant)
