"""The page a customer signs: order, words, safety, access and size."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from harness.journal import Event, Noted
from harness.reports.html import html
from tests.reports.journals import (
    at,
    exchange,
    finished,
    leaver,
    outline,
    realistic,
    run_finished,
    run_started,
    started,
    step,
)


def test_page_says_the_verdict_first() -> None:
    """The page leads with what holds, broke and is not known, then the causes, KPIs, promises, coverage, scenarios."""
    page = html(list(realistic()), "c0ffee")
    marks = [
        "<h1>Something broke</h1>",
        "What holds",
        "What broke",
        "What is not known",
        "What to look at first",
        "The five KPIs",
        *(f'<h2 id="{section}">' for section in ("slas", "exposure", "coverage", "feed", "scenarios", "check", "sign")),
    ]
    places = [page.index(mark) for mark in marks]
    assert places == sorted(places)
    for text in (
        "c0ffee",
        "3f9c1d2",
        "lifecycle run",
        "random seed 1",
        "needs.siem: no log store",
        "59 cases are needed",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        (("passed",), "Everything holds"),
        (("passed", "skipped"), "Everything holds"),
        (("inconclusive",), "Nothing broke, but not everything is known"),
        (("failed",), "Something broke"),
    ],
)
def test_headline(verdicts: tuple[str, ...], words: str) -> None:
    """The big words follow the verdict."""
    assert f"<h1>{words}</h1>" in html(outline(*verdicts))


def test_page_is_self_contained() -> None:
    """No address of another host, no foreign script, and texts from a tenant stay texts."""
    page = html(list(realistic()))
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#)""", page)
    assert "http://" not in page
    assert "https://" not in page
    assert "url(" not in page.replace("url(#gaps)", "")
    assert page.count("<script") == 1
    assert "Bo &lt;b&gt;Ek&lt;/b&gt;" in page
    assert "<b>Ek</b>" not in page


def test_page_is_accessible() -> None:
    """Every table has column headers with a scope, every drawing a text, every status a word, every id one place."""
    page = html(list(realistic()))
    assert '<html lang="en">' in page
    assert page.count("<table") == page.count("<thead>")
    assert not re.search(r"<th(?! scope|ead)", page)
    for drawing in re.findall(r"<svg [^>]*>", page):
        assert 'role="img" aria-label="' in drawing or 'aria-hidden="true"' in drawing
    for badge in re.findall(r'<span class="badge \w+"><span aria-hidden="true">.</span> ([^<]*)<', page):
        assert badge.strip()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    levels = [int(level) for level in re.findall(r"<h([1-4])[ >]", page)]
    assert levels[0] == 1
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))


def test_page_stays_small() -> None:
    """A hundred and fifty scenarios with long bodies fit into two megabytes, and every one of them is named."""
    told: list[Event] = [run_started()]
    for number in range(150):
        told.append(started(f"XX-{number}", "Something long"))
        told += [step("Then", "all is well") for _ in range(8)]
        told += [Noted("okta", at(point), f"event {point} " + "y" * 200, "Ada") for point in range(40)]
        told += [exchange(n, "GET", "/api/v1/users", 200, n, "z" * 4000) for n in range(1, 13)]
        told.append(finished(f"XX-{number}", "failed", "c" * 200, exchanges=tuple(range(1, 13))))
    page = html([*told, run_finished(1)])
    assert len(page.encode()) < 2_000_000
    assert all(f'id="XX-{number}"' in page for number in range(150))
    assert "z" * 1000 not in page  # bodies whole would not fit


def test_failing_rows_are_shown_whole() -> None:
    """In a long outline the rows that failed keep their evidence."""
    told: list[Event] = [run_started()]
    for number in range(200):
        told += leaver("LV-16", "Long", f"row {number}")
    told += [started("LV-16", "Long", "bad row"), step("Then", "it ends", "failed", "the telling message")]
    page = html([*told, finished("LV-16", "failed", "a cause", "bad row"), run_finished(1)])
    assert "the telling message" in page
    assert page.count('class="whole"') < 20
