"""`trustview review items`, `decide` and `assign`: what there is to decide, deciding it, and who does."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from trustview.analysis import describe_outlier
from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_table, say
from trustview.cli.reviewer import reviewer_name
from trustview.cli.scoping import find_place, read_scope
from trustview.cli.selecting import account_names, open_selected, review_of
from trustview.errors import UsageError
from trustview.review import (
    Assignment,
    Decision,
    EntryKind,
    Journal,
    Verdict,
    check_decision,
    current_assignments,
    current_decisions,
    current_scope,
    find_conflicts,
    is_closed,
    make_entry,
    rank_item,
    reviewers_of,
)
from trustview.store import ItemRow, SnapshotFile, bind, find_outdated, find_workspace, open_reviews, rows_within

NOBODY = "-"


def list_items(arguments: Namespace) -> int:
    """Print the items of a review, worst first, with why each stands where it does and what was decided."""
    workspace = find_workspace()
    with open_selected(workspace, arguments) as snapshot, open_reviews(workspace, arguments.review_database) as reviews:
        journal = reviews.journal(review_of(snapshot, reviews))
        rows = rows_within(snapshot, current_scope(journal), read_scope(snapshot, arguments))
        outdated = {one.item: one.because for one in find_outdated(snapshot, reviews, review_of(snapshot, reviews))}
        told = [one for one in _told(snapshot, journal, rows, outdated) if _is_wanted(one, arguments)]
        names = account_names(snapshot)
    if arguments.json:
        print_json(told)
        return ExitCode.DONE
    table = [
        (
            one["item"],
            one["state"],
            one["decision"]["verdict"] if one["decision"] else "",
            ", ".join(one["reviewers"]),
            names.get(one["accounts"][0], one["accounts"][0]) if one["accounts"] else "",
            one["role"],
            one["principal"],
            one["rank"],
        )
        for one in told
    ]
    print_table(("item", "state", "decided", "reviewer", "account", "role", "who gets in", "why here"), table)
    say(f"{len(told)} items, {sum(one['state'] in ('open', 'reopened', 'outdated') for one in told)} of them open")
    return ExitCode.DONE


def _is_wanted(told: dict[str, Any], arguments: Namespace) -> bool:
    if arguments.state and told["state"] != arguments.state:
        return False
    return arguments.reviewer is None or arguments.reviewer in told["reviewers"]


def _told(
    snapshot: SnapshotFile, journal: Journal, rows: Iterable[ItemRow], outdated: Mapping[str, tuple[str, ...]]
) -> list[dict[str, Any]]:
    decisions, conflicts = current_decisions(journal), find_conflicts(journal)
    reopened = {one.item: one for entry in journal for one in entry.reopened}
    assigned, organization = current_assignments(journal), snapshot.organization()
    told = []
    for row in rows:
        decision, before = decisions.get(row.id), reopened.get(row.id)
        told.append(
            {
                "item": row.id,
                "state": "outdated"
                if row.id in outdated
                else _state(decision, is_reopened=before is not None, is_disputed=row.id in conflicts),
                "rank": rank_item(row.severity, row.reach, row.party, row.privilege, row.findings).sentence,
                "severity": row.severity.word if row.severity is not None else None,
                "role": row.role_name,
                "principal": row.principal,
                "accounts": list(row.accounts),
                "grants": row.grants,
                "checks": list(row.checks),
                "outlier_of": row.outlier_of,
                "differs": list(_difference(snapshot, row)),
                "reviewers": list(reviewers_of(row.accounts, assigned, organization)),
                "decision": _decided(decision) if decision else None,
                "reopened": list(before.because) if before and not decision else list(outdated.get(row.id, ())),
            }
        )
    return told


def _difference(snapshot: SnapshotFile, row: ItemRow) -> tuple[str, ...]:
    """How an outlier differs from the fleet that it stands apart from."""
    usual, own = (snapshot.item_grants(item)[:1] for item in (row.outlier_of, row.id)) if row.outlier_of else ((), ())
    return describe_outlier(usual[0], own[0]) if usual and own else ()


def _state(decision: Decision | None, *, is_reopened: bool, is_disputed: bool) -> str:
    if decision is None:
        return "reopened" if is_reopened else "open"
    if is_disputed:
        return "disputed"
    return "carried" if decision.carried_from else "decided"


def _decided(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": decision.verdict.value,
        "by": decision.by,
        "at": decision.at,
        "note": decision.note,
        "until": decision.until,
        "assignee": decision.assignee,
        "owner": decision.owner,
        "change": decision.change,
        "carried_from": decision.carried_from,
        "because": list(decision.because),
    }


# ── deciding ─────────────────────────────────────────────────────────────────────────────────────────────────────


def decide_items(arguments: Namespace) -> int:
    """Decide items by their ids, all as one step."""
    workspace = find_workspace()
    verdict = Verdict(arguments.verdict.replace("-", " "))
    now = datetime.now(UTC)
    with open_selected(workspace, arguments) as snapshot, open_reviews(workspace, arguments.review_database) as reviews:
        review = review_of(snapshot, reviews)
        journal = reviews.journal(review)
        rows = [_row_of(snapshot, item) for item in dict.fromkeys(arguments.items)]
        _refuse_incomplete(snapshot, verdict, rows, arguments, f"{now:%Y-%m-%d}")
        at = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        given = (arguments.note, arguments.until, arguments.to, arguments.owner, arguments.change)
        made = [Decision(row.id, verdict, reviewer_name(), at, *given) for row in rows]
        decisions, texts = bind(snapshot, made)
        reviews.append(review, make_entry(journal, EntryKind.DECIDE, reviewer_name(), at, decisions), texts)
    say(f"{verdict.value}: {len(rows)} {'item' if len(rows) == 1 else 'items'} of the review `{review}`")
    return ExitCode.DONE


def _row_of(snapshot: SnapshotFile, item: str) -> ItemRow:
    detail = snapshot.item_detail(item)
    if detail is None:
        raise UsageError(f"`{item}` is no item of this snapshot: `trustview review items` lists them")
    return detail.row


def _refuse_incomplete(
    snapshot: SnapshotFile, verdict: Verdict, rows: list[ItemRow], arguments: Namespace, today: str
) -> None:
    missing = check_decision(verdict, len(rows), arguments.note, arguments.until, today, arguments.to)
    if missing:
        raise UsageError(f"{missing}; `--note`, `--until DAY` and `--to WHO` give it")
    if arguments.change and verdict is not Verdict.NARROW:
        raise UsageError(f"a change is chosen for `narrow`, not for `{verdict.value}`")
    if verdict is Verdict.NARROW:
        for row in rows:
            known = _changes(snapshot, row)
            if arguments.change not in known:
                listed = ", ".join(f"`{one}`" for one in known) or "none is proposed"
                raise UsageError(f"`narrow` needs the change that is to be made: `--change` with one of {listed}")


def _changes(snapshot: SnapshotFile, row: ItemRow) -> list[str]:
    """The ids of the changes that close something that was found on an item."""
    detail = snapshot.item_detail(row.id)
    findings = detail.findings if detail else ()
    found = {finding.id for finding in findings}
    subjects = dict.fromkeys(finding.subject.id for finding in findings)
    proposed = (one for subject in subjects for one in snapshot.remediations_of(subject))
    return list(dict.fromkeys(one.id for one in proposed if found.intersection(one.closes)))


# ── who decides ──────────────────────────────────────────────────────────────────────────────────────────────────


def assign_places(arguments: Namespace) -> int:
    """Share the work out: who decides on an OU or account; without arguments print who does."""
    workspace = find_workspace()
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    with open_selected(workspace, arguments) as snapshot, open_reviews(workspace, arguments.review_database) as reviews:
        review = review_of(snapshot, reviews)
        journal = reviews.journal(review)
        if arguments.reviewer is None:
            names = {place.id: place.name for place in snapshot.tree()}
            rows = [(place, names.get(place, ""), who) for place, who in current_assignments(journal).items() if who]
            print_table(("place", "name", "reviewer"), rows)
            return ExitCode.DONE
        if not arguments.places or is_closed(journal):
            raise UsageError("name the OUs or accounts that are to be assigned, in a review that is open")
        who = "" if arguments.reviewer == NOBODY else arguments.reviewer
        made = tuple(Assignment(find_place(snapshot, text), who) for text in arguments.places)
        entry = make_entry(journal, EntryKind.ASSIGN, reviewer_name(), at)
        reviews.append(review, replace(entry, assigned=made))
    say(f"{', '.join(arguments.places)}: decided by {who or 'whoever is above'}")
    return ExitCode.DONE
