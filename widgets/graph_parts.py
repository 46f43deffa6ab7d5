"""The pieces that both forms of an ego graph are drawn from: nodes, wires, signs, trail and legend. Pure."""

from collections.abc import Sequence

from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, GraphRow, Part, Ref
from widgets.safe_text import ELLIPSIS, cells, fit
from widgets.tone import Tone


def draw_node(edge: GraphEdge, ref: Ref, width: int, label_width: int = 0) -> GraphRow:
    """Return room for the cursor (1 cell), glyph, label and detail of a node in exactly `width` cells.

    The first part is the room for the cursor. Details begin in one column if all labels get the same `label_width`.
    """
    node = edge.node
    label = node_label(edge)
    size = max(label_width, cells(label))
    spare = width - 3 - size
    tone = Tone.STRONG if node.tone is Tone.CRITICAL else Tone.PLAIN
    start = (Part(" ", Tone.PLAIN, ref), Part(fit(node.glyph, 1) + " ", node.tone, ref))
    if not node.detail or spare < 6:
        return (*start, Part(_fit_label(edge, width - 3), tone, ref))
    detail = Part(fit(node.detail, spare - 2), Tone.MUTED, ref)
    return (*start, Part(fit(label, size) + "  ", tone, ref), detail)


def node_label(edge: GraphEdge) -> str:
    """Return the label of a node; a group says how many it stands for."""
    return edge.node.label + _count(edge)


def _count(edge: GraphEdge) -> str:
    return f" ×{edge.node.count:,}" if edge.node.count > 1 else ""


def _fit_label(edge: GraphEdge, width: int) -> str:
    """Return the label in `width` cells; the name is cut before the number of those it stands for."""
    room = width - cells(_count(edge))
    is_long = cells(node_label(edge)) > width and room > 1
    return fit(edge.node.label, room) + _count(edge) if is_long else fit(node_label(edge), width)


def label_width(edges: Sequence[GraphEdge], widest: int) -> int:
    """Return the width of the longest label, at most `widest`."""
    return max((size for edge in edges if (size := cells(node_label(edge))) <= widest), default=0)


def text_width(edges: Sequence[GraphEdge], labels: int) -> int:
    """Return the width of the longest node, when its label gets at least `labels` cells."""
    longest = 24
    for edge in edges:
        detail = cells(edge.node.detail) + 2 if edge.node.detail else 0
        longest = max(longest, 3 + max(labels, cells(node_label(edge))) + detail)
    return longest


def wire_in(edge: GraphEdge, size: int) -> str:
    """Return the line of an incoming edge, its mark one before the end: `────!─`; a blocked one ends there."""
    line = edge.kind.value
    end = " " if edge.kind is EdgeKind.BLOCKED else line
    return line * (size - 2) + _mark(edge) + end


def wire_out(edge: GraphEdge, size: int) -> str:
    """Return the line of an outgoing edge, its mark after the start: `─!──▶ `; a blocked one ends there."""
    line = edge.kind.value
    if edge.kind is EdgeKind.BLOCKED:
        return fit(line + _mark(edge), size)
    return line + _mark(edge) + line * (size - 4) + "▶ "


def draw_trail(graph: EgoGraphData, width: int) -> GraphRow:
    """Return the way walked so far; the oldest steps give way first."""
    steps = [*graph.trail, graph.centre.label]
    text = " › ".join(steps)
    while cells(text) > width - 2 and len(steps) > 1:
        del steps[0]
        text = f"{ELLIPSIS} › " + " › ".join(steps)
    return (Part(fit(" " + text, width), Tone.MUTED),)


def draw_legend(graph: EgoGraphData, width: int) -> GraphRow:
    """Return the legend, as many whole items of it as fit."""
    text = ""
    for sign, meaning in graph.legend:
        longer = f"{text} {sign} {meaning} "
        if cells(longer) > width - 1:
            text += f" {ELLIPSIS}"
            break
        text = longer
    return (Part(fit(text, width), Tone.MUTED),)


def fill(parts: GraphRow, width: int) -> GraphRow:
    """Pad a row to `width` cells, or cut it there."""
    filled: list[Part] = []
    for part in parts:
        size = min(cells(part.text), width)
        filled.append(part if size == cells(part.text) else Part(fit(part.text, size), part.tone, part.ref))
        width -= size
    return (*filled, Part(" " * width)) if width else tuple(filled)


def _mark(edge: GraphEdge) -> str:
    is_blocked = edge.kind is EdgeKind.BLOCKED
    return fit(edge.kind.sign if is_blocked else edge.mark or edge.kind.sign, 1)
