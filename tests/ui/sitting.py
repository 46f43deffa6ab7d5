"""A sitting at the cockpit for tests: keys in, the screen's text out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from trustview.store import ReviewStore, open_snapshot
from trustview.ui.app import Cockpit
from trustview.ui.opening import open_cockpit
from trustview.ui.state import State

REVIEW = "o-acme1example/2026-Q4"
NARROW, MEDIUM, WIDE = (80, 24), (120, 40), (200, 60)
NOW = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    """What outlives a sitting: a snapshot file, and a folder for decisions and how the screen was left."""

    snapshot: Path
    folder: Path

    @property
    def reviews(self) -> Path:
        return self.folder / "reviews.db"


class Screen:
    """A running cockpit."""

    def __init__(self, cockpit: Cockpit, pilot: Pilot[None]) -> None:
        self.cockpit = cockpit
        self.pilot = pilot

    @property
    def state(self) -> State:
        return self.cockpit.state

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Put a text into the field that has the focus, as a terminal pastes it: quicker than letter by letter."""
        field = self.cockpit.focused
        assert isinstance(field, Input), f"nothing to type into:\n{self.text}"
        field.post_message(events.Paste(text))
        await self.pilot.pause()

    async def filter(self, text: str) -> None:
        """Filter the queue and go back to it."""
        await self.press("slash")
        await self.type(text)
        await self.until(lambda: self.state.filter_text == text)
        await self.press("enter")

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for something that happens after the keys: a timer, a worker, a frame."""
        for _ in range(200):
            if holds():
                return
            await asyncio.sleep(0.01)
            await self.pilot.pause()
        raise AssertionError(f"it did not happen; the screen shows:\n{self.text}")

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    @property
    def lines(self) -> list[str]:
        strips = self.cockpit.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@asynccontextmanager
async def sitting(desk: Desk, size: tuple[int, int] = NARROW, wait: int = 30) -> AsyncIterator[Screen]:
    """A cockpit that is ready for keys: the details of the first item are read."""
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(desk.reviews, wait) as reviews:
        cockpit = open_cockpit(snapshot, reviews, "anna", lambda: NOW, desk.folder)
        async with cockpit.run_test(size=size) as pilot:
            screen = Screen(cockpit, pilot)
            await screen.until(lambda: cockpit.is_settled)
            yield screen
