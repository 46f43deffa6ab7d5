"""Findings -> decisions: what is under review, and what people decided. Pure: who and when come in as arguments."""

from typing import TYPE_CHECKING

from trustview.lazy_names import lazy_names

if TYPE_CHECKING:
    from trustview.review.attestation import Attestation, Counts, Coverage, Inventory, read_inventory, write_inventory
    from trustview.review.basis import Basis, digest_of, item_bases, read_basis, write_basis
    from trustview.review.carry_over import CarriedItem, CarryOver, Fate, GoneItem, LastReview, carry_over, grant_keys
    from trustview.review.decision import Decision, Entry, EntryKind, Reopened, Verdict, check_decision
    from trustview.review.journal import (
        Journal,
        current_assignments,
        current_decisions,
        current_scope,
        find_conflicts,
        is_closed,
        make_entry,
        read_entry,
        replay,
        seal,
        step_to_redo,
        step_to_undo,
        verify_chain,
        write_entry,
    )
    from trustview.review.ledger import Extent, LedgerLine, count_extents, describe_place, make_ledger, write_ledger
    from trustview.review.ranking import Rank, explain_finding, rank_item
    from trustview.review.review import (
        ItemState,
        ReviewItem,
        following_review,
        review_id,
        review_items,
        review_under_way,
    )
    from trustview.review.scope import Assignment, Scope, reviewers_of
    from trustview.review.since_last import (
        REVIEW_CHECKS,
        REVIEW_CHECKS_BY_ID,
        ChangeFound,
        ReviewCheck,
        changes_found,
        describe_counts,
    )
    from trustview.review.verification import Fault, find_faults, tally_undecided, tally_verdicts

__all__ = [
    "REVIEW_CHECKS",
    "REVIEW_CHECKS_BY_ID",
    "Assignment",
    "Attestation",
    "Basis",
    "CarriedItem",
    "CarryOver",
    "ChangeFound",
    "Counts",
    "Coverage",
    "Decision",
    "Entry",
    "EntryKind",
    "Extent",
    "Fate",
    "Fault",
    "GoneItem",
    "Inventory",
    "ItemState",
    "Journal",
    "LastReview",
    "LedgerLine",
    "Rank",
    "Reopened",
    "ReviewCheck",
    "ReviewItem",
    "Scope",
    "Verdict",
    "carry_over",
    "changes_found",
    "check_decision",
    "count_extents",
    "current_assignments",
    "current_decisions",
    "current_scope",
    "describe_counts",
    "describe_place",
    "digest_of",
    "explain_finding",
    "find_conflicts",
    "find_faults",
    "following_review",
    "grant_keys",
    "is_closed",
    "item_bases",
    "make_entry",
    "make_ledger",
    "rank_item",
    "read_basis",
    "read_entry",
    "read_inventory",
    "replay",
    "review_id",
    "review_items",
    "review_under_way",
    "reviewers_of",
    "seal",
    "step_to_redo",
    "step_to_undo",
    "tally_undecided",
    "tally_verdicts",
    "verify_chain",
    "write_basis",
    "write_entry",
    "write_inventory",
    "write_ledger",
]

lazy_names(__name__)
