"""Delimited files: their header against a source's schema, their rows one by one with what is wrong with each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from simulators.sailpoint.domain.times import zone


@dataclass(frozen=True, slots=True)
class FileRules:
    """What a source expects of a file: its columns, those that may be absent, those that must be filled in."""

    columns: tuple[str, ...]
    optional: frozenset[str]
    mandatory: tuple[str, ...]
    dates: tuple[str, ...]
    zones: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]
    key: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file; `problem` says why it cannot be used."""

    line: int
    values: Mapping[str, str]
    problem: str


def file_rules(columns: Sequence[str], key: str, settings: Mapping[str, Any]) -> FileRules:
    """The rules of a source with these schema attributes and connector attributes."""
    return FileRules(
        tuple(columns),
        frozenset(settings.get("optionalColumns") or ()),
        tuple(settings.get("mandatoryColumns") or (key,)),
        tuple(settings.get("dateColumns") or ()),
        tuple(settings.get("timeZoneColumns") or ()),
        {name: tuple(words) for name, words in (settings.get("choiceColumns") or {}).items()},
        key,
    )


def decoded(content: bytes) -> str:
    """The text of a file, its byte order mark taken off. Raises ValueError when it is not UTF-8 or no CSV."""
    text = content.decode("utf-8-sig")
    try:
        for _ in csv.reader(io.StringIO(text)):
            pass
    except csv.Error as error:
        raise ValueError(f"not CSV: {error}") from error
    return text


def header_of(text: str) -> list[str]:
    """The column names of a file.

    >>> header_of("a, b\\n1,2\\n")
    ['a', 'b']
    """
    first = next(csv.reader(io.StringIO(text)), [])
    return [name.strip() for name in first]


def header_problem(header: Sequence[str], rules: FileRules) -> str:
    """What a load is refused with when the header does not match the schema; empty when it does."""
    unknown = [name for name in header if name not in rules.columns]
    missing = [name for name in rules.columns if name not in header and name not in rules.optional]
    if not unknown and not missing:
        return ""
    parts = []
    if unknown:
        parts.append(f'Column: "[{", ".join(unknown)}]" is unknown')
    if missing:
        parts.append(f'column: "[{", ".join(missing)}]" is missing')
    text = " and/or ".join(parts)
    return text[:1].upper() + text[1:]


def rows(text: str, rules: FileRules) -> Iterator[Row]:
    """The rows of a file below its header."""
    reader = csv.reader(io.StringIO(text))
    header = [name.strip() for name in next(reader, [])]
    for cells in reader:
        if not cells:
            continue
        line = reader.line_num
        if len(cells) != len(header):
            yield Row(
                line, dict(zip(header, cells, strict=False)), f"expected {len(header)} columns, found {len(cells)}"
            )
            continue
        values = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        yield Row(line, values, _problem(values, rules))


def _problem(values: Mapping[str, str], rules: FileRules) -> str:
    for name in rules.mandatory:
        if not values.get(name):
            return f"{name} is empty"
    for name in rules.dates:
        text = values.get(name)
        if text and not _is_date(text):
            return f"{name} {text!r} is not a date (YYYY-MM-DD)"
    for name in rules.zones:
        try:
            zone(values.get(name) or "UTC")
        except ValueError:
            return f"{name} {values[name]!r} is not a time zone"
    for name, words in rules.choices.items():
        text = values.get(name)
        if text and text not in words:
            return f"{name} {text!r} is none of {', '.join(words)}"
    return ""


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def pairs(text: str, first: str, seconds: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Line, the value of one column and that of the first of several columns that a file has.

    >>> list(pairs("account,userName\\n a ,b\\n", "account", ("identity", "userName")))
    [(2, 'a', 'b')]
    """
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    names = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = names
    second = next((name for name in seconds if name in names), first)
    for row in reader:
        yield reader.line_num, str(row.get(first) or "").strip(), str(row.get(second) or "").strip()
