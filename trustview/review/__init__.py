"""Findings -> decisions: what is under review, and what people decided. Pure: who and when come in as arguments."""

from trustview.review.decision import Decision, Entry, EntryKind, Verdict, check_decision
from trustview.review.journal import Journal, current_decisions, make_entry, replay, seal, verify_chain
from trustview.review.review import ItemState, ReviewItem, review_id, review_items

__all__ = [
    "Decision",
    "Entry",
    "EntryKind",
    "ItemState",
    "Journal",
    "ReviewItem",
    "Verdict",
    "check_decision",
    "current_decisions",
    "make_entry",
    "replay",
    "review_id",
    "review_items",
    "seal",
    "verify_chain",
]
