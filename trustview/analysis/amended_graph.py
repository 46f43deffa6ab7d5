"""AmendedGraph: a trust graph of which some edges are gone and others came. It costs what changed, and some copying."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from trustview.analysis.edge import ASSUME, JOINS, Edge
from trustview.analysis.edge_rows import Rows, amend_rows
from trustview.analysis.graph import TrustGraph


@dataclass(frozen=True, slots=True)
class Cut:
    """The edges that are gone: all into `roles`, and out of principals (by ARN) all by which they assume roles or take
    other principals over.
    """

    roles: frozenset[str] = frozenset()
    assuming: frozenset[str] = frozenset()
    taking: frozenset[str] = frozenset()

    def spares(self, edge: Edge) -> bool:
        """Whether an edge is still there."""
        if edge.target in self.roles:
            return False
        return edge.source not in (self.assuming if edge.kind in (ASSUME, JOINS) else self.taking)


@dataclass(frozen=True)
class AmendedGraph(TrustGraph):
    """`edges` are those of the graph as it is now; `gone` are numbers of edges of the graph `before`.

    `free` is the least number that no group and no door of it has.
    """

    before: TrustGraph = field(default_factory=TrustGraph)
    gone: tuple[int, ...] = ()
    came: tuple[Edge, ...] = ()
    free: int = 0

    @property
    def free_number(self) -> int:
        """A number from which on no group and no door is called by one."""
        return self.free

    @cached_property
    def numbered(self) -> tuple[Edge, ...]:
        """The edges by the numbers that rows and walks give them; those that are gone keep theirs."""
        return (*self.before.numbered, *self.came)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each node; those of before keep theirs."""
        numbers = dict(self.before.numbers)
        for edge in self.came:
            numbers.setdefault(edge.source, len(numbers))
            numbers.setdefault(edge.target, len(numbers))
        return numbers

    @cached_property
    def sources(self) -> array[int]:
        """The number of the node that each edge begins at."""
        return self.before.sources + array("I", [self.numbers[edge.source] for edge in self.came])

    @cached_property
    def targets(self) -> array[int]:
        """The number of the node that each edge ends at."""
        return self.before.targets + array("I", [self.numbers[edge.target] for edge in self.came])

    @cached_property
    def outgoing(self) -> Rows:
        """The edges out of each node."""
        return amend_rows(self.before.outgoing, self.sources, self.gone, self._new(), len(self.numbers))

    @cached_property
    def incoming(self) -> Rows:
        """The edges into each node."""
        return amend_rows(self.before.incoming, self.targets, self.gone, self._new(), len(self.numbers))

    def _new(self) -> range:
        return range(len(self.before.numbered), len(self.numbered))


def amend(before: TrustGraph, cut: Cut, came: Iterable[Edge], free: int) -> AmendedGraph:
    """The graph with these edges in the place of those that are cut; those of new groups and doors come with them."""
    came = tuple(came)
    gone = tuple(sorted(set(_numbers_cut(before, cut))))
    return AmendedGraph((*_spared(before, cut, gone), *came), before, gone, came, free)


def _numbers_cut(before: TrustGraph, cut: Cut) -> Iterator[int]:
    numbers = before.numbers
    for role in cut.roles & numbers.keys():
        yield from before.incoming[numbers[role]]
    for caller in (cut.assuming | cut.taking) & numbers.keys():
        yield from (n for n in before.outgoing[numbers[caller]] if not cut.spares(before.numbered[n]))


def _spared(before: TrustGraph, cut: Cut, gone: tuple[int, ...]) -> tuple[Edge, ...]:
    """The edges of before that are still there."""
    if before.numbered is not before.edges:
        return tuple(filter(cut.spares, before.edges))
    starts, ends = (0, *(number + 1 for number in gone)), (*gone, len(before.edges))
    return tuple(chain.from_iterable(map(before.edges.__getitem__, map(slice, starts, ends))))
