"""A sitting at the cockpit for tests: keys in, the screen's text out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from trustview.store import ReviewStore, open_snapshot
from trustview.ui.app import Cockpit
from trustview.ui.board import Wishes
from trustview.ui.opening import open_cockpit
from trustview.ui.state import State

from .driver import Driver

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


class Screen(Driver):
    """A running cockpit."""

    def __init__(self, cockpit: Cockpit, pilot: Pilot[None]) -> None:
        super().__init__(cockpit, pilot)
        self.cockpit = cockpit

    @property
    def state(self) -> State:
        return self.cockpit.state

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


@asynccontextmanager
async def sitting(
    desk: Desk, size: tuple[int, int] = NARROW, wait: int = 30, wishes: Wishes | None = None
) -> AsyncIterator[Screen]:
    """A cockpit that is ready for keys: the details of the first item are read."""
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(desk.reviews, wait) as reviews:
        cockpit = open_cockpit(snapshot, reviews, "anna", lambda: NOW, desk.folder, wishes=wishes)
        async with cockpit.run_test(size=size) as pilot:
            screen = Screen(cockpit, pilot)
            await screen.until(lambda: cockpit.is_settled)
            yield screen
