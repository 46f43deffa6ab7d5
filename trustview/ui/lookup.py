"""Reads what the cursor rests on, in a thread, so that no key ever waits for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from textual.app import App
from textual.timer import Timer

from trustview.errors import TrustviewError
from trustview.store import SnapshotFile
from trustview.ui.state import Sheet, State
from widgets.background import begin_work

if TYPE_CHECKING:
    from trustview.ui.detail import Detail, Surroundings
    from trustview.ui.dossier import Dossier

REST_SECONDS = 0.05
"""How long the cursor rests before the details of its row are read, while one key follows another."""

_READ_WITH = (
    "importlib.resources",
    "trustview.store.review_database",
    "trustview.ui.detail",
    "trustview.ui.dossier",
)

SINGLE_SECONDS = 0.01
"""The same after a single key: nothing suggests that another follows."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was read: the item under the cursor, the role in the centre of the graph, or why neither can be read.

    `dossier` is the role of the role screen, while that is open.
    """

    detail: Detail | None = None
    around: Surroundings | None = None
    dossier: Dossier | None = None
    problem: str = ""


def look(reader: SnapshotFile, state: State, inspect: Callable[[State, str], Dossier]) -> Looked:
    """Read the details that a state shows; `inspect` reads a role for the role screen."""
    from trustview.ui.detail import read_detail, read_surroundings  # noqa: PLC0415 -- the first screen waits for nothing

    try:
        detail = read_detail(reader, state.row, state.member) if state.row else None
        arn = state.trail[-1] if state.trail else detail.subject.id if detail and detail.role else ""
        around = read_surroundings(reader, arn) if arn else None
        inspected = state.inspected or (detail.subject.id if detail and detail.role else "")
        is_inspecting = state.sheet is Sheet.ROLE and inspected
        return Looked(detail, around, inspect(state, inspected) if is_inspecting else None)
    except TrustviewError as error:
        return Looked(problem=str(error))


def load() -> None:
    """Import what is read with after the first screen; one thread does it before others begin.

    Python raises where two threads import modules that need each other, as `importlib.resources` and its parts do.
    """
    for name in _READ_WITH:
        import_module(name)


class Lookup:
    """Of several requests only the last is read, and shown when it is there."""

    def __init__(self, app: App[None], read: Callable[[], Looked], show: Callable[[Looked], None]) -> None:
        self._app = app
        self._read = read
        self._show = show
        self._rest: Timer | None = None
        self._may_begin = asyncio.Event()
        self._asked = 0
        self._asked_at = 0.0
        self._answered = 0

    @property
    def is_settled(self) -> bool:
        """Whether what was asked for last is shown."""
        return self._asked > 0 and self._answered == self._asked

    def allow(self) -> None:
        """Let reading begin: what it imports is there."""
        self._may_begin.set()

    def soon(self) -> None:
        """Read once no further request comes for a moment: a held key reads nothing."""
        self._asked += 1
        if self._rest is not None:
            self._rest.stop()
        before, self._asked_at = self._asked_at, time.monotonic()
        is_single = self._asked_at - before > 4 * REST_SECONDS
        self._rest = self._app.set_timer(SINGLE_SECONDS if is_single else REST_SECONDS, self._begin)

    def now(self) -> None:
        """Read at once."""
        self._asked += 1
        self._begin()

    def _begin(self) -> None:
        begin_work(self._app, self._work, self._asked, group="lookup", is_exclusive=True)

    async def _work(self, number: int) -> None:
        await self._may_begin.wait()
        looked = await asyncio.to_thread(self._read)
        if number == self._asked:
            self._answered = number
            self._show(looked)
