"""AmendedGraph: a trust graph of which some edges are gone and others came.

To look at neighbours costs what changed; what a walk needs is copied from the graph of before when one begins.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from operator import attrgetter

from trustview.amended import AmendedDict, amend
from trustview.analysis.edge import ASSUME, JOINS, POWER, Edge
from trustview.analysis.edge_rows import AmendedRows, Rows, amend_rows
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
    def numbered(self) -> Sequence[Edge]:
        """The edges by the numbers that rows and walks give them; those that are gone keep theirs."""
        return _numbered(self.before, self.came)

    @cached_property
    def unused(self) -> frozenset[int]:
        """The numbers of edges that are gone, before and now."""
        return self.before.unused.union(self.gone)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each node; those of before keep theirs."""
        known, new = self.before.numbers, dict[str, int]()
        for node in dict.fromkeys(chain.from_iterable((edge.source, edge.target) for edge in self.came)):
            if node not in known:
                new[node] = len(known) + len(new)
        return AmendedDict(known, new)

    @cached_property
    def powers(self) -> tuple[str, ...]:
        """The nodes of powers that lead somewhere."""
        came = (edge.source for edge in self.came if edge.source.startswith(POWER))
        return tuple(power for power in dict.fromkeys((*self.before.powers, *came)) if self.leads_somewhere(power))

    @cached_property
    def sources(self) -> array[int]:
        """The number of the node that each edge begins at."""
        return self.before.sources + array("I", [self.numbers[edge.source] for edge in self.came])

    @cached_property
    def targets(self) -> array[int]:
        """The number of the node that each edge ends at."""
        return self.before.targets + array("I", [self.numbers[edge.target] for edge in self.came])

    @cached_property
    def outgoing(self) -> AmendedRows:
        """The edges out of each node."""
        return self._amend(self.before.outgoing, attrgetter("source"))

    @cached_property
    def incoming(self) -> AmendedRows:
        """The edges into each node."""
        return self._amend(self.before.incoming, attrgetter("target"))

    def _amend(self, rows: Rows | AmendedRows, end: Callable[[Edge], str]) -> AmendedRows:
        known, numbers = self.before.numbered, self.numbers
        gone = ((numbers[end(known[number])], number) for number in self.gone)
        came = ((numbers[end(edge)], number) for number, edge in enumerate(self.came, len(known)))
        return amend_rows(rows, gone, came, len(numbers))


def amend_graph(before: TrustGraph, cut: Cut, came: Iterable[Edge], free: int) -> AmendedGraph:
    """The graph with these edges in the place of those that are cut; those of new groups and doors come with them."""
    came = tuple(came)
    gone = tuple(sorted(set(_numbers_cut(before, cut))))
    unused = sorted(before.unused.union(gone))
    edges = amend(_numbered(before, came), [(number, number + 1, ()) for number in unused])
    return AmendedGraph(edges, before, gone, came, free)


def _numbered(before: TrustGraph, came: tuple[Edge, ...]) -> Sequence[Edge]:
    known = before.numbered
    return amend(known, [(len(known), len(known), came)])


def _numbers_cut(before: TrustGraph, cut: Cut) -> Iterator[int]:
    numbers = before.numbers
    for role in cut.roles:
        if role in numbers:
            yield from before.incoming[numbers[role]]
    for caller in cut.assuming | cut.taking:
        if caller in numbers:
            yield from (n for n in before.outgoing[numbers[caller]] if not cut.spares(before.numbered[n]))
