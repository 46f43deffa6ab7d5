"""Opens boards, fills them in a thread, and goes where their lines lead."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import App

from trustview.errors import TrustviewError
from trustview.ui.board import Board, Link
from trustview.ui.boards import BOARDS, make_board
from trustview.ui.following import follow
from trustview.ui.sitting import Sitting
from trustview.ui.state import Sheet
from widgets.background import begin_work

if TYPE_CHECKING:
    from trustview.ui.desk import Desk


class Boarding:
    """Of several boards only the last one opened is shown."""

    def __init__(self, app: App[None], desk: Desk, sitting: Sitting) -> None:
        self._app = app
        self._desk = desk
        self._sitting = sitting

    def open(self, sheet: Sheet) -> None:
        """Show a board; what is on it follows when it is made."""
        self._desk.bench.sheet.show_board(BOARDS[sheet], None)
        self._desk.show(replace(self._desk.state, sheet=sheet))
        begin_work(self._app, self._fill, sheet, group="board", is_exclusive=True)

    async def _fill(self, sheet: Sheet) -> None:
        sitting = replace(self._sitting, review_id=self._desk.review_id)
        try:
            board = await asyncio.to_thread(make_board, sheet, sitting, self._desk.state)
        except TrustviewError as error:
            board = Board(BOARDS[sheet], (), (), empty=f"{error}\nq leaves this screen")
        if self._desk.state.sheet is sheet:
            self._desk.bench.sheet.show_board(BOARDS[sheet], board)

    async def follow(self, link: Link | None) -> None:
        """Go where a link leads."""
        if link is None:
            return
        place = replace(link, sheet=Sheet.NONE)
        if place != Link() or link.sheet is Sheet.NONE:
            self._go(place)
        if link.sheet is Sheet.ROLE and link.role:
            self._desk.bench.sheet.begin_role(self._desk.state.facet)
            self._desk.show(replace(self._desk.state, sheet=Sheet.ROLE, inspected=link.role))
        elif link.sheet is not Sheet.NONE:
            await self._app.run_action(f"command('{link.sheet.value}')")

    def _go(self, link: Link) -> None:
        before = self._desk.state
        try:
            state = follow(before, link, self._desk.reader)
        except TrustviewError as error:
            self._desk.say(str(error), is_bad=True)
            return
        if (state.filter_text, state.scope) != (before.filter_text, before.scope):
            self._desk.search(state)
        else:
            self._desk.show(state)
