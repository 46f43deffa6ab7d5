"""The OUs and accounts, with how many open items each has."""

from __future__ import annotations

from textual.app import ComposeResult

from trustview.ui.panes.frame import Frame, Tab
from trustview.ui.present.queue import OpenCounts, ScopeTree, place_note
from trustview.ui.state import Pane, State
from widgets.virtual_tree import VirtualTree


class ScopePane(Frame):
    """Choosing an OU or account narrows the queue to it."""

    def __init__(self) -> None:
        super().__init__(Pane.SCOPE, (Tab(Pane.SCOPE, "Scope", is_current=True),))
        self.counts: OpenCounts | None = None
        self.places: ScopeTree | None = None
        self.nodes: VirtualTree[str] = VirtualTree(empty="no accounts\nthe snapshot has no organization")

    def compose(self) -> ComposeResult:
        """The title and the tree."""
        yield self.title_line
        yield self.nodes

    def begin(self, state: State) -> None:
        """Show the tree of a review that was just opened; the organization and its OUs are open."""
        self.places = ScopeTree(state, self.counts)
        self.nodes.set_source(self.places)
        for place in state.open_places:
            self.nodes.set_open(place, True)
        if state.scope:
            self.nodes.reveal(state.scope)
        self.title_line.show((), place_note(state))

    def show_change(self, before: State, state: State) -> None:
        """Count again after decisions, and show where the queue is narrowed to."""
        if state.decided is not before.decided or state.scope != before.scope:
            if self.counts is not None:
                self.counts.follow(state)
            self._redraw(state)

    def _redraw(self, state: State) -> None:
        if self.places is not None:
            self.places.state, self.places.counted = state, self.counts
            self.nodes.redraw()

    def show_counts(self, state: State, counts: OpenCounts) -> None:
        """Show how many items are open, once they are counted."""
        self.counts = counts
        counts.follow(state)
        self._redraw(state)

    def focus_content(self) -> None:
        """Let keys go to the tree."""
        self.screen.set_focus(self.nodes)
