"""FindingList: the findings of a snapshot that a condition holds for; they may be more than memory holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from trustview.analysis import Severity
from trustview.store import snapshot_values as values
from trustview.store.item_query import Condition, one_of, severity_at_least
from trustview.store.snapshot_tables import SnapshotTables

if TYPE_CHECKING:
    from trustview.analysis import Finding


class FindingList:
    """Worst first; read as one walks, as often as one walks. How many there are is known without reading them.

    Of this severity and worse; of these checks and accounts alone, None for all.
    """

    def __init__(
        self,
        tables: SnapshotTables,
        at_least: Severity = Severity.INFO,
        checks: Iterable[str] | None = None,
        accounts: Iterable[str] | None = None,
    ) -> None:
        self._tables = tables
        with tables.reading():
            numbers = None if checks is None else [tables.number(check) for check in checks]
        self._condition = severity_at_least(at_least) & one_of("check_", numbers) & one_of("account", accounts)

    def __iter__(self) -> Iterator[Finding]:
        return self._read(self._condition)

    def by_severity(self) -> dict[Severity, int]:
        """How many there are of each severity, the worst first."""
        wanted = self._condition
        query = f"SELECT severity, count(*) FROM finding WHERE {wanted.sql} GROUP BY 1 ORDER BY 1 DESC"  # noqa: S608
        with self._tables.reading():
            return {Severity(severity): count for severity, count in self._tables.rows(query, *wanted.values)}

    def firsts_of_checks(self) -> Iterator[Finding]:
        """The first finding of each check."""
        wanted = self._condition
        firsts = f"number IN (SELECT min(number) FROM finding WHERE {wanted.sql} GROUP BY check_)"  # noqa: S608
        return self._read(Condition(firsts, wanted.values))

    def _read(self, wanted: Condition) -> Iterator[Finding]:
        query = f"{values.FINDINGS} WHERE {wanted.sql} ORDER BY number"
        with self._tables.reading():
            for row in self._tables.walk(query, *wanted.values):
                yield values.read_finding(self._tables, row)
