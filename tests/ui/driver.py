"""Drives a running application as a person would: keys in, the screen's text out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot
from textual.strip import Strip


class Driver:
    """A running application and what it shows."""

    def __init__(self, app: App[Any], pilot: Pilot[Any]) -> None:
        self._app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, holds: Callable[[], object], looks: int = 500) -> None:
        """Wait for something that happens after the keys: a timer, a worker, a frame; so many looks, 10 ms apart."""
        for _ in range(looks):
            if holds():
                return
            await asyncio.sleep(0.01)
            await self.pilot.pause()
        raise AssertionError(f"it did not happen; the screen shows:\n{self.text}")

    async def sees(self, *texts: str) -> None:
        await self.until(lambda: all(text in self.text for text in texts))

    @property
    def strips(self) -> list[Strip]:
        return self._app.screen._compositor.render_strips()

    @property
    def lines(self) -> list[str]:
        return ["".join(segment.text for segment in strip) for strip in self.strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)
