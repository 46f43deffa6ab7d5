"""From a snapshot file and the store of reviews to a cockpit that stands where it was left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from trustview.review import review_id, review_under_way
from trustview.store import ReviewStore, SnapshotFile, load_view, save_view, view_file
from trustview.ui.app import Cockpit
from trustview.ui.places import Places
from trustview.ui.sitting import Sitting
from trustview.ui.state import Notice, State, begin
from trustview.ui.view_state import view_of, with_view


def open_cockpit(
    snapshot: SnapshotFile,
    reviews: ReviewStore,
    reviewer: str,
    now: Callable[[], datetime],
    views: Path | None,
    notice: str = "",
) -> Cockpit:
    """The cockpit on a snapshot; `views` is the folder for how a screen was left, `notice` is said first."""
    summary = snapshot.summary()
    review = review_under_way(review_id(summary.organization, summary.taken_at), reviews.reviews())
    file = view_file(views, review) if views else None
    state = begin(snapshot.items(), Places(snapshot.tree()), reviews.journal(review))
    if file:
        state = with_view(state, load_view(file))
    if notice:
        state = replace(state, notice=Notice(notice))
    sitting = Sitting(
        reader=snapshot,
        reviews=reviews,
        review_id=review,
        organization=summary.organization or "files",
        taken_at=summary.taken_at,
        gaps=summary.gaps,
        reviewer=reviewer,
        today=str(now().date()),
        now=lambda: now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        save_view=partial(_save, file) if file else _forget,
    )
    return Cockpit(sitting, state)


def _save(file: Path, state: State) -> None:
    save_view(file, view_of(state))


def _forget(state: State) -> None:
    """Keep nothing: the sitting has no folder for it."""
