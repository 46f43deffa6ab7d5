"""Reducing: files of a trail, batch by batch and in several processes, onto the shelf.

Rule 1: a batch goes to the shelf as soon as it is done, and what is there is not read again while its files are the
same: so that an interrupted import goes on where it was, and a later one reads only what is new. Rule 2: a few batches
are under way at a time, and copies stay on the shelf: memory does not grow with the files.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol

from trustview.collect.batches import Cutter, FileMark, fingerprint
from trustview.collect.reduction import (
    Kept,
    LostError,
    Reduced,
    Reduction,
    calls_by_day,
    find_reduction,
    put_reduction,
    widen,
)
from trustview.collect.sighting import Sighting
from trustview.collect.trail_files import Day, Span
from trustview.errors import SourceError

BATCHES_PER_PROCESS = 3


class Shelf(Protocol):
    """As much of the parts' shelf as is needed here."""

    def get(self, key: str) -> object | None:
        """The value, or None when it is not there or cannot be read."""

    def put(self, key: str, value: object) -> None:
        """Keeps a value."""

    def keys(self, prefix: str) -> tuple[str, ...]:
        """The keys that begin so."""

    def remove(self, prefix: str) -> None:
        """Removes what begins so."""

    def begin_run(self, scope: str, began: str) -> str:
        """The id of a new run of this scope."""

    def find_run(self, scope: str) -> tuple[str, str] | None:
        """The newest unfinished run of this scope and when it began."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs to reduce files: how the shelf is opened, and how a file is read.

    Both are functions of a module, so that another process can call them. Reading raises ValueError with the reason.
    """

    open_shelf: Callable[[], Shelf]
    read: Callable[[str], bytes]


@dataclass(slots=True)
class Tally:
    """What has been reduced so far; `kept` files were on the shelf already."""

    files: int = 0
    bytes: int = 0
    kept: int = 0


@dataclass(slots=True)
class Reducer:
    """Takes files one after another and reduces them; use it as a context."""

    work: Work
    shelf: Shelf
    run: str
    processes: int
    report: Callable[[Tally], None]
    tally: Tally = field(default_factory=Tally)
    _cutter: Cutter = field(default_factory=Cutter)
    _keys: list[str] = field(default_factory=list)
    _under_way: deque[tuple[Future[None], list[FileMark]]] = field(default_factory=deque)
    _pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Reducer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def add(self, mark: FileMark) -> None:
        """Takes a file; waits while enough is under way."""
        if batch := self._cutter.push(mark):
            self._send(batch)

    def _send(self, batch: list[FileMark], *, is_last: bool = False) -> None:
        """Has a batch reduced, unless it is on the shelf."""
        key = f"{self.run}/{fingerprint(batch)}"
        self._keys.append(key)
        if find_reduction(self.shelf, key) is not None:
            self.tally.kept += len(batch)
            self._note(batch)
            return
        paths = [mark.path for mark in batch]
        if self.processes == 1 or (is_last and self._pool is None):
            reduce_batch(self.shelf, self.work.read, key, paths)
            self._note(batch)
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self.processes, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(self.work,)
            )
        self._under_way.append((self._pool.submit(_reduce, key, paths), batch))
        self._wait(self.processes * BATCHES_PER_PROCESS)

    def _wait(self, at_most: int) -> None:
        """Waits until no more than so many batches are under way."""
        while len(self._under_way) > at_most:
            done, batch = self._under_way.popleft()
            try:
                done.result()
            except BrokenProcessPool as error:
                raise SourceError(
                    "a process that reads files of a trail was ended: what was read is kept, and the same command goes "
                    "on; `--jobs 1` needs the least memory"
                ) from error
            self._note(batch)

    def _note(self, batch: list[FileMark]) -> None:
        self.tally.files += len(batch)
        self.tally.bytes += sum(mark.size for mark in batch)
        self.report(self.tally)

    def finish(self) -> Reduced:
        """What all files come to; what the shelf keeps of other files is thrown away."""
        if batch := self._cutter.rest():
            self._send(batch, is_last=True)
        self._wait(0)
        _forget_others(self.shelf, self.run, set(self._keys))
        seen: dict[Day, Span] = {}
        problems: list[tuple[str, str]] = []
        kept: list[Kept] = []
        for key in self._keys:
            found = find_reduction(self.shelf, key)
            if found is None:
                raise _lost()
            widen(seen, found.seen)
            problems += found.problems
            kept.append(found)
        return Reduced(seen, tuple(problems), self._calls(kept))

    def _calls(self, kept: list[Kept]) -> Iterator[Mapping[Sighting, int]]:
        try:
            yield from calls_by_day(self.shelf, kept)
        except LostError as error:
            self.shelf.remove(error.key)
            raise _lost() from error


def find_trail_run(shelf: Shelf, roots: list[str], now: str) -> str:
    """The run on the shelf that belongs to these files and folders, begun when there is none."""
    scope = f"trail files {' '.join(map(repr, sorted(roots)))}"
    found = shelf.find_run(scope)
    return found[0] if found else shelf.begin_run(scope, now)


def reduce_batch(shelf: Shelf, read: Callable[[str], bytes], key: str, paths: list[str]) -> None:
    """Reads a batch of files, and puts what is kept of them on the shelf."""
    found = Reduction()
    for path in paths:
        try:
            content = read(path)
        except ValueError as error:
            found.problems.append((path, str(error)))
        else:
            found.add(path, content)
    put_reduction(shelf, key, found)


def _forget_others(shelf: Shelf, run: str, keys: set[str]) -> None:
    held = {key.split("/")[1] for key in shelf.keys(f"{run}/")}
    for needless in held - {key.split("/")[1] for key in keys}:
        shelf.remove(f"{run}/{needless}")


def _lost() -> SourceError:
    return SourceError("what was read of the trail is damaged on disk: the same command reads that part of it again")


# ── in a process of its own ──────────────────────────────────────────────────────────────────────────────────────

_at_work: tuple[Shelf, Callable[[str], bytes]] | None = None


def _begin(work: Work) -> None:
    """An interrupt is for the parent, which lets what is under way be finished; without a parent, nothing goes on."""
    global _at_work  # noqa: PLW0603  one process, one shelf
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # records hold no circles, and looking for some takes a quarter of the time
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _at_work = (work.open_shelf(), work.read)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        with suppress(OSError):
            parent.join()
        os._exit(1)


def _reduce(key: str, paths: list[str]) -> None:
    assert _at_work is not None  # noqa: S101  the pool begins every process with `_begin`
    shelf, read = _at_work
    reduce_batch(shelf, read, key, paths)
