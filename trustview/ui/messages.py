"""What panes tell the application; the widgets' own messages come besides."""

from __future__ import annotations

from textual.message import Message

from trustview.ui.state import Facet, Pane


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


class FacetChosen(Message):
    """The reviewer wants to see a part of the role screen, by a click on its tab."""

    def __init__(self, facet: Facet) -> None:
        super().__init__()
        self.facet = facet
