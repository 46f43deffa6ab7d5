"""Keeps what was decided in the journal, and how the screen stands in the view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trustview import store
from trustview.errors import TrustviewError
from trustview.review import Assignment, Decision, EntryKind, make_entry
from trustview.ui.others import after_others, disagreement
from trustview.ui.sitting import Sitting
from trustview.ui.state import Notice
from trustview.ui.steps import after_entry

if TYPE_CHECKING:
    from trustview.ui.desk import Desk


class Keeping:
    """What cannot be kept is said, and is not shown as kept."""

    def __init__(self, desk: Desk, sitting: Sitting) -> None:
        self._desk = desk
        self._sitting = sitting

    def keep(
        self,
        kind: EntryKind,
        notice: str,
        decisions: Sequence[Decision],
        cleared: Sequence[str],
        assigned: Sequence[Assignment],
    ) -> None:
        """Write a step into the journal, then show it."""
        desk, reviews = self._desk, self._sitting.reviews
        before = state = desk.state
        try:
            bound, texts = store.bind(self._sitting.reader, decisions)
            entry = make_entry(state.journal, kind, desk.reviewer, desk.now(), bound, cleared)
            kept = reviews.append(desk.review_id, replace(entry, assigned=tuple(assigned)), texts)
            if kept.number != len(state.journal) + 1:  # somebody else decided in the meantime
                others = reviews.journal(desk.review_id, len(state.journal))
                state = after_others(state, (entry for entry in others if entry.number < kept.number))
        except TrustviewError as error:
            desk.say(f"not saved, nothing is decided: {error}", is_bad=True)
            return
        after = after_entry(state, kept, Notice(notice))
        desk.show(replace(after, notice=disagreement(before, after) or after.notice))
        self.save_view()

    def save_view(self) -> None:
        """Keep how the screen stands; a disk that is full costs only this."""
        try:
            self._sitting.save_view(self._desk.review_id, self._desk.state)
        except (OSError, TrustviewError) as error:
            self._desk.say(f"how the screen stands could not be kept: {error}", is_bad=True)
