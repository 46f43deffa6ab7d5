"""ItemTable: the queue of a snapshot, read as it is looked at; the queue may be longer than the memory is large."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from threading import Lock
from typing import overload

from trustview.analysis import Party, Severity
from trustview.store import snapshot_values as values
from trustview.store.item_query import Condition
from trustview.store.snapshot_keys import text_value
from trustview.store.snapshot_rows import ItemRow
from trustview.store.snapshot_tables import SnapshotTables

PAGE = 128
_PAGES_KEPT = 64
STRETCH = 16_384
"""So many rows are looked through between two moments at which a search can be given up."""
_AT_ONCE = 500


class ItemTable(Sequence[ItemRow]):
    """All rows, worst first; a row's number is its place and never changes. Threads may share it."""

    def __init__(self, tables: SnapshotTables) -> None:
        self._tables = tables
        self._pages: OrderedDict[int, tuple[ItemRow, ...]] = OrderedDict()
        self._numbers: dict[str, int | None] = {}
        self._lock = Lock()

    @cached_property
    def _count(self) -> int:
        with self._tables.reading():
            return next(self._tables.rows("SELECT coalesce(max(number), 0) FROM item"))[0]  # type: ignore[no-any-return]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> ItemRow: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[ItemRow, ...]: ...

    def __getitem__(self, index: int | slice) -> ItemRow | tuple[ItemRow, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(*index.indices(len(self))))
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(f"no row {index}")
        return self._page(index // PAGE)[index % PAGE]

    def _page(self, page: int) -> tuple[ItemRow, ...]:
        with self._lock:
            if page in self._pages:
                self._pages.move_to_end(page)
                return self._pages[page]
        first = page * PAGE + 1
        query = f"{values.ITEMS} WHERE number BETWEEN ? AND ? ORDER BY number"
        with self._tables.reading():
            rows = tuple(map(values.read_item, self._tables.rows(query, first, first + PAGE - 1)))
            expected = min(PAGE, len(self) - page * PAGE)
            if len(rows) != expected:
                raise ValueError(f"{expected} rows from {first} on are {len(rows)}")
        with self._lock:
            self._pages[page] = rows
            while len(self._pages) > _PAGES_KEPT:
                self._pages.popitem(last=False)
        return rows

    @cached_property
    def found(self) -> int:
        """How many rows have findings: they stand first."""
        return bisect_left(range(len(self)), True, key=self._is_without_findings)

    def _is_without_findings(self, number: int) -> bool:
        """Of one row, without the page around it: the first screen asks this of twenty."""
        query = "SELECT severity IS NULL FROM item WHERE number = ?"
        with self._tables.reading():
            return bool(next(self._tables.rows(query, number + 1))[0])

    def number(self, item: str) -> int | None:
        """The number of an item; None when it is not in this snapshot."""
        return self.numbers((item,)).get(item)

    def numbers(self, items: Iterable[str]) -> dict[str, int]:
        """The numbers of those items that are in this snapshot."""
        wanted = list(items)
        unknown = [item for item in dict.fromkeys(wanted) if item not in self._numbers]
        for start in range(0, len(unknown), _AT_ONCE):
            some = unknown[start : start + _AT_ONCE]
            query = f"SELECT id, number FROM item WHERE id IN ({', '.join('?' * len(some))})"  # noqa: S608 -- marks alone
            with self._tables.reading():
                there = {text_value(id_): number - 1 for id_, number in self._tables.rows(query, *some)}
            self._numbers |= {item: there.get(item) for item in some}
        return {item: number for item in wanted if (number := self._numbers[item]) is not None}

    def matching(self, condition: Condition, most: int = -1) -> tuple[int, ...]:
        """The numbers of the rows that a condition holds for, in order, at most so many (-1: all)."""
        query = f"SELECT number FROM item WHERE {condition.sql} ORDER BY number LIMIT ?"  # noqa: S608 -- made of marks
        with self._tables.reading():
            return tuple(number - 1 for (number,) in self._tables.search(query, *condition.values, most))

    def matching_by_and_by(self, condition: Condition) -> Iterator[tuple[int, ...]]:
        """The numbers of the rows that a condition holds for, in order, a stretch of the table at a time.

        Each stretch takes some milliseconds, so that first rows are there soon and whoever asks can give up between.
        """
        narrowed = condition & Condition("number BETWEEN ? AND ?")
        for first in range(1, len(self) + 1, STRETCH):
            query = f"SELECT number FROM item WHERE {narrowed.sql} ORDER BY number"  # noqa: S608 -- made of marks
            with self._tables.reading():
                found = self._tables.search(query, *narrowed.values, first, first + STRETCH - 1)
                yield tuple(number - 1 for (number,) in found)

    def found_ids(self) -> dict[str, Severity]:
        """The ids of all rows with findings, with their severities."""
        query = "SELECT id, severity FROM item WHERE severity IS NOT NULL"
        with self._tables.reading():
            return {text_value(id_): Severity(severity) for id_, severity in self._tables.search(query)}

    def by_severity(self) -> dict[Severity, int]:
        """How many rows with findings there are of each severity."""
        query = "SELECT severity, count(*) FROM item WHERE severity IS NOT NULL GROUP BY severity"
        with self._tables.reading():
            return {Severity(severity): count for severity, count in self._tables.search(query)}

    def by_party(self) -> dict[tuple[Party, Severity], int]:
        """How many rows with findings there are of each party and severity."""
        query = (
            "SELECT party, severity, count(*) FROM item WHERE severity IS NOT NULL AND party IS NOT NULL "
            "GROUP BY party, severity"
        )
        with self._tables.reading():
            return {(Party(party), Severity(severity)): count for party, severity, count in self._tables.search(query)}

    def found_in(self) -> Iterator[tuple[Severity, tuple[str, ...], int]]:
        """How many rows with findings there are for each severity and list of places."""
        query = "SELECT severity, accounts, count(*) FROM item WHERE severity IS NOT NULL GROUP BY severity, accounts"
        with self._tables.reading():
            for severity, places, count in self._tables.search(query):
                yield Severity(severity), tuple(values.read_list(places)), count
