"""Holds what the simulated SailPoint tenant answers against the vendor's own OpenAPI document, when one is at hand.

The document is no part of the project: SAILPOINT_OPENAPI names it, or a folder beside the project holds
`vendor/sailpoint/openapi-subset.json`. A success must be declared and its body valid; a refusal has the vendor's shape.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MISSING = "no OpenAPI document of SailPoint is at hand; name it with SAILPOINT_OPENAPI"
REFUSALS = frozenset({400, 401, 403, 404, 405, 406, 409, 412, 415, 429})
VERSIONS = frozenset({"v3", "v2024", "v2025", "v2026", "beta"})
# Services whose bodies differ in an older version, which the document of today does not describe.
OLDER_BODIES = frozenset({"entitlements", "access-request-config", "certifications", "generic-approvals"})
# Services whose answers are not held against the document yet.
LATER = frozenset(
    {
        "access-request-approvals",
        "access-request-status",
        "account-activities",
        "account-aggregations",
        "accounts",
        "identities",
        "search",
        "sources",
        "task-status",
        "work-items",
        "workflows",
        "workgroups",
    }
)
# Where the vendor's recorded answers contradict its own document: the recorded form is kept.
SEEN_OTHERWISE = (
    (re.compile(r"POST /.*/load-accounts"), re.compile(r"/task/(created|launched|completed|attributes/eventId)")),
)
_METHODS = ("get", "post", "put", "patch", "delete")


def document() -> dict[str, Any] | None:
    """The vendor's document; None when none is at hand."""
    named = os.environ.get("SAILPOINT_OPENAPI")
    paths = [Path(named)] if named else sorted(ROOT.parent.glob("*/vendor/sailpoint/openapi-subset.json"))
    return json.loads(paths[0].read_text(encoding="utf-8")) if paths else None


@cache
def vendor() -> Answers | None:
    """The document ready to check answers, read once."""
    found = document()
    return Answers(found) if found is not None else None


def _plain(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a choice, references point into `$defs`."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"].replace("#/components/schemas/", "#/$defs/")}
    plain = {name: _plain(value) for name, value in node.items() if name not in ("nullable", "example", "examples")}
    for bound in ("Minimum", "Maximum"):
        if plain.get(f"exclusive{bound}") is True:
            plain[f"exclusive{bound}"] = plain.pop(bound.lower())
        elif plain.get(f"exclusive{bound}") is False:
            del plain[f"exclusive{bound}"]
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


class Answers:
    """The declared answers of every operation."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._responses = found["components"]["responses"]
        self._definitions = _plain(found["components"]["schemas"])
        self._operations: list[tuple[re.Pattern[str], str, dict[str, Any]]] = []
        for path, calls in found["paths"].items():
            for method in _METHODS:
                if method in calls:
                    self._declare(path, method.upper(), calls[method])
        self._operations.sort(key=lambda one: one[0].pattern.count("[^/]+"))
        self._validators: dict[tuple[int, str], Any] = {}
        self.checked = 0

    def _declare(self, path: str, method: str, call: dict[str, Any]) -> None:
        twins = {version: twin["path"] for version, twin in call.get("x-legacy", {}).items()}
        for one in {path, *(f"/{version}{twin}" for version, twin in twins.items())}:
            pattern = "[^/]+".join(re.escape(part) for part in re.split(r"\{[^}]*\}", one))
            self._operations.append((re.compile(pattern), method, call))

    def problems(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
        """What is wrong with one answer, a sentence each."""
        self.checked += 1
        call = next(
            (one for pattern, verb, one in self._operations if verb == method and pattern.fullmatch(path)), None
        )
        where = f"{method} {path} -> {status}"
        if status in REFUSALS:
            yield from (f"{where}: {one}" for one in self._refusal(path, status, body))
        elif status >= 500:
            yield f"{where}: a failure of the server: {body[:200]!r}"
        elif call is not None:
            found = self._success(call, method, path, status, headers, body)
            yield from (f"{where}: {one}" for one in islice(found, 5))

    def _refusal(self, path: str, status: int, body: bytes) -> Iterator[str]:
        try:
            told = json.loads(body)
        except ValueError:
            yield f"the refusal is not JSON: {body[:80]!r}"
            return
        if status == 401 and "error" not in told:
            yield f"a 401 names an error, this does not: {told}"
        elif status == 429 and "message" not in told:
            yield f"a 429 has a message, this has none: {told}"
        elif status not in (401, 429) and path != "/oauth/token" and not _is_error(told):
            yield f"not the vendor's error: {told}"

    def _success(
        self, call: dict[str, Any], method: str, path: str, status: int, headers: Mapping[str, str], body: bytes
    ) -> Iterator[str]:
        declared = call["responses"].get(str(status))
        if declared is None:
            yield f"the status is not declared (declared: {', '.join(call['responses'])})"
            return
        if "$ref" in declared:
            declared = self._responses[declared["$ref"].rsplit("/", 1)[1]]
        content = declared.get("content") or {}
        kind = headers.get("content-type", "").partition(";")[0].strip()
        media = content.get("application/json")
        if media is None:
            if body and content and kind not in content:
                yield f"the content type {kind} is not declared (declared: {', '.join(content)})"
            return
        if kind != "application/json":
            yield f"the content type is {kind or 'missing'}, declared is application/json"
            return
        first, *rest = path[1:].split("/")
        old = first in VERSIONS
        service = rest[0] if old and rest else first
        if service in LATER or (old and service in OLDER_BODIES):
            return
        yield from self._invalid(call, method, path, str(status), media.get("schema") or {}, body)

    def _invalid(
        self, call: dict[str, Any], method: str, path: str, status: str, schema: dict[str, Any], body: bytes
    ) -> Iterator[str]:
        jsonschema_rs = __import__("jsonschema_rs")
        key = (id(call), status)
        if key not in self._validators:
            whole = {**_plain(schema), "$defs": self._definitions}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        try:
            value = json.loads(body)
        except ValueError:
            yield f"the body is not JSON: {body[:80]!r}"
            return
        seen = [places for calls, places in SEEN_OTHERWISE if calls.fullmatch(f"{method} {path}")]
        for error in self._validators[key].iter_errors(value):
            place = "/" + "/".join(map(str, error.instance_path))
            if not any(places.fullmatch(place) for places in seen):
                yield f"at {place}: {error.message[:300]}"


def _is_error(told: Any) -> bool:
    if not isinstance(told, dict):
        return False
    if "associationDetails" in told:  # of an identity that owns something
        return "message" in told
    return {"detailCode", "trackingId", "messages"} <= told.keys() and all("text" in one for one in told["messages"])
