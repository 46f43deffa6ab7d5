"""Which snapshot, and which findings of it, the arguments mean."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trustview.analysis import CHECKS_BY_ID, Finding, Severity
from trustview.errors import UsageError
from trustview.export import FindingRow, finding_row
from trustview.policy import parse_arn
from trustview.review import Decision, current_decisions, review_id, review_under_way
from trustview.snapshot import Role
from trustview.store import (
    FindingList,
    ReviewStore,
    SnapshotFile,
    Workspace,
    account_of,
    find_snapshot,
    newest_snapshot,
    open_reviews,
    open_snapshot,
)


def open_selected(workspace: Workspace, arguments: Namespace) -> SnapshotFile:
    """The snapshot that `--snapshot` names, or the newest."""
    name = getattr(arguments, "snapshot", None)
    return open_snapshot(find_snapshot(workspace, name) if name else newest_snapshot(workspace))


def account_names(snapshot: SnapshotFile) -> dict[str, str]:
    """Names of accounts by id."""
    return {place.id: place.name for place in snapshot.tree() if place.is_account}


def select_accounts(snapshot: SnapshotFile, wanted: Iterable[str] | None) -> set[str] | None:
    """The ids of accounts given by id or name; None for all. UsageError for one that is not there."""
    if not wanted:
        return None
    names = account_names(snapshot)
    found: set[str] = set()
    for text in wanted:
        ids = {account for account, name in names.items() if text in (account, name)}
        if not ids:
            raise UsageError(f"`{text}` is no account of this snapshot: give an id or a name as the cockpit shows it")
        found |= ids
    return found


def select_role(snapshot: SnapshotFile, text: str) -> Role:
    """The role given by ARN, by `account/name`, or by a name that only one role has; UsageError otherwise."""
    if (role := snapshot.role(text)) is not None:
        return role
    place, _, name = text.rpartition("/")
    names, account = account_names(snapshot), place.partition("/")[0]
    called = () if parse_arn(text) else snapshot.role_arns(name)
    found = [arn for arn in called if not account or account in (account_of(arn), names.get(account_of(arn)))]
    if len(found) == 1 and (role := snapshot.role(found[0])) is not None:
        return role
    some = ", ".join(f"`{names.get(account_of(arn), account_of(arn))}/{name}`" for arn in (found or called)[:3])
    if found:
        raise UsageError(f"`{text}` is the name of {len(found)} roles: say which, for example {some}")
    known = (
        f"called so are {some}" if called else "give its ARN, its name, or ACCOUNT/NAME; `trustview roles` lists them"
    )
    raise UsageError(f"`{text}` is no role of this snapshot: {known}")


def select_findings(snapshot: SnapshotFile, arguments: Namespace) -> FindingList:
    """The findings that pass the filters, worst first."""
    least = Severity[arguments.severity.upper()] if arguments.severity else Severity.INFO
    accounts = select_accounts(snapshot, arguments.account)
    checks = set(arguments.check or ())
    unknown = sorted(checks - CHECKS_BY_ID.keys())
    if unknown:
        raise UsageError(f"`{unknown[0]}` is no check: `trustview checks` lists them")
    return snapshot.findings(least, checks=checks or None, accounts=accounts)


@dataclass(frozen=True)
class StoredRows:
    """Findings of an open snapshot as rows for the exports, with what was decided; each is made when its turn comes."""

    snapshot: SnapshotFile
    findings: FindingList
    names: Mapping[str, str]
    decisions: Mapping[str, Decision]
    seen_at: str

    def __iter__(self) -> Iterator[FindingRow]:
        return map(self._row, self.findings)

    def sections(self) -> Sequence[tuple[str, int]]:
        """The severities as they follow one another, each with how many rows stand under it."""
        return [(severity.word, count) for severity, count in self.findings.by_severity().items()]

    def firsts_of_checks(self) -> Sequence[FindingRow]:
        """The first row of each check."""
        return tuple(map(self._row, self.findings.firsts_of_checks()))

    def _row(self, finding: Finding) -> FindingRow:
        grants = self.snapshot.grants_of(finding.role)
        return finding_row(finding, grants, self.names, self.decisions, self.seen_at)


def select_rows(workspace: Workspace, snapshot: SnapshotFile, arguments: Namespace) -> StoredRows:
    """The findings that pass the filters, as rows for the exports, with what was decided."""
    decisions = read_decisions(workspace, snapshot, arguments.review_database)
    return rows_of(snapshot, select_findings(snapshot, arguments), decisions)


def rows_of(snapshot: SnapshotFile, findings: FindingList, decisions: Mapping[str, Decision]) -> StoredRows:
    """Findings of a snapshot as rows."""
    return StoredRows(snapshot, findings, account_names(snapshot), decisions, snapshot.summary().taken_at)


def read_decisions(workspace: Workspace, snapshot: SnapshotFile, database: str | None = None) -> dict[str, Decision]:
    """What was decided in the review that the snapshot belongs to, by item."""
    with open_reviews(workspace, database) as reviews:
        return current_decisions(reviews.journal(review_of(snapshot, reviews)))


def first_review_of(snapshot: SnapshotFile) -> str:
    """The first review of the snapshot's quarter."""
    summary = snapshot.summary()
    return review_id(summary.organization, summary.taken_at)


def review_of(snapshot: SnapshotFile, reviews: ReviewStore) -> str:
    """The review that a snapshot belongs to: the newest of its quarter."""
    return review_under_way(first_review_of(snapshot), reviews.reviews())
