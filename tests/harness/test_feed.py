"""An HR feed nobody chose: bad rows are named with line and reason, the others become scenarios."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from harness.feed import FeedError, parse_feed, read_feed, scenarios_of
from harness.personas import COLUMNS

HEADER = ",".join(COLUMNS)
GOOD = "W1,Zoë,O'Brien,Sales,Rep,E1006,NYC,America/New_York,employee,2026-03-02,,,"
NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)


def feed(*rows: str) -> str:
    return "\r\n".join([HEADER, *rows]) + "\r\n"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("W2,A,B,Sales,Rep,,NYC,America/New_York,employee,2026-13-01,,,", "hire_date '2026-13-01' is no date"),
        ("W2,A,B,Sales,Rep,,NYC,Mars/Olympus,employee,2026-03-02,,,", "time_zone 'Mars/Olympus' is no IANA time zone"),
        ("W2,,B,Sales,Rep,,NYC,America/New_York,employee,2026-03-02,,,", "first_name is empty"),
        ("W2,A,B,Sales,Rep,,NYC,America/New_York,robot,2026-03-02,,,", "worker_type 'robot' is none of"),
        ("W2,A,B,Sales,Rep,,NYC,America/New_York,employee,2026-03-02,2026-03-01,,", "lies before hire_date"),
        ("W2,A,B,Sales,Rep,,NYC,America/New_York,employee,2026-03-02,,voluntary,", "needs an end_date"),
        ("W2,A,B,Sales,Rep,W2,NYC,America/New_York,employee,2026-03-02,,,", "manager_id is the worker's own id"),
        ("W2,A,B,Sales", "it has 4 fields, the header has 13"),
        ('W"2,A,B,Sales,Rep,,NYC,America/New_York,employee,2026-03-02,,,', "holds more than letters, digits"),
        ("W/2,A,B,Sales,Rep,,NYC,America/New_York,employee,2026-03-02,,,", "holds more than letters, digits"),
        (f"W2,{'A' * 51},B,Sales,Rep,,NYC,America/New_York,employee,2026-03-02,,,", "at most 50 are taken"),
        ("W2,A,B,Sales,Rep,,NYC,America/New_York,employee,2026-W10-1,,,", "hire_date '2026-W10-1' is no date"),
        ("W2,A,B,Sales,Rep,,NYC,America/New_York,employee,2026-02-29,,,", "hire_date '2026-02-29' is no date"),
        ("W2,A,B,Sales,Rep,,NYC,America/New_York,employee,2026-03-02,9999-12-31,,", "leave it empty when no end"),
        ("W2,A\x07,B,Sales,Rep,,NYC,America/New_York,employee,2026-03-02,,,", "control character"),
    ],
)
def test_a_bad_row_is_named_and_the_others_proceed(row: str, reason: str) -> None:
    """The reason names the column and the value; the good rows around it stay."""
    found = parse_feed(feed(GOOD, row, GOOD.replace("W1", "W3")))
    assert [r.line for r in found.rows] == [2, 4]
    assert [bad.line for bad in found.rejected] == [3]
    assert reason in found.rejected[0].reason


def test_lines_count_physical_lines() -> None:
    """A quoted line break inside a field moves the numbers of the rows behind it."""
    found = parse_feed(feed(GOOD.replace("Rep", '"Re\np"'), "W2,A", GOOD))
    assert [bad.line for bad in found.rejected] == [2, 4]
    assert [row.line for row in found.rows] == [5]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_only(end: str) -> None:
    """Whatever ends the lines, the rows behind it proceed."""
    text = end.join([HEADER, GOOD, "", 'W2,A,"B,Sales', GOOD.replace("W1", "W3"), ""])
    found = parse_feed(text)
    assert [row.line for row in found.rows] == [2, 5]
    assert [(bad.line, "never closed" in bad.reason) for bad in found.rejected] == [(4, True)]


def test_a_login_that_okta_cannot_hold_is_refused() -> None:
    """A hundred characters are the limit, the mail domain included."""
    long = GOOD.replace("Zoë", "A" * 50).replace("O'Brien", "B" * 50)
    with pytest.raises(FeedError, match="has 114 characters, Okta takes at most 100"):
        parse_feed(feed(long), mail_domain="acme.example")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("worker_id,name\r\nW1,A\r\n", "the header must be exactly"),
        ("", "the header must be exactly"),
        (HEADER + "\r\n", "has no usable row"),
        (feed("W2,A"), "has no usable row; line 2"),
    ],
)
def test_a_file_that_is_no_feed_cannot_run(text: str, reason: str) -> None:
    """A wrong header, or no usable row at all, is refused as a whole."""
    with pytest.raises(FeedError, match=reason):
        parse_feed(text)


def test_a_byte_order_mark_is_allowed_and_other_encodings_are_not(tmp_path) -> None:
    """UTF-8 with or without mark; Latin-1 is refused with the remedy."""
    path = tmp_path / "feed.csv"
    path.write_bytes(feed(GOOD).encode("utf-8-sig"))
    assert read_feed(path).rows[0].person.first_name == "Zoë"
    path.write_bytes(feed(GOOD).encode("latin-1"))
    with pytest.raises(FeedError, match="save it as UTF-8"):
        read_feed(path)


def test_rows_of_one_worker_are_hire_move_and_end() -> None:
    """The first row hires, a later one moves, a new end date ends; each judgement carries its catalogue id."""
    rows = [
        GOOD,
        GOOD.replace("Sales", "Finance") + "2026-04-01",
        GOOD.replace("2026-03-02,,,", "2026-03-02,2026-05-01,voluntary,"),
        GOOD.replace("W1", "W2").replace("2026-03-02,,,", "2026-09-01,,,"),
        GOOD.replace("W1", "W3").replace("2026-03-02,,,", "2026-01-02,2026-03-02,involuntary,"),
    ]
    text = scenarios_of(parse_feed(feed(*rows)), NOW)
    tags = [line.split()[0] for line in text.splitlines() if line.strip().startswith("@")]
    assert tags == ["@JN-01", "@MV-01", "@LV-01", "@JN-02", "@LV-02"]
    assert "Scenario: line 2: Zoë O'Brien" in text


@pytest.mark.parametrize(
    ("rows", "judged"),
    [
        (["2026-03-20,2026-03-19,rescinded,"], ["@LV-01"]),
        (["2026-03-20,,,", "2026-03-20,2026-03-20,rescinded,"], ["@JN-02", "@LV-01"]),
        (["2025-03-01,2026-03-20,voluntary,", "2025-03-01,2026-03-20,involuntary,"], ["@JN-01", "@LV-01", "@LV-02"]),
        (["2025-03-01,2026-03-20,voluntary,", "2025-03-01,,,2026-03-10"], ["@JN-01", "@LV-01", "@MV-01"]),
        (["2025-03-01,,,", "2025-03-01,,,"], ["@JN-01", "@MV-01"]),
        (["2025-03-01,2026-03-01,voluntary,"], ["@LV-01"]),
    ],
)
def test_what_a_row_asks_for_follows_from_the_row_before(rows: list[str], judged: list[str]) -> None:
    """A hire that never began is an end only; another reason is another end; an end taken back is a move."""
    text = scenarios_of(parse_feed(feed(*(GOOD.replace("2026-03-02,,,", row) for row in rows))), NOW)
    assert [line.split()[0] for line in text.splitlines() if line.strip().startswith("@")] == judged


def test_a_move_counts_from_its_effective_date() -> None:
    """The history of a row holds the earlier rows in the order in which they take effect."""
    later = GOOD.replace("Sales", "Finance") + "2026-06-01"
    sooner = GOOD.replace("Sales", "Support") + "2026-04-01"
    found = parse_feed(feed(GOOD, later, sooner))
    assert [row.line for row in found.history(3)] == [2, 4, 3]
    assert found.history(3)[0].person.hire_date == date(2026, 3, 2)
