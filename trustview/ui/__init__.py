"""The cockpit: a review in the terminal. Textual is imported here and in `widgets`, nowhere else.

One frozen `State` goes down through `present` to panes and widgets; messages come up; `commands` is the one table of
keys. `run_cockpit` opens it, `watch_collection` shows how a snapshot comes about; whatever else lives here is its own
business.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from trustview.collect import Keep, Report
    from trustview.snapshot import Snapshot
    from trustview.store import ReviewStore, SnapshotFile
    from trustview.ui.board import Wishes

__all__ = ["run_cockpit", "watch_collection"]

Kept = TypeVar("Kept")


def run_cockpit(
    snapshot: SnapshotFile,
    reviews: ReviewStore,
    reviewer: str,
    now: Callable[[], datetime],
    views: Path | None = None,
    remark: Callable[[], str] = str,
    wishes: Mapping[str, Any] | None = None,
) -> None:
    """Review a snapshot until the reviewer quits; nothing else is read, and only decisions and the view are written.

    `views` is the folder for how screens were left, which is not kept without one; what `remark` gives is said first.
    `wishes` say how to begin: at a `role` by its ARN, with `words` for the queue, at a `sheet` by its name; with the
    `sections` of the settings that are the cockpit's; at the first time of all (without any view) with the tour.
    Raises StoreError when the snapshot cannot be read, also when that shows while it is looked at.
    """
    _prepare()
    gc.disable()  # what is imported and made for the first screen stays: the cockpit says so once that is shown
    try:
        from trustview.ui.opening import open_cockpit  # noqa: PLC0415

        app = open_cockpit(snapshot, reviews, reviewer, now, views, remark, _wishes(wishes or {}, views))
        app.run()
    finally:
        gc.enable()
    if app.problem is not None:
        raise app.problem


def _wishes(given: Mapping[str, Any], views: Path | None) -> Wishes:
    from trustview.ui.board import Link, Wishes  # noqa: PLC0415
    from trustview.ui.preferences import read_preferences  # noqa: PLC0415
    from trustview.ui.state import Sheet  # noqa: PLC0415

    link = Link(given.get("words", ""), "", given.get("role", ""), Sheet(given.get("sheet", "")))
    is_first = views is not None and not any(views.glob("view-*.json"))
    return Wishes(link if link != Link() else None, read_preferences(given.get("sections", {})), is_first)


def watch_collection(
    collect: Callable[[Report, Keep], Coroutine[Any, Any, Snapshot]], keep: Callable[[Snapshot], Kept]
) -> Kept | None:
    """Show a collection until its snapshot is kept; what keeping gave, or None when it was left before.

    `collect` runs the collector, `keep` analyses and saves. Raises what ended the collection when it was left then.
    """
    _prepare()
    from trustview.ui.collector import CollectorApp  # noqa: PLC0415

    app = CollectorApp(collect, keep)
    kept = app.run()
    if app.problem is not None:
        raise app.problem
    return kept


def _prepare() -> None:
    # Textual reads it when it is imported; its 100 ms make escape feel slow.
    os.environ.setdefault("ESCDELAY", "40")
