"""analyse(snapshot, settings) -> Analysis: grants, fleets, edges, findings and remediations of a whole snapshot."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter

from trustview.analysis.access import Access
from trustview.analysis.check import Check, Evidence
from trustview.analysis.checks import CHECKS
from trustview.analysis.choices import propose
from trustview.analysis.edge import Edge
from trustview.analysis.edges import EDGES
from trustview.analysis.find_grants import find_ways
from trustview.analysis.finding import Confidence, Finding, Subject, fingerprint, role_subject
from trustview.analysis.fleet import Fleet, find_fleets
from trustview.analysis.grade import grade, judge_confidence, own_grade
from trustview.analysis.grant import Grant
from trustview.analysis.graph import TrustGraph
from trustview.analysis.reach import widest
from trustview.analysis.remediation import Remediation
from trustview.analysis.repeats import describe_places, mend_repeats
from trustview.analysis.settings import Settings
from trustview.analysis.shelves import places_by_whom, shelf_of, shelve
from trustview.garbage import without_collection
from trustview.snapshot import Role, Snapshot


@dataclass(frozen=True)
class Analysis:
    """What a snapshot means under some settings. Findings stand worst first."""

    grants: Sequence[Grant]
    fleets: Sequence[Fleet]
    edges: Sequence[Edge]
    findings: Sequence[Finding]
    remediations: Sequence[Remediation]
    settings: Settings = field(default=Settings())

    @cached_property
    def grants_by_id(self) -> dict[str, Grant]:
        """Grants by id."""
        return {grant.id: grant for grant in self.grants}

    @cached_property
    def graph(self) -> TrustGraph:
        """The trust graph."""
        return TrustGraph(self.edges)

    @cached_property
    def grants_by_account(self) -> Mapping[str, tuple[Grant, ...]]:
        """Grants by the account of their role."""
        return shelve(self.grants, attrgetter("account"))

    @cached_property
    def places_by_whom(self) -> Mapping[str, array[int]]:
        """The places of grants by whom they let come; see `shelves.py`."""
        return places_by_whom(self.grants)

    @cached_property
    def findings_by_shelf(self) -> Mapping[str, tuple[Finding, ...]]:
        """Findings by the account in the ARN of their subject, or by its id."""
        return shelve(self.findings, lambda finding: shelf_of(finding.subject.id))

    @cached_property
    def findings_by_check(self) -> Mapping[str, tuple[Finding, ...]]:
        """Findings by the id of their check."""
        return shelve(self.findings, attrgetter("check"))


def analyse(snapshot: Snapshot, checks: Iterable[Check] = CHECKS, settings: Settings | None = None) -> Analysis:
    """Every grant, fleet, edge and finding of a snapshot; the same snapshot and settings give the same analysis."""
    with without_collection():
        return _analyse(snapshot, checks, settings or Settings())


def _analyse(snapshot: Snapshot, checks: Iterable[Check], settings: Settings) -> Analysis:
    access = _find_all_ways(Access(snapshot, settings=settings))
    findings = sort_findings(finding for check in checks for finding in find_findings(access, check))
    return Analysis(
        grants=access.grants,
        fleets=find_fleets(access.grants),
        edges=access.graph.edges,
        findings=findings,
        remediations=tuple(propose(access, findings)),
        settings=access.settings,
    )


def _find_all_ways(access: Access) -> Access:
    """The same with its grants and graph; doors and powers, which take as much room, go when both are found."""
    ways = find_ways(access)
    graph = TrustGraph(tuple(edge for find in EDGES for edge in find(ways)))
    return access.with_found(tuple(ways.grants), graph, ways.doors_of_grants())


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, worst first."""
    return tuple(sorted(findings, key=place_of_finding))


def place_of_finding(finding: Finding) -> tuple[int, str, str, str]:
    """What findings are sorted by."""
    return -finding.severity, finding.check, finding.subject.id, finding.id


def find_findings(access: Access, check: Check) -> Iterator[Finding]:
    """One finding per piece of evidence; service-linked and Identity Center roles belong to others and get none."""
    for evidence in check.find(access):
        if evidence.subject is not None:
            yield _finding_on(evidence.subject, check, evidence)
            continue
        role = access.role(evidence.grants[0].role)
        if not role.is_service_linked and not role.is_identity_center:
            yield _finding(access, check, role, evidence)


def _finding(access: Access, check: Check, role: Role, evidence: Evidence) -> Finding:
    """A finding on grants of a role."""
    document = access.trust_policy(role)
    grants = evidence.grants
    statements, repeats = describe_places(document, grants)
    if repeats:
        evidence = mend_repeats(document, evidence)
    reach = grants[0].reach if len(grants) == 1 else widest(grant.reach for grant in grants)
    own = evidence.severity if evidence.severity is not None else check.severity
    severity, graded = grade(own, check.severity, grants[0].privilege, access.tier(role.account), reach, check.counted)
    return Finding(
        id=fingerprint(check.id, role.arn, *sorted([grant.id for grant in grants])),
        check=check.id,
        severity=severity,
        confidence=evidence.confidence or judge_confidence(reach),
        subject=_subject(access, role),
        statements=statements,
        grants=tuple([grant.id for grant in grants]),
        because=evidence.because + repeats,
        graded=graded,
        depends_on=reach.depends_on,
        changes=evidence.changes,
        instead=evidence.instead,
        by_hand=evidence.by_hand,
    )


def _subject(access: Access, role: Role) -> Subject:
    """A role as the subject of all its findings."""
    subjects = access.memory.setdefault("subjects", {})
    if role.arn not in subjects:
        subjects[role.arn] = role_subject(role.arn)
    found: Subject = subjects[role.arn]
    return found


def _finding_on(subject: Subject, check: Check, evidence: Evidence) -> Finding:
    """A finding that is about no single grant: its severity is what the check says."""
    severity = evidence.severity if evidence.severity is not None else check.severity
    return Finding(
        id=fingerprint(check.id, subject.id, *map(str, evidence.statements)),
        check=check.id,
        severity=severity,
        confidence=evidence.confidence or Confidence.PROVEN,
        subject=subject,
        statements=evidence.statements,
        grants=(),
        because=evidence.because,
        graded=(own_grade(severity, check.severity),),
        changes=evidence.changes,
        instead=evidence.instead,
        by_hand=evidence.by_hand,
    )
