"""One side of an ego graph as rows: edges, and titles over those that stand together. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from widgets.graph import GraphEdge, Ref, Side
from widgets.graph_window import Window


@dataclass(frozen=True, slots=True)
class Column:
    """The rows of one side, and which of them are seen; a row is the place of an edge or a title."""

    side: Side
    edges: Sequence[GraphEdge]
    rows: Sequence[int | str]
    seen: Window

    def shown(self) -> Iterator[tuple[Ref, GraphEdge] | str]:
        """Yield the rows that are seen, from top to bottom."""
        for row in self.rows[self.seen.first : self.seen.stop]:
            yield row if isinstance(row, str) else (Ref(self.side, row), self.edges[row])

    @property
    def edges_shown(self) -> list[GraphEdge]:
        """The edges that are seen."""
        return [row[1] for row in self.shown() if not isinstance(row, str)]

    @property
    def above(self) -> int:
        """How many edges come before those that are seen."""
        return _count(self.rows[: self.seen.first])

    @property
    def below(self) -> int:
        """How many edges come after those that are seen."""
        return _count(self.rows[self.seen.stop :])


def _count(rows: Sequence[int | str]) -> int:
    return sum(not isinstance(row, str) for row in rows)


def signs(column: Column, *, above: bool) -> list[str]:
    """Return the sign that counts the edges that are not seen above or below, if there is any."""
    if column.seen.is_tight:
        return [] if above else [f"↕ {column.above + column.below:,} more"]
    is_cut = column.seen.above if above else column.seen.below
    count = column.above if above else column.below
    return [f"{'↑' if above else '↓'} {count:,} more"] if is_cut else []
