"""Sitting: what one sitting at the cockpit is about, and who sits there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trustview.store import ReviewStore, SnapshotFile
from trustview.ui.state import State


@dataclass(frozen=True, slots=True)
class Sitting:
    """A review of a snapshot by one person.

    `organization` and `taken_at` are shown; `now` gives the moment in UTC; `save_view` keeps how the screen was left.
    """

    reader: SnapshotFile
    reviews: ReviewStore
    review_id: str
    organization: str
    taken_at: str
    gaps: int
    reviewer: str
    today: str
    now: Callable[[], str]
    save_view: Callable[[State], None]
