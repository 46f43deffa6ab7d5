"""Rows: the review items of a snapshot, worst first, with the look-ups that the cockpit needs; each is made once."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from trustview.store import Condition, ItemRow, ItemTable


@dataclass(frozen=True)
class Rows:
    """All rows of the queue; a row's number is its place here and never changes."""

    items: ItemTable

    def __getitem__(self, number: int) -> ItemRow:
        return self.items[number]

    def __len__(self) -> int:
        return len(self.items)

    @property
    def found(self) -> range:
        """The rows with findings: those that count for the progress of the review."""
        return range(self.items.found)

    def number(self, item: str) -> int | None:
        """The number of an item; None when it is not in this snapshot."""
        return self.items.number(item)

    def numbers(self, items: Iterable[str]) -> dict[str, int]:
        """The numbers of those items that are in this snapshot."""
        return self.items.numbers(items)

    def matching(self, condition: Condition, most: int = -1) -> tuple[int, ...]:
        """The numbers of the rows that a condition holds for, in order, at most so many (-1: all)."""
        return self.items.matching(condition, most)

    def matching_by_and_by(self, condition: Condition) -> Iterator[tuple[int, ...]]:
        """The same, a stretch of the table at a time: the first are there soon."""
        return self.items.matching_by_and_by(condition)


def line_of(view: Sequence[int], number: int | None) -> int | None:
    """Where a row stands in a view, whose numbers rise; None when it is not there."""
    if number is None:
        return None
    line = bisect_left(view, number)
    return line if line < len(view) and view[line] == number else None
