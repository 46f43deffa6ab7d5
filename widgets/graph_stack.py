"""An ego graph as a stack for narrow panes: who comes in above, the centre, what it reaches below. Pure."""

from collections.abc import Mapping

from widgets.graph import EdgeKind, EgoGraphData, GraphRow, Part, Side
from widgets.graph_parts import draw_node, fill, label_width, wire_in, wire_out
from widgets.graph_rows import Column, signs
from widgets.safe_text import cells, fit
from widgets.tone import Tone

_START = 7
"""The cells before a node's glyph: ` ├─!─▶ ` less the room for the cursor."""


def draw_stack(graph: EgoGraphData, columns: Mapping[Side, Column], width: int) -> list[GraphRow]:
    """Return the rows, titles included."""
    centre = graph.centre
    label = f" {centre.glyph} {centre.label}"
    size = min(cells(label), width)
    name = Part(fit(label, size), Tone.STRONG)
    facts = Part(fit("   " + " · ".join(graph.card), width - size), Tone.MUTED)
    return [
        (Part(fit(" " + graph.incoming_title, width), Tone.HEADING),),
        *_branches(graph, Side.IN, columns[Side.IN], width),
        (Part(fit(" ▼", width), Tone.MUTED),),
        (name, facts),
        (Part(" │ ", Tone.MUTED), Part(fit(graph.outgoing_title, width - 3), Tone.HEADING)),
        *_branches(graph, Side.OUT, columns[Side.OUT], width),
    ]


def _branches(graph: EgoGraphData, side: Side, column: Column, width: int) -> list[GraphRow]:
    if not column.edges:
        text = f" │ {graph.incoming_empty}" if side is Side.IN else f" ╵ {graph.outgoing_empty}"
        return [(Part(fit(text, width), Tone.MUTED),)]
    above, below = signs(column, above=True), signs(column, above=False)
    room = width - _START
    labels = label_width(column.edges_shown, room // 2)
    shown = list(column.shown())
    rows = [_sign("╷" if side is Side.IN else "│", sign, width) for sign in above]
    for number, row in enumerate(shown):
        is_first, is_last = number == 0 and not above, number == len(shown) - 1 and not below
        if isinstance(row, str):
            rows.append((Part(fit(f" {'╷' if side is Side.IN and is_first else '│'} {row}", width), Tone.MUTED),))
            continue
        ref, edge = row
        corner = "┌" if side is Side.IN and is_first else "└" if side is Side.OUT and is_last else "├"
        wire = f"{wire_in(edge, 3)}  " if side is Side.IN else wire_out(edge, 5)
        if side is Side.IN and edge.kind is EdgeKind.BLOCKED:  # it stops before the trunk
            corner, wire = "╷" if is_first else "│", f"{wire_in(edge, 3)[::-1]}  "
        room_for_cursor, *node = draw_node(edge, ref, room + 1, labels)
        rows.append(fill((room_for_cursor, Part(corner, Tone.MUTED), Part(wire, edge.tone), *node), width))
    rows += [_sign("│" if side is Side.IN else "╵", sign, width) for sign in below]
    return rows


def _sign(trunk: str, sign: str, width: int) -> GraphRow:
    return (Part(fit(f" {trunk}     {sign}", width), Tone.MUTED),)
