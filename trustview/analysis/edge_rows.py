"""Rows: the numbers of the edges at each node, in one array; and the same with some edges gone and some come."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Rows:
    """Numbers of edges by node, in one array: those of node n stand from offsets[n] to offsets[n + 1]."""

    offsets: array[int]
    numbers: array[int]

    def __getitem__(self, node: int) -> array[int]:
        return self.numbers[self.offsets[node] : self.offsets[node + 1]]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def find_rows(ends: array[int], count: int) -> Rows:
    """The rows of edges of which `ends` says at which of `count` nodes each stands."""
    sizes = [0] * count
    for end in ends:
        sizes[end] += 1
    offsets = array("I", accumulate(sizes, initial=0))
    numbers, places = array("I", bytes(4 * len(ends))), offsets.tolist()
    for number, end in enumerate(ends):
        numbers[places[end]] = number
        places[end] += 1
    return Rows(offsets, numbers)


class AmendedRows:
    """The same with the rows of some nodes otherwise, and of new ones; one array of all is made when asked for."""

    _before: Rows
    _changed: dict[int, array[int]]

    def __init__(self, before: Rows | AmendedRows, changed: dict[int, array[int]], count: int) -> None:
        if isinstance(before, AmendedRows):
            changed = before._changed | changed
            before = before._before
        self._before, self._changed, self._count = before, changed, count

    def __getitem__(self, node: int) -> array[int]:
        known = self._changed.get(node)
        if known is not None:
            return known
        return self._before[node] if node < len(self._before) else array("I")

    def __len__(self) -> int:
        return self._count

    @property
    def offsets(self) -> array[int]:
        """Where the row of each node begins."""
        return self._whole.offsets

    @property
    def numbers(self) -> array[int]:
        """All rows, one after the other."""
        return self._whole.numbers

    @cached_property
    def _whole(self) -> Rows:
        """What is between the rows that are otherwise is copied."""
        before = self._before
        offsets, numbers, copied = array("I", [0]), array("I"), 0
        for node in (*sorted(self._changed), self._count):
            _copy(before, offsets, numbers, copied, node)
            if node < self._count:
                numbers.extend(self._changed[node])
                offsets.append(len(numbers))
            copied = node + 1
        return Rows(offsets, numbers)


def amend_rows(
    before: Rows | AmendedRows, gone: Iterable[tuple[int, int]], came: Iterable[tuple[int, int]], count: int
) -> AmendedRows:
    """The rows without the edges that are gone, and with those that came last in each; each is node and number."""
    turned: dict[int, tuple[set[int], list[int]]] = {}
    for node, number in gone:
        turned.setdefault(node, (set(), []))[0].add(number)
    for node, number in came:
        turned.setdefault(node, (set(), []))[1].append(number)
    changed = {
        node: array("I", [*(n for n in (before[node] if node < len(before) else ()) if n not in left), *new])
        for node, (left, new) in turned.items()
    }
    return AmendedRows(before, changed, count)


def _copy(before: Rows, offsets: array[int], numbers: array[int], first: int, end: int) -> None:
    """Put the rows from one node up to another behind those that are there; nodes that were not known are empty."""
    known = min(end, len(before))
    if first < known:
        moved = len(numbers) - before.offsets[first]
        numbers.extend(before.numbers[before.offsets[first] : before.offsets[known]])
        offsets.extend([offset + moved for offset in before.offsets[first + 1 : known + 1]])
    offsets.extend([len(numbers)] * (end - max(first, known)))
