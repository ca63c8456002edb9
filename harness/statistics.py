"""What a number of cases can show: exact binomial bounds, sample sizes, and which percentiles may be printed. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

CONFIDENCE = 0.95
_PERCENTILES = (90, 95, 99)


def lower_bound(successes: int, n: int, confidence: float = CONFIDENCE) -> float:
    """One-sided lower Clopper-Pearson limit of a share: what the cases show at least, at the given confidence.

    Raises ValueError unless 0 <= successes <= n and n > 0.

    >>> round(lower_bound(25, 25), 3), round(lower_bound(295, 297), 3)
    (0.887, 0.979)
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError(f"{successes} of {n} is no share")
    doubt = 1 - confidence
    if successes == 0:
        return 0.0
    if successes == n:
        return float(doubt ** (1 / n))
    low, high = 0.0, successes / n
    while high - low > 1e-12:
        middle = (low + high) / 2
        if _at_least(successes, n, middle) < doubt:
            low = middle
        else:
            high = middle
    return low


def clean_runs(share: float, confidence: float = CONFIDENCE) -> int:
    """How many cases without a failure support "at least `share`".

    >>> clean_runs(0.95), clean_runs(0.99)
    (59, 299)
    """
    return math.ceil(math.log(1 - confidence) / math.log(share) - 1e-9)


def runs_needed(share: float, failures: int, confidence: float = CONFIDENCE) -> int:
    """The least number of cases that supports "at least `share`" although `failures` of them failed.

    >>> [runs_needed(0.99, failures) for failures in (0, 1, 2, 3)]
    [299, 473, 628, 773]
    """
    low, high = failures, max(1, 2 * failures)
    while lower_bound(high - failures, high, confidence) < share:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if lower_bound(middle - failures, middle, confidence) < share:
            low = middle
        else:
            high = middle
    return high


def chance_to_see(share: float, n: int) -> float:
    """The chance that `n` cases show something that befalls one in 1/`share` at least once.

    >>> round(chance_to_see(0.02, 25), 2)
    0.4
    """
    return float(1 - (1 - share) ** n)


def percentiles(n: int) -> tuple[int, ...]:
    """The percentiles whose upper limit (95 %) is the largest of `n` observations; below 29 there is none to print.

    >>> percentiles(28), percentiles(29), percentiles(59), percentiles(299)
    ((), (90,), (90, 95), (90, 95, 99))
    """
    return tuple(mark for mark in _PERCENTILES if n >= clean_runs(mark / 100))


def median(values: Sequence[float]) -> float | None:
    """The middle of the values, None of none."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def percent(share: float) -> str:
    """A share or bound in percent with one digit, as tables print it.

    >>> percent(lower_bound(30, 30)), percent(1.0)
    ('90.5 %', '100.0 %')
    """
    return f"{100 * share:.1f} %"


def _at_least(successes: int, n: int, share: float) -> float:
    """The chance of `successes` or more among `n`, summed over the failures so that good samples are cheap."""
    if share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    good, bad = math.log(share), math.log1p(-share)
    whole = math.lgamma(n + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(n - k + 1) + (n - k) * good + k * bad)
        for k in range(n - successes + 1)
    )
