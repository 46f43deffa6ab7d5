"""Analyse a snapshot, keep both in the workspace, and say what they hold: the end of every way to get a snapshot."""

from __future__ import annotations

from typing import Any

from trustview.analysis import analyse
from trustview.cli.summary import summarise
from trustview.snapshot import Snapshot
from trustview.store import Workspace, save_snapshot


def keep_snapshot(workspace: Workspace, snapshot: Snapshot) -> dict[str, Any]:
    """Analyse and save a snapshot; its summary."""
    analysis = analyse(snapshot)
    path = save_snapshot(workspace, snapshot, analysis)
    return summarise(snapshot, analysis, path.stem)
