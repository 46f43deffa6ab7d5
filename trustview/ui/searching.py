"""Finds the rows that words and scope show, in a thread, so that no key ever waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from textual.app import App

from trustview.errors import TrustviewError
from trustview.ui.showing import visible
from trustview.ui.state import State

FIRST_ROWS = 200
"""So many rows of a search are shown before all are found."""


class Search:
    """Of several searches only the last is shown."""

    def __init__(
        self, app: App[None], show: Callable[[State, Sequence[int]], bool], complain: Callable[[str], None]
    ) -> None:
        self._app = app
        self._show = show
        self._complain = complain

    def begin(self, wanted: State) -> None:
        """Look for the rows of a state; a search under way is given up."""
        self._app.run_worker(self.run(wanted), group="search", exclusive=True)

    async def run(self, wanted: State) -> None:
        """Show the first rows at once, then all of them; `show` tells whether they are wanted still."""
        try:
            for most in (FIRST_ROWS, -1):
                view = await asyncio.to_thread(visible, wanted, most)
                if not self._show(wanted, view) or len(view) != most:
                    return
        except TrustviewError as error:
            self._complain(str(error))
