"""Sitting: what one sitting at the cockpit is about, and who sits there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trustview.review import Entry
from trustview.store import ReviewStore, SnapshotFile
from trustview.ui.own_views import OwnViews
from trustview.ui.state import State


@dataclass(frozen=True, slots=True)
class Begun:
    """The review under way: its id, what was decided in it, and how its screen was left (empty: as it is).

    `remark` says what carried over when it was begun this moment.
    """

    review_id: str
    journal: tuple[Entry, ...]
    view: Mapping[str, Any]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """A review of a snapshot by one person.

    `organization` and `taken_at` are shown; `now` gives the moment in UTC. `review_id` is the review of the quarter, as
    long as `begun` has not told which one is under way. What takes long is called in a thread, after the first screen:
    `begun` reads the decisions, `remark` says what the reviewer should know first. `save_view` keeps how the screen was
    left; `earlier` is the file of the snapshot before, `own_views` what the reviewer named.
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
    begun: Callable[[], Begun]
    remark: Callable[[], str]
    save_view: Callable[[str, State], None]
    earlier: Path | None = None
    own_views: OwnViews = field(default_factory=lambda: OwnViews(None))
