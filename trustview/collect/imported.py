"""Files of the AWS CLI and of a trail -> a snapshot: the same values as from AWS itself. Pure.

Rule 1: a file, or an entry of one, that cannot be read is named with the place and the reason, and the rest is read.
Rule 2: what was not imported is a gap: nothing is concluded from what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from trustview.collect.documents import Document, FileProblem, Kind, recognise
from trustview.collect.evidence import count_uses
from trustview.collect.imported_accounts import DETAILS, ODD_SHAPE, AccountFiles, check, describe_odd
from trustview.collect.imported_organization import OrganizationFiles
from trustview.collect.moments import write_moment
from trustview.collect.reduction import Reduced, Reduction, windows_of
from trustview.collect.services import EVIDENCE, REGIONS, SERVICES, TREE
from trustview.collect.services.access_analyzer import ACCESS_ANALYZER, merge_findings, read_finding
from trustview.collect.services.cloudtrail import CLOUDTRAIL
from trustview.collect.services.iam import IAM
from trustview.collect.services.organizations import GUARDRAILS, TAGS
from trustview.collect.trail_files import is_trail_file
from trustview.snapshot import ExternalFinding, Gap, GapKind, Organization, Snapshot

_ABOUT_IAM = (
    Kind.ACCOUNT_DETAILS, Kind.LIST_ROLES, Kind.GET_ROLE, Kind.SAML_PROVIDERS, Kind.OIDC_PROVIDERS, Kind.OIDC_PROVIDER,
)  # fmt: skip
_FINDINGS = (Kind.LIST_FINDINGS, Kind.GET_FINDING, Kind.GET_FINDING_V2)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read from files, what was not, and what a person should know of the rest."""

    snapshot: Snapshot
    problems: tuple[FileProblem, ...]
    notes: tuple[str, ...]


def read_files(
    files: Iterable[tuple[str, bytes]], now: datetime, trails: Callable[[], Reduced] | None = None
) -> Imported:
    """Read files given as (name, content), in this order; of two different values of one thing the first is kept.

    `trails`, asked at the end, gives what was read of a trail's files elsewhere; otherwise they may be among the files.
    """
    gathered = _Gathered()
    for path, content in files:
        if is_trail_file(content):
            gathered.trail.add(path, content)
            continue
        document = recognise(path, content)
        if isinstance(document, FileProblem):
            gathered.problems.append(document)
            continue
        try:
            gathered.add(document)
        except ODD_SHAPE as error:
            reason = f"not quite what `{document.kind}` writes: {describe_odd(error)}"
            gathered.problems.append(FileProblem(path, "$", reason))
    reduced = trails() if trails else gathered.trail.reduced()
    snapshot = gathered.build(write_moment(now), reduced)
    damaged = (FileProblem(path, "", reason) for path, reason in reduced.problems)
    problems = (*gathered.problems, *damaged, *gathered.accounts.problems, *gathered.organization.problems)
    return Imported(snapshot, tuple(sorted(problems, key=lambda problem: problem.path)), tuple(gathered.accounts.notes))


@dataclass(slots=True)
class _Gathered:
    """Everything read so far."""

    accounts: AccountFiles = field(default_factory=AccountFiles)
    organization: OrganizationFiles = field(default_factory=OrganizationFiles)
    findings: list[ExternalFinding] = field(default_factory=list)
    has_findings: bool = False
    trail: Reduction = field(default_factory=Reduction)
    problems: list[FileProblem] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Take in one document."""
        if document.kind in _ABOUT_IAM:
            self.accounts.add(document)
        elif document.kind in _FINDINGS:
            self._add_findings(document)
        else:
            self.organization.add(document)

    def _add_findings(self, document: Document) -> None:
        self.has_findings = True
        for place, raw in _findings_in(document):
            try:
                self.findings.append(check(read_finding(raw, "")))
            except ODD_SHAPE as error:
                self.problems.append(FileProblem(document.path, place, describe_odd(error)))

    def build(self, now: str, reduced: Reduced) -> Snapshot:
        """The snapshot of everything taken in."""
        organization = self.organization.build()
        facts = Snapshot(
            taken_at=now,
            source="files",
            organization=organization,
            accounts=self.accounts.build(now),
            external_findings=merge_findings(self.findings),
            windows=windows_of(reduced.seen),
            gaps=tuple(self._gaps(organization, is_seen=bool(reduced.seen))),
        )
        return replace(facts, uses=count_uses(reduced.calls, facts))

    def _gaps(self, organization: Organization | None, *, is_seen: bool) -> Iterator[Gap]:
        yield from self.organization.gaps(organization)
        if not self.has_findings:
            reason = "no findings of Access Analyzer were imported"
            yield Gap("", ACCESS_ANALYZER.name, "", GapKind.NOT_ASKED, reason)
        if not is_seen:
            reason = "no files of a trail with read events were imported: nobody can tell who really assumed which role"
            yield Gap("", CLOUDTRAIL.name, "", GapKind.NOT_ASKED, reason)
        for service in SERVICES:
            if service not in _FROM_FILES:
                yield Gap("", service.name, "", GapKind.NOT_ASKED, "no file tells of it")
        yield from self.accounts.gaps()
        for member in organization.accounts if organization else ():
            if member.id not in self.accounts.accounts:
                reason = f"no `{DETAILS}` of this account was imported"
                yield Gap(member.id, IAM.name, "", GapKind.NOT_ASKED, reason)


_FROM_FILES = (TREE, GUARDRAILS, TAGS, REGIONS, IAM, ACCESS_ANALYZER, *EVIDENCE)


def _findings_in(document: Document) -> list[tuple[str, Any]]:
    match document.kind:
        case Kind.LIST_FINDINGS:
            return [(f"$.findings[{index}]", raw) for index, raw in enumerate(document.value["findings"])]
        case Kind.GET_FINDING:
            return [("$.finding", document.value["finding"])]
        case _:
            return [("$", document.value)]
