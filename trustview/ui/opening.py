"""From a snapshot file and the store of reviews to a cockpit that stands where it was left.

The first screen needs the rows of the snapshot alone; decisions and remarks are read once it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from trustview import review as reviewing
from trustview import store
from trustview.errors import ReviewBegunError
from trustview.review import review_id, review_under_way
from trustview.store import ReviewStore, SnapshotFile, earlier_snapshot, load_view, save_view, view_file
from trustview.ui.app import Cockpit
from trustview.ui.board import Wishes
from trustview.ui.own_views import OwnViews
from trustview.ui.places import Places
from trustview.ui.review_scope import limited_view
from trustview.ui.sitting import Begun, Sitting
from trustview.ui.state import State
from trustview.ui.steps import begin
from trustview.ui.view_state import view_of, with_view


def open_cockpit(
    snapshot: SnapshotFile,
    reviews: ReviewStore,
    reviewer: str,
    now: Callable[[], datetime],
    views: Path | None,
    remark: Callable[[], str] = str,
    wishes: Wishes | None = None,
) -> Cockpit:
    """The cockpit on a snapshot; `views` is the folder for how a screen was left, what `remark` gives is said first.

    `wishes` say how to begin.
    """
    summary = snapshot.summary()
    first = review_id(summary.organization, summary.taken_at)
    wishes = wishes or Wishes()
    state = replace(begin(snapshot.items(), Places(snapshot.tree()), ()), preferences=wishes.preferences)
    if views:
        state = with_view(state, load_view(view_file(views, first)))

    def begun() -> Begun:
        review = review_under_way(first, reviews.reviews())
        view = load_view(view_file(views, review)) if views and review != first else {}
        journal = reviews.journal(review)
        if journal:
            outdated = store.find_outdated(snapshot, reviews, review)
            told = f"{len(outdated)} decided on what is otherwise now (trustview review items)" if outdated else ""
            left = view or (load_view(view_file(views, review)) if views else {})
            narrowed = limited_view(left, reviewing.current_scope(journal), snapshot.organization())
            return Begun(review, journal, view if narrowed is left else narrowed, told)
        told = _begin(snapshot, reviews, review, reviewer, f"{now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        return Begun(review, reviews.journal(review), view, told)

    def keep_view(review: str, left: State) -> None:
        if views:
            save_view(view_file(views, review), view_of(left))

    sitting = Sitting(
        reader=snapshot,
        reviews=reviews,
        review_id=first,
        organization=summary.organization or "files",
        taken_at=summary.taken_at,
        gaps=summary.gaps,
        reviewer=reviewer,
        today=str(now().date()),
        now=lambda: now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        begun=begun,
        remark=remark,
        save_view=keep_view,
        earlier=earlier_snapshot(snapshot.path.parent, snapshot.path),
        own_views=OwnViews(views),
    )
    return Cockpit(sitting, state, wishes)


def _begin(snapshot: SnapshotFile, reviews: ReviewStore, review: str, reviewer: str, at: str) -> str:
    """Begin the review with what holds of the last one, if there is one; what there is to say of that."""
    try:
        carried = store.begin_after_last(snapshot, reviews, review, reviewer, at)
    except ReviewBegunError:  # by somebody else, this moment
        return ""
    return reviewing.describe_counts(carried) if carried else ""
