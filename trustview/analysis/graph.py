"""TrustGraph: who can become whom, over the edges that `edges/` finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trustview.analysis.edges import Edge


@dataclass(frozen=True)
class TrustGraph:
    """Edges by both of their ends."""

    incoming: dict[str, tuple[Edge, ...]]
    outgoing: dict[str, tuple[Edge, ...]]

    def into(self, role: str) -> tuple[Edge, ...]:
        """Edges into a role."""
        return self.incoming.get(role, ())

    def out_of(self, principal: str) -> tuple[Edge, ...]:
        """Edges out of a principal: the roles it can become."""
        return self.outgoing.get(principal, ())


def build_graph(edges: Iterable[Edge]) -> TrustGraph:
    """Index edges by target and by source."""
    incoming: dict[str, list[Edge]] = {}
    outgoing: dict[str, list[Edge]] = {}
    for edge in edges:
        incoming.setdefault(edge.target, []).append(edge)
        outgoing.setdefault(edge.source, []).append(edge)
    return TrustGraph(
        {target: tuple(found) for target, found in incoming.items()},
        {source: tuple(found) for source, found in outgoing.items()},
    )
