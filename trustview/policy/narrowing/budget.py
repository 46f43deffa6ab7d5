"""Budget: how much a proof may cost before it says that it cannot tell.

The one place that bounds the work. Steps are counted, not time, so that the same pair always gives the same answer.
"""

from __future__ import annotations

# About half a second of work on one core: see benchmarks/narrowing.py.
STEPS = 250_000


class BudgetSpentError(Exception):
    """The proof costs more than it may; `narrower` turns it into an answer and lets it go no further."""


class Budget:
    """Steps that are left; one step is about one transition of an automaton or one pair of boxes."""

    __slots__ = ("_left",)

    def __init__(self, steps: int = STEPS) -> None:
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Take steps; BudgetSpentError when there are no more."""
        self._left -= steps
        if self._left < 0:
            raise BudgetSpentError
