"""The queue of review items under the words that filter it."""

from __future__ import annotations

from textual.app import ComposeResult

from trustview.ui.panes.frame import Frame, Tab
from trustview.ui.present.queue import COLUMNS, WIDE_COLUMNS, WIDE_FROM, QueueRows, empty_queue, queue_note, queue_title
from trustview.ui.state import Pane, State
from widgets.filter_bar import FilterBar
from widgets.tone import Cell, Tone
from widgets.virtual_table import VirtualTable


class QueuePane(Frame):
    """One row per review item, worst first."""

    DEFAULT_CSS = """
    QueuePane FilterBar { display: none; }
    QueuePane.-filtered FilterBar { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(Pane.QUEUE, (Tab(Pane.QUEUE, "Queue", is_current=True),))
        self.bar = FilterBar(placeholder="words such as sev:high party:vendor ou:prod is:open, or any text")
        self.table = VirtualTable(COLUMNS)
        self.rows: QueueRows | None = None

    def compose(self) -> ComposeResult:
        """The title, the filter while there is one, the table."""
        yield self.title_line
        yield self.bar
        yield self.table

    def begin(self, state: State) -> None:
        """Show the rows of a review that was just opened."""
        self.rows = QueueRows(state)
        self.table.set_source(self.rows, state.view)
        self._show_view(state)
        self.table.set_marks(state.marks)
        self.bar.text = state.filter_text
        self.show_state(state)

    def show_change(self, before: State, state: State) -> None:
        """Draw again what changed."""
        if self.rows is None:
            return
        self.rows.state = state
        if state.view is not before.view:
            self._show_view(state)
        elif state.cursor is not None and self.table.cursor_row != state.cursor:
            self.table.move_to_row(state.cursor)
        if state.decided is not before.decided:
            self.table.redraw()
        if self.table.marks != state.marks:
            self.table.set_marks(state.marks)
        self.show_state(state)

    def _show_view(self, state: State) -> None:
        self.table.empty = empty_queue(state)
        self.table.set_view(state.view, state.cursor)

    def show_state(self, state: State) -> None:
        """Say in the title what is shown, and where the cursor stands."""
        self.title_line.show((Cell(queue_title(state), Tone.MUTED),), queue_note(state))
        self.set_class(bool(state.filter_text) or self.bar.is_editing, "-filtered")
        if state.filter.problem:
            self.bar.show_error(state.filter.problem)
        else:
            total = len(state.rows) if state.filter.shows_all else len(state.rows.found)
            self.bar.show_matches(len(state.view), total, is_all=not state.is_searching)

    def on_resize(self) -> None:
        """Show more columns where there is room."""
        columns = WIDE_COLUMNS if self.size.width >= WIDE_FROM else COLUMNS
        if self.table.columns != columns:
            self.table.set_columns(columns)

    def focus_content(self) -> None:
        """Let keys go to the table."""
        self.screen.set_focus(self.table)

    def edit_filter(self) -> None:
        """Let keys go to the filter."""
        self.add_class("-filtered")
        self.bar.focus_input()
