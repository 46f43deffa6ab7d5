"""Edges -> steps: groups opened into their members, doors into the roles behind them. One step is one assumption.

The neighbours of a node come from whoever holds the edges, the graph or a snapshot file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from trustview.analysis.edge import JOINS, Edge, is_shared

Neighbours = Callable[[str], Iterable[Edge]]


def steps_into(role: str, incoming: Neighbours) -> Iterator[Edge]:
    """The steps into a role, each from one principal or crowd; `incoming` gives the edges into a node."""
    for edge in incoming(role):
        if edge.kind != JOINS:
            yield from _from_members(edge, incoming)
            continue
        for first in incoming(edge.source):
            yield from _from_members(Edge(first.source, role, first.kind, edge.grant, first.reach), incoming)


def _from_members(step: Edge, incoming: Neighbours) -> Iterator[Edge]:
    if not is_shared(step.source):
        yield step
        return
    for joined in incoming(step.source):
        if joined.source != step.target:
            yield from _from_members(Edge(joined.source, step.target, step.kind, step.grant, step.reach), incoming)


def steps_out_of(principal: str, outgoing: Neighbours) -> Iterator[Edge]:
    """The steps out of a principal or crowd, by itself and by the groups that it belongs to."""
    waiting = [principal]
    while waiting:
        for edge in outgoing(waiting.pop()):
            if edge.kind == JOINS:
                waiting.append(edge.target)
            elif is_shared(edge.target):
                behind = (joined for joined in outgoing(edge.target) if joined.target != principal)
                yield from (Edge(principal, joined.target, edge.kind, joined.grant, edge.reach) for joined in behind)
            elif edge.target != principal or edge.source == principal:
                yield Edge(principal, edge.target, edge.kind, edge.grant, edge.reach)


def steps_of_chain(edges: Iterable[Edge]) -> Iterator[Edge]:
    """The edges of a way through groups and doors, in order -> one edge per step."""
    source, first = "", None
    for edge in edges:
        source = source or edge.source
        if edge.kind == JOINS and first is None:
            continue
        first = first or edge
        if not is_shared(edge.target):
            yield Edge(source, edge.target, first.kind, edge.grant, first.reach)
            source, first = "", None
