"""Other trust policies for some roles: the analysis of today with what they change worked out anew.

THE ONE PLACE that says what a trust policy bears on: the grants of its role, the edges into the role, the findings on
it; beyond it only the checks that look at more than one role, and chains to administrators where the role leads to one.
What a role brings as a caller (its policies, boundary, tags, name) bears on too much: then everything is analysed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from trustview.analysis.access import Access
from trustview.analysis.amended_graph import AmendedGraph, amend
from trustview.analysis.analyse import Analysis, analyse, find_findings, sort_findings
from trustview.analysis.check import Check
from trustview.analysis.checks import CHECKS
from trustview.analysis.checks.escalation_chain import escalation_chain
from trustview.analysis.choices import propose
from trustview.analysis.edge import ASSUME, DOOR, JOINS, Edge
from trustview.analysis.edges.assume_role import find_assume_role_edges
from trustview.analysis.edges.take_over import find_handing_edges, handing_ways
from trustview.analysis.find_grants import Ways, find_ways
from trustview.analysis.finding import Finding, Subject
from trustview.analysis.fleet import find_fleets
from trustview.analysis.grant import Grant
from trustview.analysis.known_context import lets_be_tagged
from trustview.analysis.remediation import Remediation
from trustview.policy import Privilege, read_policy
from trustview.snapshot import Role, Snapshot


def reanalyse(
    before: Snapshot, today: Analysis, after: Snapshot, roles: Iterable[str], checks: Iterable[Check] = CHECKS
) -> Analysis:
    """What `analyse` says of a snapshot that differs from that of `today` in these roles alone (by ARN).

    Edges may be grouped in another way: steps and chains are the same.
    """
    checks = tuple(checks)
    changed = [(before.roles_by_arn.get(arn), after.roles_by_arn[arn]) for arn in dict.fromkeys(roles)]
    if not all(old is not None and _is_same_caller(old, new) for old, new in changed):
        return analyse(after, checks, today.settings)
    access = Access(after, settings=today.settings)
    # Numbers of edges are larger than those of the powers and doors that they name.
    ways = find_ways(access, tuple(new for _, new in changed), first=len(today.edges))
    arns = frozenset(new.arn for _, new in changed)
    graph = amend(today.graph, arns, _ways_in(today, ways, arns))
    grants = tuple(_with_new(today.grants, ways, after))
    whole = access.with_found(grants, graph)
    own = access.with_found(tuple(ways.grants), graph, ways.doors_of_grants())
    leads_on = _leads_to_an_administrator(whole, graph, arns)
    redone = [c for c in checks if c.of_all and not c.beside_trust and (leads_on or c is not escalation_chain)]
    found = [f for check in redone for f in find_findings(whole, check)]
    found += [f for check in checks if not check.of_all for f in find_findings(own, check)]
    names = {check.id for check in redone}
    kept = (f for f in today.findings if f.check not in names and f.role not in arns)
    findings = sort_findings((*kept, *found))
    touched = {f.subject for f in (*found, *today.findings) if f.check in names or f.role in arns}
    analysis = Analysis(
        grants=grants,
        fleets=find_fleets(grants),
        edges=graph.edges,
        findings=findings,
        remediations=tuple(_remediations(today, whole, findings, touched)),
        settings=today.settings,
    )
    # It knows its neighbours already, and makes arrays only where somebody walks all of it.
    vars(analysis)["graph"] = graph
    return analysis


def _is_same_caller(old: Role, new: Role) -> bool:
    """Whether a role brings the same when it asks for others: all but who may become it is as it was."""
    said = replace(new, trust_policy=old.trust_policy, max_session_seconds=old.max_session_seconds)
    tagged = [lets_be_tagged(read_policy(role.trust_policy)) for role in (old, new)]
    return said == old and tagged[0] == tagged[1]


def _with_new(grants: Iterable[Grant], ways: Ways, after: Snapshot) -> Iterator[Grant]:
    """All grants, role by role; those of the changed roles are the new ones."""
    by_role: dict[str, list[Grant]] = {}
    for grant in grants:
        by_role.setdefault(grant.role, []).append(grant)
    by_role |= {role.arn: [] for role in ways.roles}
    for grant in ways.grants:
        by_role[grant.role].append(grant)
    for role in after.roles:
        yield from by_role.get(role.arn, ())


def _ways_in(today: Analysis, ways: Ways, roles: frozenset[str]) -> Iterator[Edge]:
    """All edges into the changed roles: new ones by assuming and handing, today's where they may be taken over."""
    yield from find_assume_role_edges(ways)
    yield from find_handing_edges(ways, str(len(today.edges)))
    for role in ways.roles:
        for edge in today.graph.edges_into(role.arn):
            is_taking = edge.kind not in (ASSUME, JOINS) and edge.kind not in handing_ways()
            if is_taking or edge.source == f"{DOOR}{role.account}:roles":
                yield edge


def _leads_to_an_administrator(access: Access, graph: AmendedGraph, roles: frozenset[str]) -> bool:
    """Whether one of the roles is an administrator or can become one, however many steps away."""
    waiting, seen = deque(roles), set(roles)
    while waiting:
        node = waiting.popleft()
        grants = access.grants_by_role.get(node, ())
        if grants and grants[0].privilege is Privilege.ADMIN:
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
    known: dict[str, list[Remediation]] = {}
    for remediation in today.remediations:
        known.setdefault(remediation.subject, []).append(remediation)
    known |= {subject.id: [] for subject in touched}
    for remediation in propose(access, (finding for finding in findings if finding.subject in touched)):
        known[remediation.subject].append(remediation)
    for subject in dict.fromkeys(f.subject.id for f in findings if f.changes or f.instead):
        yield from known.get(subject, ())
