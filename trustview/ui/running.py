"""Runs commands by their ids: at once, in a worker when they ask something, later when decisions are not read yet."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVarTuple

from textual.app import App

from trustview.errors import TrustviewError
from trustview.ui.actions import ACTIONS
from trustview.ui.commands import COMMANDS_BY_ID, Group
from widgets.background import begin_work

if TYPE_CHECKING:
    from trustview.ui.desk import Desk

Given = TypeVarTuple("Given")


class Running:
    """Questions are asked in a worker, so that keys can answer them; whatever goes wrong is said.

    `take_over` brings the state up to what the widgets have; `begun` is set once the decisions are read.
    """

    def __init__(self, app: App[None], desk: Desk, take_over: Callable[[], None], begun: asyncio.Event) -> None:
        self._app = app
        self._desk = desk
        self._take_over = take_over
        self._begun = begun

    def run(self, command: str) -> None:
        """Run a command; while a question is open, or the terminal too small, only `quit` does anything."""
        desk = self._desk
        if desk.bench.prompt.is_open or (desk.bench.is_too_small and command != "quit"):
            if command == "quit":
                desk.leave()
            return
        self._take_over()
        if not self._begun.is_set() and COMMANDS_BY_ID[command].group is Group.DECIDE:
            self._begin(self._decide_later, command, desk.state.targets)
            return
        action = ACTIONS[command]
        if inspect.iscoroutinefunction(action):
            self._begin(self._ask_and_act, action)
            return
        try:
            action(desk)
        except TrustviewError as error:
            desk.say(str(error), is_bad=True)

    def _begin(self, work: Callable[[*Given], Coroutine[Any, Any, None]], *given: *Given) -> None:
        begin_work(self._app, work, *given, group="asking", is_exclusive=True)

    async def _decide_later(self, command: str, targets: tuple[int, ...]) -> None:
        """A key that came before the decisions were read: it means what it meant when it was pressed."""
        await self._begun.wait()
        if self._desk.state.targets == targets:
            self.run(command)
        else:
            self._desk.say(f"{command} was pressed before the decisions were read; nothing is decided", is_bad=True)

    async def _ask_and_act(self, action: Callable[[Desk], Awaitable[None]]) -> None:
        try:
            await action(self._desk)
        except TrustviewError as error:
            self._desk.say(str(error), is_bad=True)
