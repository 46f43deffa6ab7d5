"""AmendedGraph: a trust graph of which the ways into some roles are other ones. Who asks for neighbours pays for these.

Whole walks make the arrays of a graph anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trustview.analysis.edge import Edge
from trustview.analysis.graph import TrustGraph


@dataclass(frozen=True)
class AmendedGraph(TrustGraph):
    """`edges` are those of the graph as it is now; `before` is the graph in which `roles` had other ways in."""

    before: TrustGraph = field(default_factory=TrustGraph)
    roles: frozenset[str] = frozenset()
    _into: dict[str, list[Edge]] = field(default_factory=dict, repr=False)
    _out_of: dict[str, list[Edge]] = field(default_factory=dict, repr=False)

    def edges_into(self, node: str) -> tuple[Edge, ...]:
        """The edges that end at a node; groups and doors are nodes too."""
        kept = () if node in self.roles else self.before.edges_into(node)
        return (*kept, *self._into.get(node, ()))

    def edges_out_of(self, node: str) -> tuple[Edge, ...]:
        """The edges that begin at a node."""
        kept = (edge for edge in self.before.edges_out_of(node) if edge.target not in self.roles)
        return (*kept, *self._out_of.get(node, ()))


def amend(before: TrustGraph, roles: frozenset[str], ways_in: Iterable[Edge]) -> AmendedGraph:
    """The graph with these edges in the place of all that led into these roles; those of new groups come with them."""
    added = tuple(ways_in)
    into: dict[str, list[Edge]] = {}
    out_of: dict[str, list[Edge]] = {}
    for edge in added:
        into.setdefault(edge.target, []).append(edge)
        out_of.setdefault(edge.source, []).append(edge)
    edges = (*(edge for edge in before.edges if edge.target not in roles), *added)
    return AmendedGraph(edges, before, roles, into, out_of)
