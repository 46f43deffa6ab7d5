"""The ways to become another principal, one file each; `EDGES` lists them all.

An edge finder is a pure generator of `Edge` over the ways that `find_ways` found.
"""

from collections.abc import Callable, Iterator

from trustview.analysis.edge import Edge
from trustview.analysis.edges.assume_role import find_assume_role_edges
from trustview.analysis.edges.take_over import find_take_over_edges
from trustview.analysis.find_grants import Ways

FindEdges = Callable[[Ways], Iterator[Edge]]

EDGES: tuple[FindEdges, ...] = (find_assume_role_edges, find_take_over_edges)

__all__ = ["EDGES", "FindEdges"]
