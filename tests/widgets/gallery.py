"""Examples to look at: `python -m tests.widgets.gallery NAME` shows one widget with data of a few lines."""

import sys
from collections.abc import Callable, Sequence

from textual.app import App
from textual.widget import Widget

from tests.widgets.hosts import Host, Nodes
from widgets.columns import Column
from widgets.diff_view import DiffView
from widgets.ego_graph import EgoGraph
from widgets.fact_list import Fact, FactList, Heading
from widgets.filter_bar import FilterBar
from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, GraphNode
from widgets.json_view import JsonView, MarkedRange
from widgets.key_help import KeyGroup, KeyHelp, KeyHint, KeyLine
from widgets.prompt_line import PromptLine
from widgets.status_line import Segment, StatusLine
from widgets.tone import Cell, Tone
from widgets.use_strip import HeatRow, UseStrip
from widgets.virtual_table import VirtualTable
from widgets.virtual_tree import VirtualTree

OLD = '{\n  "kind": "Deployment",\n  "replicas": 2,\n  "image": "registry/web:1.4"\n}\n'
NEW = '{\n  "kind": "Deployment",\n  "replicas": 3,\n  "image": "registry/web:1.5",\n  "paused": true\n}\n'
HINTS = (KeyHint("/", "filter"), KeyHint("space", "mark"), KeyHint("enter", "open"), KeyHint("q", "quit"))


class Pods:
    """Rows of a cluster that never existed."""

    LOOKS = (("✖ FAIL", Tone.CRITICAL), ("▲ WAIT", Tone.HIGH), ("! WARN", Tone.MEDIUM), ("✓ OK", Tone.GOOD))

    def cells(self, row: int) -> Sequence[Cell]:
        text, tone = self.LOOKS[row % 4]
        return (Cell(text, tone), Cell(f"web-{row}", Tone.STRONG), Cell(f"node-{row % 9}"), Cell(f"{row}d", Tone.MUTED))


class Compared(DiffView):
    def on_mount(self) -> None:
        self.show(OLD, NEW, "yesterday", "now")


class Marked(JsonView):
    def on_mount(self) -> None:
        self.show(NEW, [MarkedRange(5, 5, Tone.HIGH, "nothing is rolled out while it is paused")])


class Asking(PromptLine):
    def on_mount(self) -> None:
        self.run_worker(self.ask("why?", placeholder="a sentence", required=True))


def graph() -> EgoGraphData:
    incoming = [
        GraphEdge(GraphNode("i", "ingress", "✖", Tone.CRITICAL, "public"), EdgeKind.OPEN, "!", Tone.CRITICAL),
        GraphEdge(GraphNode("j", "jobs", detail="batch", count=38), EdgeKind.CONDITIONAL, "N"),
        GraphEdge(GraphNode("k", "other namespaces"), EdgeKind.BLOCKED),
    ]
    outgoing = [GraphEdge(GraphNode("d", "database", "▲", Tone.HIGH, "port 5432")), GraphEdge(GraphNode("c", "cache"))]
    return EgoGraphData(GraphNode("w", "web", "■"), ("namespace shop", "in 40 · out 2"), incoming, outgoing)


WEEK = tuple(
    HeatRow(day, [None] * 24 if day == "sun" else [max(0, hour - 7) * (19 - hour) for hour in range(24)], note)
    for day, note in (("mon", "418"), ("tue", ""), ("sat", "2"), ("sun", "not known"))
)
COLUMNS = (
    Column("state", "State", 7),
    Column("pod", "Pod", None, min_width=12),
    Column("node", "Node", 8, priority=1),
    Column("age", "Age", 6, "right", priority=2),
)
EXAMPLES: dict[str, Callable[[], Sequence[Widget]]] = {
    "table": lambda: [VirtualTable(COLUMNS, Pods(), range(500_000))],
    "tree": lambda: [VirtualTree(Nodes({"": ["cluster"], "cluster": ["shop", "blog"], "shop": ["web", "cache"]}))],
    "graph": lambda: [EgoGraph(graph())],
    "diff": lambda: [Compared()],
    "json": lambda: [Marked()],
    "facts": lambda: [
        FactList([Heading("web", "2 facts"), Fact("image", "1.5"), Fact("state", "paused", Tone.HIGH, "▲")])
    ],
    "filter": lambda: [FilterBar("state:fail"), VirtualTable(COLUMNS, Pods(), range(0, 400, 4))],
    "prompt": lambda: [VirtualTable(COLUMNS, Pods(), range(40)), Asking()],
    "status": lambda: [StatusLine([Segment("cluster", Tone.HEADING), Segment("12 pods")], [Segment("read only")])],
    "heat": lambda: [UseStrip(WEEK, ("0", "6", "12", "18"))],
    "keys": lambda: [KeyHelp([KeyGroup("find", HINTS[:2]), KeyGroup("act", HINTS[2:])]), KeyLine(HINTS)],
}


def example(name: str) -> App[None]:
    """Return an application that shows one widget."""
    return Host(*EXAMPLES[name]())


if __name__ == "__main__":
    example(sys.argv[1] if len(sys.argv) > 1 else "table").run()
