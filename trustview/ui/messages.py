"""What panes tell the application; the widgets' own messages come besides."""

from __future__ import annotations

from textual.message import Message

from trustview.ui.state import Pane


class BenchReady(Message):
    """All panes are in their places and wait for something to show."""


class PaneChosen(Message):
    """The reviewer goes to a pane, by focus or by mouse."""

    def __init__(self, pane: Pane) -> None:
        super().__init__()
        self.pane = pane
