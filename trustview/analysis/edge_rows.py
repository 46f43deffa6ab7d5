"""Rows: the numbers of the edges at each node, in one array; and the same with some edges gone and some come."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
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


def amend_rows(before: Rows, ends: array[int], gone: Iterable[int], came: Iterable[int], count: int) -> Rows:
    """The rows without the edges that are gone, and with those that came last in each; what is between is copied."""
    turned: dict[int, tuple[set[int], list[int]]] = {}
    for number in gone:
        turned.setdefault(ends[number], (set(), []))[0].add(number)
    for number in came:
        turned.setdefault(ends[number], (set(), []))[1].append(number)
    offsets, numbers, copied = array("I", [0]), array("I"), 0
    for node in (*sorted(turned), count):
        _copy(before, offsets, numbers, copied, node)
        if node < count:
            left, new = turned[node]
            own = before[node] if node < len(before) else ()
            numbers.extend([number for number in own if number not in left])
            numbers.extend(new)
            offsets.append(len(numbers))
        copied = node + 1
    return Rows(offsets, numbers)


def _copy(before: Rows, offsets: array[int], numbers: array[int], first: int, end: int) -> None:
    """Put the rows from one node up to another behind those that are there; nodes that were not known are empty."""
    known = min(end, len(before))
    if first < known:
        moved = len(numbers) - before.offsets[first]
        numbers.extend(before.numbers[before.offsets[first] : before.offsets[known]])
        offsets.extend([offset + moved for offset in before.offsets[first + 1 : known + 1]])
    offsets.extend([len(numbers)] * (end - max(first, known)))
