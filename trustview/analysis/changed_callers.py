"""Roles that bring something else when they ask: other policies, another boundary, other tags.

THE ONE PLACE that says on what this bears: roles that name them or trust a crowd that they are of, principals of their
account whose policies name them, and the ways out of them. Who is of equal power is let in alike, so that a changed
caller joins the group of those who were like that before; only where none was are doors asked about it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from trustview.analysis.access import Access
from trustview.analysis.analyse import Analysis
from trustview.analysis.arn_index import ArnIndex
from trustview.analysis.comer import node_of
from trustview.analysis.door import Doors
from trustview.analysis.edge import JOINS, POWER, Edge, is_shared
from trustview.analysis.edges.assume_role import CROWDS, find_assume_role_edges
from trustview.analysis.find_grants import Ways
from trustview.analysis.grant import Grant
from trustview.analysis.graph import TrustGraph
from trustview.analysis.known_context import lets_be_tagged
from trustview.analysis.power import Powers
from trustview.analysis.reach import audience_of, principal_named
from trustview.analysis.shelves import ANYWHERE
from trustview.policy import ASSUME_ROLE, Privilege
from trustview.snapshot import Role, User

_POWERFUL = (Privilege.ADMIN, Privilege.ESCALATING)
Principal = Role | User


@dataclass(frozen=True, slots=True)
class ChangedCallers:
    """`moved` ask for roles otherwise than before, `judged` may do other things than before; each as it is now."""

    moved: tuple[Role, ...] = ()
    judged: tuple[Principal, ...] = ()

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that they belong to."""
        return frozenset(one.account for one in (*self.moved, *self.judged))


def find_changed_callers(was: Access, now: Access, changed: Iterable[tuple[Role, Role]]) -> ChangedCallers:
    """Whom other policies of these roles make another caller: the roles, and who could always become them by name."""
    changed = [*changed]
    bringing = [(old, new) for old, new in changed if _brings(old) != _brings(new)]
    judged: dict[str, Principal] = {new.arn: new for _, new in bringing}
    turned = {new.account for old, new in bringing if _is_powerful(was, old) != _is_powerful(now, new)}
    for account in turned:
        before = {one.arn: one for one in _principals(was, account)}
        for one in _principals(now, account):
            if was.shared_verdict(before[one.arn]) != now.shared_verdict(one):
                judged[one.arn] = one
    moved = tuple(new for old, new in changed if _asked_with(was, old) != _asked_with(now, new))
    return ChangedCallers(moved, tuple(judged.values()))


def _brings(role: Role) -> tuple[object, ...]:
    return role.inline, role.attached, role.boundary, role.tags


def _is_powerful(access: Access, role: Role) -> bool:
    return access.judged_alone(role).privilege in _POWERFUL


def _asked_with(access: Access, role: Role) -> tuple[object, ...]:
    """All that the engine may see of a role when it asks for another."""
    return (
        access.assuming_policies(role),
        access.boundary(role),
        access.has_unread_policies(role),
        role.tags,
        lets_be_tagged(access.trust_policy(role)),
    )


def _principals(access: Access, account: str) -> Iterator[Principal]:
    facts = access.snapshot.facts_by_account[account]
    yield from facts.roles
    yield from facts.users


# ── on whom it bears ─────────────────────────────────────────────────────────────────────────────────────────────


def roles_naming(access: Access, today: Analysis, callers: ChangedCallers) -> frozenset[str]:
    """The roles of which a grant names one of those who moved, by ARN, by a session of it or by its id."""
    moved = {one.arn for one in callers.moved}
    whom = {*(one.account for one in callers.moved), *(one.id for one in callers.moved)}
    named = ((grant, principal_named(access, grant.principal)) for grant in _grants_to(today, whom))
    return frozenset(grant.role for grant, principal in named if principal and principal.arn in moved)


def roles_near(today: Analysis, callers: ChangedCallers) -> frozenset[str]:
    """The roles that trust a crowd of an account of theirs: its principals are counted and looked at one by one."""
    return frozenset(g.role for g in _grants_to(today, callers.accounts) if g.principal.form in CROWDS)


def _grants_to(today: Analysis, whom: Iterable[str]) -> list[Grant]:
    """The grants that let these come: accounts, or a crowd of theirs, or whoever is called so."""
    found = set[int]().union(*[today.places_by_whom.get(one, ()) for one in whom])
    return [today.grants[place] for place in sorted(found)]


def steps_turned(was: TrustGraph, now: TrustGraph, callers: ChangedCallers) -> frozenset[str]:
    """The roles that one of them gets into otherwise than before."""
    found: set[str] = set()
    for arn in {one.arn for one in (*callers.moved, *callers.judged)}:
        found |= {step.target for step in set(was.out_of(arn)) ^ set(now.out_of(arn))}
    return frozenset(found)


# ── the ways out of those who moved ──────────────────────────────────────────────────────────────────────────────


def find_edges_of_moved(ways: Ways, today: Analysis, anew: Container[str]) -> tuple[Edge, ...]:
    """How the callers of `ways` assume the roles that trust a crowd; the ways into roles `anew` are found already."""
    own = dict.fromkeys(one.account for one in ways.callers or ())
    near = (grant for account in own for grant in today.grants_by_account.get(account, ()))
    far = (grant for grant in _grants_to(today, (ANYWHERE, *own)) if grant.account not in own)
    _fill(ways, [grant for grant in (*near, *far) if grant.role not in anew and _is_for_crowd(grant)])
    return tuple(_with_homes(ways, today.graph, tuple(find_assume_role_edges(ways))))


def ways_of(access: Access, callers: ChangedCallers, first: int) -> Ways:
    """Room for the ways of those who moved; powers and doors are numbered from `first`."""
    return Ways(access, (), Powers(access, first), Doors(access, first), callers=callers.moved)


def _is_for_crowd(grant: Grant) -> bool:
    return grant.principal.form in CROWDS and ASSUME_ROLE in grant.actions


def _fill(ways: Ways, grants: list[Grant]) -> None:
    """The doors of those grants by which some caller may come."""
    callers, access = ways.callers or (), ways.access
    own = {one.account for one in callers}
    meant = [*_nameable(ways, grants, own)]
    known = {(g.role, g.statement, g.principal, g.actions): g for g in meant}
    ways.roles = tuple(access.role(arn) for arn in dict.fromkeys(grant.role for grant in meant))
    for role in ways.roles:
        for entry in ways.doors.entries(role):
            grant = known.get((role.arn, entry.statement.index, entry.element, entry.actions))
            if grant:
                audience = audience_of(access, role, entry.statement, entry.element)
                ways.behind.setdefault(ways.doors.find(role, entry, audience), []).append(grant)


def _nameable(ways: Ways, grants: list[Grant], own: Container[str]) -> Iterator[Grant]:
    """The grants of their own accounts, and of roles elsewhere that their own policies may name."""
    powers = [ways.powers.of(one) for one in ways.callers or ()]
    allowed = [None if power.is_unread else power.allowed for power in powers]
    arns = ArnIndex(grant.role for grant in grants)
    numbers = [arns.find(patterns) if patterns is not None else None for patterns in allowed]
    is_any, named = None in numbers, frozenset[int]().union(*filter(None, numbers))
    for number, grant in enumerate(grants):
        if is_any or grant.account in own or number in named:
            yield grant


def _with_homes(ways: Ways, graph: TrustGraph, edges: tuple[Edge, ...]) -> Iterator[Edge]:
    """The edges with groups and powers that the graph knows already in the place of new ones that say the same."""
    homes = _homes_of_groups(ways, graph) | _homes_of_powers(ways, graph, edges)
    for group in ways.groups_of_callers():
        for home in homes.get(node_of(group), ()):
            yield from (Edge(one.arn, home, JOINS) for one in group.members)
    kept = [edge for edge in edges if edge.source not in homes and not _is_home_of_group(edge.target, homes)]
    entered = _entered(kept)
    for edge in kept:
        if not is_shared(edge.source) or edge.source in entered:
            known = homes.get(edge.target)
            yield from (Edge(edge.source, home, JOINS) for home in known) if known is not None else (edge,)


def _is_home_of_group(node: str, homes: dict[str, tuple[str, ...]]) -> bool:
    return node in homes and not node.startswith(POWER)


def _entered(edges: list[Edge]) -> set[str]:
    """The groups, powers and doors that somebody gets to."""
    after: dict[str, list[str]] = {}
    for edge in edges:
        after.setdefault(edge.source, []).append(edge.target)
    waiting = [source for source in after if not is_shared(source)]
    found: set[str] = set()
    while waiting:
        for target in after.get(waiting.pop(), ()):
            if is_shared(target) and target not in found:
                found.add(target)
                waiting.append(target)
    return found


def _homes_of_groups(ways: Ways, graph: TrustGraph) -> dict[str, tuple[str, ...]]:
    """For each group of callers of whose power somebody else of the account is: the groups that this one belongs to."""
    callers = {one.arn for one in ways.callers or ()}
    homes: dict[str, tuple[str, ...]] = {}
    for group in ways.groups_of_callers():
        others = (one for one in _principals(ways.access, group.account) if one.arn not in callers)
        like = next((one for one in others if ways.powers.of(one) is group.power), None)
        if like is not None:
            homes[node_of(group)] = tuple(e.target for e in graph.edges_out_of(like.arn) if e.kind == JOINS)
    return homes


def _homes_of_powers(ways: Ways, graph: TrustGraph, edges: tuple[Edge, ...]) -> dict[str, tuple[str, ...]]:
    """For each power that leads somewhere: the node of the graph that stands for it already, if there is one."""
    used = {edge.source for edge in edges if edge.source.startswith(POWER)}
    wanted = {g.power: f"{POWER}{g.power.number}" for g in ways.groups_of_callers()}
    wanted = {power: node for power, node in wanted.items() if node in used}
    homes: dict[str, tuple[str, ...]] = {}
    for node in graph.powers if wanted else ():
        one = _example(ways, graph, node)
        power = ways.powers.of(one) if one else None
        if power in wanted:
            homes[wanted[power]] = (*homes.get(wanted[power], ()), node)
    return homes


def _example(ways: Ways, graph: TrustGraph, power: str) -> Principal | None:
    """Somebody who has a power and had it before."""
    callers, snapshot = {one.arn for one in ways.callers or ()}, ways.access.snapshot
    arns = (joined.source for group in graph.edges_into(power) for joined in graph.edges_into(group.source))
    known = next((arn for arn in arns if arn not in callers), "")
    return snapshot.roles_by_arn.get(known) or snapshot.users_by_arn.get(known)
