"""From ledger units to figures, bounds and verdicts."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from harness.journal import Event
from harness.kpis import KpiFigure, figures, ledger_csv
from tests.reports.journals import at, finished, population, run_started, started, unit, units


def figure(kpi: str, events: list[Event], **head: Any) -> KpiFigure:
    """The figure of one KPI over the events of one scenario."""
    told = [run_started(**head), started("LV-02"), *events, finished("LV-02")]
    return next(one for one in figures(told) if one.id == kpi)


def test_five_always() -> None:
    """All five KPIs are there in order, and without units nothing is known, never met."""
    empty = figures([run_started()])
    assert [one.id for one in empty] == ["K1", "K2", "K3", "K4", "K5"]
    assert {one.verdict for one in empty} == {"no_data"}
    assert {(row["verdict"], row["n"]) for row in (one.row() for one in empty)} == {("inconclusive", 0)}


def test_k1_worked_example() -> None:
    """295 of 297 with one failure and one unknown is met as a census and met so far as a sample."""
    rows = units("K1", 295, 1, 1)[1:] + [unit("K1", f"x{n}", "X", reason="superseded") for n in range(3)]
    sample = figure("K1", [population("K1", 300), *rows])
    assert (sample.n, sample.failures, sample.inconclusive, sample.excluded) == (297, 1, 1, 3)
    assert sample.value == pytest.approx(295 / 296, abs=1e-6)
    assert sample.lower_bound == pytest.approx(0.979, abs=5e-4)
    assert sample.verdict == "met_so_far"
    census = figure("K1", [population("K1", 300), *rows], evidence="observation")
    assert (census.verdict, census.lower_bound) == ("met", None)


@pytest.mark.parametrize(
    ("good", "bad", "unknown", "verdict"),
    [
        (1, 0, 0, "met_so_far"),
        (298, 0, 0, "met_so_far"),
        (299, 0, 0, "met"),
        (472, 1, 0, "met"),
        (471, 1, 0, "met_so_far"),
        (99, 1, 0, "not_met"),  # 99 % exactly: the target is strict
        (99, 0, 1, "inconclusive"),  # best 100 %, worst 99 %
        (0, 1, 0, "not_met"),
        (0, 0, 3, "inconclusive"),
    ],
)
def test_k1_verdicts(good: int, bad: int, unknown: int, verdict: str) -> None:
    """Unknowns count against *met* and in favour when *not met* is said; a sample needs its bound."""
    assert figure("K1", units("K1", good, bad, unknown)).verdict == verdict


@pytest.mark.parametrize(("kpi", "limit"), [("K2", 900), ("K4", 14400)])
@pytest.mark.parametrize(
    ("lo", "hi", "verdict"),
    [(-2, -1, "met_so_far"), (-1, 0, "inconclusive"), (0, 1, "not_met"), (0, None, "inconclusive")],
)
def test_limits_are_strict(kpi: str, limit: int, lo: int, hi: int | None, verdict: str) -> None:
    """Certainly in time is below the limit, certainly late at it or beyond, between is unknown."""
    rows = units(kpi, 1, lo=limit + lo, hi=None if hi is None else limit + hi)
    assert figure(kpi, rows).verdict == verdict


def test_intervals_count_at_both_ends() -> None:
    """An uncertain start widens the latency at both ends."""
    row = unit("K2", "u", "S", 905, 910, start_lo=at(0), start_hi=at(20))
    one = figure("K2", [population("K2", 1), row])
    assert (one.verdict, one.value) == ("inconclusive", 910)
    assert one.reasons == ("I 1: straddles 15 min",)


@pytest.mark.parametrize(("n", "verdict"), [(58, "met_so_far"), (59, "met")])
def test_k2_claims_a_share(n: int, verdict: str) -> None:
    """A rehearsal claims 95 % of cases at 95 % confidence: 59 units, all in time."""
    assert figure("K2", units("K2", n)).verdict == verdict


def test_one_late_unit() -> None:
    """A late unit is not met at any n, and is named."""
    one = figure("K2", [*units("K2", 99)[1:], unit("K2", "slow", "S", 1000, 1010), population("K2", 100)])
    assert (one.verdict, one.failures, one.value) == ("not_met", 1, 1010)
    assert one.worst is not None
    assert one.worst.startswith("slow (Ada Lovelace): at most 16 min 50 s, late")


def test_percentiles_only_when_earned() -> None:
    """No percentile below 29 clean units; then the maximum bounds p90, from 59 also p95."""
    assert figure("K2", units("K2", 28)).percentiles == ()
    assert figure("K2", units("K2", 29)).percentiles == ((90, 372.0),)
    assert figure("K2", units("K2", 59)).percentiles == ((90, 372.0), (95, 372.0))


def test_nudged_timing() -> None:
    """Nudged units are excluded from K2 and K4 with the reason; K1 counts them and says so."""
    k2 = figure("K2", units("K2", 3, timing="nudged"))
    assert (k2.n, k2.excluded, k2.verdict) == (0, 3, "no_data")
    assert k2.reasons == ("X 3: nudged timing carries no limit",)
    hidden = figure("K4", [population("K4", 1), unit("K4", "a", "F", timing="nudged", reason="never")])
    assert hidden.reasons == ("X 1: nudged timing carries no limit; it was F: never",)
    k1 = figure("K1", units("K1", 3, timing="nudged"))
    assert (k1.n, k1.timing) == (3, "nudged")
    assert "Forced steps took part" in k1.sentence


@pytest.mark.parametrize("kpi", ["K3", "K5"])
def test_censuses(kpi: str) -> None:
    """A census has no bound and is met only when nothing failed and nothing is unknown."""
    full, broken, dark = (figure(kpi, units(kpi, 10, *rest, lo=None, hi=None)) for rest in ((), (1,), (0, 1)))
    assert [(one.verdict, one.lower_bound) for one in (full, broken, dark)] == [
        ("met", None),
        ("not_met", None),
        ("inconclusive", None),
    ]
    assert broken.value == pytest.approx(10 / 11, abs=1e-6)


def test_population_apart() -> None:
    """Two counts that differ make the KPI inconclusive whatever the rate, unless a row explains the difference."""
    rows = units("K2", 59)[1:]
    apart = figure("K2", [population("K2", 59, 58), *rows])
    assert apart.verdict == "inconclusive"
    assert "accounts disabled: 58" in apart.reasons[0]
    never = unit(
        "K2", "prehire", "F", None, None, start_source=None, start_lo=None, start_hi=None, reason="never disabled"
    )
    assert figure("K2", [population("K2", 60, 59), *rows, never]).verdict == "not_met"
    explained = unit("K2", "second account", evidence=("population: an administrator's second account",))
    assert figure("K2", [population("K2", 59, 60), *rows, explained]).verdict == "met"


def test_population_missing() -> None:
    """A ledger without a counted population, or shorter than it, proves nothing."""
    rows = units("K5", 4)[1:]
    assert figure("K5", rows).verdict == "inconclusive"
    assert figure("K5", [population("K5", 5), *rows]).verdict == "inconclusive"
    assert figure("K5", [population("K5", 1)]).verdict == "inconclusive"


def test_uncounted_sample() -> None:
    """A sample whose population nobody counted is never more than met so far, and a failure in it still counts."""
    one = figure("K2", units("K2", 59)[1:])
    assert one.verdict == "met_so_far"
    assert "not counted a second time" in one.sentence
    assert "cases are needed" not in one.sentence
    assert figure("K2", units("K2", 59, 1)[1:]).verdict == "not_met"
    assert figure("K2", units("K2", 59)[1:], evidence="observation").verdict == "inconclusive"


def test_apps_are_counted_once() -> None:
    """Two scenarios that judge the same apps make one census, at its worst; other units of equal name stay two."""

    def scenario(id: str, *rows: Event) -> list[Event]:
        return [started(id), *rows, finished(id)]

    k3 = [population("K3", 1), unit("K3", "Vault", lo=None, hi=None)]
    bad = [population("K3", 1), unit("K3", "Vault", "F", None, None, reason="Okta provisioning is on")]
    k2 = units("K2", 1)
    told = [run_started(), *scenario("BD-01", *k3, *k2), *scenario("BD-08", *bad, *k2)]
    by_id = {one.id: one for one in figures(told)}
    assert (by_id["K3"].n, by_id["K3"].failures, by_id["K3"].verdict) == (1, 1, "not_met")
    assert by_id["K2"].n == 2


def test_pending_is_shown() -> None:
    """A pending unit is neither counted nor dropped."""
    one = figure("K4", [*units("K4", 2)[1:], unit("K4", "open", "pending", None, None), population("K4", 3)])
    assert (one.n, one.pending) == (2, 1)


def test_unknown_outcome() -> None:
    """An outcome outside the five is refused rather than dropped."""
    with pytest.raises(ValueError, match="is no outcome"):
        figures([run_started(), unit("K1", "u", "ok")])


def test_ledger() -> None:
    """The ledger carries the counted outcome and the evidence class, and no cell is a formula."""
    rows = [unit("K2", "=cmd", "S", 1000, 1010), unit("K2", "n", timing="nudged"), population("K2", 2)]
    text = ledger_csv([run_started(), started("LV-02"), *rows], "K2")
    sheet = list(csv.DictReader(io.StringIO(text)))
    assert list(sheet[0])[:4] == ["unit", "person", "class", "timing"]
    assert [(row["unit"], row["class"], row["outcome"]) for row in sheet] == [
        ("'=cmd", "simulated", "F"),
        ("n", "simulated", "X"),
    ]
    assert sheet[0]["scenario"] == "LV-02"


def test_sentences() -> None:
    """The sentence says the count, the slowest, what it supports and what is still missing."""
    assert figure("K2", units("K2", 30)).sentence == (
        "30 of 30 terminations ended in time. The slowest took at most 6 min 12 s. "
        "This supports a share of at least 90.5 % (95 % confidence). "
        "To claim at least 95 %, 59 cases are needed: 29 more without a failure."
    )
