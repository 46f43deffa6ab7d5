"""Findings -> decisions: what is under review, and what people decided. Pure: who and when come in as arguments."""

from typing import TYPE_CHECKING

from trustview.lazy_names import lazy_names

if TYPE_CHECKING:
    from trustview.review.attestation import Attestation, Counts, Coverage
    from trustview.review.decision import Decision, Entry, EntryKind, Verdict, check_decision
    from trustview.review.journal import (
        Journal,
        current_decisions,
        is_closed,
        make_entry,
        read_entry,
        replay,
        seal,
        verify_chain,
        write_entry,
    )
    from trustview.review.review import (
        ItemState,
        ReviewItem,
        following_review,
        review_id,
        review_items,
        review_under_way,
    )
    from trustview.review.verification import Fault, find_faults, tally_undecided, tally_verdicts

__all__ = [
    "Attestation",
    "Counts",
    "Coverage",
    "Decision",
    "Entry",
    "EntryKind",
    "Fault",
    "ItemState",
    "Journal",
    "ReviewItem",
    "Verdict",
    "check_decision",
    "current_decisions",
    "find_faults",
    "following_review",
    "is_closed",
    "make_entry",
    "read_entry",
    "replay",
    "review_id",
    "review_items",
    "review_under_way",
    "seal",
    "tally_undecided",
    "tally_verdicts",
    "verify_chain",
    "write_entry",
]

lazy_names(__name__)
