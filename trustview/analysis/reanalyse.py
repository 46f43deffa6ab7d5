"""Some roles are otherwise: the analysis of today with what that changes worked out anew.

THE ONE PLACE that says what a role bears on. Its trust policy: the grants of the role, the edges into it, the findings
on it; beyond it only the checks that look at more than one role, and chains to administrators where the role leads to
one. What it brings as a caller (policies, boundary, tags): see `changed_callers.py`; then also the findings on roles
that trust it, and on those of its account. A new role, and another name or id, bears on too much: then everything is
analysed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from trustview.analysis.access import Access
from trustview.analysis.amended_analysis import (
    AmendedFindings,
    AmendedGrants,
    amend_findings,
    amend_fleets,
    amend_grants,
    amend_remediations,
)
from trustview.analysis.amended_graph import AmendedGraph, Cut, amend_graph
from trustview.analysis.analyse import Analysis, analyse, find_findings
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
from trustview.analysis.checks.escalation_chain import accounts_led_to, escalation_chain, find_chains_into
from trustview.analysis.edge import ASSUME, JOINS, Edge
from trustview.analysis.edges.assume_role import find_assume_role_edges
from trustview.analysis.edges.take_over import find_edges_of_takers, find_handing_edges, handing_ways
from trustview.analysis.find_grants import Ways, find_ways
from trustview.analysis.finding import Finding
from trustview.analysis.grant import Grant
from trustview.analysis.graph import TrustGraph
from trustview.analysis.shelves import GrantsByRole, shelf_of
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
        was = GrantsByRole(today.grants_by_account, before.roles_by_arn)
        self._was = Access(before, settings=today.settings).with_found(today.grants, today.graph, by_role=was)
        self._callers = find_changed_callers(self._was, self._access, changed)
        judged = (one.arn for one in self._callers.judged if isinstance(one, Role))
        naming = roles_naming(self._access, today, self._callers)
        # Of these roles every way in is found anew.
        self._anew = frozenset((*(new.arn for _, new in changed), *judged, *naming))
        first = today.graph.free_number
        self._ways = find_ways(self._access, tuple(map(self._access.role, sorted(self._anew))), first=first)
        self._grants = amend_grants(today, after, self._anew, self._ways.grants)
        self._graph = self._amend(first)
        self._came_and_went = _came_and_went(self._grants, self._ways.grants, self._anew)
        now = GrantsByRole(self._grants.by_account, after.roles_by_arn)
        self._access = self._access.with_found(self._grants.all, self._graph, by_role=now)

    def analysis(self, checks: tuple[Check, ...]) -> Analysis:
        """All of it."""
        redone = [*self._redone(checks)]
        alone = [check for check in checks if not check.of_all]
        concerned = self._concerned()
        accounts = {self._access.role(arn).account for arn in concerned}
        grants = tuple(grant for grant in self._grants.of_accounts(accounts) if grant.role in concerned)
        own = self._access.with_found(grants, self._graph, self._ways.doors_of_grants())
        found = [f for check, access, _ in redone for f in find_findings(access, check)]
        found += [f for check in alone for f in find_findings(own, check)]
        gone = [f for *_, findings in redone for f in findings]
        gone += self._findings_on(concerned, {check.id for check in alone})
        return self._with_findings(amend_findings(self._today, gone, found))

    # ── what leads where ─────────────────────────────────────────────────────────────────────────────────────

    def _amend(self, first: int) -> AmendedGraph:
        callers, graph = self._callers, self._today.graph
        added = [*_ways_in(graph, self._ways, callers, str(first))]
        # Powers get their numbers as they are asked for: which are free is known now.
        free = self._ways.free_number(first)
        own = ways_of(self._access, callers, free)
        added += find_edges_of_moved(own, self._today, self._anew) if callers.moved else ()
        near = self._grants.of_accounts(callers.accounts)
        added += find_edges_of_takers(self._access, callers.judged, near, f"{first}:taken")
        cut = Cut(
            self._anew,
            assuming=frozenset(one.arn for one in callers.moved),
            taking=frozenset(one.arn for one in callers.judged),
        )
        return amend_graph(graph, cut, added, own.free_number(free))

    # ── which findings ───────────────────────────────────────────────────────────────────────────────────────

    def _redone(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Access, Sequence[Finding]]]:
        """The checks that may find something else on other roles, what they see, and the findings that they redo."""
        for check in checks:
            today = self._today.findings_by_check.get(check.id, ())
            if check is escalation_chain:
                accounts = self._accounts_with_chains()
                narrowed = replace(check, find=partial(find_chains_into, accounts=sorted(accounts)))
                yield narrowed, self._access, [finding for finding in today if finding.account in accounts]
            elif check.of_all and self._is_redone(check):
                yield check, self._seen_by(check), today

    def _is_redone(self, check: Check) -> bool:
        """Whether what changed may bear on what a check finds anywhere."""
        if check.beside_trust:
            return bool(self._callers.judged)
        return check.looks_at is None or any(map(check.looks_at, self._came_and_went))

    def _seen_by(self, check: Check) -> Access:
        """All, with the grants alone that bear on what a check finds anywhere."""
        if check.looks_at is None:
            return self._access
        seen = tuple(filter(check.looks_at, self._grants.all))
        return self._access.with_found(seen, self._graph, by_role=self._access.grants_by_role)

    def _accounts_with_chains(self) -> frozenset[str]:
        """The accounts to whose administrators other chains may lead than today."""
        changed = self._anew.union(one.arn for one in self._callers.judged)
        return accounts_led_to(self._was, changed) | accounts_led_to(self._access, changed)

    def _concerned(self) -> frozenset[str]:
        """The roles on which a check of single roles may find something else than today."""
        callers = self._callers
        own = {grant.role for grant in self._grants.of_accounts(callers.accounts)}
        ends = steps_turned(self._today.graph, self._graph, callers)
        turned = {end for end in ends if end in self._after.roles_by_arn}
        return self._anew | own | roles_near(self._today, callers) | turned

    def _findings_on(self, roles: frozenset[str], checks: set[str]) -> Iterator[Finding]:
        """What these checks find on some roles today."""
        for shelf in set(map(shelf_of, roles)):
            findings = self._today.findings_by_shelf.get(shelf, ())
            yield from (f for f in findings if f.subject.id in roles and f.check in checks)

    def _with_findings(self, findings: AmendedFindings) -> Analysis:
        # What is proposed rests on the policy as well as on what was found.
        subjects = findings.subjects | self._anew
        analysis = Analysis(
            grants=self._grants.all,
            fleets=amend_fleets(self._grants, self._came_and_went),
            edges=self._graph.edges,
            findings=findings.all,
            remediations=amend_remediations(self._today, self._access, findings, subjects),
            settings=self._today.settings,
        )
        # What it has at hand is not looked for again.
        known = {
            "graph": self._graph,
            "grants_by_account": self._grants.by_account,
            "findings_by_shelf": findings.by_shelf,
        }
        vars(analysis).update(known)
        return analysis


def _came_and_went(grants: AmendedGrants, found: Iterable[Grant], roles: frozenset[str]) -> tuple[Grant, ...]:
    """The grants of these roles that are not now what they were, as they were and as they are."""
    known = grants.today.grants_by_account
    told = [grant for account in grants.changed for grant in known.get(account, ()) if grant.role in roles]
    old, new = set(told), set(found)
    return (*(grant for grant in told if grant not in new), *(grant for grant in found if grant not in old))


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
