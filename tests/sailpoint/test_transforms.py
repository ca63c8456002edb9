"""Transforms: each documented operation, what is refused when one is stored, and what reading one may cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from simulators.sailpoint.domain.memo import Memo, readings
from simulators.sailpoint.domain.transform_checks import REQUIRED, problem
from simulators.sailpoint.domain.transforms import OPERATIONS, Context, evaluate

NOW = datetime(2026, 3, 2, 5, 30, 15, tzinfo=UTC)
UTILITY = "Cloud Services Deployment Utility"
NAMED = {
    "Low": {"type": "lower", "attributes": {}},
    "Fixed": {"type": "lower", "attributes": {"input": "OWN"}},
    "Loop": {"type": "reference", "attributes": {"id": "Loop"}},
}


def context(**more: Any) -> Context:
    """A person with an account on HR and a manager."""
    accounts = [
        {"mail": "", "created": "2026-01-01", "rank": "1"},
        {"mail": "b@x.y", "created": "2026-01-02", "rank": "2"},
        {"mail": "c@x.y", "created": "2026-01-03", "rank": "3"},
    ]
    hr = {"dept": "Sales", "start": "2026-03-01", "none": ""}
    return Context(
        NOW,
        {"HR": hr}.get,
        {"firstname": "Jonathan", "lastname": "Doe", **more},
        {},
        NAMED.get,
        lambda login: login in ("jdoe", "jdoe1"),
        {"email": "boss@x.y"}.get,
        accounts=lambda source: accounts,
        person=lambda uid, name: f"{name} of {uid}",
        draw=lambda: bytes(range(64)),
    )


def of(kind: str, text: Any = None, **attributes: Any) -> Any:
    """The value of one transform of an input."""
    return evaluate(
        {"type": kind, "attributes": {**({} if text is None else {"input": text}), **attributes}}, context()
    )


CASES: list[tuple[str, Any, Mapping[str, Any], Any]] = [
    ("accountAttribute", None, {"sourceName": "HR", "attributeName": "dept"}, "Sales"),
    ("accountAttribute", None, {"sourceName": "Gone", "attributeName": "dept"}, None),
    ("accountAttribute", None, {"sourceName": "HR", "attributeName": "mail", "accountSortDescending": True}, "c@x.y"),
    ("accountAttribute", None, {"sourceName": "HR", "attributeName": "mail", "accountSortAttribute": "rank"}, "b@x.y"),
    ("accountAttribute", None, {"sourceName": "HR", "attributeName": "mail", "accountReturnFirstLink": True}, None),
    ("base64Encode", "1234", {}, "MTIzNA=="),
    ("base64Decode", "MTIzNA==", {}, "1234"),
    ("concat", None, {"values": ["a", {"type": "static", "attributes": {"value": "b"}}]}, "ab"),
    ("conditional", None, {"expression": "$d eq Sales", "d": "Sales", "positiveCondition": "$p",
                           "negativeCondition": "n", "p": {"type": "static", "attributes": {"value": "yes"}}}, "yes"),
    ("conditional", None, {"expression": "foo eq Foo", "positiveCondition": "t", "negativeCondition": "f"}, "f"),
    ("dateCompare", None, {"firstDate": "2026-03-01T00:00:00Z", "secondDate": "now", "operator": "LTE",
                           "positiveCondition": "active", "negativeCondition": "prehire"}, "active"),
    ("dateFormat", "4/1/1975", {"inputFormat": "M/d/yyyy", "outputFormat": "yyyy-MM-dd"}, "1975-04-01"),
    ("dateFormat", "144642632190", {"inputFormat": "EPOCH_TIME_JAVA"}, "1974-08-02T02:30:32.190Z"),
    ("dateFormat", "2026-03-02T00:00:00Z", {"outputFormat": "EPOCH_TIME_WIN32"}, "134168832000000000"),
    ("dateFormat", "Mar 02 2026, 04:05:06.007", {"inputFormat": "MMM dd yyyy, HH:mm:ss.SSS"},
     "2026-03-02T04:05:06.007Z"),
    ("dateFormat", "2026-03-02T05:00Z", {"inputFormat": "yyyy-MM-dd'T'HH:mm", "outputFormat": "PEOPLE_SOFT"},
     "03/02/2026"),
    ("dateMath", None, {"expression": "now"}, "2026-03-02T05:30Z"),
    ("dateMath", None, {"expression": "now-5d/d"}, "2026-02-25T00:00Z"),
    ("dateMath", "2026-01-31T10:20:00Z", {"expression": "+1M/h", "roundUp": True}, "2026-02-28T11:00Z"),
    ("dateMath", "2020-02-29T00:00:00Z", {"expression": "now+1y+1M+2d-4h+1m-3s/m"}, "2027-04-04T01:31Z"),
    ("decomposeDiacriticalMarks", "Élodie Ñúñez", {}, "Elodie Nunez"),
    ("displayName", "input", {}, "Jonathan Doe"),
    ("e164phone", "779.284.2727", {}, "+17792842727"),
    ("e164phone", "0412345678", {"defaultRegion": "AU"}, "+61412345678"),
    ("e164phone", "no number", {}, None),
    ("firstValid", None, {"values": [None, "", "x"]}, "x"),
    ("firstValid", None, {"ignoreErrors": True, "values": [{"type": "lookup", "attributes": {"table": {}}}, "x"]}, "x"),
    ("identityAttribute", None, {"name": "lastname"}, "Doe"),
    ("indexOf", "abcabcabc", {"substring": "b"}, "1"),
    ("indexOf", "abc", {"substring": "x"}, "-1"),
    ("iso3166", "United States of America", {}, "US"),
    ("iso3166", "ES", {"format": "numeric"}, "724"),
    ("iso3166", "España", {"format": "alpha3"}, "ESP"),
    ("iso3166", "Nowhere", {}, None),
    ("join", None, {"values": ["John", "Smith"], "separator": "|"}, "John|Smith"),
    ("join", None, {"values": ["a", "b"]}, "a,b"),
    ("lastIndexOf", "abcabcabc", {"substring": "b"}, "7"),
    ("leftPad", "7", {"length": "3", "padding": "0"}, "007"),
    ("lookup", "512", {"table": {"512": "Austin", "default": "?"}}, "Austin"),
    ("lookup", "9", {"table": {"512": "Austin", "default": "?"}}, "?"),
    ("lower", "ACTIVE", {}, "active"),
    ("normalizeNames", "jOHN VON SmITh", {}, "John von Smith"),
    ("normalizeNames", "JEAN-PIERRE o'neil mcdonald III", {}, "Jean-Pierre O'Neil McDonald III"),
    ("randomAlphaNumeric", None, {"length": "5"}, "abcde"),
    ("randomNumeric", None, {}, "01234567890123456789012345678901"),
    ("reference", "UP", {"id": "Low"}, "up"),
    ("reference", "UP", {"id": "Fixed"}, "own"),
    ("replace", "a-b c", {"regex": "[^a-z]", "replacement": ""}, "abc"),
    ("replace", "Doe, Jane", {"regex": "(.*), (.*)", "replacement": "$2 $1"}, "Jane Doe"),
    ("replaceAll", "ä-ö", {"table": {"ä": "ae", "-": " "}}, "ae ö"),
    ("rfc5646", "Spanish", {}, "es"),
    ("rfc5646", "DEU", {}, "de"),
    ("rightPad", "ab", {"length": 4}, "ab  "),
    ("rule", None, {"name": UTILITY, "operation": "getReferenceIdentityAttribute", "uid": "manager",
                    "attributeName": "email"}, "boss@x.y"),
    ("rule", None, {"name": UTILITY, "operation": "getReferenceIdentityAttribute", "uid": "ann",
                    "attributeName": "phone"}, "phone of ann"),
    ("rule", "0123456789", {"name": UTILITY, "operation": "getEndOfString", "numChars": "4"}, "6789"),
    ("rule", None, {"name": UTILITY, "operation": "generateRandomString", "includeNumbers": "false",
                    "includeSpecialChars": "false", "length": "3"}, "abc"),
    ("split", "a,b,c", {"delimiter": ",", "index": "1"}, "b"),
    ("split", "a,b", {"delimiter": ",", "index": 5}, None),
    ("static", None, {"value": "Employee"}, "Employee"),
    ("static", None, {"value": "#if($w=='Employee')Full-Time#{else}Contingent#end", "w": "Employee"}, "Full-Time"),
    ("static", None, {"value": "$first.substring(0,1).toLowerCase()$last", "first": "Ada", "last": "Byron"}, "aByron"),
    ("static", None, {"value": "$gone and $!gone"}, "$gone and "),
    ("substring", "abcdef", {"begin": 2, "end": 4}, "cd"),
    ("substring", "abcdef", {"begin": 1, "end": 3, "beginOffset": 1, "endOffset": 2}, "cde"),
    ("substring", "abcdef", {"begin": -1}, "abcdef"),
    ("trim", "  x ", {}, "x"),
    ("upper", "x", {}, "X"),
    ("usernameGenerator", None, {"patterns": ["$f$l${uniqueCounter}"], "f": "j", "l": "doe"}, "jdoe2"),
    ("usernameGenerator", None, {"patterns": ["$l", "$f$l$uniqueCounter"], "f": "j", "l": "doe"}, "doe"),
    ("uuid", None, {}, "00010203-0405-4607-a809-0a0b0c0d0e0f"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "attributes", "value"), CASES)
def test_each_operation(kind: str, text: Any, attributes: Mapping[str, Any], value: Any) -> None:
    """What the vendor's pages give as examples, and the edges beside them."""
    assert of(kind, text, **attributes) == value
    assert problem({"type": kind, "attributes": {"input": text, **attributes}}) == ""


def test_the_cases_name_every_operation() -> None:
    """No operation goes without an example; concatenation is another word for concat."""
    assert {kind for kind, *_ in CASES} == set(OPERATIONS) - {"concatenation"}


@pytest.mark.parametrize(
    ("kind", "text", "attributes"),
    [
        ("lookup", "9", {"table": {"512": "Austin"}}),
        ("conditional", None, {"expression": "$d eq x", "positiveCondition": "t", "negativeCondition": "f"}),
        ("split", "a", {"delimiter": ",", "index": 1, "throws": True}),
        ("substring", "ab", {"begin": 5}),
        ("dateFormat", "soon", {"inputFormat": "yyyy-MM-dd"}),
        ("dateMath", None, {"expression": "now+999999y"}),
        ("reference", None, {"id": "Loop"}),
        ("reference", None, {"id": "Gone"}),
        ("usernameGenerator", None, {"patterns": ["jdoe", "jdoe1"]}),
        ("replace", "a" * 40, {"regex": "(a+)+$", "replacement": ""}),
        ("base64Decode", "?", {}),
    ],
)
def test_errors(kind: str, text: Any, attributes: Mapping[str, Any]) -> None:
    """What the vendor answers with an exception is an error here, told in bounded time."""
    with pytest.raises(ValueError, match=r"."):
        of(kind, text, **attributes)


@pytest.mark.parametrize("kind", sorted(REQUIRED))
def test_missing_attributes_are_refused(kind: str) -> None:
    """Each required attribute is asked for."""
    assert problem({"type": kind, "attributes": {}}).startswith(f'The transform type "{kind}" requires')


def test_what_differs_each_time_is_not_remembered() -> None:
    """People who agree in what a transform reads share its value, unless chance or others decide."""
    assert readings({"type": "displayName", "attributes": {}}) is not None
    for kind in ("uuid", "randomNumeric", "usernameGenerator"):
        assert readings({"type": "concat", "attributes": {"values": [{"type": kind, "attributes": {}}]}}) is None
    mapping = {"identityAttributeName": "x", "transformDefinition": {"type": "lookup", "attributes": {"table": {}}}}
    assert Memo([mapping]).attributes(context())["x"] is None


GOOD = {"name": "Lower it", "type": "lower", "attributes": {}}


def test_a_transform_is_stored_with_name_and_type_fixed(company: Any) -> None:
    """201; attributes may change, name and type not; the name is taken whatever its case."""
    answer = company.call("POST", "/transforms/v1", json=GOOD)
    assert (answer.status_code, answer.json()["internal"]) == (201, False)
    path = f"/transforms/v1/{answer.json()['id']}"
    assert company.call("POST", "/transforms/v1", json={**GOOD, "name": "LOWER IT"}).status_code == 400
    assert company.call("PUT", path, json={**GOOD, "name": "other"}).status_code == 400
    assert company.call("PUT", path, json={**GOOD, "type": "upper"}).status_code == 400
    changed = company.call("PUT", path, json={**GOOD, "attributes": {"input": "X"}}).json()
    assert changed["attributes"] == {"input": "X"}
    assert [one["name"] for one in company.get("/transforms/v1", name="lower it")] == ["Lower it"]
    assert company.get("/transforms/v1", filters='name sw "Low" and internal eq false')[0]["id"] == changed["id"]
    assert company.call("DELETE", path).status_code == 204
    assert company.call("GET", path).status_code == 404


def test_internal_transforms_cannot_be_edited(company: Any) -> None:
    """Those the vendor ships stay as they are."""
    made = company.tenant.configuration.add("transform", {**GOOD, "internal": True})
    assert company.get("/transforms/v1", filters="internal eq true")[0]["id"] == made.id
    assert company.call("PUT", f"/transforms/v1/{made.id}", json=GOOD).status_code == 400
    assert company.call("DELETE", f"/transforms/v1/{made.id}").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "lower",
        {"name": "x", "type": "lower", "attributes": []},
        {"name": "", "type": "lower", "attributes": {}},
        {"name": "n" * 51, "type": "lower", "attributes": {}},
        {"name": 7, "type": "lower", "attributes": {}},
        {"name": "x", "type": "shout", "attributes": {}},
        {"name": "x", "type": "join", "attributes": {"values": []}},
        {"name": "x", "type": "lookup", "attributes": {}},
        {"name": "x", "type": "lookup", "attributes": {"table": []}},
        {"name": "x", "type": "rule", "attributes": {"name": "Mine"}},
        {"name": "x", "type": "replace", "attributes": {"regex": "(", "replacement": ""}},
        {"name": "x", "type": "static", "attributes": {"value": "#if($x)"}},
        {"name": "x", "type": "dateMath", "attributes": {"expression": "now/w"}},
        {"name": "x", "type": "leftPad", "attributes": {"length": "long"}},
        {"name": "x", "type": "concat", "attributes": {"values": [{"type": "shout"}]}},
    ],
)
def test_bad_transforms_are_refused(company: Any, body: Any) -> None:
    """400 with the vendor's error body, for a transform that stands within another as well."""
    assert company.call("POST", "/transforms/v1", json=body).status_code == 400


def test_a_definition_that_is_too_deep_is_refused(company: Any) -> None:
    """However deep: an answer comes in bounded time."""
    inner: dict[str, Any] = {"type": "lower", "attributes": {}}
    for _ in range(200):
        inner = {"type": "lower", "attributes": {"input": inner}}
    assert company.call("POST", "/transforms/v1", json={**inner, "name": "deep"}).status_code == 400
