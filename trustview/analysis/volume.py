"""Burst: a day on which a pair of caller and role is far above its own habit. A robust statistic, explained.

The habit is the median of the other days with calls and the median absolute deviation from it, scaled by 1.4826 to
what a standard deviation would be; one wild day moves neither. Counts scatter by the root of their size even when
nothing is wrong: the deviation is never taken to be less.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import median

DEVIATIONS = 8
LEAST_DAYS = 10
_TO_STANDARD_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True)
class Burst:
    """The day, its calls, and what the `others` (other days with calls) had: their median and the most of them."""

    day: str
    count: int
    others: int
    median: float
    most: int


def find_burst(counts: Mapping[str, int], least: int) -> Burst | None:
    """The busiest day, where it is unusual; None when no day is, or when too few are known."""
    if len(counts) <= LEAST_DAYS:
        return None
    day = max(counts, key=lambda each: (counts[each], each))
    others = [count for other, count in counts.items() if other != day]
    middle = median(others)
    spread = _TO_STANDARD_DEVIATION * median(abs(count - middle) for count in others)
    limit = middle + DEVIATIONS * max(spread, sqrt(middle))
    if counts[day] < least or counts[day] <= limit:
        return None
    return Burst(day, counts[day], len(others), middle, max(others))
