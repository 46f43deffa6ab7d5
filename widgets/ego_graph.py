"""One node, who comes in and what it reaches: a graph to walk with the keyboard."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widget import Widget

from widgets.graph import EgoGraphData, GraphEdge, GraphNode, GraphRow, Ref, Side
from widgets.graph_layout import PerSide, is_side_by_side, layout, rooms, rows_of
from widgets.graph_window import scrolled_to
from widgets.messages import FromWidget, Latest
from widgets.painter import Painter
from widgets.safe_text import cells
from widgets.tone import Cell, Tone

_NOTHING = EgoGraphData(GraphNode("", "nothing chosen", " "), incoming_empty="", outgoing_empty="", legend=())


class EgoGraph(Painter, Widget, can_focus=True):
    """An ego graph: three columns from 96 cells on, a stack below that.

    | Key | Does |
    | :- | :- |
    | j k down up | next and previous node of the column (of both columns when stacked) |
    | h l left right | to the nodes that come in, to the nodes it reaches |
    | ctrl+d ctrl+u pagedown pageup g G home end | larger steps |
    | enter | asks to put the node in the centre |
    | backspace | asks to go back |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "step(1)", "down", show=False, id="graph.down"),
        Binding("k,up", "step(-1)", "up", show=False, id="graph.up"),
        Binding("ctrl+d,pagedown", "step(10)", "ten down", show=False, id="graph.page-down"),
        Binding("ctrl+u,pageup", "step(-10)", "ten up", show=False, id="graph.page-up"),
        Binding("g,home", "end('first')", "first", show=False, id="graph.first"),
        Binding("G,end", "end('last')", "last", show=False, id="graph.last"),
        Binding("h,left", "side('in')", "comes in", show=False, id="graph.in"),
        Binding("l,right", "side('out')", "reaches", show=False, id="graph.out"),
        Binding("enter", "centre", "centre", show=False, id="graph.centre"),
        Binding("backspace", "back", "back", show=False, id="graph.back"),
    ]

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"graph--cursor"}
    """
    | Class | Is |
    | :- | :- |
    | `graph--cursor` | the node under the cursor |
    """

    DEFAULT_CSS = """
    EgoGraph { height: 1fr; }
    EgoGraph > .graph--cursor { background: $surface-lighten-1; }
    EgoGraph:focus > .graph--cursor { background: $primary-muted; }
    EgoGraph:ansi > .graph--cursor { background: ansi_default; text-style: bold; }
    EgoGraph:ansi:focus > .graph--cursor { background: ansi_default; text-style: reverse; }
    """

    class Highlighted(Latest["EgoGraph"]):
        """The cursor stands on another node; while many wait, only the last is handled."""

        def __init__(self, graph: "EgoGraph", edge: GraphEdge, side: Side) -> None:
            super().__init__(graph)
            self.edge = edge
            """The edge whose node is under the cursor."""
            self.side = side
            """Its side of the centre."""

    class Centred(FromWidget["EgoGraph"]):
        """A node was chosen: put it in the centre, or open it if it is a group."""

        def __init__(self, graph: "EgoGraph", node_id: str, edge: GraphEdge, side: Side) -> None:
            super().__init__(graph)
            self.node_id = node_id
            """The id of the node."""
            self.edge = edge
            """The edge that leads to it."""
            self.side = side
            """Its side of the centre."""

    class WentBack(FromWidget["EgoGraph"]):
        """The user wants the node that was in the centre before."""

    def __init__(self, graph: EgoGraphData = _NOTHING, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._graph = graph
        self._cursor: Ref | None = None
        self._first = {Side.IN: 0, Side.OUT: 0}
        self._rows: list[GraphRow] | None = None
        self._start()

    @property
    def graph(self) -> EgoGraphData:
        """What is shown."""
        return self._graph

    @property
    def cursor(self) -> Ref | None:
        """The edge under the cursor; None in a graph without edges."""
        return self._cursor

    @property
    def cursor_edge(self) -> GraphEdge | None:
        """The edge under the cursor; None in a graph without edges."""
        return self._graph.edges(self._cursor.side)[self._cursor.index] if self._cursor else None

    def show(self, graph: EgoGraphData, cursor: str | None = None) -> None:
        """Show another graph, with the cursor on the node with id `cursor` if it has one."""
        self._graph = graph
        self._start()
        for side in Side:
            for index, edge in enumerate(graph.edges(side)):
                if cursor is not None and edge.node.id == cursor:
                    self._cursor = Ref(side, index)
        self._changed()

    def move_to(self, ref: Ref) -> None:
        """Move the cursor to an edge."""
        if ref != self._cursor:
            self._cursor = ref
            self._changed()
            self.post_message(self.Highlighted(self, self._graph.edges(ref.side)[ref.index], ref.side))

    # ── keys and mouse ───────────────────────────────────────────────────────────────────────────────────────

    def action_step(self, nodes: int) -> None:
        """Move the cursor by `nodes` nodes; when stacked, the columns follow one another."""
        if self._cursor is None:
            return
        side, index = self._cursor.side, self._cursor.index + nodes
        count_in, count = len(self._graph.incoming), len(self._graph.edges(side))
        if not is_side_by_side(self.size.width, self.size.height):
            if side is Side.IN and index >= count and self._graph.outgoing:
                side, index = Side.OUT, index - count
            elif side is Side.OUT and index < 0 and count_in:
                side, index = Side.IN, count_in + index
        self._move_within(side, index)

    def action_end(self, which: str) -> None:
        """Move the cursor to the first or last node of its column."""
        if self._cursor is not None:
            self._move_within(self._cursor.side, 0 if which == "first" else len(self._graph.edges(self._cursor.side)))

    def action_side(self, which: str) -> None:
        """Move the cursor to the other column, to the node at the same height."""
        side = Side(which)
        if self._cursor is None or side is self._cursor.side or not self._graph.edges(side):
            return
        here = self._rows_of(self._cursor.side).index(self._cursor.index) - self._first[self._cursor.side]
        rows = self._rows_of(side)
        line = max(0, min(self._first[side] + here, len(rows) - 1))
        self._move_within(side, next(row for row in (*rows[line:], *reversed(rows)) if not isinstance(row, str)))

    def action_centre(self) -> None:
        """Ask to put the node under the cursor in the centre."""
        edge = self.cursor_edge
        if edge is not None and self._cursor is not None:
            self.post_message(self.Centred(self, edge.node.id, edge, self._cursor.side))

    def action_back(self) -> None:
        """Ask for the node that was in the centre before."""
        self.post_message(self.WentBack(self))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a double click centres."""
        offset = event.get_content_offset(self)
        ref = self._ref_at(offset.x, offset.y) if offset is not None else None
        if ref is None:
            return
        self.move_to(ref)
        if event.chain == 2:
            self.action_centre()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down."""
        event.stop()
        self.action_step(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up."""
        event.stop()
        self.action_step(-3)

    def _move_within(self, side: Side, index: int) -> None:
        last = len(self._graph.edges(side)) - 1
        self.move_to(Ref(side, max(0, min(index, last))))

    def _ref_at(self, x: int, y: int) -> Ref | None:
        rows = self._drawn()
        for part in rows[y] if 0 <= y < len(rows) else ():
            x -= cells(part.text)
            if x < 0:
                return part.ref
        return None

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        self._first = {Side.IN: 0, Side.OUT: 0}
        side = Side.IN if self._graph.incoming else Side.OUT
        self._cursor = Ref(side, 0) if self._graph.edges(side) else None

    def _changed(self) -> None:
        self._rows = None
        self.refresh()

    def on_resize(self) -> None:
        """Lay out again for the new size."""
        self._changed()

    def _rows_of(self, side: Side) -> tuple[int | str, ...]:
        return rows_of(self._graph, side, self.size.height)

    def _drawn(self) -> list[GraphRow]:
        if self._rows is None:
            width, height = self.size
            room = rooms(self._graph, width, height)
            if self._cursor is not None:
                side, index = self._cursor.side, self._cursor.index
                listed = self._rows_of(side)
                line = listed.index(index)
                if line and isinstance(listed[line - 1], str):  # its title is seen with it
                    self._first[side] = scrolled_to(line - 1, len(listed), room.of(side), self._first[side])
                self._first[side] = scrolled_to(line, len(listed), room.of(side), self._first[side])
            self._rows = layout(self._graph, width, height, PerSide(self._first[Side.IN], self._first[Side.OUT]))
        return self._rows

    def render_line(self, y: int) -> Strip:
        """Draw row `y`; the node under the cursor has a bar and a background."""
        rows, width = self._drawn(), self.size.width
        if y >= len(rows):
            return self.paint((), width)
        strips: list[Strip] = []
        is_first = True
        for part in rows[y]:
            if part.ref is None or part.ref != self._cursor:
                strips.append(self.paint((Cell(part.text, part.tone),), cells(part.text)))
                continue
            cell = Cell("▌", Tone.CURSOR_BAR) if is_first else Cell(part.text, part.tone)
            is_first = False
            strips.append(self.paint((cell,), cells(part.text), "graph--cursor"))
        return Strip.join(strips).adjust_cell_length(width)
