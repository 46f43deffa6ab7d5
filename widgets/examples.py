"""One small example of each widget: `python -m widgets.examples` lists them, with a name behind it shows that one.

Each is a function that gives the widgets of a screen, made of data of a few lines; ctrl+q leaves.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial

from textual.app import App, ComposeResult
from textual.widget import Widget

from widgets.background import begin_work
from widgets.columns import Column
from widgets.diff_view import DiffView
from widgets.ego_graph import EgoGraph
from widgets.fact_list import Fact, FactList, Heading
from widgets.filter_bar import FilterBar
from widgets.graph import EdgeKind, EgoGraphData, GraphEdge, GraphNode
from widgets.json_view import JsonView, MarkedRange
from widgets.key_help import KeyGroup, KeyHelp, KeyHint, KeyLine
from widgets.prompt_line import PromptLine
from widgets.safe_text import safe_text
from widgets.sections import POINTER, Sections
from widgets.status_line import Segment, StatusLine
from widgets.tone import Cell, Tone
from widgets.use_strip import HeatRow, UseStrip
from widgets.virtual_table import VirtualTable
from widgets.virtual_tree import VirtualTree
from widgets.wrapped_line import WrappedLine

OLD = '{\n  "kind": "Deployment",\n  "replicas": 2,\n  "image": "registry/web:1.4"\n}\n'
NEW = '{\n  "kind": "Deployment",\n  "replicas": 3,\n  "image": "registry/web:1.5",\n  "paused": true\n}\n'
HINTS = (KeyHint("/", "filter"), KeyHint("space", "mark"), KeyHint("enter", "open"), KeyHint("ctrl+q", "quit"))


class Pods:
    """Rows of a cluster that never existed: a table asks for the cells of the rows that are seen."""

    LOOKS = (("✖ FAIL", Tone.CRITICAL), ("▲ WAIT", Tone.HIGH), ("! WARN", Tone.MEDIUM), ("✓ OK", Tone.GOOD))

    def cells(self, row: int) -> Sequence[Cell]:
        """State, name, node and age of a pod."""
        text, tone = self.LOOKS[row % 4]
        return (Cell(text, tone), Cell(f"web-{row}", Tone.STRONG), Cell(f"node-{row % 9}"), Cell(f"{row}d", Tone.MUTED))


class Cluster:
    """Nodes of a tree, which asks for what is below a node when that is opened."""

    BELOW = {"": ("cluster",), "cluster": ("shop", "blog"), "shop": ("web", "cache")}  # noqa: RUF012 -- never changed

    def roots(self) -> Sequence[str]:
        """The nodes at the top."""
        return self.BELOW[""]

    def children(self, node: str) -> Sequence[str]:
        """The nodes below one."""
        return self.BELOW.get(node, ())

    def has_children(self, node: str) -> bool:
        """Whether a node can be opened."""
        return node in self.BELOW

    def parent(self, node: str) -> str | None:
        """The node above one."""
        return next((name for name, below in self.BELOW.items() if name and node in below), None)

    def label(self, node: str) -> Sequence[Cell]:
        """What stands on the left."""
        return (Cell(node),)

    def counts(self, node: str) -> Sequence[Cell]:
        """What stands on the right."""
        return (Cell(str(len(self.children(node))), Tone.MUTED),)


class Compared(DiffView):
    """What changed since yesterday."""

    def on_mount(self) -> None:
        """Show two texts."""
        self.show(OLD, NEW, "yesterday", "now")


class Marked(JsonView):
    """A text with one line marked."""

    def on_mount(self) -> None:
        """Show a text and its mark."""
        self.show(NEW, [MarkedRange(5, 5, Tone.HIGH, "nothing is rolled out while it is paused")])


class Asking(PromptLine):
    """A question under a table, in the place of a dialogue."""

    def on_mount(self) -> None:
        """Ask."""
        begin_work(self, partial(self.ask, "why?", placeholder="a sentence", required=True))


def graph() -> EgoGraphData:
    """Who comes into a service, part by part, and what it reaches."""
    incoming = [
        GraphEdge(GraphNode("i", "ingress", "✖", Tone.CRITICAL, "public"), EdgeKind.OPEN, "!", Tone.CRITICAL),
        GraphEdge(GraphNode("j", "jobs", detail="batch", count=38), EdgeKind.CONDITIONAL, "N"),
        GraphEdge(GraphNode("k", "other namespaces"), EdgeKind.BLOCKED),
    ]
    outgoing = [GraphEdge(GraphNode("d", "database", "▲", Tone.HIGH, "port 5432")), GraphEdge(GraphNode("c", "cache"))]
    return EgoGraphData(
        GraphNode("w", "web", "■"),
        ("namespace shop", "in 40 · out 2"),
        incoming,
        outgoing,
        incoming_titles=((0, "from outside (1)"), (1, "from inside (39)")),
    )


PARTS = ((0, "from outside (1)"), (1, "from inside (39)"))
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
    "tree": lambda: [VirtualTree(Cluster())],
    "graph": lambda: [EgoGraph(graph())],
    "diff": lambda: [Compared()],
    "json": lambda: [Marked()],
    "facts": lambda: [
        FactList([Heading("web", "2 facts"), Fact("image", "1.5"), Fact("state", "paused", Tone.HIGH, "▲")])
    ],
    "sections": lambda: [
        Sections(
            [
                Heading("web", "} goes to the next section"),
                Fact("image", (Cell(f"{POINTER} ", Tone.ACCENT), Cell("1.5", Tone.STRONG))),
                Heading("cache"),
                Fact("state", "running", Tone.GOOD, "✓"),
            ]
        )
    ],
    "filter": lambda: [FilterBar("state:fail"), VirtualTable(COLUMNS, Pods(), range(0, 400, 4))],
    "prompt": lambda: [VirtualTable(COLUMNS, Pods(), range(40)), Asking()],
    "status": lambda: [StatusLine([Segment("cluster", Tone.HEADING), Segment("12 pods")], [Segment("read only")])],
    "wrapped": lambda: [WrappedLine((Cell("12 pods wait for a node", Tone.STRONG),), (Cell("n goes on", Tone.MUTED),))],
    "heat": lambda: [UseStrip(WEEK, ("0", "6", "12", "18"))],
    "keys": lambda: [KeyHelp([KeyGroup("find", HINTS[:2]), KeyGroup("act", HINTS[2:])]), KeyLine(HINTS)],
}


class Example(App[None]):
    """Shows widgets below one another; the first one has the focus."""

    AUTO_FOCUS = "*"

    def __init__(self, name: str) -> None:
        super().__init__()
        self.animation_level = "none"
        self._example = name

    def compose(self) -> ComposeResult:
        """The widgets of the example."""
        yield from EXAMPLES[self._example]()


def main(arguments: Sequence[str]) -> int:
    """Show the example that is named, or list them all; exit code 2 for a name that none has."""
    if len(arguments) == 1 and arguments[0] in EXAMPLES:
        Example(arguments[0]).run()
        return 0
    listed = "".join(f"  {name}\n" for name in EXAMPLES)
    if arguments:
        sys.stderr.write(f"there is no example `{safe_text(' '.join(arguments))}`; there are\n{listed}")
        return 2
    sys.stdout.write(f"python -m widgets.examples NAME shows one of\n{listed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
