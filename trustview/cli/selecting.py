"""Which snapshot, and which findings of it, the arguments mean."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Iterator

from trustview.analysis import CHECKS_BY_ID, Finding, Severity
from trustview.errors import UsageError
from trustview.export import FindingRow, finding_row
from trustview.review import Decision, current_decisions, review_id, review_under_way
from trustview.snapshot import Role
from trustview.store import (
    ReviewStore,
    SnapshotFile,
    Workspace,
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
    if (found := snapshot.role(text)) is not None:
        return found
    account, _, name = text.rpartition("/")
    accounts = select_accounts(snapshot, [account]) if account else None
    named = [role for role in snapshot.roles() if role.name == name and (accounts is None or role.account in accounts)]
    if not named:
        raise UsageError(f"`{text}` is no role of this snapshot: give an ARN, `account/name` or a name")
    if len(named) > 1:
        places = ", ".join(f"`{role.account}/{role.name}`" for role in named[:3])
        raise UsageError(f"`{text}` is the name of {len(named)} roles: say which, for example {places}")
    return named[0]


def select_findings(snapshot: SnapshotFile, arguments: Namespace) -> Iterator[Finding]:
    """The findings that pass the filters, worst first."""
    least = Severity[arguments.severity.upper()] if arguments.severity else Severity.INFO
    accounts = select_accounts(snapshot, arguments.account)
    checks = set(arguments.check or ())
    unknown = sorted(checks - CHECKS_BY_ID.keys())
    if unknown:
        raise UsageError(f"`{unknown[0]}` is no check: `trustview checks` lists them")
    return snapshot.findings(least, checks=checks or None, accounts=accounts)


def select_rows(workspace: Workspace, snapshot: SnapshotFile, arguments: Namespace) -> list[FindingRow]:
    """The findings that pass the filters, as rows for the exports, with what was decided."""
    names = account_names(snapshot)
    decisions = read_decisions(workspace, snapshot, arguments.review_database)
    seen_at = snapshot.summary().taken_at
    return [
        finding_row(finding, snapshot.grants_of(finding.role), names, decisions, seen_at)
        for finding in select_findings(snapshot, arguments)
    ]


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
