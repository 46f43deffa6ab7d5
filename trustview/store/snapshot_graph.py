"""StoredGraph: the trust graph as it stands in a snapshot file. What a question is about is read, and nothing else.

A role has few who lead to it, and an organization hundreds of thousands of edges: neighbours are looked up from step to
step, many at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trustview import analysis as conclusions
from trustview.analysis import Edge, Reach, TrustGraph
from trustview.store.snapshot_keys import text_value
from trustview.store.snapshot_tables import SnapshotTables
from trustview.store.snapshot_values import read_edges, read_numbered_edges

_AT_ONCE = 500


class StoredGraph:
    """The graph of one open file."""

    def __init__(self, tables: SnapshotTables) -> None:
        self._tables = tables
        self._reaches: dict[tuple[int, str], Reach] = {}

    def whole(self) -> TrustGraph:
        """All of it."""
        with self._tables.loading():
            return conclusions.TrustGraph(tuple(read_edges(self._tables)))

    def into(self, role: str) -> TrustGraph:
        """All from whom somebody may come to a role, however many steps away."""
        return self._near([role], "target")

    def out_of(self, nodes: Iterable[str]) -> TrustGraph:
        """All where somebody of these may come to, however many steps away."""
        return self._near(nodes, "source")

    def knows(self, node: str) -> bool:
        """Whether some edge begins or ends at a node."""
        query = "SELECT 1 FROM edge WHERE source = ? UNION ALL SELECT 1 FROM edge WHERE target = ?"
        with self._tables.reading():
            number = self._tables.number(node)
            return bool(number) and self._tables.row(query, number, number) is not None

    def nodes_with(self, part: str) -> tuple[str, ...]:
        """The names of the nodes in which a text occurs, in the order in which they were written."""
        query = (
            "SELECT value FROM name WHERE instr(value, ?) AND (EXISTS (SELECT 1 FROM edge WHERE source = name.number) "
            "OR EXISTS (SELECT 1 FROM edge WHERE target = name.number)) ORDER BY number"
        )
        with self._tables.reading():
            return tuple(text_value(value) for (value,) in self._tables.rows(query, part))

    def _near(self, nodes: Iterable[str], end: str) -> TrustGraph:
        """The edges by which somebody may get along, from these nodes on; `end` is where a step is looked up."""
        found: dict[int, Edge] = {}
        with self._tables.reading():
            waiting = [number for number in map(self._tables.number, nodes) if number]
            seen = set(waiting)
            while waiting:
                met: dict[int, None] = {}
                for number, beyond, edge in self._at(waiting, end):
                    found[number] = edge
                    met[beyond] = None
                waiting = [node for node in met if node not in seen]
                seen.update(waiting)
        return conclusions.TrustGraph(tuple(found[number] for number in sorted(found)))

    def _at(self, nodes: list[int], end: str) -> Iterator[tuple[int, int, Edge]]:
        """The edges at some nodes by which somebody may get along: number, the node at the other end, and edge."""
        for start in range(0, len(nodes), _AT_ONCE):
            some = nodes[start : start + _AT_ONCE]
            condition = f"{end} IN ({', '.join('?' * len(some))})"
            for number, source, target, edge in read_numbered_edges(self._tables, self._reaches, condition, some):
                if edge.reach.lets_in:
                    yield number, (source if end == "target" else target), edge
