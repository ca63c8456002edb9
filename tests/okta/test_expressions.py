"""The expression language: every documented function, the places it stands in, and its bounds."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.kernel.patterns import BadPattern, compiled
from simulators.okta.domain.auth_servers import SUBJECT_CLAIM, SUBJECT_TREE
from simulators.okta.domain.errors import Invalid
from simulators.okta.domain.expressions import Subject, attributes_read, evaluate, reads_groups
from simulators.okta.domain.mappings import CLAIMS_ONCE, NAME_AS_MAIL
from simulators.okta.domain.profile import BASE_ATTRIBUTES
from simulators.okta.wire.expressions import (
    MOST_TEXT,
    parse_claim,
    parse_event_filter,
    parse_expression,
    parse_mapping,
)

KNOWN = frozenset(BASE_ATTRIBUTES) | {"salary", "isContractor", "skills"}
ANN = Subject(
    {
        "firstName": "Ann",
        "lastName": "Lee",
        "email": "ann@example.com",
        "department": "Sales",
        "salary": 1200,
        "isContractor": False,
        "skills": ["sql", "go"],
    },
    {"id": "00u1", "status": "ACTIVE"},
    {"00g0": "Everyone", "00g1": "SF-Sales", "00g2": "SF-Leads"},
    roots={"appuser": {"role": "editor"}, "session": {"amr": ["pwd", "mfa"]}},
    linked=lambda name: {"lastName": "Gates"} if name == "manager" else None,
    now=datetime(2026, 3, 2, 14, 5, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('String.append("This is", " a test")', "This is a test"),
        ('String.join(",", "This", "is", "a", "test")', "This,is,a,test"),
        ('String.len("This")', 4),
        ('String.removeSpaces("This is a test")', "Thisisatest"),
        ('String.replace("This is a test", "is", "at")', "That at a test"),
        ('String.replaceFirst("This is a test", "is", "at")', "That is a test"),
        ('String.stringContains("This is a test", "test")', True),
        ('String.stringSwitch("This is a test", "default", "key1", "value1")', "default"),
        ('String.stringSwitch("Substrings count", "default", "ring", "value1")', "value1"),
        ('String.substring("This is a test", 2, 9)', "is is a"),
        ('String.substringAfter("abc@okta.com", "@")', "okta.com"),
        ('String.substringBefore("abc@okta.com", "@")', "abc"),
        ('String.toUpperCase("This")', "THIS"),
        ("toLowerCase(user.firstName)", "ann"),
        ("substringBefore(user.email, '@')", "ann"),
        ("Arrays.add({10, 20, 30}, 40)", (10, 20, 30, 40)),
        ("Arrays.remove({10, 20, 30}, 20)", (10, 30)),
        ("Arrays.clear({10, 20, 30})", ()),
        ("Arrays.get({0, 1, 2}, 0)", 0),
        ("Arrays.flatten(10, {20, 30}, 40)", (10, 20, 30, 40)),
        ("Arrays.contains(user.skills, 'go')", True),
        ("Arrays.size(NULL)", 0),
        ("Arrays.isEmpty(NULL)", True),
        ('Arrays.toCsvString({"This", "is", " a ", "test"})', "This,is, a ,test"),
        ('Convert.toInt("1234")', 1234),
        ("Convert.toInt(123.4)", 123),
        ("Convert.toInt(123.6)", 124),
        ('Convert.toNum("3.141")', 3.141),
        ('Iso3166Convert.toAlpha2("IND")', "IN"),
        ('Iso3166Convert.toAlpha3("840")', "USA"),
        ('Iso3166Convert.toNumeric("USA")', "840"),
        ('Iso3166Convert.toName("IN")', "India"),
        ("Time.now()", "2026-03-02T14:05:00.000Z"),
        ('Time.now("America/New_York")', "2026-03-02T09:05:00.000-05:00"),
        ('Time.now("UTC", "YYYY-MM-dd HH:mm:ss")', "2026-03-02 14:05:00"),
        ('Time.fromUnixToIso8601("1772460000")', "2026-03-02T14:00:00.000Z"),
        ('Time.fromIso8601ToUnix("2026-03-02T14:00:00.000Z")', "1772460000"),
        ('Time.fromWindowsToIso8601(Time.fromIso8601ToWindows("2026-03-02T14:00:00Z"))', "2026-03-02T14:00:00.000Z"),
        ('Time.fromStringToIso8601("2 March 2026 2:05 PM", "d MMMM yyyy h:mm a")', "2026-03-02T14:05:00.000Z"),
        ('Time.fromIso8601ToString("2026-03-02T14:05:00Z", "EEEE \'at\' HH:mm")', "Monday at 14:05"),
        ('isMemberOfGroup("00g1")', True),
        ('isMemberOfAnyGroup("00g8", "00g2")', True),
        ('isMemberOfGroupName("SF-Sales")', True),
        ('isMemberOfGroupNameStartsWith("SF-")', True),
        ('isMemberOfGroupNameContains("Lead")', True),
        ('isMemberOfGroupNameRegex("SF-(Sales|Leads)")', True),
        ('Groups.startsWith("OKTA", "SF-", 1)', ("SF-Leads",)),
        ('getFilteredGroups({"00g1", "00g9"}, "group.name", 40)', ("SF-Sales",)),
        ("hasDirectoryUser() || hasWorkdayUser()", False),
        ("findDirectoryUser().managerUpn", None),
        ('getManagerUser("active_directory").firstName', None),
        ('user.getLinkedObject("manager").lastName', "Gates"),
        ('user.getLinkedObject("assistant").lastName', None),
        ('user.getInternalProperty("id")', "00u1"),
        ("user.firstName + ' ' + user.lastName", "Ann Lee"),
        ("user.nickName + 'x'", "x"),
        ("user.salary >= 1000 ? 'much' : 'little'", "much"),
        ("user.nickName ?: user.firstName", "Ann"),
        ("user.salary == 1 ? 'a' : user.salary == 1200 ? 'b' : 'c'", "b"),
        ("7 / 2 + 7 % 2 - 2 * 3", -2),
        ("1 / 0", None),
        ("user.profile.email.substringAfter('@').toUpperCase()", "EXAMPLE.COM"),
        ("appuser.role", "editor"),
        ("session.amr[1]", "mfa"),
        ("NOT user.isContractor and !(user.city == 'Bern')", True),
    ],
)
def test_documented_functions(text: str, value: Any) -> None:
    """Each function and operator answers as its documentation says; what cannot be answered is null."""
    assert evaluate(parse_mapping(text, KNOWN), ANN) == value


@pytest.mark.parametrize(
    "text",
    [
        'Convert.toInt("1") == 1',
        'Time.now() == "x"',
        "Groups.contains('OKTA', 'a', 1)",
        "user.nosuch == 1",
        "appuser.role == 'editor'",
        "user.email.len() > 1",
        "String.len() == 1",
        "String.nosuch('x')",
        "user.getInternalProperty('secret') == 1",
        "user.getLinkedObject('manager').lastName == 'x'",
        '"Sales"',
        "user.firstName + 'x'",
        "{1, 2}",
        "user.",
        "user.city = 'Bern'",
        "",
        "a b",
    ],
)
def test_what_a_group_rule_may_not_say(text: str) -> None:
    """A rule is a condition over the person; conversion, time, other profiles and bad syntax are refused."""
    with pytest.raises(Invalid):
        parse_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "true" + ")" * 900,
        "!" * 900 + "true",
        "{" * 300 + "}" * 300,
        "-" * 900 + "1 == 1",
        "true ? " * 1000 + "true" + " : false" * 1000,
        "user.city" + "[0]" * 200 + " == 1",
        "String.append(" * 300 + '"a"' + ', "b")' * 300 + ' == "x"',
        " OR ".join(['user.city=="B"'] * 200),
        "String.replace(" * 40 + '"aaaaaaaaaa"' + ',"a","aaaaaaaaaa")' * 40 + ' == "x"',
        'isMemberOfGroupNameRegex("(((a*)*)*)*b")',
        'isMemberOfGroupNameRegex("(((a{99}){99}){99}){99}")',
        '"' + "a" * 9000,
        "9" * 9000 + " == 1",
        "x" * (MOST_TEXT + 1),
        "\0\ud800",
    ],
    ids=lambda text: text[:12],
)
def test_bounds(text: str) -> None:
    """Depth, length, growth and patterns are bounded: a hostile text is refused or answered, never suffered."""
    for parse in (parse_expression, parse_mapping, parse_claim, parse_event_filter):
        with suppress(Invalid):
            evaluate(parse(text), Subject({"city": "B" * 250}, {}, {"00g1": "a" * 250}))


def test_what_an_org_begins_with() -> None:
    """The trees that a new server and a new mapping carry mean what is written beside them."""
    assert parse_claim(SUBJECT_CLAIM) == SUBJECT_TREE
    for held in (*CLAIMS_ONCE, NAME_AS_MAIL):
        assert parse_mapping(held.expression) == held.tree


def test_nested_selections_end() -> None:
    """A selection inside a selection multiplies work; it stops after a fixed number of steps."""
    text = "event.target"
    for _ in range(12):
        text = f"event.target.?[{text}.size() > 0]"
    subject = Subject({}, {}, {}, roots={"event": {"target": [{"type": "User"}] * 10}})
    assert evaluate(parse_event_filter(f"{text}.size() > 0"), subject) is None


def test_what_an_expression_depends_on() -> None:
    """The attributes and groups that decide about an expression are known, wherever they stand in it."""
    tree = parse_expression('user.city == "B" ? isMemberOfGroup("1") : String.len(user.title) > {1, 2}[0]')
    assert attributes_read(tree) == {"city", "title"}
    assert reads_groups(tree)
    assert attributes_read(parse_expression('user.getInternalProperty("status") == "ACTIVE"')) == {"[status]"}


@pytest.mark.parametrize(
    ("pattern", "fits", "not_fits"),
    [
        ("[a-c]+\\d{2,3}x?", "abc123x", "abc1"),
        ("^Every.*$", "Everyone", "No Everyone"),
        ("(?i)SF-[^x-z]+", "sf-Sales", "SF-x"),
        ("\\w+@\\w+\\.com", "a@b.com", "a@b,com"),
        ("(?:ab){2,}|[]-]", "ababab", "ab"),
    ],
)
def test_patterns(pattern: str, fits: str, not_fits: str) -> None:
    """Classes, counts, groups, anchors and folding mean what they usually do."""
    assert compiled(pattern).fits(fits)
    assert not compiled(pattern).fits(not_fits)


@given(st.text("ab", max_size=8), st.text("ab.*+?|()", max_size=10))
@settings(max_examples=60, deadline=None)
def test_patterns_agree_with_regular_expressions(text: str, pattern: str) -> None:
    """Where both read a pattern, the linear machine and Python's backtracking one agree."""
    try:
        machine, expected = compiled(pattern), re.compile(pattern)
    except (BadPattern, re.error):
        return
    if re.search(r"[*+?]{2}", pattern):  # possessive counts match lazily here
        return
    assert machine.fits(text) == (expected.fullmatch(text) is not None)


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the parser fail in a way of its own."""
    for parse in (parse_expression, parse_mapping, parse_claim, parse_event_filter):
        with suppress(Invalid):
            evaluate(parse(text), ANN)
