"""Walks over the graph against plain searches: shortest ways, choke points, circles; steps through groups and doors."""

import itertools
import random
from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.small_organization import PROD, SANDBOX, STRANGER, may_assume, policy, role, snapshot, trust, user
from trustview.analysis import Chain, ReachKind, TrustGraph, analyse, chains_from, chains_into
from trustview.analysis.edge import ALWAYS, DOOR, GROUP, JOINS, POWER, Edge
from trustview.analysis.grant import Reach

NAMES = "abcdefgh"
SETTINGS = settings(deadline=None)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=24, unique=True)


def graph_of(pairs: list[tuple[str, str]]) -> TrustGraph:
    return TrustGraph(tuple(Edge(source, target, "assume role") for source, target in pairs))


def reachable(pairs: list[tuple[str, str]], start: str, without: str = "") -> dict[str, int]:
    """Distances by a plain search that never enters `without`."""
    found = {start: 0}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for source, target in pairs:
            if source == node and target not in found and target != without:
                found[target] = found[node] + 1
                waiting.append(target)
    return found


@SETTINGS
@given(PAIRS)
def test_a_walk_finds_everything_by_the_shortest_way(pairs: list[tuple[str, str]]) -> None:
    graph = graph_of(pairs)
    for start in graph.nodes:
        walk = graph.walk([graph.numbers[start]])
        found = {graph.nodes[n]: len(walk.chain(n)) for n in range(len(graph.nodes)) if walk.reaches(n)}
        assert found == reachable(pairs, start)


@SETTINGS
@given(PAIRS)
def test_a_walk_backwards_finds_who_leads_there(pairs: list[tuple[str, str]]) -> None:
    graph = graph_of(pairs)
    for goal in graph.nodes:
        walk = graph.walk([graph.numbers[goal]], backwards=True)
        for number, node in enumerate(graph.nodes):
            distance = reachable(pairs, node).get(goal)
            assert (len(walk.chain(number)) if walk.reaches(number) else None) == distance
            steps = walk.chain(number) if walk.reaches(number) else ()
            assert all(one.target == other.source for one, other in itertools.pairwise(steps))


@SETTINGS
@given(PAIRS, PAIRS, st.randoms(use_true_random=False))
def test_neither_the_order_of_edges_nor_what_leads_elsewhere_changes_a_way(
    pairs: list[tuple[str, str]], more: list[tuple[str, str]], order: random.Random
) -> None:
    edges = graph_of(pairs).edges
    shuffled = [*edges, *(Edge(source, f"{target}-elsewhere", "assume role") for source, target in more)]
    order.shuffle(shuffled)
    one, other = TrustGraph(edges), TrustGraph(tuple(shuffled))
    starts = sorted(one.nodes)[:2]

    for goal in one.nodes:
        part = other.part_leading_to([other.numbers[goal]], lambda _: True)
        ways = [
            graph.walk([graph.numbers[start] for start in starts if start in graph.numbers])
            for graph in (one, other, part)
            if goal in graph.numbers
        ]
        chains = [walk.chain(walk.graph.numbers[goal]) for walk in ways if walk.reaches(walk.graph.numbers[goal])]
        assert len(chains) in (0, len(ways))
        assert len(set(chains)) <= 1


@SETTINGS
@given(PAIRS)
def test_a_choke_point_is_what_cuts_the_goal_off_when_it_is_taken_away(pairs: list[tuple[str, str]]) -> None:
    graph = graph_of(pairs)
    for start in graph.nodes[:2]:
        chokes = graph.choke_points([graph.numbers[start]], range(len(graph.nodes)))
        for goal in reachable(pairs, start):
            expected = {
                node for node in graph.nodes if node not in (start, goal) and goal not in reachable(pairs, start, node)
            }
            assert {graph.nodes[n] for n in chokes[graph.numbers[goal]]} == (expected if goal != start else set())


@SETTINGS
@given(PAIRS)
def test_components_are_the_circles(pairs: list[tuple[str, str]]) -> None:
    graph = graph_of(pairs)
    found = {frozenset(graph.nodes[n] for n in component) for component in graph.components()}
    reach = {node: reachable(pairs, node) for node in graph.nodes}
    expected = {frozenset(o for o in graph.nodes if o in reach[n] and n in reach[o]) for n in graph.nodes}
    assert found == {component for component in expected if len(component) > 1}


def test_a_way_through_groups_and_doors_is_one_step() -> None:
    conditional = Reach(ReachKind.CONDITIONAL, ("aws:SourceIp",))
    graph = TrustGraph(
        (
            Edge("ann", f"{GROUP}1", JOINS),
            Edge(f"{GROUP}1", f"{POWER}1", JOINS),
            Edge(f"{POWER}1", f"{DOOR}1", "assume role", "", conditional),
            Edge(f"{DOOR}1", "first", JOINS, "g1"),
            Edge(f"{DOOR}1", "ann", JOINS, "g0"),
            Edge("first", "second", "assume role", "g2", ALWAYS),
        )
    )
    into = Edge("ann", "first", "assume role", "g1", conditional)

    assert graph.into("first") == (into,)
    assert graph.out_of("ann") == (into,)
    assert graph.into("ann") == ()
    (chain,) = [chain for chain in chains_into(graph, "second") if chain.source == "ann"]
    assert chain == Chain((into, Edge("first", "second", "assume role", "g2", ALWAYS)))
    assert (chain.kind, chain.depends_on) == (ReachKind.CONDITIONAL, ("aws:SourceIp",))
    assert chain in list(chains_from(graph, ["ann"]))


def test_chains_lead_over_several_accounts_and_the_shortest_come_first() -> None:
    goal = role("goal", policy(trust({"AWS": SANDBOX})))
    middle = role("middle", policy(trust({"AWS": f"arn:aws:iam::{PROD}:user/ann"})), SANDBOX, inline=may_assume())
    graph = analyse(snapshot(goal, middle, user("ann"), user("bob", SANDBOX)), checks=()).graph
    chains = [chain for chain in chains_into(graph, goal.arn) if chain.source.startswith("arn:")]

    assert [chain.source for chain in chains] == [middle.arn]

    able = user("ann", inline=may_assume())
    graph = analyse(snapshot(goal, middle, able), checks=()).graph
    chains = [chain for chain in chains_into(graph, goal.arn) if chain.source.startswith("arn:")]

    assert [(chain.source, len(chain.steps), chain.is_chained) for chain in chains] == [
        (middle.arn, 1, True),
        (able.arn, 2, True),
    ]


def test_a_grant_to_everyone_that_only_lets_members_in_is_no_way_for_strangers() -> None:
    blocked = Reach(ReachKind.CONDITIONAL, ("aws:PrincipalOrgID",), ("RCP `OnlyOurs` at Root",))
    graph = TrustGraph((Edge("everyone", "role", "assume role", "g", blocked),))

    assert list(chains_from(graph, ["everyone"])) == []
    assert len(list(chains_from(graph, ["everyone"], are_members=True))) == 1


def test_the_edges_of_a_crowd_grow_with_its_members_and_its_roles_not_with_their_product() -> None:
    def count(size: int) -> int:
        roles = [role(f"r{n}", policy(trust({"AWS": f"arn:aws:iam::{PROD}:root"}))) for n in range(size)]
        people = [user(f"u{n}", inline=may_assume()) for n in range(size)]
        return len(analyse(snapshot(*roles, *people), checks=()).edges)

    assert count(40) <= 2 * count(20)


def test_nobody_unknown_reaches_anything() -> None:
    graph = analyse(snapshot(role("goal", policy(trust({"AWS": STRANGER})))), checks=()).graph

    assert list(chains_into(graph, "arn:aws:iam::1:role/none")) == []
    assert list(chains_from(graph, ["nobody"])) == []
    assert [chain.target.rpartition("/")[2] for chain in chains_from(graph, [f"account:{STRANGER}"])] == ["goal"]
