"""The boards, one file each: a function from the sitting and the state to what the screen shows, called in a thread.

Each may read all of a snapshot, or two: what takes long says so while it works, and no key waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from trustview.ui.board import Board
from trustview.ui.sitting import Sitting
from trustview.ui.state import Sheet, State

MakeBoard = Callable[[Sitting, State], Board]

BOARDS = {
    Sheet.OVERVIEW: "Overview",
    Sheet.CHAINS: "From outside to an administrator",
    Sheet.CHANGES: "What changed since the snapshot before",
    Sheet.VIEWS: "Views",
    Sheet.SIGNOFF: "Sign-off",
}
"""The boards with their titles; each is made by the function of its name in the file of its name."""


def make_board(sheet: Sheet, sitting: Sitting, state: State) -> Board:
    """What a board shows now; its file is imported when it is opened."""
    module = import_module(f"trustview.ui.boards.{sheet.value}")
    return cast("MakeBoard", getattr(module, sheet.value))(sitting, state)
