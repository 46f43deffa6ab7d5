"""Finds the rows that words and scope show, in a thread, so that no key ever waits for them.

What is found in the first moments is shown at once, more of it as it comes; a search that nobody wants any more ends.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event

from textual.app import App

from trustview.errors import TrustviewError
from trustview.ui.showing import visible_by_and_by
from trustview.ui.state import State
from widgets.background import begin_work

PATIENCE = 0.03
"""Seconds of looking before the first rows are shown; then each time twice as long as before."""

STILL_LOOKING = "not all rows are found yet; in a moment they are: press it again then"


class Search:
    """Of several searches only the last is shown."""

    def __init__(
        self, app: App[None], show: Callable[[State, Sequence[int], bool], bool], complain: Callable[[str], None]
    ) -> None:
        self._app = app
        self._show = show
        self._complain = complain
        self._given_up = Event()

    def begin(self, wanted: State) -> None:
        """Look for the rows of a state; a search under way is given up."""
        self._given_up.set()
        self._given_up = Event()
        begin_work(self._app, self.run, wanted, group="search", is_exclusive=True)

    async def run(self, wanted: State) -> None:
        """Show rows as they are found; `show` tells whether they are wanted still."""
        finding = _Finding(visible_by_and_by(wanted), self._given_up)
        patience = PATIENCE
        try:
            while not finding.is_over:
                await asyncio.to_thread(finding.go_on, patience)
                patience *= 2
                is_worth_showing = bool(finding.found) or finding.is_over
                if finding.given_up.is_set() or (
                    is_worth_showing and not self._show(wanted, finding.found, finding.is_over)
                ):
                    return
        except TrustviewError as error:
            self._complain(str(error))


class _Finding:
    """What is found so far."""

    def __init__(self, pieces: Iterator[Sequence[int]], given_up: Event) -> None:
        self.found: Sequence[int] = ()
        self.is_over = False
        self.given_up = given_up
        self._pieces = pieces

    def go_on(self, seconds: float) -> None:
        """Look on, for so long or to the end."""
        until = time.monotonic() + seconds
        found = [self.found] if self.found else []
        for piece in self._pieces:
            if piece:
                found.append(piece)
            if self.given_up.is_set() or time.monotonic() > until:
                break
        else:
            self.is_over = True
        self.found = found[0] if len(found) == 1 else tuple(number for some in found for number in some)
