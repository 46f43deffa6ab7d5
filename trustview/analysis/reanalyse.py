"""Some roles are otherwise: the analysis of today with what that changes worked out anew.

THE ONE PLACE that says what a role bears on. Its trust policy: the grants of the role, the edges into it, the findings
on it; beyond it only the checks that look at more than one role, and chains to administrators where the role leads to
one. What it brings as a caller (policies, boundary, tags): see `changed_callers.py`; then also the findings on roles
that trust it, and on those of its account. A new role, and another name or id, bears on too much: then everything is
analysed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from trustview.analysis.access import Access
from trustview.analysis.amended_graph import AmendedGraph, Cut, amend
from trustview.analysis.analyse import Analysis, analyse, find_findings, place_of_finding
from trustview.analysis.changed_callers import (
    ChangedCallers,
    find_changed_callers,
    find_edges_of_moved,
    roles_naming,
    roles_near,
    steps_turned,
    ways_of,
)
from trustview.analysis.check import Check
from trustview.analysis.checks import CHECKS
from trustview.analysis.checks.escalation_chain import escalation_chain
from trustview.analysis.choices import propose
from trustview.analysis.edge import ASSUME, JOINS, Edge
from trustview.analysis.edges.assume_role import find_assume_role_edges
from trustview.analysis.edges.take_over import find_edges_of_takers, find_handing_edges, handing_ways
from trustview.analysis.find_grants import Ways, find_ways
from trustview.analysis.finding import Finding, Subject
from trustview.analysis.fleet import amend_fleets
from trustview.analysis.grant import Grant
from trustview.analysis.graph import TrustGraph
from trustview.analysis.remediation import Remediation
from trustview.policy import Privilege
from trustview.snapshot import Role, Snapshot


def reanalyse(
    before: Snapshot, today: Analysis, after: Snapshot, roles: Iterable[str], checks: Iterable[Check] = CHECKS
) -> Analysis:
    """What `analyse` says of a snapshot that differs from that of `today` in these roles alone (by ARN).

    Edges may be grouped in another way: steps and chains are the same.
    """
    checks = tuple(checks)
    changed = [(before.roles_by_arn.get(arn), after.roles_by_arn[arn]) for arn in dict.fromkeys(roles)]
    pairs = [(old, new) for old, new in changed if old is not None and _is_same_name(old, new)]
    if len(pairs) < len(changed):
        return analyse(after, checks, today.settings)
    return _Amendment(before, today, after, pairs).analysis(checks)


def _is_same_name(old: Role, new: Role) -> bool:
    return (old.arn, old.id, old.path, old.account) == (new.arn, new.id, new.path, new.account)


class _Amendment:
    """The analysis of today, and what some roles that are otherwise change of it."""

    def __init__(self, before: Snapshot, today: Analysis, after: Snapshot, changed: list[tuple[Role, Role]]) -> None:
        self._today, self._after = today, after
        self._access = Access(after, settings=today.settings)
        self._was = Access(before, settings=today.settings)
        self._callers = find_changed_callers(self._was, self._access, changed)
        judged = (one.arn for one in self._callers.judged if isinstance(one, Role))
        naming = roles_naming(self._access, today.grants, self._callers)
        # Of these roles every way in is found anew.
        self._anew = frozenset((*(new.arn for _, new in changed), *judged, *naming))
        first = today.graph.free_number
        self._ways = find_ways(self._access, tuple(map(self._access.role, sorted(self._anew))), first=first)
        self._grants = tuple(_with_new(today.grants, self._ways, after))
        self._graph = self._amend(first)

    def analysis(self, checks: tuple[Check, ...]) -> Analysis:
        """All of it."""
        whole = self._access.with_found(self._grants, self._graph)
        came_and_went = self._came_and_went()
        redone = [check for check in checks if check.of_all and self._is_redone(check, came_and_went)]
        concerned = self._concerned()
        own = self._access.with_found(
            tuple(grant for grant in self._grants if grant.role in concerned),
            self._graph,
            self._ways.doors_of_grants(),
        )
        found = [f for check in redone for f in find_findings(whole, check)]
        found += [f for check in checks if not check.of_all for f in find_findings(own, check)]
        names = {check.id for check in redone}
        alone = {check.id for check in checks if not check.of_all}
        kept = [
            f for f in self._today.findings
            if f.check not in names and (f.subject.id not in concerned or f.check not in alone)
        ]  # fmt: skip
        return self._with_findings(whole, kept, found)

    # ── what leads where ─────────────────────────────────────────────────────────────────────────────────────

    def _amend(self, first: int) -> AmendedGraph:
        callers, graph = self._callers, self._today.graph
        added = [*_ways_in(graph, self._ways, callers, str(first))]
        # Powers get their numbers as they are asked for: which are free is known now.
        free = self._ways.free_number(first)
        own = ways_of(self._access, callers, free)
        added += find_edges_of_moved(own, graph, self._grants, self._anew) if callers.moved else ()
        accounts = callers.accounts
        near = (grant for grant in self._grants if grant.account in accounts) if accounts else ()
        added += find_edges_of_takers(self._access, callers.judged, near, f"{first}:taken")
        cut = Cut(
            self._anew,
            assuming=frozenset(one.arn for one in callers.moved),
            taking=frozenset(one.arn for one in callers.judged),
        )
        return amend(graph, cut, added, own.free_number(free))

    def _came_and_went(self) -> tuple[Grant, ...]:
        """The grants that are not now what they were, as they were and as they are."""
        old = [grant for grant in self._today.grants if grant.role in self._anew]
        told, new = set(old), set(self._ways.grants)
        return (*(g for g in old if g not in new), *(g for g in self._ways.grants if g not in told))

    # ── which findings ───────────────────────────────────────────────────────────────────────────────────────

    def _is_redone(self, check: Check, came_and_went: tuple[Grant, ...]) -> bool:
        """Whether what changed may bear on what a check finds on other roles."""
        if check is escalation_chain:
            is_led = _leads_to_an_administrator(self._access, self._grants, self._graph, self._anew)
            return is_led or _leads_to_an_administrator(self._was, self._today.grants, self._today.graph, self._anew)
        if check.beside_trust:
            return bool(self._callers.judged)
        return check.looks_at is None or any(map(check.looks_at, came_and_went))

    def _concerned(self) -> frozenset[str]:
        """The roles on which a check of single roles may find something else than today."""
        callers = self._callers
        accounts = callers.accounts
        own = {grant.role for grant in self._grants if grant.account in accounts} if accounts else frozenset()
        turned = steps_turned(self._today.graph, self._graph, callers)
        return self._anew | own | roles_near(self._grants, callers) | turned

    def _with_findings(self, access: Access, kept: list[Finding], found: list[Finding]) -> Analysis:
        there = set(map(id, kept))
        touched = {f.subject for f in (*found, *(f for f in self._today.findings if id(f) not in there))}
        # Findings of today stand worst first already.
        for finding in found:
            insort(kept, finding, key=place_of_finding)
        findings = tuple(kept)
        analysis = Analysis(
            grants=self._grants,
            fleets=amend_fleets(self._today.fleets, self._grants, self._came_and_went()),
            edges=self._graph.edges,
            findings=findings,
            remediations=tuple(_remediations(self._today, access, findings, touched)),
            settings=self._today.settings,
        )
        # It knows its neighbours already, and makes arrays only where somebody walks all of it.
        vars(analysis)["graph"] = self._graph
        return analysis


def _with_new(grants: tuple[Grant, ...], ways: Ways, after: Snapshot) -> Iterator[Grant]:
    """All grants, role by role; those of the roles of `ways` are the new ones."""
    places = {role.arn: place for place, role in enumerate(after.roles)}
    copied = 0
    for place, role in sorted((places[role.arn], role.arn) for role in ways.roles):
        first = bisect_left(grants, place, key=lambda grant: places[grant.role])
        yield from grants[copied:first]
        yield from (grant for grant in ways.grants if grant.role == role)
        copied = bisect_right(grants, place, lo=first, key=lambda grant: places[grant.role])
    yield from grants[copied:]


def _ways_in(graph: TrustGraph, ways: Ways, callers: ChangedCallers, place: str) -> Iterator[Edge]:
    """All edges into roles: new ones by assuming and handing, today's where they may be taken over."""
    yield from find_assume_role_edges(ways)
    yield from find_handing_edges(ways, place)
    judged = {one.arn for one in callers.judged}
    for role in ways.roles:
        for edge in graph.edges_into(role.arn):
            is_taking = edge.kind not in (ASSUME, JOINS) and edge.kind not in handing_ways()
            if edge.source not in judged and (is_taking or edge.source.endswith(f":{role.account}:roles")):
                yield edge


def _leads_to_an_administrator(
    access: Access, grants: Iterable[Grant], graph: TrustGraph, roles: frozenset[str]
) -> bool:
    """Whether one of the roles is an administrator or can become one, however many steps away."""
    known = {grant.role: grant.privilege for grant in grants}
    by_arn = access.snapshot.roles_by_arn
    waiting, seen = deque(roles), set(roles)
    while waiting:
        node = waiting.popleft()
        privilege = known.get(node) or (access.privilege(by_arn[node]) if node in by_arn else None)
        if privilege is Privilege.ADMIN:
            return True
        for edge in graph.edges_out_of(node):
            if edge.target not in seen and edge.reach.lets_in:
                seen.add(edge.target)
                waiting.append(edge.target)
    return False


def _remediations(
    today: Analysis, access: Access, findings: tuple[Finding, ...], touched: set[Subject]
) -> Iterator[Remediation]:
    """Today's for subjects of which no finding was looked for anew, in the order of the findings."""
    known = {subject: tuple(found) for subject, found in groupby(today.remediations, key=attrgetter("subject"))}
    ids = {subject.id for subject in touched}
    known |= dict.fromkeys(ids, ())
    for remediation in propose(access, [finding for finding in findings if finding.subject.id in ids]):
        known[remediation.subject] = (*known[remediation.subject], remediation)
    for subject in dict.fromkeys([f.subject.id for f in findings if f.changes or f.instead]):
        yield from known.get(subject, ())
