"""Files of a trail on disk, reduced in several processes, with a line now and then that says how far it is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from trustview.cli.output import say
from trustview.collect import FileMark, Reducer, Tally, Work, find_trail_run
from trustview.garbage import without_collection
from trustview.store import Workspace, open_shelf, read_named

SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def open_reducer(workspace: Workspace, roots: list[str], now: str, jobs: int | None) -> Iterator[Reducer]:
    """A reducer that keeps what it does in the workspace, for these files and folders; all cores without `jobs`."""
    work = Work(partial(open_shelf, workspace.parts, say), _read)
    with without_collection(), open_shelf(workspace.parts, say) as shelf:
        run = find_trail_run(shelf, [str(Path(root).absolute()) for root in roots], now)
        try:
            with Reducer(work, shelf, run, jobs or _cores(), _Teller().tell) as reducer:
                yield reducer
        except KeyboardInterrupt:
            raise KeyboardInterrupt("what was read is kept, run the same command again to go on") from None


def _read(path: str) -> bytes:
    file = read_named(path)
    if file.problem:
        raise ValueError(file.problem)
    return file.content


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def mark_of(path: str, size: int, version: str) -> FileMark:
    """A file as the reducer takes it, by its absolute path."""
    return FileMark(os.path.abspath(path), size, version)


class _Teller:
    """Says on stderr how far it is, every few seconds."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def tell(self, tally: Tally) -> None:
        """Says it when it is time to."""
        if time.monotonic() - self._said_at < SECONDS_BETWEEN_LINES:
            return
        self._said_at = time.monotonic()
        kept = f", {tally.kept:,} of them kept from before" if tally.kept else ""
        say(f"{tally.files:,} files of a trail, {tally.bytes / 1e6:,.0f} MB{kept}")
