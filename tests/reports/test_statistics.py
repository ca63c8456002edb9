"""The bounds and sample sizes that verdicts rest on, against published tables."""

from __future__ import annotations

import pytest

from harness.statistics import chance_to_see, clean_runs, lower_bound, median, percentiles, runs_needed

CLEAN_RUNS = {
    0.90: (16, 22, 29, 44),
    0.95: (32, 45, 59, 90),
    0.98: (80, 114, 149, 228),
    0.99: (161, 230, 299, 459),
    0.999: (1609, 2302, 2995, 4603),
}
BOUNDS = {
    10: (74.1, 60.6, 49.3, 39.3),
    25: (88.7, 82.4, 76.9, 71.8),
    50: (94.2, 90.9, 87.9, 85.2),
    100: (97.0, 95.3, 93.8, 92.4),
    299: (99.0, 98.4, 97.9, 97.4),
    500: (99.4, 99.1, 98.7, 98.5),  # 98.746 by exact fractions; rounding it twice gives 98.8
    1000: (99.7, 99.5, 99.4, 99.2),
}


@pytest.mark.parametrize("share", CLEAN_RUNS)
def test_clean_runs(share: float) -> None:
    """A claim at 80, 90, 95 and 99 % confidence needs the published number of clean runs."""
    assert tuple(clean_runs(share, confidence) for confidence in (0.80, 0.90, 0.95, 0.99)) == CLEAN_RUNS[share]


@pytest.mark.parametrize("n", BOUNDS)
def test_bounds(n: int) -> None:
    """The exact lower limits for nought to three failures equal the published ones to a tenth of a percent."""
    assert tuple(round(100 * lower_bound(n - failures, n), 1) for failures in range(4)) == BOUNDS[n]


@pytest.mark.parametrize(("failures", "n"), [(0, 299), (1, 473), (2, 628), (3, 773)])
def test_runs_with_failures(failures: int, n: int) -> None:
    """ "At least 99 %" needs more runs after each failure, and one run fewer does not do."""
    assert runs_needed(0.99, failures) == n
    assert lower_bound(n - 1 - failures, n - 1) < 0.99 <= lower_bound(n - failures, n)


def test_bound_is_the_tail() -> None:
    """The bound rises with successes, is nought without any, and never exceeds the share seen."""
    bounds = [lower_bound(k, 40) for k in range(41)]
    assert bounds == sorted(bounds)
    assert bounds[0] == 0.0
    assert all(bound <= k / 40 for k, bound in enumerate(bounds))


@pytest.mark.parametrize(("successes", "n"), [(1, 0), (-1, 5), (6, 5), (0, 0)])
def test_no_share(successes: int, n: int) -> None:
    """A count that is no share is refused."""
    with pytest.raises(ValueError, match="is no share"):
        lower_bound(successes, n)


def test_large_samples_are_cheap() -> None:
    """A hundred thousand cases with few failures still give an exact bound."""
    assert lower_bound(99_990, 100_000) == pytest.approx(0.99983, abs=1e-5)


@pytest.mark.parametrize(("n", "seen"), [(10, 18), (25, 40), (50, 64), (100, 87), (149, 95), (228, 99)])
def test_rare_losses(n: int, seen: int) -> None:
    """How often a one-in-fifty loss shows up in n runs."""
    assert round(100 * chance_to_see(0.02, n)) == seen


def test_percentiles_start_late() -> None:
    """The maximum bounds p90 from 29 observations, p95 from 59, p99 from 299, and nothing below."""
    assert [percentiles(n) for n in (0, 28, 29, 58, 59, 298, 299)] == [
        (),
        (),
        (90,),
        (90,),
        (90, 95),
        (90, 95),
        (90, 95, 99),
    ]


def test_median() -> None:
    """The middle of an odd number, the mean of the two middle ones of an even number, None of nothing."""
    assert (median([3, 1, 2]), median([4, 1, 2, 3]), median([])) == (2, 2.5, None)
