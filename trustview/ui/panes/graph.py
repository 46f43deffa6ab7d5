"""Who comes into a role and what it can become."""

from __future__ import annotations

from textual.app import ComposeResult

from trustview.ui.lookup import Looked
from trustview.ui.panes.frame import Frame, detail_tabs
from trustview.ui.present.signs import counted
from trustview.ui.present.titles import subject, subject_note
from trustview.ui.state import Pane, State
from widgets.ego_graph import EgoGraph
from widgets.graph import EgoGraphData, GraphNode, Ref
from widgets.tone import Cell, Tone


def _message(text: str) -> EgoGraphData:
    return EgoGraphData(GraphNode("", text, " "), incoming_empty="", outgoing_empty="", legend=())


_NOTHING = _message("choose an item in the queue (2)")
_NO_ROLE = _message("this is about no role: 3 says why, 5 what would mend it")
_UNKNOWN = _message("no such role in this snapshot: backspace goes back")


class GraphPane(Frame):
    """The trust graph around one role."""

    def __init__(self) -> None:
        super().__init__(Pane.GRAPH, detail_tabs(Pane.GRAPH))
        self.graph = EgoGraph(_NOTHING)

    def compose(self) -> ComposeResult:
        """The title and the graph."""
        yield self.title_line
        yield self.graph

    def show_surroundings(self, state: State, looked: Looked, cursor: str | None = None) -> None:
        """Put a role in the centre; the cursor goes to the node `cursor` if it is there."""
        around = looked.around
        if around is None:
            self.title_line.show(subject(state, looked.detail))
            self.graph.show(_UNKNOWN if state.trail else _NO_ROLE if looked.detail else _NOTHING)
            return
        from trustview.ui.present.graph import ego_graph  # noqa: PLC0415 -- after the first screen

        steps = len(state.trail) - 1
        self.title_line.show(
            (Cell(around.role.name, Tone.STRONG), Cell(f" @ {state.places.name(around.role.account)}", Tone.MUTED)),
            f"{counted(steps, 'step')} away" if steps > 0 else subject_note(looked.detail),
        )
        self.graph.show(ego_graph(around, state.trail[:-1], state.opened, state.places), cursor)

    def show_opened(self, before: State, state: State, looked: Looked) -> None:
        """Open or close a group; the cursor stays where it was, or goes back to the group."""
        ref = self.graph.cursor
        closed = next((group for group in reversed(before.opened) if group not in state.opened), None)
        self.show_surroundings(state, looked, closed)
        if closed is None and ref is not None:
            self.graph.move_to(Ref(ref.side, min(ref.index, len(self.graph.graph.edges(ref.side)) - 1)))

    def focus_content(self) -> None:
        """Let keys go to the graph."""
        self.screen.set_focus(self.graph)
