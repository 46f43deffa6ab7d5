"""An ego graph in three columns: who comes in, the card of the centre, what it reaches. Pure."""

from collections.abc import Mapping, Sequence

from widgets.graph import EdgeKind, EgoGraphData, GraphRow, Part, Side
from widgets.graph_parts import draw_node, fill, label_width, text_width, wire_in, wire_out
from widgets.graph_rows import Column, signs
from widgets.safe_text import cells, fit
from widgets.tone import Tone

_WIRE = 7
_ARROW = 3
_WIDEST_SIDE = 64
_WIDEST_CARD = 34

_Rows = Sequence[tuple[GraphRow, bool]]
"""The rows of one side, and for each whether an edge joins the trunk there."""


def draw_columns(graph: EgoGraphData, columns: Mapping[Side, Column], width: int, height: int) -> list[GraphRow]:
    """Return the titles and `height` rows below them."""
    card = _card(graph, min(_WIDEST_CARD, width // 3), height)
    card_width = cells(card[0][0].text)
    side = min(_WIDEST_SIDE, (width - card_width - 2 * _ARROW - 2) // 2)
    margin = (width - card_width - 2 * _ARROW - 2 - 2 * side) // 2
    indent, left = _incoming(graph, columns[Side.IN], side)
    left_rows = _with_trunk(left, side, height, Side.IN)
    right_rows = _with_trunk(_outgoing(graph, columns[Side.OUT], side), side, height, Side.OUT)
    middle = height // 2
    card_top = max(0, min(middle - len(card) // 2, height - len(card)))
    rows = [_titles(graph, width, margin, indent, side)]
    for y in range(height):
        before = Part("──▶" if y == middle and graph.incoming else " " * _ARROW, Tone.MUTED)
        after = Part("───" if y == middle and graph.outgoing else " " * _ARROW, Tone.MUTED)
        inside = card[y - card_top] if card_top <= y < card_top + len(card) else (Part(" " * card_width),)
        rows.append(fill((Part(" " * margin), *left_rows[y], before, *inside, after, *right_rows[y]), width))
    return rows


def _titles(graph: EgoGraphData, width: int, margin: int, indent: int, side: int) -> GraphRow:
    left = " " * (margin + indent + 1) + graph.incoming_title
    right = " " * _WIRE + graph.outgoing_title
    right_width = side + margin
    return (Part(fit(left, width - right_width), Tone.HEADING), Part(fit(right, right_width), Tone.HEADING))


def _card(graph: EgoGraphData, widest: int, height: int) -> list[GraphRow]:
    centre = graph.centre
    lines = [(f"{centre.glyph} {centre.label}", Tone.STRONG), *((text, Tone.MUTED) for text in graph.card)]
    lines = lines[: max(1, height - 2)]
    inner = min(widest - 4, max(18, *(cells(text) for text, _ in lines)))
    edge = Tone.ACCENT
    body = [(Part("│ ", edge), Part(fit(text, inner), tone), Part(" │", edge)) for text, tone in lines]
    return [(Part(f"╭{'─' * (inner + 2)}╮", edge),), *body, (Part(f"╰{'─' * (inner + 2)}╯", edge),)]


def _incoming(graph: EgoGraphData, column: Column, side: int) -> tuple[int, _Rows]:
    """Return the left column, `side` cells wide, and how far it is indented to stand near the card."""
    widest = side - _WIRE
    if not column.edges:
        return 0, [((Part(fit(graph.incoming_empty, side, "right"), Tone.MUTED),), False)]
    labels = label_width(column.edges_shown, widest // 2)
    size = min(widest, text_width(column.edges_shown, labels))
    margin = Part(" " * (widest - size))
    rows: list[tuple[GraphRow, bool]] = [
        (_sign(margin, sign, size + _WIRE), False) for sign in signs(column, above=True)
    ]
    for row in column.shown():
        if isinstance(row, str):
            rows.append((_title(margin, row, size + _WIRE), False))
            continue
        ref, edge = row
        wire = Part(" " + wire_in(edge, _WIRE - 1), edge.tone)
        rows.append(((margin, *draw_node(edge, ref, size, labels), wire), edge.kind is not EdgeKind.BLOCKED))
    rows += [(_sign(margin, sign, size + _WIRE), False) for sign in signs(column, above=False)]
    return widest - size, rows


def _outgoing(graph: EgoGraphData, column: Column, side: int) -> _Rows:
    """Return the right column, `side` cells wide."""
    size = side - _WIRE
    if not column.edges:
        return [((Part(fit(graph.outgoing_empty, side), Tone.MUTED),), False)]
    labels = label_width(column.edges_shown, size // 2)
    margin = Part(" " * (_WIRE - 1))
    rows: list[tuple[GraphRow, bool]] = [(_sign(margin, sign, size + 1), False) for sign in signs(column, above=True)]
    for row in column.shown():
        if isinstance(row, str):
            rows.append((_title(margin, row, size + 1), False))
            continue
        ref, edge = row
        wire = Part(wire_out(edge, _WIRE - 1), edge.tone)
        rows.append(((wire, *draw_node(edge, ref, size + 1, labels)), True))
    rows += [(_sign(margin, sign, size + 1), False) for sign in signs(column, above=False)]
    return rows


def _title(margin: Part, title: str, width: int) -> GraphRow:
    return (margin, Part(fit(f" {title}", width), Tone.MUTED))


def _sign(margin: Part, sign: str, width: int) -> GraphRow:
    return (margin, Part(fit(f" {sign}", width), Tone.MUTED))


def _with_trunk(column: _Rows, side: int, height: int, which: Side) -> list[GraphRow]:
    """Centre the column on the middle row, and join its edges with a trunk on the side of the card."""
    middle = height // 2
    top = max(0, min(middle - len(column) // 2, height - len(column)))
    bottom = top + len(column) - 1
    has_trunk = any(part.ref for row, _ in column for part in row)
    rows: list[GraphRow] = []
    for y in range(height):
        if not top <= y <= bottom:
            rows.append((Part(" " * (side + 1)),))
            continue
        row, is_joined = column[y - top]
        joint = _joint(y > top, y < bottom, is_joined, y == middle, which) if has_trunk else " "
        trunk = Part(joint, Tone.MUTED)
        rows.append((*row, trunk) if which is Side.IN else (trunk, *row))
    return rows


_JOINTS = {
    (False, False, False, False): " ", (False, False, True, True): "─", (True, True, False, False): "│",
    (True, True, True, False): "┤", (True, True, False, True): "├", (True, True, True, True): "┼",
    (False, True, True, False): "┐", (False, True, False, True): "┌", (False, True, True, True): "┬",
    (True, False, True, False): "┘", (True, False, False, True): "└", (True, False, True, True): "┴",
    (True, False, False, False): "╵", (False, True, False, False): "╷",
    (False, False, True, False): "╴", (False, False, False, True): "╶",
}  # fmt: skip
"""The trunk's glyph by whether it goes up, down, left and right."""


def _joint(up: bool, down: bool, has_edge: bool, is_middle: bool, side: Side) -> str:
    left, right = (has_edge, is_middle) if side is Side.IN else (is_middle, has_edge)
    return _JOINTS[up, down, left, right]
