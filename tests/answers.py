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
REFUSALS = frozenset({400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 429})
VERSIONS = frozenset({"v3", "v2024", "v2025", "v2026", "beta"})
# Services whose bodies differ in an older version, which the document of today does not describe.
OLDER_BODIES = frozenset({"entitlements", "access-request-config", "certifications", "generic-approvals"})
# Where the vendor's recorded answers contradict its own document: the recorded form is kept.
SEEN_OTHERWISE = (
    # The alternatives overlap so that no object is one of them only; not even the document's own examples are.
    (re.compile(r"[A-Z]+ (/\w+)?/transforms(/.*)?"), re.compile(r"(/\d+)?/attributes")),
    (re.compile(r"POST /.*/load-accounts"), re.compile(r"/task/(created|launched|completed|attributes/eventId)")),
)
_METHODS = ("get", "post", "put", "patch", "delete")


def document() -> dict[str, Any] | None:
    """The vendor's document; None when none is at hand."""
    named = os.environ.get("SAILPOINT_OPENAPI")
    paths = [Path(named)] if named else sorted(ROOT.parent.glob("*/vendor/sailpoint/openapi-subset.json"))
    return _repaired(json.loads(paths[0].read_text(encoding="utf-8"))) if paths else None


def _repaired(found: dict[str, Any]) -> dict[str, Any]:
    """The document where it cannot be met as it is.

    Of a trigger's example one kind out of several is to fit, and no other: but the messages of two triggers are often
    alike, and those of newer triggers are declared as webhooks only. So any one of all of them may fit.
    """
    example = found["components"]["schemas"]["Trigger"]["properties"]["exampleInput"]
    calls = (one["post"]["requestBody"]["content"]["application/json"] for one in found.get("x-webhooks", {}).values())
    example["anyOf"] = [*example.pop("oneOf", ()), *(call["schema"] for call in calls)]
    return found


@cache
def vendor() -> Answers | None:
    """The document ready to check answers, read once."""
    found = document()
    return Answers(found) if found is not None else None


def _told_apart(kinds: Mapping[str, str]) -> dict[str, Any]:
    """A choice between documents that `_type` tells apart, in place of alternatives most documents meet several of.

    The document's own examples add two more answers: suggested values, and the entries of a nested list.
    """
    named = [
        {"if": {"properties": {"_type": {"const": kind}}}, "then": {"$ref": f"#/$defs/{name}"}}
        for kind, name in kinds.items()
    ]
    hit = {"type": "object", "required": ["_originalType", "_type", "_version"]}
    document = {"type": "object", "properties": {"_type": {"enum": list(kinds)}}, "required": ["_type"], "allOf": named}
    return {
        "if": {"type": "string"},
        "then": True,
        "else": {"if": {"required": ["_originalType"]}, "then": hit, "else": document},
    }


_KINDS = ("AccessProfile", "AccountActivity", "Entitlement", "Event", "Identity", "Role")
_DOCUMENTS = {
    name: _told_apart({kind.lower(): f"{kind}{name.removeprefix('Search')}" for kind in _KINDS})
    for name in ("SearchDocument", "SearchDocuments")
}


def _plain(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a choice, references point into `$defs`.

    Alternatives with a discriminator may overlap, which is why any one of them suffices.
    """
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"].replace("#/components/schemas/", "#/$defs/")}
    plain = {name: _plain(value) for name, value in node.items() if name not in ("nullable", "example", "examples")}
    if "discriminator" in plain and "oneOf" in plain:
        plain["anyOf"] = plain.pop("oneOf")
    for bound in ("Minimum", "Maximum"):
        if plain.get(f"exclusive{bound}") is True:
            plain[f"exclusive{bound}"] = plain.pop(bound.lower())
        elif plain.get(f"exclusive{bound}") is False:
            del plain[f"exclusive{bound}"]
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain


def _needed(plain: Any, definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The definitions that a schema leads to; a validator of all of them takes thirty times as long to make."""
    found: dict[str, Any] = {}
    ahead = [plain]
    while ahead:
        node = ahead.pop()
        if isinstance(node, dict):
            name = node.get("$ref")
            if isinstance(name, str) and (name := name.removeprefix("#/$defs/")) not in found:
                found[name] = definitions[name]
                ahead.append(found[name])
            ahead.extend(node.values())
        elif isinstance(node, list):
            ahead.extend(node)
    return found


class Answers:
    """The declared answers of every operation."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._responses = found["components"]["responses"]
        self._definitions = {**_plain(found["components"]["schemas"]), **_DOCUMENTS}
        self._operations: dict[tuple[str, int], list[tuple[re.Pattern[str], dict[str, Any]]]] = {}
        for path, calls in found["paths"].items():
            for method in _METHODS:
                if method in calls:
                    self._declare(path, method.upper(), calls[method])
        for alike in self._operations.values():
            alike.sort(key=lambda one: one[0].pattern.count("[^/]+"))
        self._validators: dict[tuple[int, str], Any] = {}
        self.checked = 0

    def _declare(self, path: str, method: str, call: dict[str, Any]) -> None:
        twins = {version: twin["path"] for version, twin in call.get("x-legacy", {}).items()}
        for one in {path, *(f"/{version}{twin}" for version, twin in twins.items())}:
            pattern = "[^/]+".join(re.escape(part) for part in re.split(r"\{[^}]*\}", one))
            self._operations.setdefault((method, one.count("/")), []).append((re.compile(pattern), call))

    def declared(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation that a request is, if the document has it."""
        alike = self._operations.get((method, path.count("/")), ())
        return next((call for pattern, call in alike if pattern.fullmatch(path)), None)

    def described(self, name: str, value: Any) -> Iterator[str]:
        """What is wrong with a value that one schema of the document describes."""
        for error in self._validator((0, name), {"$ref": f"#/$defs/{name}"}).iter_errors(value):
            yield f"/{'/'.join(map(str, error.instance_path))}: {error.message[:200]}"

    def _validator(self, key: tuple[int, str], plain: Mapping[str, Any]) -> Any:
        if key not in self._validators:
            whole = {**plain, "$defs": _needed(plain, self._definitions)}
            self._validators[key] = __import__("jsonschema_rs").Draft202012Validator(whole, validate_formats=True)
        return self._validators[key]

    def problems(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
        """What is wrong with one answer, a sentence each."""
        self.checked += 1
        call = self.declared(method, path)
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
            if kind in content:
                return
            yield f"the content type is {kind or 'missing'}, declared is application/json"
            return
        first, *rest = path[1:].split("/")
        old = first in VERSIONS
        service = rest[0] if old and rest else first
        if old and service in OLDER_BODIES:
            return
        yield from self._invalid(call, method, path, str(status), media.get("schema") or {}, body)

    def _invalid(
        self, call: dict[str, Any], method: str, path: str, status: str, schema: dict[str, Any], body: bytes
    ) -> Iterator[str]:
        try:
            value = json.loads(body)
        except ValueError:
            yield f"the body is not JSON: {body[:80]!r}"
            return
        seen = [places for calls, places in SEEN_OTHERWISE if calls.fullmatch(f"{method} {path}")]
        key = (id(call), status)
        validator = self._validators.get(key) or self._validator(key, _plain(schema))
        for error in validator.iter_errors(value):
            place = "/" + "/".join(map(str, error.instance_path))
            if not any(places.fullmatch(place) for places in seen):
                yield f"at {place}: {error.message[:300]}"


def _is_error(told: Any) -> bool:
    if not isinstance(told, dict):
        return False
    if "associationDetails" in told:  # of an identity that owns something
        return "message" in told
    return {"detailCode", "trackingId", "messages"} <= told.keys() and all("text" in one for one in told["messages"])
