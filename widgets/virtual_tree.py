"""A tree that asks for children when a node is opened and draws only the lines that are seen."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.strip import Strip

from widgets.messages import FromWidget, Latest
from widgets.scrolled_lines import CursorLines
from widgets.tone import Cell, Tone
from widgets.wrapping import spread

Id = TypeVar("Id", bound=Hashable)


class TreeSource(Protocol[Id]):
    """Where a tree gets its nodes from; ids are the caller's."""

    def roots(self) -> Sequence[Id]:
        """Return the ids at the top."""

    def children(self, node: Id) -> Sequence[Id]:
        """Return the ids below `node`; called when it is opened."""

    def has_children(self, node: Id) -> bool:
        """Return whether `node` can be opened."""

    def parent(self, node: Id) -> Id | None:
        """Return the id above `node`; None for a root."""

    def label(self, node: Id) -> Sequence[Cell]:
        """Return what is drawn from the left; called only for nodes that are seen."""

    def counts(self, node: Id) -> Sequence[Cell]:
        """Return what is drawn at the right edge, for example counts; called only for nodes that are seen."""


@dataclass(frozen=True, slots=True)
class TreeLine(Generic[Id]):
    """A visible node: `guides` are drawn before its branch, and continue in the lines below it."""

    node: Id
    depth: int
    guides: str
    is_last: bool


class VirtualTree(CursorLines, Generic[Id]):
    """Nodes that open and close, with a cursor.

    Which nodes are open is kept while their parents are closed and when the source is replaced.

    | Key | Does |
    | :- | :- |
    | l right | opens the node, or goes to its first child |
    | h left | closes the node, or goes to its parent |
    | enter | selects the node |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,right", "open", "open", show=False, id="tree.open"),
        Binding("h,left", "close", "close", show=False, id="tree.close"),
        Binding("enter", "select", "select", show=False, id="tree.select"),
    ]

    CACHED_LINES: ClassVar[int] = 512
    """How many drawn lines are kept."""

    class Highlighted(Latest["VirtualTree[Any]"]):
        """The cursor stands on another node; while many wait, only the last is handled."""

        def __init__(self, tree: "VirtualTree[Any]", node: Any) -> None:  # noqa: ANN401
            super().__init__(tree)
            self.node = node
            """The id of the node."""

    class Selected(FromWidget["VirtualTree[Any]"]):
        """A node was chosen with enter or a double click."""

        def __init__(self, tree: "VirtualTree[Any]", node: Any) -> None:  # noqa: ANN401
            super().__init__(tree)
            self.node = node
            """The id of the node."""

    class Toggled(FromWidget["VirtualTree[Any]"]):
        """A node was opened or closed."""

        def __init__(self, tree: "VirtualTree[Any]", node: Any, is_open: bool) -> None:  # noqa: ANN401
            super().__init__(tree)
            self.node = node
            """The id of the node."""
            self.is_open = is_open
            """Whether the node is open now."""

    def __init__(
        self,
        source: TreeSource[Id] | None = None,
        *,
        empty: str = "nothing to show",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.empty = empty
        self._source = source
        self._open: set[Id] = set()
        self._lines: list[TreeLine[Id]] = []
        self._generation = 0
        self._strips: LRUCache[tuple[TreeLine[Id], bool, bool, int, int], Strip] = LRUCache(self.CACHED_LINES)
        self._rebuild()

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def cursor_node(self) -> Id | None:
        """The id under the cursor; None in an empty tree."""
        return self._lines[self.cursor_line].node if self._lines else None

    @property
    def open_nodes(self) -> frozenset[Id]:
        """The ids of all nodes that are open, also below closed ones."""
        return frozenset(self._open)

    def set_source(self, source: TreeSource[Id]) -> None:
        """Show other nodes; those open before stay open, and the cursor stays on its node if it is still visible."""
        node = self.cursor_node
        self._source = source
        self._rebuild()
        self._generation += 1
        self.cursor_line = max(0, self._line_of(node)) if node is not None else 0
        self.lines_changed()
        self.bring_into_view(self.cursor_line)
        if self.cursor_node != node:
            self.cursor_moved()

    def redraw(self) -> None:
        """Ask the source again for the labels and counts that are seen."""
        self._generation += 1
        self.refresh()

    def reveal(self, node: Id) -> bool:
        """Open everything above `node` and move the cursor there; return whether it exists."""
        if self._source is None:
            return False
        path = [node]
        while (above := self._source.parent(path[-1])) is not None and above not in path:
            path.append(above)
        for ancestor in reversed(path[1:]):
            self.set_open(ancestor, True)
        line = self._line_of(node)
        if line >= 0:
            self.move_to(line)
        return line >= 0

    def set_open(self, node: Id, is_open: bool) -> None:
        """Open or close a node."""
        line = self._line_of(node)
        if self._source is None or is_open == (node in self._open) or (is_open and not self._source.has_children(node)):
            return
        before = self.cursor_node
        if is_open:
            self._open.add(node)
        else:
            self._open.discard(node)
        if line >= 0:
            self._splice(line, is_open)
        if self.cursor_node != before:
            self.cursor_moved()
        self.post_message(self.Toggled(self, node, is_open))

    # ── keys and mouse ───────────────────────────────────────────────────────────────────────────────────────

    def action_open(self) -> None:
        """Open the node, or go to its first child."""
        node = self.cursor_node
        if node is None or self._source is None or not self._source.has_children(node):
            return
        if node in self._open:
            self.move_by(1)
        else:
            self.set_open(node, True)

    def action_close(self) -> None:
        """Close the node, or go to its parent."""
        if not self._lines or self._source is None:
            return
        line = self._lines[self.cursor_line]
        if line.node in self._open and self._source.has_children(line.node):
            self.set_open(line.node, False)
        elif line.depth:
            self.move_to(self._parent_line(self.cursor_line))

    def action_select(self) -> None:
        """Choose the node under the cursor."""
        node = self.cursor_node
        if node is not None:
            self.post_message(self.Selected(self, node))

    def cursor_moved(self) -> None:
        """Tell the new node."""
        node = self.cursor_node
        if node is not None:
            self.post_message(self.Highlighted(self, node))

    def clicked_line(self, index: int, event: events.Click) -> None:
        """A click on the arrow opens or closes, a double click selects."""
        offset = event.get_content_offset(self)
        line = self._lines[index]
        arrow = 1 + len(line.guides) + (2 if line.depth else 0)
        if offset is not None and arrow <= offset.x < arrow + 2:
            self.set_open(line.node, line.node not in self._open)
        elif event.chain == 2:
            self.action_select()

    # ── lines ────────────────────────────────────────────────────────────────────────────────────────────────

    def line_count(self) -> int:
        """Return how many nodes are visible."""
        return len(self._lines)

    def _rebuild(self) -> None:
        self._lines = [] if self._source is None else list(self._below(self._source.roots(), 0, ""))

    def _below(self, nodes: Sequence[Id], depth: int, guides: str) -> Iterator[TreeLine[Id]]:
        """Yield the lines of `nodes` and of everything open below them."""
        if self._source is None:
            return
        last = len(nodes) - 1
        for index, node in enumerate(nodes):
            line = TreeLine(node, depth, guides, index == last)
            yield line
            if node in self._open and self._source.has_children(node):
                yield from self._below(self._source.children(node), depth + 1, _guides_below(line))

    def _splice(self, line: int, is_open: bool) -> None:
        """Put in, or take out, the lines below line `line`; the cursor stays on its node, or goes to the closed one."""
        parent = self._lines[line]
        if is_open and self._source is not None:
            below = list(self._below(self._source.children(parent.node), parent.depth + 1, _guides_below(parent)))
            self._lines[line + 1 : line + 1] = below
            if self.cursor_line > line:
                self.cursor_line += len(below)
        else:
            end = self._end_of(line)
            del self._lines[line + 1 : end]
            if self.cursor_line >= end:
                self.cursor_line -= end - line - 1
            elif self.cursor_line > line:
                self.cursor_line = line
        self.lines_changed()
        self.bring_into_view(self.cursor_line)

    def _end_of(self, line: int) -> int:
        """Return the first line after everything below line `line`."""
        depth = self._lines[line].depth
        for index in range(line + 1, len(self._lines)):
            if self._lines[index].depth <= depth:
                return index
        return len(self._lines)

    def _parent_line(self, line: int) -> int:
        depth = self._lines[line].depth
        return next(index for index in range(line - 1, -1, -1) if self._lines[index].depth < depth)

    def _line_of(self, node: Id) -> int:
        return next((index for index, line in enumerate(self._lines) if line.node == node), -1)

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────

    def ground_changed(self) -> None:
        """Draw every line anew."""
        self._generation += 1

    def notify_style_update(self) -> None:
        """Draw again in the new style."""
        super().notify_style_update()
        self._generation += 1

    def draw_line(self, index: int, width: int) -> Strip:
        """Draw a node, or take the strip that was drawn before."""
        line, is_cursor = self._lines[index], index == self.cursor_line
        key = (line, is_cursor, line.node in self._open, width, self._generation)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._draw_node(line, is_cursor, width)
        return strip

    def _draw_node(self, line: TreeLine[Id], is_cursor: bool, width: int) -> Strip:
        if self._source is None:
            return self.paint((), width)
        branch = ("└─" if line.is_last else "├─") if line.depth else ""
        arrow = "  "
        if self._source.has_children(line.node):
            arrow = "▾ " if line.node in self._open else "▸ "
        left = [Cell(line.guides + branch, Tone.MUTED), Cell(arrow, Tone.MUTED), *self._source.label(line.node)]
        right = self._source.counts(line.node)
        bar = self.CURSOR_BAR if is_cursor else Cell(" ")
        row_class = "lines--cursor" if is_cursor else None
        return self.paint([bar, *spread(left, right, width - 2)], width, row_class)


def _guides_below(line: TreeLine[Id]) -> str:
    if not line.depth:
        return ""
    return line.guides + ("  " if line.is_last else "│ ")
