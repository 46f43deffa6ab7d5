"""What panes tell the application; the widgets' own messages come besides."""

from __future__ import annotations

from textual.message import Message

from trustview.ui.state import Pane


class PaneFocused(Message):
    """Keys go to a pane now."""

    def __init__(self, pane: Pane) -> None:
        super().__init__()
        self.pane = pane


class PaneChosen(Message):
    """The reviewer wants to go to a pane, by a click on its title."""

    def __init__(self, pane: Pane) -> None:
        super().__init__()
        self.pane = pane
