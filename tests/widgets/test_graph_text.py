"""A graph for other programs: every edge is there, in its shape, and no name becomes anything but a name."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, GraphNode
from widgets.graph_text import GRAPH_FORMATS, as_dot, as_mermaid, as_svg

HOSTILE = (
    '"]; end',
    "a\\",
    "</text><script>",
    "\x1b[2J",
    "\u202egnp",
    "--> c",
    "#quot;",
    "x" * 400,
    "new\nline",
    "日本語",
)
STATEMENT = re.compile(r'  (?:c|in\d+|out\d+)(?: -> (?:c|in\d+|out\d+))? \[label="(?:[^"\\]|\\.)*"(?:, style=\w+)?\];')
MERMAID = re.compile(r'  (c|in\d|out\d)(\["[^"\[\]]*"\]| (-->|-\.->|--x|-\.-)\|"[^"|]*"\| (c|in\d|out\d))')


def graph_of(*names: str) -> EgoGraphData:
    kinds = list(EdgeKind)
    edges = [GraphEdge(GraphNode(f"n{i}", name), kinds[i % 4]) for i, name in enumerate(names)]
    return EgoGraphData(GraphNode("centre", names[0]), incoming=edges, outgoing=edges[:1])


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_no_name_leaves_its_place(name: str) -> None:
    graph = graph_of(name, "plain")
    for line in as_dot(graph).splitlines()[2:-1]:
        assert STATEMENT.fullmatch(line), line
    for line in as_mermaid(graph).splitlines()[1:]:
        assert re.fullmatch(
            r'  (c|in\d|out\d)(\["[^"\[\]]*"\]| (-->|-\.->|--x|-\.-)\|"[^"|]*"\| (c|in\d|out\d))', line
        ), line
    root = ET.fromstring(as_svg(graph))  # noqa: S314 -- our own text
    assert {child.tag.rpartition("}")[2] for child in root} == {"rect", "line", "text"}


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6))
def test_every_edge_is_in_every_form(names: list[str]) -> None:
    graph = graph_of(*names)
    count = len(graph.incoming) + len(graph.outgoing)
    assert as_dot(graph).count(" -> ") >= count
    assert len(re.findall(r'^  \w+ \S+\|"', as_mermaid(graph), re.MULTILINE)) == count
    assert sum(child.tag.endswith("line") for child in ET.fromstring(as_svg(graph))) == count  # noqa: S314


def test_kinds_differ_in_shape_not_only_in_colour() -> None:
    for _, _, write in GRAPH_FORMATS.values():
        shapes = set()
        for kind in (EdgeKind.OPEN, EdgeKind.CONDITIONAL, EdgeKind.BLOCKED):
            shapes.add(write(EgoGraphData(GraphNode("c", "c"), incoming=[GraphEdge(GraphNode("n", "n"), kind, "!")])))
        assert len(shapes) == 3
