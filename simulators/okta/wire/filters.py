"""`filter` and `search` texts (SCIM's language) to query trees."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from simulators.kernel.times import parse_instant
from simulators.okta.domain.errors import InvalidLogFilter, InvalidSearch, UnsupportedOperator
from simulators.okta.domain.profile import BASE_ATTRIBUTES
from simulators.okta.domain.query import All, Comparison, Either, Not, Query

_TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[()])|(?P<word>[^\s()"]+))')
_LITERALS: dict[str, Any] = {"true": True, "false": False, "null": None}
Check = Callable[[str, str], None]


_DEEPEST = 50
_OPERATORS = ("eq", "ne", "gt", "ge", "lt", "le", "sw", "ew", "co", "pr")


class FilterError(Exception):
    """A text that is no filter: where, what stood there, and whether an operator was expected."""

    def __init__(self, place: int, token: str, operator: bool = False) -> None:
        super().__init__(place, token)
        self.place, self.token, self.operator = place, token, operator


def parse(text: str, check: Check, dates: frozenset[str] = frozenset()) -> Query:
    """The tree of a filter. `check` may refuse a field or an operator; values of `dates` become instants.

    >>> parse('status eq "ACTIVE"', lambda field, operator: None)
    Comparison(field='status', operator='eq', value='ACTIVE')
    """
    return _Parser(text, check, dates).whole()


class _Parser:
    """Recursive descent: or, and, not, parentheses, comparison."""

    def __init__(self, text: str, check: Check, dates: frozenset[str]) -> None:
        self._text, self._check, self._dates = text, check, dates
        self._tokens = self._split()
        self._at = 0
        self._depth = 0

    def whole(self) -> Query:
        tree = self._either()
        if self._at < len(self._tokens):
            raise FilterError(*self._here())
        return tree

    def _split(self) -> list[tuple[int, str, str]]:
        tokens, place, end = [], 0, len(self._text.rstrip())
        while place < end:
            match = _TOKEN.match(self._text, place)
            if match is None:
                raise FilterError(place, self._text[place : place + 1])
            kind = str(match.lastgroup)
            tokens.append((match.start(kind), kind, match.group(kind)))
            place = match.end()
        return tokens

    def _here(self) -> tuple[int, str]:
        if self._at < len(self._tokens):
            place, _, token = self._tokens[self._at]
            return place, token
        return len(self._text), ""

    def _word(self, *wanted: str) -> bool:
        if self._at < len(self._tokens):
            _, kind, token = self._tokens[self._at]
            if kind != "text" and token.lower() in wanted:
                self._at += 1
                return True
        return False

    def _either(self) -> Query:
        parts = [self._all()]
        while self._word("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self) -> Query:
        parts = [self._one()]
        while self._word("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Query:
        if self._depth > _DEEPEST:
            raise FilterError(*self._here())
        self._depth += 1
        tree = self._nested()
        self._depth -= 1
        return tree

    def _nested(self) -> Query:
        if self._word("not"):
            self._check("", "not")
            return Not(self._one())
        if self._word("("):
            tree = self._either()
            if not self._word(")"):
                raise FilterError(*self._here())
            return tree
        return self._comparison()

    def _comparison(self) -> Query:
        field = self._take("word")
        place = self._here()
        operator = self._take("word").lower()
        if operator not in _OPERATORS:
            raise FilterError(*place, operator=True)
        self._check(field, operator)
        return Comparison(field, operator, None if operator == "pr" else self._value(field))

    def _value(self, field: str) -> Any:
        place, token = self._here()
        if self._at >= len(self._tokens):
            raise FilterError(place, token)
        kind = self._tokens[self._at][1]
        self._at += 1
        if kind == "text":
            text = re.sub(r"\\(.)", r"\1", token[1:-1])
            return self._instant(text, place) if field in self._dates else text
        if token in _LITERALS:
            return _LITERALS[token]
        try:
            return float(token) if "." in token else int(token)
        except ValueError:
            raise FilterError(place, token) from None

    def _instant(self, text: str, place: int) -> datetime:
        try:
            return parse_instant(text)
        except ValueError:
            pass
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError:
            raise FilterError(place, text) from None

    def _take(self, kind: str) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][1] != kind:
            raise FilterError(*self._here())
        self._at += 1
        return self._tokens[self._at - 1][2]


USER_DATES = frozenset({"created", "activated", "statusChanged", "lastUpdated"})
_USER_FILTER = {
    "id",
    "status",
    "lastUpdated",
    "profile.login",
    "profile.email",
    "profile.firstName",
    "profile.lastName",
}
_USER_SEARCH = {"id", "status", "type.id", *USER_DATES, *(f"profile.{name}" for name in BASE_ATTRIBUTES)}
_CONTAINS = {"profile.firstName", "profile.lastName", "profile.email", "profile.login"}
GROUP_DATES = frozenset({"created", "lastUpdated", "lastMembershipUpdated"})
_ORDER = {"eq", "gt", "ge", "lt", "le"}


def user_filter(text: str) -> Query:
    """A `filter` of users. Raises InvalidSearch."""

    def check(field: str, operator: str) -> None:
        if field not in _USER_FILTER or operator not in (_ORDER if field == "lastUpdated" else {"eq"}):
            raise InvalidSearch()

    return _searched(text, check, USER_DATES)


def user_search(text: str, custom: frozenset[str] = frozenset()) -> Query:
    """A `search` of users, whose profiles may have `custom` attributes. Raises InvalidSearch."""

    def check(field: str, operator: str) -> None:
        if (
            not is_user_attribute(field, custom)
            or operator in ("ne", "ew", "not")
            or (operator == "co" and field not in _CONTAINS)
        ):
            raise InvalidSearch()

    return _searched(text, check, USER_DATES)


def is_user_attribute(field: str, custom: frozenset[str]) -> bool:
    """Whether users can be searched and sorted by a field."""
    return field in _USER_SEARCH or (field.startswith("profile.") and field[8:] in custom)


def group_filter(text: str) -> Query:
    """A `filter` of groups, which knows four fields. Raises InvalidSearch."""

    def check(field: str, operator: str) -> None:
        dated = field in ("lastUpdated", "lastMembershipUpdated")
        if field not in ("id", "type") and not dated:
            raise InvalidSearch()
        if operator not in (_ORDER if dated else {"eq"}):
            raise InvalidSearch()

    return _searched(text, check, GROUP_DATES)


def group_query(text: str) -> Query:
    """A `search` of groups. Raises InvalidSearch."""

    def check(field: str, operator: str) -> None:
        if operator in ("ne", "ew", "not"):
            raise InvalidSearch()
        if field not in ("id", "type", *GROUP_DATES) and not field.startswith("profile."):
            raise InvalidSearch()

    return _searched(text, check, GROUP_DATES)


def log_filter(text: str, known: Callable[[str], bool]) -> Query:
    """A `filter` of the log. Raises InvalidLogFilter or UnsupportedOperator."""

    def check(field: str, operator: str) -> None:
        if operator == "not":
            return
        if not known(field):
            raise InvalidLogFilter(f"field is not valid: {field}")
        if operator == "co" and field in ("debugContext.debugData.url", "debugContext.debugData.requestUri"):
            raise UnsupportedOperator(f"Operator: {operator}, Field: {field}")

    try:
        return parse(text, check)
    except FilterError as error:
        raise InvalidLogFilter(f"Invalid filter '{text}': {_told(error)}") from None


def _told(error: FilterError) -> str:
    if not error.token:
        return f"End of input at position {error.place} but expected a filter expression"
    if error.operator:
        known = "eq,co,sw,pr,gt,ge,lt,le"
        return f"Unrecognized attribute operator '{error.token}' at position {error.place}. Expected: {known}"
    return f"Unexpected characters '{error.token}' at position {error.place}"


_APP_FILTER = frozenset(
    {"id", "status", "user.id", "group.id", "name", "label", "credentials.signing.kid", "settings.slo.enabled"}
)


def simple_filter(text: str, fields: set[str]) -> Query:
    """A `filter` that compares some fields for equality. Raises InvalidSearch."""

    def check(field: str, operator: str) -> None:
        if field not in fields or operator != "eq":
            raise InvalidSearch()

    return _searched(text, check, frozenset())


def app_filter(text: str) -> Query:
    """A `filter` of applications. Raises InvalidSearch."""

    def check(field: str, operator: str) -> None:
        if field not in _APP_FILTER or operator != "eq":
            raise InvalidSearch()

    return _searched(text, check, frozenset())


def _searched(text: str, check: Check, dates: frozenset[str]) -> Query:
    try:
        return parse(text, check, dates)
    except FilterError:
        raise InvalidSearch() from None
