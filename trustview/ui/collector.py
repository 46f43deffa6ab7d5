"""The application around a collection: begins it, draws what it tells, stops it gently, goes on with it.

It collects nothing itself: what to run, and what to do with the snapshot, are given to it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.worker import Worker

from trustview.collect import Keep, Report
from trustview.errors import TrustviewError
from trustview.snapshot import GapKind, Snapshot
from trustview.ui.collection import Collection, Phase
from trustview.ui.known import CandidApp, known_error
from trustview.ui.screens.collect import CollectScreen
from widgets.background import begin_work

DRAW_EVERY = 0.2

Kept = TypeVar("Kept")
Collect = Callable[[Report, Keep], Coroutine[Any, Any, Snapshot]]


class CollectorApp(CandidApp[Kept]):
    """One collection, until it is kept or left; it ends with what keeping gave, or None.

    `collect` runs the collector: cancelled once it finishes what is under way, cancelled twice it stops. `keep`
    analyses and saves, in a thread. `problem` is why the last run ended, when it failed.
    """

    CSS_PATH = "trustview.tcss"
    TITLE = "trustview"
    ENABLE_COMMAND_PALETTE = False
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "leave", "leave", show=False, priority=True)]

    def __init__(self, collect: Collect, keep: Callable[[Snapshot], Kept]) -> None:
        super().__init__()
        self.animation_level = "none"
        if self.no_color:
            self.theme = "ansi-dark"  # its styles survive without colours: bold, dim, reverse
        self._collect = collect
        self._keep = keep
        self._kept: Kept | None = None
        self._work: Worker[None] | None = None
        self._is_leaving = False
        self.collection = Collection(time.monotonic)
        self.board = CollectScreen(self.collection)

    def get_default_screen(self) -> CollectScreen:
        """There is no other."""
        return self.board

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(DRAW_EVERY, self._draw)
        self._begin()

    def _begin(self) -> None:
        self.problem = None
        self._work = begin_work(self, self._run, self.collection)

    async def _run(self, collection: Collection) -> None:
        """One run to its end, whatever that is."""
        try:
            await self._collect(collection.note, self._analyse)
            collection.phase = Phase.DONE
        except asyncio.CancelledError:
            collection.phase = Phase.STOPPED
        except (TrustviewError, OSError) as error:
            self.problem = known_error(error)
            collection.notice = str(self.problem)
            collection.phase = Phase.FAILED
        self.board.show()
        if self._is_leaving:
            self.exit(self._kept)

    async def _analyse(self, snapshot: Snapshot) -> None:
        """Keep the snapshot, while the screen goes on."""
        self.collection.gaps = sum(gap.kind is not GapKind.NOT_ASKED for gap in snapshot.gaps)
        self.collection.phase = Phase.ANALYSING
        self._kept = await asyncio.to_thread(self._keep, snapshot)

    def _draw(self) -> None:
        if not self.collection.phase.is_over:
            self.board.show()

    # ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────

    def action_stop(self) -> None:
        """Finish what is under way and keep it; asked again, stop at once."""
        if self._work is not None and self.collection.phase in (Phase.READING, Phase.STOPPING):
            self.collection.phase = Phase.STOPPING
            self._work.cancel()
            self.board.show()

    def action_go_on(self) -> None:
        """Go on with a run that was stopped or failed."""
        if self.collection.phase in (Phase.STOPPED, Phase.FAILED):
            self.collection = Collection(time.monotonic)
            self.board.watch_anew(self.collection)
            self._begin()

    def action_finish(self) -> None:
        """Go on to what was collected."""
        if self.collection.phase is Phase.DONE:
            self.exit(self._kept)

    def action_leave(self) -> None:
        """Leave, once what is under way is finished and kept."""
        self._is_leaving = True
        if self.collection.phase.is_over:
            self.exit(self._kept)
        else:
            self.action_stop()

    def action_help_quit(self) -> None:
        """ctrl+c: as in a terminal."""
        self.action_leave()
