"""The set of marked rows, and the range that is being marked."""

from collections.abc import Iterable, Sequence, Set
from enum import Enum


class RangeKind(Enum):
    """How a range was begun, and therefore what ends it."""

    KEPT = "kept"
    """By a key of its own: every move extends it, until that key comes again."""
    HELD = "held"
    """By moving with shift: the first move without shift ends it."""


class Marks:
    """Row ids that are marked; a range adds every row between where it began and the cursor."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self.range_kind: RangeKind | None = None
        self._before: set[int] = set()
        self._anchor = 0
        self._end = 0

    def begin_range(self, view: Sequence[int], line: int, kind: RangeKind) -> None:
        """Begin a range at `line` of `view`; that row is marked at once."""
        self._before = set(self.rows)
        self._anchor = self._end = line
        self.range_kind = kind
        self.rows.add(view[line])

    def extend_range(self, view: Sequence[int], line: int) -> tuple[int, int]:
        """Let the range end at `line`; return the first and last line whose mark may have changed."""
        old, new = self._span(self._end), self._span(line)
        for left in _outside(old, new):
            self.rows.difference_update(row for row in view[left.start : left.stop] if row not in self._before)
        for joined in _outside(new, old):
            self.rows.update(view[joined.start : joined.stop])
        changed = (min(self._end, line), max(self._end, line))
        self._end = line
        return changed

    def end_range(self) -> None:
        """End the range and keep its marks."""
        self.range_kind = None
        self._before = set()

    def cancel_range(self) -> None:
        """End the range and restore the marks from before it."""
        self.rows = set(self._before)
        self.end_range()

    def toggle(self, row: int) -> None:
        """Mark `row`, or unmark it if it is marked."""
        self.rows ^= {row}

    def replace(self, rows: Iterable[int]) -> None:
        """Mark exactly `rows`; a range ends."""
        self.end_range()
        self.rows = set(rows)

    def frozen(self) -> Set[int]:
        """Return the marked rows as they are now."""
        return frozenset(self.rows)

    def _span(self, end: int) -> range:
        return range(min(self._anchor, end), max(self._anchor, end) + 1)


def _outside(span: range, other: range) -> tuple[range, range]:
    """Return the parts of `span` before and after `other`; both spans share the anchor, so they overlap."""
    return range(span.start, max(span.start, other.start)), range(min(span.stop, other.stop), span.stop)
