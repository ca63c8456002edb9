"""The feed: everybody of a kind as of now, in exactly the agreed columns."""

from __future__ import annotations

import csv
import io
from typing import Any

HEADER = (
    "worker_id,first_name,last_name,department,job_title,manager_id,location,time_zone,worker_type,hire_date,"
    "end_date,end_reason,effective_date"
)


def test_the_header_is_exact_even_for_nobody(hr: Any) -> None:
    """UTF-8 without a mark, lines end in CR LF."""
    answer = hr("GET", "/feed.csv")
    assert answer.content == f"{HEADER}\r\n".encode()
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def test_contractors_have_a_file_of_their_own(hr: Any) -> None:
    """Interns and fixed-term workers are in the employees' file."""
    for number, kind in enumerate(("employee", "intern", "fixed-term", "contractor")):
        hr.put(f"W{number}", worker_type=kind)
    files = {kind: hr("GET", f"/feed.csv?worker_type={kind}").text for kind in ("employee", "contractor")}
    assert [line.split(",")[0] for line in files["employee"].splitlines()[1:]] == ["W0", "W1", "W2"]
    assert [line.split(",")[0] for line in files["contractor"].splitlines()[1:]] == ["W3"]
    assert hr("GET", "/feed.csv?worker_type=robot").status_code == 400


def test_awkward_values_survive(hr: Any) -> None:
    """Commas, quotes, line ends and every script are read back as they were."""
    names = {"E1": 'O"Brien, Zoë', "E2": "two\nlines", "E3": "张伟"}
    for worker, name in names.items():
        hr.put(worker, last_name=name)
    rows = csv.DictReader(io.StringIO(hr("GET", "/feed.csv").content.decode(), newline=""))
    assert {row["worker_id"]: row["last_name"] for row in rows} == names


def test_further_columns_come_when_asked_for(hr: Any) -> None:
    """The first thirteen stay the same."""
    hr.put("E1", end_date="2026-04-01", end_reason="involuntary")
    lines = hr("GET", "/feed.csv?further=true").text.splitlines()
    row = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert lines[0].startswith(f"{HEADER},person_key,")
    assert (row["end_now"], row["company"], row["updated_at"]) == ("Y", "ACME-DE", "2026-03-02T14:00:00.000Z")
    assert hr("GET", "/feed.csv?further=maybe").status_code == 400


def test_waiting_rows_are_not_in_the_feed(hr: Any) -> None:
    """They enter it when they count."""
    hr.put("E1", effective_date="2026-03-05")
    assert hr("GET", "/feed.csv").text.count("\r\n") == 1
    hr.advance("2026-03-05T00:00:00Z")
    assert "E1,Ada,Byron" in hr("GET", "/feed.csv").text
