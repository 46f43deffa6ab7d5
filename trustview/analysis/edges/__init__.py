"""The ways to become another principal, one file each; `EDGES` lists them all.

An edge finder is a pure generator of `Edge` over an `Access` whose grants are found.
"""

from trustview.analysis.edges.assume_role import find_assume_role_edges
from trustview.analysis.edges.edge import Edge, FindEdges

EDGES: tuple[FindEdges, ...] = (find_assume_role_edges,)

__all__ = ["EDGES", "Edge", "FindEdges"]
