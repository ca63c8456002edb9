"""Non-employees: what is known of them, requests for them, the decisions on those, and files of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import BadContent, IllegalValue
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Values

# Limits of the vendor (SailPoint API, Non-Employee Lifecycle Management).
MOST_SOURCES = 50
MOST_CUSTOM = 10


class Attribute(NamedTuple):
    """One of the attributes that every non-employee has."""

    name: str
    label: str
    type: str
    help: str


ATTRIBUTES = (
    Attribute("accountName", "Account Name", "TEXT", "The unique identifier for the account"),
    Attribute("firstName", "First Name", "TEXT", "The first name of the person"),
    Attribute("lastName", "Last Name", "TEXT", "The last name of the person"),
    Attribute("phone", "Phone", "TEXT", "A number the person can be called at"),
    Attribute("email", "Email", "TEXT", "The mail address of the person"),
    Attribute("manager", "Manager", "IDENTITY", "The account name of the manager"),
    Attribute("startDate", "Start Date", "DATE", "When the engagement begins"),
    Attribute("endDate", "End Date", "DATE", "When the engagement ends"),
)
COLUMNS = tuple(attribute.name for attribute in ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a person who is no employee; `data` holds the custom attributes."""

    account_name: str
    first_name: str
    last_name: str
    email: str
    phone: str
    manager: str
    start: datetime
    end: datetime
    data: Values = field(default_factory=Values)

    def attributes(self) -> Values:
        """The same as attributes of an account."""
        return Values(
            {
                "accountName": self.account_name,
                "firstName": self.first_name,
                "lastName": self.last_name,
                "email": self.email,
                "phone": self.phone,
                "manager": self.manager,
                "startDate": iso(self.start),
                "endDate": iso(self.end),
                **self.data,
            }
        )


@dataclass(frozen=True, slots=True)
class NonEmployee:
    """A person on a non-employee source, with the account that shows him to the rest of the tenant."""

    id: str
    source_id: str
    facts: Facts
    created: datetime
    modified: datetime
    account_id: str = ""


@dataclass(frozen=True, slots=True)
class NonEmployeeRequest:
    """Somebody asks for a non-employee."""

    id: str
    source_id: str
    requester_id: str
    facts: Facts
    created: datetime
    modified: datetime
    status: str = "PENDING"
    completed: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class NonEmployeeApproval:
    """One reviewer's decision on a request; they are asked one after another, in `order`."""

    id: str
    request_id: str
    approver_id: str
    order: int
    account_name: str
    created: datetime
    modified: datetime
    status: str = "NOT_READY"
    comment: str = ""


@dataclass(frozen=True, slots=True)
class NonEmployeeUpload:
    """A file of non-employees on its way in."""

    id: str
    source_id: str
    text: str
    launcher: str
    created: datetime
    modified: datetime
    status: str = "PENDING"


def facts_of(given: Mapping[str, str], data: Mapping[str, str], custom: Mapping[str, bool]) -> Facts:
    """What a body or a line says, checked. `custom` names the custom attributes and whether each is required.

    Raises IllegalValue for a value that is missing or cannot be, BadContent for an attribute nobody has defined.
    """
    for name in COLUMNS:
        if not given.get(name):
            raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    start, end = (_date(name, given[name]) for name in ("startDate", "endDate"))
    if end <= start:
        raise IllegalValue('Value of "endDate" must lie behind "startDate".')
    if unknown := [name for name in data if name not in custom]:
        raise BadContent(f'The attribute "{unknown[0]}" is not defined for the source.')
    if missing := [name for name, required in custom.items() if required and not data.get(name)]:
        raise IllegalValue(f'Value of "data.{missing[0]}" is empty or contains invalid data.')
    return Facts(
        given["accountName"],
        given["firstName"],
        given["lastName"],
        given["email"],
        given["phone"],
        given["manager"],
        start,
        end,
        Values({name: value for name, value in data.items() if value}),
    )


def _date(name: str, text: str) -> datetime:
    try:
        at = instant(text)
    except OverflowError:
        at = None
    # Far dates leave the calendar as soon as something is added to them.
    if at is None or not 1900 <= at.year <= 2200:
        raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    return at


def lines_of(text: str, custom: Iterable[str]) -> Iterator[dict[str, str]]:
    """The lines of a file by column. Raises BadContent for a header or a line that does not fit.

    >>> list(lines_of("accountName\\n", []))
    Traceback (most recent call last):
        ...
    simulators.sailpoint.domain.errors.BadContent: The column "firstName" is missing.
    """
    known = [*COLUMNS, *custom]
    try:
        header, *rows = csv.reader(io.StringIO(text))
    except (csv.Error, ValueError) as error:
        raise BadContent("The file is empty or no CSV file.") from error
    names = [name.strip() for name in header]
    for name in names:
        if name not in known:
            raise BadContent(f'The column "{name}" is unknown.')
    for name in COLUMNS:
        if name not in names:
            raise BadContent(f'The column "{name}" is missing.')
    for row in rows:
        if row and len(row) != len(names):
            raise BadContent(f"A line has {len(row)} values for {len(names)} columns.")
        if row:
            yield {name: value.strip() for name, value in zip(names, row, strict=True)}


def file_of(people: Iterable[Facts], custom: Iterable[str]) -> str:
    """People as a file that may be uploaded again."""
    text, columns = io.StringIO(), [*COLUMNS, *custom]
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(dict(facts.attributes()) for facts in people)
    return text.getvalue()
