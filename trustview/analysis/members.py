"""The members of our organization behind a grant: who of a trusted account can really use it, as the graph has it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from trustview.analysis.access import Access
from trustview.analysis.edge import JOINS, Edge, is_shared
from trustview.analysis.grant import Grant, ReachKind
from trustview.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Members:
    """Who of the accounts behind a grant gets in with its own policies: `able` ARNs out of `count` principals.

    `is_known` is false where one of the accounts could not be read in full, or policies of somebody who may be able.
    """

    able: tuple[str, ...]
    count: int
    is_known: bool


def members_of(access: Access, grant: Grant) -> Members:
    """Everybody of the accounts behind a grant, in the order of the snapshot."""
    able, unsure = _who(access, [edge for edge in access.graph.edges_into(grant.role) if edge.grant == grant.id])
    known = tuple([arn for arn in able if arn != grant.role])
    count = sum(_count(access, account) for account in grant.party_accounts)
    is_read = not access.snapshot.unread_accounts.intersection(grant.party_accounts)
    is_known = is_read and unsure <= {grant.role}
    return Members(known, count - (grant.account in grant.party_accounts), is_known)


# Who is able, in the order of the snapshot, and who else may be.
_Who = tuple[tuple[str, ...], frozenset[str]]


def _who(access: Access, edges: list[Edge]) -> _Who:
    """The principals of ours at the other end of some edges; looked up once for all roles to which the same lead."""
    memory = access.memory.setdefault("who is behind", {})
    behind = tuple([(edge.source, edge.kind, edge.reach.kind) for edge in edges])
    if behind not in memory:
        memory[behind] = _in_order(access, [_split(access, _through_door(access, edge)) for edge in edges])
    found: _Who = memory[behind]
    return found


def _through_door(access: Access, edge: Edge) -> Iterable[Edge]:
    """The edges into a door that leads to a role; any other edge leads there itself."""
    return access.graph.edges_into(edge.source) if edge.kind == JOINS else (edge,)


def _in_order(access: Access, found: list[tuple[frozenset[str], frozenset[str]]]) -> _Who:
    able = frozenset[str]().union(*(surely for surely, _ in found))
    unsure = frozenset[str]().union(*(perhaps for _, perhaps in found))
    return tuple(sorted(able, key=places_of(access).__getitem__)), unsure - able


def _split(access: Access, edges: Iterable[Edge]) -> tuple[frozenset[str], frozenset[str]]:
    able: set[str] = set()
    unsure: set[str] = set()
    for edge in edges:
        if edge.reach.lets_in:
            (unsure if edge.reach.kind is ReachKind.UNKNOWN else able).update(principals_behind(access, edge.source))
    return frozenset(able), frozenset(unsure)


def principals_behind(access: Access, node: str) -> tuple[str, ...]:
    """The principals of the snapshot that a node is or stands for; a crowd is none."""
    if not is_shared(node):
        snapshot = access.snapshot
        return (node,) if node in snapshot.roles_by_arn or node in snapshot.users_by_arn else ()
    memory = access.memory.setdefault("principals behind", {})
    if node not in memory:
        before = [principals_behind(access, edge.source) for edge in access.graph.edges_into(node)]
        memory[node] = tuple(chain.from_iterable(before))
    found: tuple[str, ...] = memory[node]
    return found


class _Places(dict[str, tuple[int, int]]):
    """The place of each principal in the snapshot, found for all of an account when one of it is asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self._snapshot = snapshot
        self._accounts = {account: number for number, account in enumerate(snapshot.facts_by_account)}

    def __missing__(self, arn: str) -> tuple[int, int]:
        principal = self._snapshot.roles_by_arn.get(arn) or self._snapshot.users_by_arn[arn]
        facts, number = self._snapshot.facts_by_account[principal.account], self._accounts[principal.account]
        arns = (*(role.arn for role in facts.roles), *(user.arn for user in facts.users))
        self.update((one, (number, place)) for place, one in enumerate(arns))
        return self[arn]


def places_of(access: Access) -> dict[str, tuple[int, int]]:
    """The place of each principal in the snapshot: account by account, roles before users."""
    memory = access.memory.setdefault("places", {})
    if not memory:
        memory["all"] = _Places(access.snapshot)
    found: _Places = memory["all"]
    return found


def _count(access: Access, account: str) -> int:
    facts = access.snapshot.facts_by_account.get(account)
    return len(facts.roles) + len(facts.users) if facts else 0


def describe_members(members: Members) -> str:
    """How many of how many can use it, and the first of them."""
    if not members.is_known:
        return "not all of its principals could be read: nobody can say who of them can use it"
    if not members.able:
        return f"none of its {members.count} principals has the permission to use it today"
    shown = ", ".join(f"`{arn.partition(':iam:')[2].lstrip(':')}`" for arn in members.able[:3])
    more = f" and {len(members.able) - 3} more" if len(members.able) > 3 else ""
    return f"{len(members.able)} of its {members.count} principals can use it: {shown}{more}"
