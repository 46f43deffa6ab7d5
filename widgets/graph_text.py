"""An ego graph as a text for other programs: Mermaid, DOT, SVG. Pure; names of any kind stay names."""

from collections.abc import Callable, Iterator, Mapping
from html import escape

from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, Side
from widgets.graph_parts import node_label
from widgets.safe_text import safe_text
from widgets.tone import Tone

_LONGEST = 60
_DOT_STYLES = {
    EdgeKind.OPEN: "solid", EdgeKind.CONDITIONAL: "dashed", EdgeKind.BLOCKED: "dotted", EdgeKind.UNKNOWN: "dotted",
}  # fmt: skip
_MERMAID_LINES = {
    EdgeKind.OPEN: "-->", EdgeKind.CONDITIONAL: "-.->", EdgeKind.BLOCKED: "--x", EdgeKind.UNKNOWN: "-.-",
}  # fmt: skip
_SVG_DASHES = {EdgeKind.OPEN: "", EdgeKind.CONDITIONAL: "6 4", EdgeKind.BLOCKED: "2 4", EdgeKind.UNKNOWN: "1 5"}
# Readable on white for those who do not tell red from green: the shape of a line and its sign say the same.
_COLOURS = {Tone.CRITICAL: "#b00020", Tone.HIGH: "#b45f00", Tone.MEDIUM: "#7a6a00"}
_DARK, _WIDTH, _LINE, _CHAR = "#333333", 1100, 26, 7.2


def as_mermaid(graph: EgoGraphData) -> str:
    """The graph as a Mermaid flowchart, from left to right. https://mermaid.js.org/syntax/flowchart.html"""
    lines = ["flowchart LR", f'  c["{_mermaid(graph.centre.label)}"]']
    for name, side, edge in _edges(graph):
        lines.append(f'  {name}["{_mermaid(_text(edge))}"]')
        line, sign = _MERMAID_LINES[edge.kind], _mermaid(_sign(edge))
        ends = (name, "c") if side is Side.IN else ("c", name)
        lines.append(f'  {ends[0]} {line}|"{sign}"| {ends[1]}')
    return "\n".join(lines) + "\n"


def as_dot(graph: EgoGraphData) -> str:
    """The graph in the language of Graphviz. https://graphviz.org/doc/info/lang.html"""
    lines = ["digraph {", "  rankdir=LR; node [shape=box];", f"  c [label={_dot(graph.centre.label)}, style=bold];"]
    for name, side, edge in _edges(graph):
        lines.append(f"  {name} [label={_dot(_text(edge))}];")
        ends = (name, "c") if side is Side.IN else ("c", name)
        lines.append(f"  {ends[0]} -> {ends[1]} [label={_dot(_sign(edge))}, style={_DOT_STYLES[edge.kind]}];")
    return "\n".join([*lines, "}"]) + "\n"


def as_svg(graph: EgoGraphData) -> str:
    """The graph as a picture: three columns, the lines in their shapes, the legend below."""
    rows = max(len(graph.incoming), len(graph.outgoing), 1)
    height = _LINE * (rows + 4)
    middle = _LINE * (rows + 2) / 2
    body = [_svg_text(_WIDTH / 2, middle, graph.centre.label, "middle", "bold", _DARK)]
    for side in Side:
        edges = graph.edges(side)
        for index, edge in enumerate(edges):
            y = middle + _LINE * (index - (len(edges) - 1) / 2)
            body += _svg_edge(edge, side, y, middle)
    legend = "   ".join(f"{sign} {meaning}" for sign, meaning in graph.legend)
    body.append(_svg_text(10, height - 10, legend, "start", "normal", _DARK))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="monospace" '
        'font-size="12"><rect width="100%" height="100%" fill="#ffffff"/>'
    )
    return "\n".join([head, *body, "</svg>"]) + "\n"


GRAPH_FORMATS: Mapping[str, tuple[str, str, Callable[[EgoGraphData], str]]] = {
    "s": ("SVG", ".svg", as_svg),
    "m": ("Mermaid", ".mmd", as_mermaid),
    "d": ("DOT", ".dot", as_dot),
}
"""The key that chooses each form, with its name, the ending of its files and its function."""


def _edges(graph: EgoGraphData) -> Iterator[tuple[str, Side, GraphEdge]]:
    for side in Side:
        for index, edge in enumerate(graph.edges(side)):
            yield f"{side.value}{index}", side, edge


def _text(edge: GraphEdge) -> str:
    return f"{node_label(edge)} {edge.node.detail}".strip()


def _sign(edge: GraphEdge) -> str:
    return edge.mark or edge.kind.sign


def _plain(text: str) -> str:
    """One line without anything that is no character, and not longer than a picture has room for."""
    shown = safe_text(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _mermaid(text: str) -> str:
    """A text between Mermaid's quotes: whatever is no letter, digit or blank is told by its number."""
    return "".join(char if char.isalnum() or char == " " else f"#{ord(char)};" for char in _plain(text))


def _dot(text: str) -> str:
    inner = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def _svg_edge(edge: GraphEdge, side: Side, y: float, middle: float) -> Iterator[str]:
    colour = _COLOURS.get(edge.tone, _DARK)
    anchor, at, start, end = ("end", 390, 400, 450) if side is Side.IN else ("start", 710, 650, 700)
    ends = (y, middle) if side is Side.IN else (middle, y)
    dash = f' stroke-dasharray="{_SVG_DASHES[edge.kind]}"' if _SVG_DASHES[edge.kind] else ""
    yield f'<line x1="{start}" y1="{ends[0]:.0f}" x2="{end}" y2="{ends[1]:.0f}" stroke="{colour}"{dash}/>'
    yield _svg_text((start + end) / 2, (y + middle) / 2 - 3, _sign(edge), "middle", "normal", colour)
    text = _text(edge)
    room = int(380 / _CHAR)
    yield _svg_text(at, y + 4, text if len(text) <= room else f"{text[: room - 1]}…", anchor, "normal", _DARK)


def _svg_text(x: float, y: float, text: str, anchor: str, weight: str, colour: str) -> str:
    shown = escape(_plain(text) if weight == "bold" else safe_text(text))
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-weight="{weight}" fill="{colour}">{shown}</text>'
