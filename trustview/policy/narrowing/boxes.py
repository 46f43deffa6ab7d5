"""Box: requests as one part per coordinate; which of them do these other boxes leave uncovered?

The one place that subtracts boxes. Coordinates are taken as independent: that only adds requests, so what is covered
here is covered among real requests too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trustview.policy.narrowing.parts import Part
from trustview.policy.narrowing.texts import Solver

# What it costs to hold two boxes against each other.
_STEPS_PER_BOX = 20
# Coordinate -> what it may be; a coordinate that is not there may be anything.
Parts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """All requests whose every coordinate is in its part; `path` is the statement it was read from."""

    parts: Parts
    path: str = ""

    def with_part(self, coordinate: str, part: Part) -> Box:
        """The same box with one part put in place."""
        return Box({**self.parts, coordinate: part}, self.path)


def meet(box: Box, parts: Parts, solver: Solver) -> Box | None:
    """The requests of a box that are within these parts too; None when there are none."""
    met = dict(box.parts)
    for coordinate, part in parts.items():
        mine = met.get(coordinate)
        both = part if mine is None else mine.meet(part)
        if both.is_empty(solver):
            return None
        met[coordinate] = both
    return Box(met, box.path)


class Cover:
    """What `uncovered` needs beside the boxes: the whole of each coordinate, and a solver."""

    __slots__ = ("_solver", "_whole")

    def __init__(self, whole: Parts, solver: Solver) -> None:
        self._whole, self._solver = whole, solver

    def uncovered(self, box: Box, covers: Sequence[Box], first: int = 0) -> Iterator[Box]:
        """The requests of a box that are in none of the covers from `first` on, as boxes."""
        for index in range(first, len(covers)):
            self._solver.budget.spend(_STEPS_PER_BOX)
            cover = covers[index]
            if meet(box, cover.parts, self._solver) is None:
                continue
            for left in self._minus(box, cover):
                yield from self.uncovered(left, covers, index + 1)
            return
        yield box

    def _minus(self, box: Box, other: Box) -> Iterator[Box]:
        """What of a box is outside another that it meets."""
        within = box
        for coordinate, theirs in other.parts.items():
            mine = box.parts.get(coordinate, self._whole[coordinate])
            for piece in mine.minus(theirs):
                if not piece.is_empty(self._solver):
                    yield within.with_part(coordinate, piece)
            within = within.with_part(coordinate, mine.meet(theirs))
