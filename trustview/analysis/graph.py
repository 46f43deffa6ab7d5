"""TrustGraph: who can become whom, as arrays; and the walks over it. Nothing here knows AWS.

Nodes and edges are numbers; an edge from a principal through its groups and through a door to a role is one step.
A walk may be told which edges to leave out. Costs grow with the edges that it meets.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count
from operator import attrgetter

from trustview.analysis.edge import POWER, Edge, is_shared
from trustview.analysis.edge_rows import AmendedRows, Rows, find_rows
from trustview.analysis.steps import steps_into, steps_of_chain, steps_out_of

Accept = Callable[[Edge], bool]
Path = tuple[int, ...]

_BOTH_ENDS = attrgetter("source", "target")


@dataclass(frozen=True)
class TrustGraph:
    """`edges` in the order in which they were found; `nodes` are the names of both their ends."""

    edges: Sequence[Edge] = ()

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each node."""
        return self._ends[0]

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The name of each node."""
        return tuple(self.numbers)

    @cached_property
    def powers(self) -> tuple[str, ...]:
        """The nodes of powers that lead somewhere."""
        return tuple(node for node in self.numbers if node.startswith(POWER) and self.leads_somewhere(node))

    @property
    def numbered(self) -> Sequence[Edge]:
        """The edges by the numbers that rows and walks give them."""
        return self.edges

    @property
    def unused(self) -> frozenset[int]:
        """The numbers that no edge has any more."""
        return frozenset()

    @cached_property
    def sources(self) -> array[int]:
        """The number of the node that each edge begins at."""
        return self._ends[1][::2]

    @cached_property
    def targets(self) -> array[int]:
        """The number of the node that each edge ends at."""
        return self._ends[1][1::2]

    @cached_property
    def _ends(self) -> tuple[dict[str, int], array[int]]:
        """Each node with its number, in the order in which they are met; and the numbers of both ends of each edge."""
        numbers = defaultdict[str, int](count().__next__)
        ends = array("I", map(numbers.__getitem__, chain.from_iterable(map(_BOTH_ENDS, self.edges))))
        return dict(numbers), ends

    @cached_property
    def outgoing(self) -> Rows | AmendedRows:
        """The edges out of each node."""
        return find_rows(self.sources, len(self.numbers))

    @cached_property
    def incoming(self) -> Rows | AmendedRows:
        """The edges into each node."""
        return find_rows(self.targets, len(self.numbers))

    @property
    def free_number(self) -> int:
        """A number from which on no group and no door is called by one."""
        return len(self.edges)

    # ── neighbours ───────────────────────────────────────────────────────────────────────────────────────────

    def into(self, role: str) -> tuple[Edge, ...]:
        """The steps into a role, each from one principal or crowd."""
        return tuple(steps_into(role, self.edges_into))

    def out_of(self, principal: str) -> tuple[Edge, ...]:
        """The steps out of a principal or crowd: the roles it can become."""
        return tuple(steps_out_of(principal, self.edges_out_of))

    def edges_into(self, node: str) -> tuple[Edge, ...]:
        """The edges that end at a node; groups and doors are nodes too."""
        return self._at(self.incoming, node)

    def edges_out_of(self, node: str) -> tuple[Edge, ...]:
        """The edges that begin at a node."""
        return self._at(self.outgoing, node)

    def leads_somewhere(self, node: str) -> bool:
        """Whether an edge begins at a node."""
        return bool(self.outgoing[self.numbers[node]])

    def _at(self, rows: Rows | AmendedRows, node: str) -> tuple[Edge, ...]:
        number, edges = self.numbers.get(node), self.numbered
        return () if number is None else tuple([edges[edge] for edge in rows[number]])

    # ── walks ────────────────────────────────────────────────────────────────────────────────────────────────

    def walk(self, starts: Iterable[int], accept: Accept | None = None, *, backwards: bool = False) -> Walk:
        """The shortest ways from some nodes to all others; backwards, to those nodes from all others.

        Of equally short ways it is the one whose principals come first by name, then by kind and grant of the step:
        neither the order of edges nor the names of groups and doors make a difference.
        """
        rows = self.incoming if backwards else self.outgoing
        ends = self.sources if backwards else self.targets
        count = len(self.numbers)
        came = array("q", [_UNSEEN]) * count
        order = array("I", dict.fromkeys(starts))
        depths, told = array("I", bytes(4 * count)), list(self.nodes)
        for start in order:
            came[start] = _START
            told[start] = self._first_name(start)
        # Whom the step to a node is told of: the last principal before it.
        via = [""] * count
        offsets, numbers, shared = rows.offsets, rows.numbers, self.shared
        edges = tuple(self.numbered)
        for node in order:
            teller, depth = told[node], depths[node] + 1
            for place in range(offsets[node], offsets[node + 1]):
                number = numbers[place]
                end = ends[number]
                is_new = came[end] == _UNSEEN
                if is_new or (depths[end] == depth and teller <= via[end]):
                    edge = edges[number]
                    if not is_new and (via[end], *_told_of(edges[came[end]])) <= (teller, *_told_of(edge)):
                        continue
                    if accept is None or accept(edge):
                        if is_new:
                            order.append(end)
                        came[end], depths[end], via[end] = number, depth, teller
                        if shared[end]:
                            told[end] = teller
        return Walk(self, came, order, backwards)

    def part_leading_to(self, goals: Iterable[int], accept: Accept) -> TrustGraph:
        """The edges on ways to some nodes and no others, in their order: a walk that ends there is the same in it."""
        incoming, edges, sources = self.incoming, self.numbered, self.sources
        waiting = list(dict.fromkeys(goals))
        seen, found = set(waiting), list[int]()
        while waiting:
            node = waiting.pop()
            for number in incoming[node]:
                if accept(edges[number]):
                    found.append(number)
                    if sources[number] not in seen:
                        seen.add(sources[number])
                        waiting.append(sources[number])
        return TrustGraph(tuple(edges[number] for number in sorted(found)))

    def _first_name(self, node: int) -> str:
        """The name of a principal; of a group or power, that of its first member."""
        if not self.shared[node]:
            return self.nodes[node]
        return min((self._first_name(self.sources[edge]) for edge in self.incoming[node]), default="")

    @cached_property
    def shared(self) -> bytearray:
        """For each node, whether it is a group or a door and no principal."""
        return bytearray(is_shared(name) for name in self.nodes)

    def components(self) -> list[list[int]]:
        """The sets of nodes that can all become each other, of more than one node; the iterative form of Tarjan."""
        return list(_components(self.outgoing, self.targets, len(self.numbers)))

    def choke_points(
        self, starts: Iterable[int], goals: Iterable[int], accept: Accept | None = None
    ) -> dict[int, tuple[int, ...]]:
        """For each goal that can be reached, the nodes through which every way to it leads, the nearest first.

        These are its dominators, the starts left out. The node that stands before most goals is where one change cuts
        off most of them.
        """
        walk = self.walk(starts, accept)
        above = _dominators(self, walk, accept)
        return {goal: tuple(_upwards(goal, above, walk)) for goal in goals if walk.reaches(goal)}


_UNSEEN, _START, _NOBODY = -1, -2, -1


def _told_of(edge: Edge) -> tuple[str, str]:
    return edge.kind, edge.grant


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a walk came by: for each node the edge by which it was met first. `order` are the nodes, nearest first."""

    graph: TrustGraph
    came: array[int]
    order: array[int]
    backwards: bool

    def reaches(self, node: int) -> bool:
        """Whether the walk came by a node."""
        return self.came[node] != _UNSEEN

    def chain(self, node: int) -> tuple[Edge, ...]:
        """The edges of the shortest way, from its first principal to its last role; one of them per step."""
        found: list[Edge] = []
        while self.came[node] >= 0:
            edge = self.graph.numbered[self.came[node]]
            found.append(edge)
            node = self.graph.numbers[edge.target if self.backwards else edge.source]
        return tuple(steps_of_chain(found if self.backwards else reversed(found)))


# ── components and dominators ────────────────────────────────────────────────────────────────────────────────────


def _components(rows: Rows | AmendedRows, targets: array[int], count: int) -> Iterator[list[int]]:
    index = array("i", [_UNSEEN]) * count
    low = array("i", bytes(4 * count))
    is_open = bytearray(count)
    stack: list[int] = []
    met = 0
    for root in range(count):
        if index[root] != _UNSEEN:
            continue
        work = [(root, rows.offsets[root])]
        while work:
            node, place = work.pop()
            if place == rows.offsets[node] and index[node] == _UNSEEN:
                index[node] = low[node] = met
                met += 1
                stack.append(node)
                is_open[node] = 1
            deeper = _UNSEEN
            while place < rows.offsets[node + 1]:
                end = targets[rows.numbers[place]]
                place += 1
                if index[end] == _UNSEEN:
                    deeper = end
                    break
                if is_open[end]:
                    low[node] = min(low[node], index[end])
            if deeper != _UNSEEN:
                work += [(node, place), (deeper, rows.offsets[deeper])]
                continue
            if work:
                above = work[-1][0]
                low[above] = min(low[above], low[node])
            if low[node] == index[node]:
                members = _popped(stack, is_open, node)
                if len(members) > 1:
                    yield members


def _popped(stack: list[int], is_open: bytearray, node: int) -> list[int]:
    members = []
    while True:
        member = stack.pop()
        is_open[member] = 0
        members.append(member)
        if member == node:
            return members


def _dominators(graph: TrustGraph, walk: Walk, accept: Accept | None) -> dict[int, int]:
    """The nearest node through which every way to each node leads; the simple iteration of Cooper, Harvey and Kennedy.

    All starts hang on one node of our own, numbered _NOBODY.
    """
    order, above = _postorder(graph, walk, accept)
    place = {node: rank for rank, node in enumerate(order)}
    place[_NOBODY] = -1
    found: dict[int, int] = {}
    changed = True
    while changed:
        changed = False
        for node in order:
            best: int | None = _NOBODY if walk.came[node] == _START else None
            for source in above[node]:
                if source in found:
                    best = source if best is None else _meet(best, source, found, place)
            if best is not None and found.get(node, _UNSEEN - 1) != best:
                found[node] = best
                changed = True
    return found


def _upwards(goal: int, above: dict[int, int], walk: Walk) -> Iterator[int]:
    node = above[goal]
    while node != _NOBODY and walk.came[node] != _START:
        yield node
        node = above[node]


def _meet(one: int, other: int, found: dict[int, int], place: dict[int, int]) -> int:
    while one != other:
        while place[one] > place[other]:
            one = found[one]
        while place[other] > place[one]:
            other = found[other]
    return one


def _postorder(graph: TrustGraph, walk: Walk, accept: Accept | None) -> tuple[list[int], dict[int, list[int]]]:
    """The nodes of a walk in reverse postorder, and the nodes from which each is reached at once."""
    above: dict[int, list[int]] = {node: [] for node in walk.order}
    after: dict[int, list[int]] = {}
    for node in walk.order:
        edges = [graph.numbered[number] for number in graph.outgoing[node]]
        after[node] = [graph.numbers[edge.target] for edge in edges if accept is None or accept(edge)]
        for end in after[node]:
            above[end].append(node)
    seen: set[int] = set()
    order: list[int] = []
    for start in [node for node in walk.order if walk.came[node] == _START]:
        work = [(start, 0)] if start not in seen else []
        seen.add(start)
        while work:
            node, place = work.pop()
            while place < len(after[node]) and after[node][place] in seen:
                place += 1
            if place == len(after[node]):
                order.append(node)
                continue
            seen.add(after[node][place])
            work += [(node, place + 1), (after[node][place], 0)]
    order.reverse()
    return order, above
