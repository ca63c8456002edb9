"""The vendor's own OpenAPI document, when one is at hand, asked at random: nothing undeclared, nothing broken.

The document is no part of the project: OKTA_OPENAPI names it, or a folder beside the project holds
`vendor/okta/openapi-subset.json`.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("default")]
ROOT = Path(__file__).resolve().parents[2]
# how the vendor refuses: always allowed, in its own shape
REFUSALS = {400, 401, 403, 404, 405, 406, 409, 411, 412, 413, 414, 415, 423, 429}
EXAMPLES = 4


def _document() -> dict[str, Any] | None:
    named = os.environ.get("OKTA_OPENAPI")
    paths = [Path(named)] if named else sorted(ROOT.parent.glob("*/vendor/okta/openapi-subset.json"))
    return json.loads(paths[0].read_text(encoding="utf-8")) if paths else None


def served() -> set[tuple[str, str]]:
    """Method and path of each call that the org serves, with its variables' names taken out."""
    from simulators.okta.app import _SERVED

    listed = [endpoint for file in _SERVED for endpoint in file.listed]
    return {(endpoint.method.lower(), re.sub(r"\{[^}]*\}", "{}", endpoint.path)) for endpoint in listed}


def test_random_calls(empty_org: dict[str, Any]) -> None:
    """No 5xx, no success that the document does not declare, each refusal in the vendor's shape."""
    schemathesis = pytest.importorskip(
        "schemathesis", reason="schemathesis is not installed; make contract installs it"
    )
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.errors import Unsatisfiable

    document = _document()
    if document is None:
        pytest.skip("no OpenAPI document of the vendor is at hand; name it with OKTA_OPENAPI")
    here, base = served(), empty_org["urls"]["okta"]
    document["paths"] = {
        path: {verb: call for verb, call in calls.items() if verb == "parameters" or _is_served(here, verb, path)}
        for path, calls in document["paths"].items()
    }
    document["servers"] = [{"url": base}]
    schemathesis.serializer("application/secevent+jwt")(lambda _, value: str(value).encode())
    schema = schemathesis.openapi.from_dict(document)
    headers = {"Authorization": f"SSWS {empty_org['okta']['api_token']}"}
    wrong: list[str] = []
    asked = 0
    with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=30) as http:
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.path.endswith("/api-tokens/current") or "revoke" in operation.path:
                continue
            asked += 1

            @given(case=operation.as_strategy())
            @settings(
                max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            def ask(case: Any) -> None:
                sent = case.as_transport_kwargs(base_url=base)
                body = {key: sent[key] for key in ("json", "data") if sent.get(key) is not None}
                named = {k: v for k, v in (sent.get("headers") or {}).items() if k.lower() == "content-type"}
                try:
                    answer = http.request(sent["method"], sent["url"], params=sent.get("params"), headers=named, **body)
                except (httpx.InvalidURL, UnicodeEncodeError, TypeError, ValueError):
                    return  # nothing that HTTP can carry
                told = f"{case.method} {case.operation.path}: {answer.status_code}"
                declared = set(case.operation.definition.raw.get("responses", {}))
                if answer.status_code >= 500:
                    wrong.append(f"{told} {answer.text[:200]}")
                elif answer.status_code in REFUSALS:
                    if not {"errorCode", "error", "err"} & set(answer.json()):  # the last is of RFC 8935
                        wrong.append(f"{told} in another shape: {answer.text[:200]}")
                elif answer.is_redirect and case.operation.path.startswith("/oauth2/"):
                    assert answer.headers["location"]  # browsers are sent on, which the document leaves out
                elif str(answer.status_code) not in declared and f"{answer.status_code // 100}XX" not in declared:
                    wrong.append(f"{told} is not declared: {sorted(declared)}")

            with suppress(Unsatisfiable):  # a few declared formats have no example
                ask()
    assert asked >= 40
    assert sorted(set(wrong)) == []


def _is_served(here: set[tuple[str, str]], verb: str, path: str) -> bool:
    shape = re.sub(r"\{[^}]*\}", "{}", path)
    return (verb, shape) in here or any(
        verb == method and re.fullmatch(re.escape(known).replace(r"\{\}", "[^/]+"), shape) for method, known in here
    )
