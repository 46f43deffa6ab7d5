"""The arguments of `trustview review` and of every command below it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from trustview.cli.argument_groups import add_filters, add_json, add_reviews, add_snapshot, command

if TYPE_CHECKING:
    from trustview.cli.argument_groups import Commands

VERDICTS = ("approve", "revoke", "narrow", "accept-risk", "defer")
STATES = ("open", "reopened", "outdated", "decided", "carried", "disputed")


def add_review(commands: Commands) -> None:
    """`trustview review` with its commands."""
    parser = command(commands, "review", "follow, sign off and verify reviews", "reviewing", "list_reviews")
    _add_common(parser)
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in (
        _add_list,
        _add_status,
        _add_items,
        _add_decide,
        _add_changes,
        _add_coverage,
        _add_start,
        _add_assign,
        _add_close,
        _add_verify,
        _add_pack,
    ):
        add(verbs)


def _add_common(parser: argparse.ArgumentParser) -> None:
    add_reviews(parser)
    add_json(parser)


def _add_list(verbs: Commands) -> None:
    _add_common(command(verbs, "list", "list every review in which something was decided", "reviewing", "list_reviews"))


def _add_status(verbs: Commands) -> None:
    parser = command(verbs, "status", "tell how far the review of a snapshot is", "reviewing", "show_status")
    add_snapshot(parser)
    _add_common(parser)


def _add_scope(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ou", action="append", metavar="OU", help="below this OU (id or name) only; repeatable")
    parser.add_argument("--tag", action="append", metavar="KEY=VALUE", help="accounts with this tag only; repeatable")
    add_filters(parser)


def _add_items(verbs: Commands) -> None:
    text = "list what there is to decide, worst first, why it stands there and what was decided"
    parser = command(verbs, "items", text, "review_items", "list_items")
    add_snapshot(parser)
    _add_scope(parser)
    parser.add_argument("--state", choices=STATES, help="only these")
    parser.add_argument("--reviewer", metavar="WHO", help="only what was assigned to this reviewer")
    _add_common(parser)


def _add_decide(verbs: Commands) -> None:
    text = "decide items, all as one step that the cockpit's undo takes back"
    parser = command(verbs, "decide", text, "review_items", "decide_items")
    add_snapshot(parser)
    add_reviews(parser)
    parser.add_argument("verdict", choices=VERDICTS, metavar="VERDICT", help=f"one of {', '.join(VERDICTS)}")
    parser.add_argument("items", nargs="+", metavar="ITEM", help="ids as `review items` prints them")
    parser.add_argument("--note", default="", metavar="TEXT", help="why; needed for several items, accept-risk, defer")
    parser.add_argument("--until", default="", metavar="DAY", help="until when it holds: 2027-02-20")
    parser.add_argument("--to", default="", metavar="WHO", help="whom a deferral goes to")
    parser.add_argument("--owner", default="", metavar="WHO", help="who answers for it")
    parser.add_argument("--change", default="", metavar="ID", help="the change of `narrow`, as `remediate` names it")


def _add_assign(verbs: Commands) -> None:
    text = "say who decides on which OUs and accounts; without a reviewer tell who does"
    parser = command(verbs, "assign", text, "review_items", "assign_places")
    add_snapshot(parser)
    add_reviews(parser)
    parser.add_argument("reviewer", nargs="?", metavar="WHO", help="the name of the login; `-` for whoever is above")
    parser.add_argument("places", nargs="*", metavar="PLACE", help="OUs and accounts, by id or name")


def _add_changes(verbs: Commands) -> None:
    text = "tell what holds of the last review, what is open again and why, what is new and what is gone"
    parser = command(verbs, "changes", text, "review_changes", "show_changes")
    add_snapshot(parser)
    parser.add_argument("--all", action="store_true", help="list what holds too, with why it still does")
    _add_common(parser)


def _add_coverage(verbs: Commands) -> None:
    text = "tell what was read, in part or not, by account, source and Region, and why"
    parser = command(verbs, "coverage", text, "packing", "show_coverage")
    add_snapshot(parser)
    parser.add_argument("--account", action="append", metavar="ID", help="this account (id or name) only; repeatable")
    parser.add_argument("--all", action="store_true", help="list what was read in full too")
    parser.add_argument("--format", choices=("csv",), help="print everything in this format instead of a table")
    add_json(parser)


def _add_pack(verbs: Commands) -> None:
    text = "write everything of a review into one archive: policies, reasons, decisions, coverage, sign-off, digests"
    parser = command(verbs, "pack", text, "packing", "pack_review")
    add_snapshot(parser)
    add_reviews(parser)
    parser.add_argument("--output", metavar="FILE", help="the archive; by default in the workspace's exports")
    parser.add_argument("--overwrite", "--force", action="store_true", help="replace the file")


def _add_start(verbs: Commands) -> None:
    text = "begin the review of a snapshot with what holds of the last one"
    parser = command(verbs, "start", text, "reviewing", "start_review")
    add_snapshot(parser)
    _add_scope(parser)
    add_reviews(parser)


def _add_close(verbs: Commands) -> None:
    text = "sign the review of a snapshot off; prints its seal"
    parser = command(verbs, "close", text, "reviewing", "close_review")
    add_snapshot(parser)
    add_reviews(parser)
    parser.add_argument("--statement", metavar="TEXT", help="what the reviewer states with the sign-off")
    parser.add_argument("--allow-open", action="store_true", help="sign off with items that are not decided")


def _add_verify(verbs: Commands) -> None:
    text = "check that no decision and no sign-off was changed"
    parser = command(verbs, "verify", text, "reviewing", "verify_review")
    parser.add_argument("review", nargs="?", metavar="REVIEW", help="a review as `review list` names it; all of them")
    parser.add_argument("--seal", metavar="DIGEST", help="a seal that was noted: entries after it were cut off or not")
    _add_common(parser)
