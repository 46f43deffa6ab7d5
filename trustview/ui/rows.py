"""Rows: the review items of a snapshot, worst first, with the look-ups that the cockpit needs; each is made once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from trustview.store import ItemRow


@dataclass(frozen=True)
class Rows:
    """All rows of the queue; a row's number is its place here and never changes."""

    items: Sequence[ItemRow]

    def __getitem__(self, number: int) -> ItemRow:
        return self.items[number]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[ItemRow]:
        return iter(self.items)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each row, by the id of its item."""
        return {row.id: number for number, row in enumerate(self.items)}

    @cached_property
    def found(self) -> tuple[int, ...]:
        """The rows with findings: those that count for the progress of the review."""
        return tuple(number for number, row in enumerate(self.items) if row.severity is not None)

    @cached_property
    def _outliers(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, list[int]] = {}
        for number, row in enumerate(self.items):
            if row.outlier_of:
                found.setdefault(row.outlier_of, []).append(number)
        return {item: tuple(numbers) for item, numbers in found.items()}

    def outliers(self, item: str) -> tuple[int, ...]:
        """The rows that differ from a fleet."""
        return self._outliers.get(item, ())

    def number(self, item: str) -> int | None:
        """The number of an item; None when it is not in this snapshot."""
        return self.numbers.get(item)
