"""What lies over the panes on demand: the keys that work here, what could not be read, a board, or one role."""

from __future__ import annotations

from collections.abc import Iterable

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical

from trustview.snapshot import Gap
from trustview.ui.board import Board, Link
from trustview.ui.commands import Context
from trustview.ui.lookup import Looked
from trustview.ui.panes.frame import TitleLine
from trustview.ui.panes.role import RolePane
from trustview.ui.places import Places
from trustview.ui.preferences import Preferences
from trustview.ui.present.sheets import gap_facts, help_groups, place_of
from trustview.ui.present.titles import name_of_role, subject_note
from trustview.ui.state import Facet, State
from widgets.fact_list import FactList
from widgets.key_help import KeyHelp
from widgets.tone import Cell, Tone
from widgets.virtual_table import NoRows, VirtualTable
from widgets.wrapped_line import WrappedLine


class SheetPane(Vertical):
    """Help, gaps, a board or a role; it takes the place of the panes, and gives it back."""

    DEFAULT_CSS = """
    SheetPane { height: 1fr; }
    SheetPane KeyHelp { display: none; }
    SheetPane > FactList { display: none; }
    SheetPane.-help KeyHelp { display: block; }
    SheetPane.-gaps > FactList { display: block; }
    SheetPane VirtualTable { display: none; }
    SheetPane.-board VirtualTable { display: block; }
    SheetPane RolePane { display: none; }
    SheetPane.-role RolePane { display: block; }
    SheetPane WrappedLine { display: none; min-height: 2; max-height: 4; padding: 0 1; }
    SheetPane.-board WrappedLine { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(id="sheet")
        self.title_line = TitleLine(())
        self.help = KeyHelp()
        self.gaps = FactList()
        self.lines = VirtualTable(())
        self.in_full = WrappedLine()
        self.role = RolePane()
        self.board: Board | None = None

    def compose(self) -> ComposeResult:
        """All; a class shows one."""
        yield self.title_line
        yield self.help
        yield self.gaps
        yield self.lines
        yield self.in_full
        yield self.role

    def show_help(self, context: Context, preferences: Preferences) -> None:
        """Show the keys that work in a pane."""
        self.help.show(help_groups(context, preferences))
        self.title_line.show((Cell(f"Keys in {place_of(context)}", Tone.HEADING),), "q back")
        self._turn_to("-help")

    def show_gaps(self, gaps: Iterable[Gap], places: Places) -> None:
        """Show what could not be read."""
        self.gaps.set_facts(tuple(gap_facts(gaps, places)))
        self.title_line.show((Cell("What could not be read", Tone.HEADING),), "q back")
        self._turn_to("-gaps")

    def show_board(self, title: str, board: Board | None) -> None:
        """Show a board, or that it is being made."""
        self.board = board
        self.title_line.show((Cell(title, Tone.HEADING),), board.note if board else "")
        self.lines.empty = board.empty if board else "reading the snapshot…\nq leaves it"
        self.lines.set_columns(board.columns if board else ())
        self.lines.set_source(board or NoRows(), range(len(board.rows)) if board else ())
        self._turn_to("-board")
        self.call_after_refresh(self._show_in_full)

    @on(VirtualTable.CursorMoved)
    @on(events.Resize)
    def _show_in_full(self) -> None:
        """Say what is cut off of the line of a board under the cursor."""
        cut = self.lines.cut_off
        self.in_full.show(
            *((Cell(f"{label} ".lstrip(), Tone.MUTED), Cell(cell.text, cell.tone)) for label, cell in cut)
        )

    def begin_role(self, facet: Facet) -> None:
        """Show that a role is being read."""
        self.title_line.show((Cell("Role", Tone.HEADING),), "q back")
        self.role.begin(facet)
        self._turn_to("-role")

    def show_role(self, state: State, looked: Looked) -> None:
        """Show what was read of a role, and whether it is that of the item under the cursor."""
        dossier = looked.dossier
        if dossier is None:
            self.title_line.show((Cell("this is about no role: 3 says why, q leads back", Tone.MUTED),))
            self.role.begin(state.facet)
            return
        name, where = name_of_role(dossier.arn, state.places)
        is_other = looked.detail is None or dossier.arn != looked.detail.subject.id
        note = "not the role of the item under the cursor" if is_other else subject_note(looked.detail)
        self.title_line.show((Cell("Role  ", Tone.HEADING), Cell(name, Tone.STRONG), Cell(where, Tone.MUTED)), note)
        self.role.show_dossier(state, dossier)

    @property
    def link(self) -> Link | None:
        """Where the line under the cursor leads."""
        row = self.lines.cursor_row
        return self.board.rows[row].link if self.board is not None and row is not None else None

    def _turn_to(self, which: str) -> None:
        for name in ("-help", "-gaps", "-board", "-role"):
            self.set_class(which == name, name)

    def focus_content(self) -> None:
        """Let keys go to what is shown."""
        if self.has_class("-role"):
            self.role.focus_content()
            return
        shown = self.help if self.has_class("-help") else self.gaps if self.has_class("-gaps") else self.lines
        shown.focus()
