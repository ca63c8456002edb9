"""The people of an HR feed, as scenarios: one bad row is reported with its line, the others proceed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harness.personas import COLUMNS, Person, login_base

_MANDATORY = ("worker_id", "first_name", "last_name", "department", "time_zone", "worker_type", "hire_date")
_WORKER_TYPES = ("employee", "intern", "fixed-term", "contractor")
_END_REASONS = ("", "voluntary", "involuntary", "death", "end_of_contract", "rescinded")
_WORKER_ID = re.compile(r"\w[\w.@-]{0,63}")
# What an Okta user can hold: https://developer.okta.com/docs/reference/api/users/#default-profile-properties
_LONGEST = {"first_name": 50, "last_name": 50}
_LONGEST_LOGIN = 100
_LONGEST_OTHER = 200
_YEARS = range(1900, 2200)
_NEVER_CLOSED = "a quotation mark is opened and never closed"
_HEADER = "the header must be exactly " + ",".join(COLUMNS)

# What each judgement is called; the rows that it fits are its examples.
TITLES = {
    "JN-01": "Hire receives exactly the birthright set",
    "JN-02": "Hire is shut out before the first day",
    "MV-01": "Move brings the new set and takes the old one",
    "LV-01": "End comes when the last day is over",
    "LV-02": "End comes at once",
}

# The generated feature file of this process's run; None when the ordinary scenarios run.
_generated: Path | None = None


class FeedError(ValueError):
    """The file is no feed, or has no usable row; the text says why."""


@dataclass(frozen=True)
class Row:
    """One usable row. `line` counts from 1, the header included."""

    line: int
    person: Person


@dataclass(frozen=True)
class BadRow:
    """One row that cannot be used, and why."""

    line: int
    name: str
    reason: str


@dataclass(frozen=True)
class Feed:
    """Rows in the order of the file; several rows of one worker are that worker's changes."""

    rows: tuple[Row, ...]
    rejected: tuple[BadRow, ...]

    def history(self, line: int) -> list[Row]:
        """The rows of the worker of `line`, up to and including it, in the order in which they take effect."""
        mine = next(row for row in self.rows if row.line == line)
        same = [row for row in self.rows if row.person.worker_id == mine.person.worker_id]
        ordered = sorted(same, key=lambda row: (row is not same[0], row.person.effective_date or date.min, row.line))
        return ordered[: ordered.index(mine) + 1]


def read_feed(path: Path, mail_domain: str = "") -> Feed:
    """The usable and unusable rows of a feed file; logins are addresses in `mail_domain`.

    Raises FeedError for a missing or unreadable file, a wrong header, or no usable row.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise FeedError(f"the HR feed {path} does not exist") from None
    except OSError as problem:
        raise FeedError(f"the HR feed {path} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError as problem:
        raise FeedError(f"the HR feed {path} is not UTF-8 (byte {problem.start}); save it as UTF-8") from None
    return parse_feed(text, str(path), mail_domain)


def parse_feed(text: str, name: str = "the HR feed", mail_domain: str = "") -> Feed:
    """As `read_feed`, from text."""
    lines = list(io.StringIO(text, newline=""))
    found = list(_records(lines))
    header = found[0][1] if found else None
    if isinstance(header, csv.Error):
        raise FeedError(f"{name}: line 1 is no CSV: {header}")
    if header is None or tuple(header) != COLUMNS:
        raise FeedError(f"{name}: {_HEADER}")
    rows: list[Row] = []
    rejected: list[BadRow] = []
    for line, cells in found[1:]:
        if isinstance(cells, csv.Error):
            rejected.append(BadRow(line, "?", f"no CSV: {_NEVER_CLOSED if 'end of data' in str(cells) else cells}"))
            continue
        if not any(cell.strip() for cell in cells):
            continue
        label = " ".join(cell for cell in cells[1:3] if cell.strip()) or (cells[0] if cells else "?")
        try:
            person = _person(cells, rows)
            _check_login(person, mail_domain)
            rows.append(Row(line, person))
        except ValueError as problem:
            rejected.append(BadRow(line, label, str(problem)))
    if not rows:
        why = f"; line {rejected[0].line}: {rejected[0].reason}" if rejected else ""
        raise FeedError(f"{name} has no usable row{why}")
    return Feed(tuple(rows), tuple(rejected))


def _records(lines: list[str]) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each record with the line it begins on. Behind a broken one, reading goes on at the very next line."""
    begins = 1
    reader = csv.reader(lines, strict=True)
    done = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            yield begins, problem
            done, reader = begins, csv.reader(lines[begins:], strict=True)
            begins += 1
            continue
        if cells is None:
            return
        yield begins, cells
        begins = done + reader.line_num + 1


def _person(cells: list[str], before: list[Row]) -> Person:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"it has {len(cells)} fields, the header has {len(COLUMNS)}")
    row = {column: cell.strip() for column, cell in zip(COLUMNS, cells, strict=True)}
    if missing := [column for column in _MANDATORY if not row[column]]:
        raise ValueError(f"{missing[0]} is empty")
    for column, value in row.items():
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
            raise ValueError(f"{column} holds a control character")
        if len(value) > (most := _LONGEST.get(column, _LONGEST_OTHER)):
            raise ValueError(f"{column} has {len(value)} characters, at most {most} are taken")
    if not _WORKER_ID.fullmatch(row["worker_id"]):
        raise ValueError(f"worker_id {row['worker_id']!r} holds more than letters, digits and . _ @ -")
    if row["worker_type"] not in _WORKER_TYPES:
        raise ValueError(f"worker_type {row['worker_type']!r} is none of {', '.join(_WORKER_TYPES)}")
    if row["end_reason"] not in _END_REASONS:
        raise ValueError(f"end_reason {row['end_reason']!r} is none of {', '.join(filter(None, _END_REASONS))}")
    try:
        ZoneInfo(row["time_zone"])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"time_zone {row['time_zone']!r} is no IANA time zone") from None
    dates = {column: _date(column, row[column]) for column in ("hire_date", "end_date", "effective_date")}
    hired, ends = dates["hire_date"], dates["end_date"]
    assert hired is not None
    if ends is not None and ends < hired and row["end_reason"] != "rescinded":
        raise ValueError(f"end_date {ends} lies before hire_date {hired}")
    if row["end_reason"] and ends is None:
        raise ValueError(f"end_reason {row['end_reason']!r} needs an end_date")
    if row["manager_id"] == row["worker_id"]:
        raise ValueError("manager_id is the worker's own id")
    first = next((other.person for other in before if other.person.worker_id == row["worker_id"]), None)
    if first is not None and first.hire_date != hired:
        raise ValueError(f"hire_date {hired} differs from {first.hire_date} in an earlier row of {row['worker_id']}")
    return Person(
        **{key: row[key] for key in COLUMNS if key not in dates},
        hire_date=hired,
        end_date=ends,
        effective_date=dates["effective_date"],
    )


def _check_login(person: Person, mail_domain: str) -> None:
    login = f"{login_base(person)}@{mail_domain}"
    if len(login) > _LONGEST_LOGIN:
        raise ValueError(f"the login {login} has {len(login)} characters, Okta takes at most {_LONGEST_LOGIN}")


def _date(column: str, text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError(f"{column} {text!r} is no date; write YYYY-MM-DD")
    if day.year not in _YEARS:
        remedy = "; leave it empty when no end is known" if column == "end_date" else ""
        raise ValueError(f"{column} {text} lies outside the years {_YEARS[0]} to {_YEARS[-1]}{remedy}")
    return day


# scenarios


def scenarios_of(feed: Feed, now: datetime) -> str:
    """A feature file with a scenario for every judgement that the rows ask for, as things stand at `now`.

    A worker's first row is a hire (JN-01, ahead of its first day JN-02); a new end date makes an end (LV-01, at once
    LV-02); any other later row is a move (MV-01).
    """
    lines = ["Feature: HR feed", "  People of a feed nobody chose: each is hired, moved or ended, and judged.", ""]
    for row in feed.rows:
        for id, words, steps in _judgements(feed, row, now):
            title = f"line {row.line}: {_plain(row.person.name)}"
            lines += [f"  @{id} @feed @example.line", f"  Scenario: {title}{words}"]
            lines += [f"    {step}" for step in steps] + [""]
    return "\n".join(lines) + "\n"


def ends_anew(before: Person | None, person: Person) -> bool:
    """Whether a row brings an end that the row before did not: another date, or another reason."""
    if person.end_date is None:
        return False
    return before is None or (before.end_date, before.end_reason) != (person.end_date, person.end_reason)


def ends_at_once(person: Person, now: datetime) -> bool:
    """Whether the person's end takes effect when the row arrives: involuntary, or already past where they work."""
    if person.end_date is None:
        return False
    return person.end_reason == "involuntary" or person.end_date < now.astimezone(person.zone).date()


def _judgements(feed: Feed, row: Row, now: datetime) -> list[tuple[str, str, list[str]]]:
    history, person = feed.history(row.line), row.person
    before = history[-2].person if len(history) > 1 else None
    given = f"Given the person of line {row.line} stands as HR had them before"
    when = f"When HR's row of line {row.line} takes effect"
    ends = ends_anew(before, person)
    found: list[tuple[str, str, list[str]]] = []
    if before is None and not ends_at_once(person, now) and person.end_reason != "rescinded":
        id = "JN-02" if person.hire_date > now.astimezone(person.zone).date() else "JN-01"
        found.append((id, "", [f"Given nobody knows the person of line {row.line}", when, "Then the hire is right"]))
    elif before is not None and not ends:
        found.append(("MV-01", "", [given, when, "Then the move is right"]))
    if ends:
        id = "LV-02" if person.end_reason == "involuntary" else "LV-01"
        found.append((id, "" if before else ", the end", [given, when, "Then the end is right"]))
    return found


def _plain(name: str) -> str:
    """A name that Gherkin takes as text: angle brackets would be outline parameters."""
    return " ".join(name.replace("<", "‹").replace(">", "›").split())


def write_feature(folder: Path, feed: Feed, now: datetime) -> None:
    """Write the generated feature file into the run folder and let this process's run use it."""
    path = folder / "hr-feed.feature"
    path.write_text(scenarios_of(feed, now), encoding="utf-8")
    use_feature(folder)


def use_feature(folder: Path) -> None:
    """Let this process's run use a feature file that was generated already."""
    global _generated
    _generated = folder / "hr-feed.feature"


def scenario_source() -> str:
    """What the steps bind: the generated feature file of an HR feed, else every feature file of the project."""
    return "." if _generated is None else str(_generated.resolve())
