"""Chain: how one principal becomes a role, step by step; and the questions that are answered with chains.

Rule 1: only steps that let somebody in, or of which nobody can say, are walked. A step is asked of its own caller, so
        nobody carries proof of multi-factor authentication, or tags that were not passed, into the next step.
Rule 2: a session that a role's session asked for lasts an hour at most.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trustview.analysis.edge import ASSUME, GROUP, POWER, Edge, is_shared
from trustview.analysis.grant import ReachKind
from trustview.analysis.graph import TrustGraph, Walk
from trustview.policy import parse_arn
from trustview.snapshot import Snapshot

CHAINED_SECONDS = 3600

# The weaker a step, the weaker the chain.
_STRENGTHS = (ReachKind.UNKNOWN, ReachKind.CONDITIONAL, ReachKind.OPEN)


@dataclass(frozen=True, slots=True)
class Chain:
    """One step per assumption; the source of each is the target of the one before."""

    steps: tuple[Edge, ...]

    @property
    def source(self) -> str:
        """Who begins: a principal by ARN, or a crowd."""
        return self.steps[0].source

    @property
    def target(self) -> str:
        """The role that is reached."""
        return self.steps[-1].target

    @property
    def kind(self) -> ReachKind:
        """Open when every step is; otherwise that of its weakest step."""
        return min((step.reach.kind for step in self.steps), key=_STRENGTHS.index)

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The keys on which its steps depend."""
        return tuple(dict.fromkeys(key for step in self.steps for key in step.reach.depends_on))

    @property
    def is_chained(self) -> bool:
        """Whether a role's session asks for the last session, which then lasts an hour at most."""
        arn = parse_arn(self.steps[-1].source)
        return len(self.steps) > 1 or (arn is not None and arn.resource_type == "role")


def is_passable(edge: Edge) -> bool:
    """Whether somebody may get along an edge."""
    return edge.reach.lets_in


def is_sure(edge: Edge) -> bool:
    """Whether somebody may get along an edge, and everything that decides it was read."""
    return edge.reach.kind in (ReachKind.OPEN, ReachKind.CONDITIONAL)


def lets_strangers_in(edge: Edge) -> bool:
    """Whether an edge is for others than members: a grant to everyone may be shut to all but these."""
    return not (edge.source == "everyone" and edge.reach.blocked_by)


def chains_into(graph: TrustGraph, role: str) -> Iterator[Chain]:
    """Everybody who can become a role, each by the shortest chain, shortest first."""
    start = graph.numbers.get(role)
    if start is not None:
        yield from _chains(graph.walk([start], is_passable, backwards=True))


def chains_from(graph: TrustGraph, nodes: Iterable[str], *, are_members: bool = False) -> Iterator[Chain]:
    """Every role that somebody of these can become, each by the shortest chain, shortest first.

    `are_members` says that they are of our organization, so that what lets members in lets them in.
    """
    starts = [graph.numbers[node] for node in nodes if node in graph.numbers]
    yield from _chains(graph.walk(starts, lambda edge: is_passable(edge) and (are_members or lets_strangers_in(edge))))


def _chains(walk: Walk) -> Iterator[Chain]:
    # A walk counts edges, of which a step through groups and doors has several: steps count here.
    found = (walk.chain(node) for node in walk.order if not is_shared(walk.graph.nodes[node]))
    chains = [Chain(steps) for steps in found if steps]
    yield from sorted(chains, key=lambda chain: len(chain.steps))


def describe_chain(chain: Chain, snapshot: Snapshot) -> str:
    """The principals of a chain one after the other, and how many steps it has; what is no assumption is named."""
    told = name_of(chain.source, snapshot)
    for step in chain.steps:
        told += f" -> {'' if step.kind == ASSUME else f'by {step.kind} '}{name_of(step.target, snapshot)}"
    return f"{told}, in {len(chain.steps)} steps"


def name_of(node: str, snapshot: Snapshot) -> str:
    """A principal as an account and a name, a crowd in words."""
    arn = parse_arn(node)
    if arn and arn.account:
        return f"`{arn.path_and_name or arn.resource}` of {snapshot.account_name(arn.account)}"
    if node.startswith("account:"):
        accounts = node.removeprefix("account:").split(",")
        return f"any principal of {', '.join(map(snapshot.account_name, accounts))}"
    if node.startswith(GROUP):
        return f"principals of {snapshot.account_name(node.rpartition(':')[2])} with the same rights"
    if node.startswith(POWER):
        return "principals of several accounts with the same rights"
    return "any principal of the organization" if node == "organization" else node
