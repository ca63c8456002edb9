"""Absurd requests to every operation: each is answered soon, none by a failure, each refusal in the vendor's shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.routes.operations import OPERATIONS, Operation
from simulators.sailpoint.wire.filters import parse_filters
from simulators.sailpoint.wire.patch import patched
from tests.sailpoint.conftest import URLS, Company
from tests.sailpoint.test_rights import SERVED

JSON = {"Content-Type": "application/json"}
PATCH = {"Content-Type": "application/json-patch+json"}
DEEP = b"[" * 5000 + b"]" * 5000
REFUSED = {400, 403, 404, 405, 413, 415}
# Whatever the body is: wrong in its form.
BODIES: tuple[tuple[bytes, dict[str, str]], ...] = (
    (b"{", JSON),
    (b'{"a": NaN}', JSON),
    (b'{"a": 1e999}', JSON),
    (b'{"a": "\xff"}', JSON),
    (b'{"name": "\\ud800"}', JSON),
    (DEEP, JSON),
    (b"null", JSON),
    (b"[]", JSON),
    (b'"text"', JSON),
    (b"-1", JSON),
    (b"[[]]", JSON),
    (b"[null]", JSON),
    (b'[{"id": {}, "op": [], "path": 7}]', PATCH),
    (b'[{"op": "replace", "path": "", "value": {}}]', PATCH),
    (b'[{"op": "test", "path": "", "value": {}}]', PATCH),
    (b'[{"op": "remove", "path": "/-1"}]', PATCH),
    (b'[{"op": "move", "path": "/name/x", "from": "/name"}]', PATCH),
    (b"a=b", {"Content-Type": "text/plain"}),
    (b"--x", {"Content-Type": "multipart/form-data; boundary=x"}),
    (b"--x--", {"Content-Type": "multipart/form-data"}),
)
# Values of a wrong type under the names that bodies have.
WRONG: tuple[Any, ...] = (None, 7, -1, 1.5, True, "", "x" * 3000, [], [None], [[]], [{}], {}, {"id": {}}, 10**30)
QUERIES = (
    "limit=-1",
    "limit=1e9",
    "limit=99999999999999999999",
    "limit=%C2%B2",
    "offset=-5",
    "offset=x",
    "offset=2147483648",
    "count=maybe",
    "filters=(((((",
    "filters=" + "(" * 3000,
    "filters=" + "%20and%20".join(['id%20eq%20"1"'] * 900),
    "filters=" + "not%20" * 3000 + "id%20eq%201",
    "filters=id",
    "filters=id%20eq",
    "filters=%00",
    "filters=id%20eq%20%22%ff%22",
    'filters=id eq "50%"',
    "filters=nothing%20eq%201",
    "filters=id%20EQ%201",
    "sorters=nothing",
    "sorters=-",
    "sorters=" + "a," * 2000,
)


@pytest.fixture(scope="module")
def tenant() -> Iterator[Any]:
    """A company of its own, since what is sent may change it."""
    company = Company()
    company.hire("E5001", "Ida", "Nilsen")
    company.loaded("PT15M")
    yield company
    company.close()


def _ids(company: Any) -> dict[str, str]:
    """An object to be absurd to, by the service of its path."""
    found = {}
    for key in SERVED:
        row = OPERATIONS[key]
        if row.method == "GET" and "{" not in row.path and not row.open:
            rows = company.call("GET", row.path, params={"limit": 1}) if row.limit else None
            if rows is not None and rows.status_code == 200 and isinstance(rows.json(), list) and rows.json():
                first = rows.json()[0]
                if isinstance(first, dict) and isinstance(first.get("id"), str):
                    found[row.path.split("/")[1]] = first["id"]
    return found


def _send(company: Any, row: Operation, id: str, query: str = "", **content: Any) -> Any:
    """A request as the administrator; its answer is held against what any answer has to be."""
    path = re.sub(r"\{[^}]*\}", id, row.path) + (f"?{query}" if query else "")
    headers = {
        "Authorization": f"Bearer {company.token('iam-admin')}",
        "X-SailPoint-Experimental": "true",
        **content.pop("headers", {}),
    }
    answer = company.send(row.method, URLS["sailpoint"] + path, headers=headers, **content)
    told = f"{row.method} {path[:120]} {str(content)[:120]} -> {answer.status_code} {answer.text[:200]}"
    assert answer.status_code < 500, told
    # some operations have a limit of their own, whose refusal has another shape
    if answer.status_code >= 400 and answer.status_code != 429:
        assert answer.status_code in REFUSED, told
        body = answer.json()
        assert (
            row.path == "/oauth/token"
            or "associationDetails" in body
            or {
                "detailCode",
                "trackingId",
                "messages",
            }
            <= set(body)
        ), told
    return answer


@pytest.fixture(scope="module")
def ids(tenant: Any) -> dict[str, str]:
    """Objects by service."""
    unchecked, tenant._checked = tenant._checked, lambda answer: answer
    try:
        return _ids(tenant)
    finally:
        tenant._checked = unchecked


WRITES = [key for key in SERVED if key[0] in ("POST", "PUT", "PATCH")]
READS = [key for key in SERVED if key[0] == "GET"]
NAMES = ("name", "id", "type", "owner", "source", "sourceId", "attributes", "query", "indices", "items")


def _services(keys: list[tuple[str, str]]) -> list[str]:
    return sorted({key[1].split("/")[1] for key in keys})


@pytest.mark.parametrize("service", _services(WRITES))
def test_absurd_bodies(tenant: Any, ids: dict[str, str], service: str) -> None:
    """No body makes an operation fail; each operation gets a share of them, its neighbour the next."""
    for number, key in enumerate(WRITES):
        row = OPERATIONS[key]
        if row.path.split("/")[1] != service:
            continue
        id = ids.get(service, "0" * 32)
        for body, headers in BODIES[number % 3 :: 3]:
            _send(tenant, row, id, content=body, headers=headers)
        for value in WRONG[number % 2 :: 2]:
            named: Any = dict.fromkeys(NAMES, value)
            content = json.dumps([named] if number % 5 == 0 else named).encode()
            _send(tenant, row, id, content=content, headers=JSON)


@pytest.mark.parametrize("service", _services(READS))
def test_absurd_queries(tenant: Any, ids: dict[str, str], service: str) -> None:
    """No query makes an operation fail; each operation gets a share of them, its neighbour the next."""
    for number, key in enumerate(READS):
        row = OPERATIONS[key]
        if row.path.split("/")[1] == service:
            for query in QUERIES[number % 3 :: 3]:
                _send(tenant, row, ids.get(service, "0" * 32), query)


def test_a_body_says_what_it_is(tenant: Any) -> None:
    """Another kind of body is refused as such."""
    row = OPERATIONS["POST", "/roles/v1"]
    for media in ("text/plain", "application/json-patch+json"):
        answer = _send(tenant, row, "", content=b"a=b", headers={"Content-Type": media})
        assert (answer.status_code, answer.json()["detailCode"]) == (415, "415 Unsupported media type")


def test_a_body_has_an_end(tenant: Any) -> None:
    """More than ten mebibytes of JSON are not read."""
    row = OPERATIONS["POST", "/roles/v1"]
    answer = _send(tenant, row, "", content=b'"' + b"x" * 10 * 2**20 + b'"', headers=JSON)
    assert (answer.status_code, answer.json()["detailCode"]) == (413, "413 Payload too large")


def test_another_method_is_told_which_there_are(tenant: Any) -> None:
    """A 405 names the methods of its path."""
    answer = tenant.send("DELETE", URLS["sailpoint"] + "/roles/v1")
    assert (answer.status_code, answer.json()["detailCode"]) == (405, "405 Method not allowed")
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_an_escaped_slash_divides_nothing(tenant: Any) -> None:
    """It is part of a segment, and no such segment is served."""
    assert tenant.send("GET", URLS["sailpoint"] + "/roles%2Fv1").status_code == 404


def test_headers_keep_their_spelling(tenant: Any) -> None:
    """The total is named as the vendor's documents spell it, for clients that look for just that."""
    answer = tenant.call("GET", "/roles/v1?count=true")
    assert b"X-Total-Count" in dict(answer.headers.raw)


@pytest.mark.parametrize("query", ["filters=name eq %22a%%22", "filters=name%20eq%20%22%FF%22", "limit=%zz"])
def test_what_is_not_escaped_is_refused(tenant: Any, query: str) -> None:
    """A lone percent sign, or bytes that are no UTF-8."""
    assert _send(tenant, OPERATIONS["GET", "/roles/v1"], "", query).status_code == 400


def test_what_is_escaped_is_read() -> None:
    """Quotes and backslashes inside a string are escaped; keywords are told from fields by their place."""
    assert parse_filters('name eq "a\\"b"').value == 'a"b'  # type: ignore[union-attr]
    assert parse_filters('or eq "x"').field == "or"  # type: ignore[union-attr]
    for text in ("a EQ 1", "a eq", "not", "(a eq 1", "a in ()", 'a eq "x', "a eq 1 b eq 2"):
        with pytest.raises(BadContent):
            parse_filters(text)


BEFORE = {"a": {"b": [1, 2, {"c": 3}]}, "d/e": 4, "f~g": 5}


@pytest.mark.parametrize(
    ("step", "after"),
    [
        ({"op": "add", "path": "/a/b/-", "value": 9}, {"a": {"b": [1, 2, {"c": 3}, 9]}}),
        ({"op": "add", "path": "/a/b/0", "value": 9}, {"a": {"b": [9, 1, 2, {"c": 3}]}}),
        ({"op": "add", "path": "/a/b/3", "value": 9}, {"a": {"b": [1, 2, {"c": 3}, 9]}}),
        ({"op": "replace", "path": "/a/b/2/c", "value": None}, {"a": {"b": [1, 2, {"c": None}]}}),
        ({"op": "remove", "path": "/a/b/1"}, {"a": {"b": [1, {"c": 3}]}}),
        ({"op": "replace", "path": "/d~1e", "value": 0}, {"d/e": 0}),
        ({"op": "replace", "path": "/f~0g", "value": 0}, {"f~g": 0}),
        ({"op": "move", "path": "/a/n", "from": "/a/b"}, {"a": {"n": [1, 2, {"c": 3}]}}),
        ({"op": "copy", "path": "/h", "from": "/a/b/0"}, {"h": 1}),
        ({"op": "test", "path": "/a/b/0", "value": 1}, {}),
    ],
)
def test_json_patch(step: dict[str, Any], after: dict[str, Any]) -> None:
    """RFC 6902, escapes and positions included; the document itself is left alone."""
    before = json.loads(json.dumps(BEFORE))
    assert patched(BEFORE, [step], None) == {**BEFORE, **after}
    assert before == BEFORE


@pytest.mark.parametrize(
    "steps",
    [
        {},
        "text",
        None,
        [7],
        [{}],
        [{"op": "add"}],
        [{"op": [], "path": "/a"}],
        [{"op": "add", "path": ["a"]}],
        [{"op": "spill", "path": "/a"}],
        [{"op": "add", "path": "/a"}],
        [{"op": "add", "path": "a", "value": 1}],
        [{"op": "add", "path": "", "value": {}}],
        [{"op": "add", "path": "/f~2g", "value": 1}],
        [{"op": "add", "path": "/a/b/4", "value": 1}],
        [{"op": "add", "path": "/a/b/01", "value": 1}],
        [{"op": "replace", "path": "/a/b/-", "value": 1}],
        [{"op": "replace", "path": "/a/b/-1", "value": 1}],
        [{"op": "replace", "path": "/d~1e/x", "value": 1}],
        [{"op": "remove", "path": "/none"}],
        [{"op": "remove", "path": "/a/b/3"}],
        [{"op": "move", "path": "/a/b/x", "from": "/a"}],
        [{"op": "move", "path": "/a"}],
        [{"op": "copy", "path": "/a", "from": "/none"}],
        [{"op": "test", "path": "/a/b/0", "value": True}],
        [{"op": "test", "path": "/a/b/0"}],
        [{"op": "test", "path": "/none", "value": None}],
        [{"op": "test", "path": "/d~1e", "value": 4}] * 501,
    ],
)
def test_patches_that_cannot_be_applied(steps: Any) -> None:
    """Refused whole."""
    with pytest.raises(BadContent):
        patched(BEFORE, steps, None)


def test_a_patch_reaches_only_what_may_change() -> None:
    """Also by moving something away; copying from elsewhere is fine."""
    for step in ({"op": "replace", "path": "/d~1e", "value": 1}, {"op": "move", "path": "/a/x", "from": "/d~1e"}):
        with pytest.raises(BadContent):
            patched(BEFORE, [step], ("a",))
    assert patched(BEFORE, [{"op": "copy", "path": "/a/x", "from": "/d~1e"}], ("a",))["a"]["x"] == 4
