"""Analyse a snapshot, keep both in the workspace, and say what they hold: the end of every way to get a snapshot."""

from __future__ import annotations

from typing import Any

from trustview.analysis import Settings, analyse
from trustview.cli.summary import summarise
from trustview.garbage import without_collection
from trustview.snapshot import Snapshot
from trustview.store import Workspace, open_snapshot, save_snapshot


def keep_snapshot(workspace: Workspace, snapshot: Snapshot, settings: Settings) -> dict[str, Any]:
    """Analyse and save a snapshot; its summary, read back from the file."""
    with without_collection():
        path = save_snapshot(workspace, snapshot, analyse(snapshot, settings=settings))
    with open_snapshot(path) as saved:
        return summarise(saved)
