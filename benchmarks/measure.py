"""Measure: what a subject reports, and how a piece of work is timed."""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: seconds of one core per item, the least and the median of the rounds.

    `ratio` is the least over the least of the baseline that `against` names; empty for a baseline itself.
    """

    subject: str
    what: str
    items: int
    least: float
    middle: float
    against: str = ""
    ratio: float = 0.0

    @property
    def per_second(self) -> float:
        """How many items one core does in a second, at best."""
        return 1 / self.least


def measure(
    subject: str,
    what: str,
    items: int,
    work: Callable[[], object],
    baseline: Measure | None = None,
    rounds: int = ROUNDS,
) -> Measure:
    """Time some work on so many items: a round that warms up, then the others; garbage is collected as usual."""
    work()
    seconds = []
    for _ in range(rounds):
        gc.collect()
        started = _spent()
        work()
        seconds.append((_spent() - started) / items)
    least = min(seconds)
    against, ratio = (baseline.what, least / baseline.least) if baseline else ("", 0.0)
    return Measure(subject, what, items, least, median(seconds), against, ratio)


def _spent() -> float:
    """Processor seconds so far, those of ended child processes too: other work on the machine counts for less."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
