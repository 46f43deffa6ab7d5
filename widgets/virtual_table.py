"""A table that asks for the rows it shows and for no other: 500,000 rows cost what 40 cost."""

from collections.abc import Iterable, Sequence, Set
from typing import ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.strip import Strip

from widgets.columns import Column, column_at, cut_off, lay_out_cells
from widgets.marks import Marks, RangeKind
from widgets.messages import FromWidget, Latest
from widgets.scrolled_lines import CursorLines
from widgets.tone import Cell, Tone


class RowSource(Protocol):
    """Where a table gets its rows from."""

    def cells(self, row: int) -> Sequence[Cell]:
        """Return the cells of the row with this id, one per column; called at most once per seen row and frame."""


class NoRows:
    """A source for a table that has nothing to show yet."""

    def cells(self, row: int) -> Sequence[Cell]:
        """Return no cells."""
        return ()


class VirtualTable(CursorLines):
    """Rows with a cursor, marks and a header.

    A *row* is an id the caller chose; a *line* is a position in `view`. The cursor and the marks stay with their rows
    when the view changes. Columns that do not fit are hidden by priority, texts that do not fit end in `…`.

    | Key | Does |
    | :- | :- |
    | space | marks or unmarks the row and moves down |
    | v | starts and stops marking a range |
    | shift+down shift+up | marks while moving |
    | escape | gives up the range |
    | enter | activates the row |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_mark", "mark", show=False, id="table.mark"),
        Binding("v", "toggle_range", "mark a range", show=False, id="table.range"),
        Binding("shift+down", "extend_down", "mark down", show=False, id="table.extend-down"),
        Binding("shift+up", "extend_up", "mark up", show=False, id="table.extend-up"),
        Binding("escape", "cancel_range", "give up the range", show=False, id="table.cancel-range"),
        Binding("enter", "activate", "open", show=False, id="table.activate"),
    ]

    HEADER_LINES = 1
    MARK = Cell("●", Tone.ACCENT)
    """The sign of a marked row."""
    GUTTER = 3
    """The cells before the first column: cursor bar, mark, space."""
    CACHED_LINES: ClassVar[int] = 512
    """How many drawn lines are kept."""

    class CursorMoved(Latest["VirtualTable"]):
        """The cursor stands on another row; while many wait, only the last is handled."""

        def __init__(self, table: "VirtualTable", row: int | None) -> None:
            super().__init__(table)
            self.row = row
            """The row id under the cursor; None in an empty table."""

    class Activated(FromWidget["VirtualTable"]):
        """A row was chosen with enter or a double click."""

        def __init__(self, table: "VirtualTable", row: int) -> None:
            super().__init__(table)
            self.row = row
            """The row id that was chosen."""

    class MarksChanged(Latest["VirtualTable"]):
        """Other rows are marked than before, or a range began or ended; while many wait, only the last is handled."""

        def __init__(self, table: "VirtualTable", count: int) -> None:
            super().__init__(table)
            self.count = count
            """How many rows are marked, seen or not."""

    class HeaderClicked(FromWidget["VirtualTable"]):
        """The header of a column was clicked; callers usually sort by it."""

        def __init__(self, table: "VirtualTable", key: str) -> None:
            super().__init__(table)
            self.key = key
            """The key of the column."""

    def __init__(
        self,
        columns: Sequence[Column],
        source: RowSource | None = None,
        view: Sequence[int] = (),
        *,
        empty: str = "nothing to show",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.empty = empty
        self._columns = tuple(columns)
        self._source: RowSource = source or NoRows()
        self._view = view
        self._marks = Marks()
        self._sort: tuple[str, bool] | None = None
        self._generation = 0
        self._strips: LRUCache[tuple[int, bool, bool, int, int], Strip] = LRUCache(self.CACHED_LINES)

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────────────

    @property
    def view(self) -> Sequence[int]:
        """The row ids that can be scrolled to, in order, after the caller's filter and sort."""
        return self._view

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, also those that are hidden at this width."""
        return self._columns

    @property
    def cursor_row(self) -> int | None:
        """The row id under the cursor; None in an empty table."""
        return self._view[self.cursor_line] if self._view else None

    @property
    def marks(self) -> Set[int]:
        """The marked row ids, also those that are not in the view."""
        return self._marks.frozen()

    @property
    def mark_count(self) -> int:
        """How many rows are marked."""
        return len(self._marks.rows)

    @property
    def is_marking_range(self) -> bool:
        """Whether moving the cursor marks rows now."""
        return self._marks.range_kind is not None

    def set_source(self, source: RowSource, view: Sequence[int]) -> None:
        """Show other data: forget the marks and start at the first row."""
        self._source = source
        self._view = ()
        self._marks = Marks()
        self.cursor_line = 0
        self.scroll_to_line(0)
        self.set_view(view)

    def set_view(self, view: Sequence[int], cursor: int | None = None) -> None:
        """Show the rows of `view` in its order.

        The cursor goes to row `cursor` if that is given; else it stays on its row, or on its line if the row is gone.
        """
        before = self.cursor_row
        wanted = before if cursor is None else cursor
        self._marks.end_range()
        self._view = view
        self.cursor_line = _position(view, wanted, min(self.cursor_line, max(0, len(view) - 1)))
        self._generation += 1
        self.lines_changed()
        self.bring_into_view(self.cursor_line)
        if self.cursor_row != before:
            self.cursor_moved()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns of the same rows."""
        self._columns = tuple(columns)
        self.redraw()

    def show_sort(self, key: str, descending: bool = False) -> None:
        """Say in the header which column the view is sorted by."""
        self._sort = (key, descending)
        self.refresh()

    def move_to_row(self, row: int) -> bool:
        """Move the cursor to the row with this id; return whether it is in the view."""
        line = _position(self._view, row, -1)
        if line >= 0:
            self.move_to(line)
        return line >= 0

    def refresh_rows(self, rows: Iterable[int]) -> None:
        """Ask the source again for these rows and draw those that are seen."""
        changed = set(rows)
        for row in changed:
            for is_cursor in (False, True):
                for is_marked in (False, True):
                    self._strips.discard((row, is_cursor, is_marked, self.line_width, self._generation))
        last = min(len(self._view), self.first_seen + self.page_lines)
        for line in range(self.first_seen, last):
            if self._view[line] in changed:
                self.redraw_line(line)

    def redraw(self) -> None:
        """Ask the source again for every row that is seen."""
        self._generation += 1
        self.refresh()

    # ── marks ────────────────────────────────────────────────────────────────────────────────────────────────

    def set_marks(self, rows: Iterable[int]) -> None:
        """Mark exactly these rows."""
        self._marks.replace(rows)
        self._marks_changed()

    def mark_all(self) -> None:
        """Mark every row of the view, besides those that are marked already."""
        self.set_marks(self._marks.rows.union(self._view))

    def clear_marks(self) -> None:
        """Mark no row."""
        self.set_marks(())

    def action_toggle_mark(self) -> None:
        """Mark or unmark the row under the cursor and move down."""
        if self.cursor_row is None:
            return
        self._marks.end_range()
        self._marks.toggle(self.cursor_row)
        self.redraw_line(self.cursor_line)
        self._post_marks()
        self.move_by(1)

    def action_toggle_range(self) -> None:
        """Start marking a range at the cursor, or stop and keep its marks."""
        if self._marks.range_kind is not None:
            self._marks.end_range()
            self._post_marks()
        elif self._view:
            self._begin_range(RangeKind.KEPT)

    def action_extend_down(self) -> None:
        """Mark the row under the cursor and the next one."""
        self._extend(1)

    def action_extend_up(self) -> None:
        """Mark the row under the cursor and the one before."""
        self._extend(-1)

    def action_cancel_range(self) -> None:
        """Give up the range and restore the marks from before it."""
        if self._marks.range_kind is not None:
            self._marks.cancel_range()
            self._marks_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave escape to others while no range is being marked."""
        return self.is_marking_range if action == "cancel_range" else True

    def _extend(self, lines: int) -> None:
        if not self._view:
            return
        if self._marks.range_kind is None:
            self._begin_range(RangeKind.HELD)
        super().move_by(lines)

    def _begin_range(self, kind: RangeKind) -> None:
        self._marks.begin_range(self._view, self.cursor_line, kind)
        self.redraw_line(self.cursor_line)
        self._post_marks()

    def _marks_changed(self) -> None:
        self.refresh()
        self._post_marks()

    def _post_marks(self) -> None:
        self.post_message(self.MarksChanged(self, self.mark_count))

    # ── moving ───────────────────────────────────────────────────────────────────────────────────────────────

    def move_by(self, lines: int) -> None:
        """Move the cursor by `lines`; without shift, a range begun with shift ends."""
        if self._marks.range_kind is RangeKind.HELD:
            self._marks.end_range()
        super().move_by(lines)

    def cursor_moved(self) -> None:
        """Extend the range, if there is one, and tell the new row."""
        if self._marks.range_kind is not None:
            first, last = self._marks.extend_range(self._view, self.cursor_line)
            for line in range(max(first, self.first_seen), min(last, self.first_seen + self.page_lines) + 1):
                self.redraw_line(line)
            self._post_marks()
        self.post_message(self.CursorMoved(self, self.cursor_row))

    @property
    def cut_off(self) -> tuple[tuple[str, Cell], ...]:
        """What of the row under the cursor is not seen in full, each with the label of its column."""
        row = self.cursor_row
        return () if row is None else cut_off(self._source.cells(row), self._columns, self._room(self.line_width))

    def action_activate(self) -> None:
        """Choose the row under the cursor."""
        if self.cursor_row is not None:
            self.post_message(self.Activated(self, self.cursor_row))

    def clicked_line(self, index: int, event: events.Click) -> None:
        """A click in the gutter marks, a double click activates."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.x < self.GUTTER:
            self._marks.toggle(self._view[index])
            self.redraw_line(index)
            self._post_marks()
        elif event.chain == 2:
            self.action_activate()

    def clicked_header(self, event: events.Click) -> None:
        """Tell which column's header was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        key = column_at(offset.x - self.GUTTER, self._columns, self._room(self.line_width))
        if key is not None:
            self.post_message(self.HeaderClicked(self, key))

    # ── drawing ──────────────────────────────────────────────────────────────────────────────────────────────

    def line_count(self) -> int:
        """Return how many rows the view has."""
        return len(self._view)

    def ground_changed(self) -> None:
        """Draw every line anew."""
        self._generation += 1

    def notify_style_update(self) -> None:
        """Draw again in the new style."""
        super().notify_style_update()
        self._generation += 1

    def draw_header(self, y: int, width: int) -> Strip:
        """Draw the labels of the columns."""
        labels = [Cell(self._label(column), Tone.MUTED) for column in self._columns]
        line = lay_out_cells(labels, self._columns, self._room(width))
        return self.paint((Cell(" " * self.GUTTER), *line), width, "lines--header")

    def draw_line(self, index: int, width: int) -> Strip:
        """Draw a row, or take the strip that was drawn before."""
        row = self._view[index]
        is_cursor, is_marked = index == self.cursor_line, row in self._marks.rows
        key = (row, is_cursor, is_marked, width, self._generation)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._draw_row(row, is_cursor, is_marked, width)
        return strip

    def _draw_row(self, row: int, is_cursor: bool, is_marked: bool, width: int) -> Strip:
        gutter = (self.CURSOR_BAR if is_cursor else Cell(" "), self.MARK if is_marked else Cell(" "), Cell(" "))
        line = lay_out_cells(self._source.cells(row), self._columns, self._room(width))
        return self.paint((*gutter, *line), width, "lines--cursor" if is_cursor else None)

    def _room(self, width: int) -> int:
        """Return the cells for the columns: one is left free at the right edge."""
        return width - self.GUTTER - 1

    def _label(self, column: Column) -> str:
        if self._sort is None or self._sort[0] != column.key:
            return column.label
        return f"{column.label} {'↓' if self._sort[1] else '↑'}"


def _position(view: Sequence[int], row: int | None, default: int) -> int:
    """Return where `row` stands in `view`, else `default`."""
    if row is None:
        return default
    try:
        return view.index(row)
    except ValueError:
        return default
