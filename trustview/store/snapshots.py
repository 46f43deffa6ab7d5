"""Snapshots on disk: one immutable SQLite file each, several side by side, named so that they sort by time.

A file is written under another name and gets its own when it is whole; it never changes afterwards.
"""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trustview.errors import NoSnapshotError, StoreError
from trustview.garbage import without_collection
from trustview.store.files import take_name
from trustview.store.snapshot_file import SnapshotFile
from trustview.store.workspace import Workspace, make_file, make_folder

if TYPE_CHECKING:
    from trustview.analysis import Analysis
    from trustview.snapshot import Snapshot

SUFFIX = ".trustview"

_UNFINISHED = ".writing-"
_ABANDONED_AFTER_SECONDS = 24 * 3600
_MOST_OF_ONE_MOMENT = 100


@dataclass(frozen=True, slots=True)
class SnapshotEntry:
    """A snapshot in the folder, unopened."""

    name: str
    path: Path
    bytes: int


def open_snapshot(path: Path) -> SnapshotFile:
    """An open snapshot; nothing is worked out and hardly anything read.

    Raises NewerFormatError for a file of a newer trustview and StoreError for one that is damaged.
    """
    return SnapshotFile(path)


def save_snapshot(place: Workspace | Path, snapshot: Snapshot, analysis: Analysis, taken_at: str = "") -> Path:
    """Write a snapshot and its analysis into a new file, named after the moment; the file.

    Raises StoreError when it cannot be written; then nothing is left behind.
    """
    folder = _folder(place)
    _sweep(folder)
    unfinished = folder / f"{_UNFINISHED}{os.getpid()}-{time.time_ns()}"
    make_file(unfinished)
    try:
        with without_collection():
            _write(unfinished, snapshot, analysis)
        return _give_name(unfinished, taken_at or snapshot.taken_at)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"cannot write a snapshot into `{folder}`: {error}; make room, or set TRUSTVIEW_HOME to another folder"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)


def list_snapshots(place: Workspace | Path) -> tuple[SnapshotEntry, ...]:
    """The snapshots of the workspace, the oldest first; none is opened."""
    paths = sorted(_folder(place).glob(f"*{SUFFIX}"), key=lambda path: path.stem)
    return tuple(SnapshotEntry(path.stem, path, path.stat().st_size) for path in paths if path.is_file())


def newest_snapshot(place: Workspace | Path) -> Path:
    """The newest snapshot; NoSnapshotError when there is none."""
    entries = list_snapshots(place)
    if not entries:
        raise NoSnapshotError(
            "there is no snapshot yet: run `trustview collect`, `trustview import PATH` or `trustview demo`"
        )
    return entries[-1].path


def earlier_snapshot(place: Workspace | Path, path: Path) -> Path | None:
    """The snapshot before one; None when it is the first, or stands elsewhere."""
    paths = [entry.path for entry in list_snapshots(place)]
    index = paths.index(path) if path in paths else 0
    return paths[index - 1] if index else None


def find_snapshot(place: Workspace | Path, name: str) -> Path:
    """A snapshot by its name, or by the beginning of its name when no other begins so.

    NoSnapshotError names those that are there.
    """
    entries = list_snapshots(place)
    exact = [entry.path for entry in entries if entry.name == name]
    found = exact or [entry.path for entry in entries if name and entry.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    some = ", ".join(f"`{entry.name}`" for entry in entries[-5:]) or "none"
    reason = "several snapshots are called so" if found else "there is no such snapshot"
    raise NoSnapshotError(f"`{name}`: {reason}; the newest are {some}, `trustview snapshots` lists all")


def delete_snapshot(place: Workspace | Path, name: str) -> Path:
    """Delete a snapshot by its full name; decisions are kept elsewhere and stay. The file that was there."""
    path = next((entry.path for entry in list_snapshots(place) if entry.name == name), None)
    if path is None:
        raise NoSnapshotError(f"there is no snapshot `{name}`: `trustview snapshots` lists them")
    try:
        path.unlink()
    except OSError as error:
        raise StoreError(f"cannot delete `{path}`: {error.strerror}; make its folder writable") from error
    return path


def _folder(place: Workspace | Path) -> Path:
    return place.snapshots if isinstance(place, Workspace) else make_folder(place)


def _write(path: Path, snapshot: Snapshot, analysis: Analysis) -> None:
    """The file has no name yet, so that neither a journal nor waiting for the disk row by row is needed."""
    from trustview.store.snapshot_writer import write_tables  # noqa: PLC0415 -- reading needs none of it

    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")
        write_tables(database, snapshot, analysis)
    finally:
        database.close()
    _flush(path)


def _give_name(unfinished: Path, taken_at: str) -> Path:
    """The file under its own name: a link, so that no other snapshot of the same moment is ever replaced."""
    moment = "".join(filter(lambda char: char in "0123456789TZ", taken_at)) or "undated"
    for number in range(1, _MOST_OF_ONE_MOMENT):
        path = unfinished.with_name(f"{moment}{f'-{number:02}' if number > 1 else ''}{SUFFIX}")
        if take_name(unfinished, path):
            _flush(path.parent)
            return path
    raise StoreError(f"there are too many snapshots of `{taken_at}`: `trustview snapshots --delete NAME` removes one")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Remove what killed processes left unfinished."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        try:
            if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_SECONDS:
                path.unlink(missing_ok=True)
        except OSError:
            continue
