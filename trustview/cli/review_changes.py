"""`trustview review changes`: what holds of the last review, what is open again and why, what is new, what is gone."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from trustview.cli.exit_code import ExitCode
from trustview.cli.output import print_json, print_table, say
from trustview.cli.selecting import account_names, first_review_of, open_selected, review_of
from trustview.errors import UsageError
from trustview.review import CarriedItem, CarryOver, Fate, GoneItem, changes_found, describe_counts, following_review
from trustview.store import ItemRow, ReviewStore, SnapshotFile, carry_into, find_workspace, open_reviews


def show_changes(arguments: Namespace) -> int:
    """Print what became of every decision of the last review that was signed off."""
    workspace = find_workspace()
    with open_selected(workspace, arguments) as snapshot, open_reviews(workspace, arguments.review_database) as reviews:
        carried = carry_into(snapshot, reviews, _reviewed_in(snapshot, reviews))
        if carried is None:
            raise UsageError("no review of this organization was signed off before: there is nothing to compare with")
        if arguments.json:
            print_json(_tell(carried, snapshot))
        else:
            _print(carried, snapshot, shows_all=arguments.all)
    return ExitCode.DONE


def _reviewed_in(snapshot: SnapshotFile, reviews: ReviewStore) -> str:
    """The review of a snapshot: after a sign-off of another snapshot of the quarter, the one that is to be begun."""
    review = review_of(snapshot, reviews)
    newest = reviews.journal(review, after=reviews.newest(review) - 1)
    signed = newest[-1].attestation if newest else None
    if signed is not None and signed.snapshot != snapshot.name:
        return following_review(first_review_of(snapshot), review)
    return review


def _tell(carried: CarryOver, snapshot: SnapshotFile) -> dict[str, Any]:
    rows = {row.id: row for row in snapshot.items()}
    return {
        "last": carried.last,
        "items": [_item(item, rows[item.item]) for item in carried.items],
        "gone": [_gone(gone) for gone in carried.gone],
        "lost_accounts": list(carried.lost_accounts),
        "findings": [
            {
                "check": one.check,
                "severity": one.severity.word,
                "subject": one.subject,
                "accounts": list(one.accounts),
                "because": list(one.because),
            }
            for one in changes_found(carried)
        ],
    }


def _item(item: CarriedItem, row: ItemRow) -> dict[str, Any]:
    return {
        "item": item.item,
        "fate": item.fate.value,
        "check": item.check,
        "checks": list(row.checks),
        "severity": row.severity.word if row.severity is not None else None,
        "role": row.role_name,
        "principal": row.principal,
        "accounts": list(row.accounts),
        "decision": item.was.verdict.value if item.was else None,
        "decided_by": item.was.by if item.was else "",
        "because": list(item.because),
    }


def _gone(gone: GoneItem) -> dict[str, Any]:
    return {
        "item": gone.decision.item,
        "decision": gone.decision.verdict.value,
        "roles": list(gone.roles),
        "seen": not gone.is_unseen,
    }


def _print(carried: CarryOver, snapshot: SnapshotFile, *, shows_all: bool) -> None:
    names = account_names(snapshot)
    rows = {row.id: row for row in snapshot.items()}
    shown = [item for item in carried.items if shows_all or item.fate in (Fate.REOPENED, Fate.NEW)]
    table = [
        (
            item.fate.value,
            _places(rows[item.item], names),
            rows[item.item].role_name,
            rows[item.item].principal,
            item.was.verdict.value if item.was else "",
            "; ".join(item.because),
        )
        for item in shown
    ]
    table += [
        ("gone" if not gone.is_unseen else "unseen", "", ", ".join(gone.roles[:2]), "", gone.decision.verdict.value, "")
        for gone in carried.gone
    ]
    print_table(("since", "account", "item", "who gets in", "decided", "because"), table)
    say(describe_counts(carried))
    if carried.lost_accounts:
        lost = ", ".join(names.get(account, account) for account in carried.lost_accounts)
        say(f"read last time and not today: {lost}")


def _places(row: ItemRow, names: dict[str, str]) -> str:
    first = names.get(row.accounts[0], row.accounts[0]) if row.accounts else ""
    return f"{first} and {len(row.accounts) - 1} more" if len(row.accounts) > 1 else first
