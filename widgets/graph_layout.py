"""Lay out an ego graph as rows of text: three columns where they fit, a stack where they do not. Pure.

Every edge is in exactly one row, or counted by a sign (`↓ 12 more`); every row is exactly as wide as the pane.
"""

from dataclasses import dataclass

from widgets.graph import EgoGraphData, GraphRow, Part, Side
from widgets.graph_columns import draw_columns
from widgets.graph_parts import draw_legend, draw_trail
from widgets.graph_rows import Column
from widgets.graph_stack import draw_stack
from widgets.graph_window import window

THREE_COLUMNS_FROM = 96
"""The width from which the columns stand side by side."""
_STACK_FRAME = 5
"""The rows of a stack that show no edge: two titles, the arrow, the centre, the legend."""
_TITLED_FROM = 14
"""The height from which edges that stand together get a title; lower, every row is an edge."""


@dataclass(frozen=True, slots=True)
class PerSide:
    """A number for each side: its topmost row, or how many rows it has."""

    incoming: int = 0
    outgoing: int = 0

    def of(self, side: Side) -> int:
        """Return the number of `side`."""
        return self.incoming if side is Side.IN else self.outgoing


def is_side_by_side(width: int, height: int) -> bool:
    """Return whether the three columns stand side by side at this size."""
    return width >= THREE_COLUMNS_FROM and height >= 7


def rows_of(graph: EgoGraphData, side: Side, height: int) -> tuple[int | str, ...]:
    """Return the rows of a side at this height: the places of edges, and titles where there is room for them."""
    return graph.rows(side, is_titled=height >= _TITLED_FROM)


def rooms(graph: EgoGraphData, width: int, height: int) -> PerSide:
    """Return how many rows there are for the edges of each side."""
    if is_side_by_side(width, height):
        body = height - 2 - bool(graph.trail)
        return PerSide(body, body)
    free = max(2, height - _STACK_FRAME - bool(graph.trail))
    wanted_in, wanted_out = (max(1, len(rows_of(graph, side, height))) for side in Side)
    incoming = min(wanted_in, max(free - wanted_out, free // 2))
    return PerSide(incoming, free - incoming)


def layout(graph: EgoGraphData, width: int, height: int, first: PerSide | None = None) -> list[GraphRow]:
    """Return `height` rows of exactly `width` cells; `first` is the topmost row of each side."""
    first = first or PerSide()
    room = rooms(graph, width, height)
    columns = {}
    for side in Side:
        listed = rows_of(graph, side, height)
        columns[side] = Column(side, graph.edges(side), listed, window(len(listed), room.of(side), first.of(side)))
    rows = [draw_trail(graph, width)] if graph.trail else []
    if is_side_by_side(width, height):
        rows += draw_columns(graph, columns, width, room.incoming)
    else:
        rows += draw_stack(graph, columns, width)
    rows += [(Part(" " * width),)] * (height - len(rows) - 1)
    return [*rows, draw_legend(graph, width)][:height]
