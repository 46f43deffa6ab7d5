"""What lies over the panes on demand: the keys that work here, what could not be read, or a board."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical

from trustview.snapshot import Gap
from trustview.ui.board import Board, Link
from trustview.ui.commands import Context
from trustview.ui.panes.frame import TitleLine
from trustview.ui.places import Places
from trustview.ui.preferences import Preferences
from trustview.ui.present.sheets import gap_facts, help_groups
from widgets.fact_list import FactList
from widgets.key_help import KeyHelp
from widgets.tone import Cell, Tone
from widgets.virtual_table import NoRows, VirtualTable


class SheetPane(Vertical):
    """Help, gaps or a board; it takes the place of the panes, and gives it back."""

    DEFAULT_CSS = """
    SheetPane { height: 1fr; }
    SheetPane KeyHelp { display: none; }
    SheetPane FactList { display: none; }
    SheetPane.-help KeyHelp { display: block; }
    SheetPane.-gaps FactList { display: block; }
    SheetPane VirtualTable { display: none; }
    SheetPane.-board VirtualTable { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(id="sheet")
        self.title_line = TitleLine(())
        self.help = KeyHelp()
        self.gaps = FactList()
        self.lines = VirtualTable(())
        self.board: Board | None = None

    def compose(self) -> ComposeResult:
        """All; a class shows one."""
        yield self.title_line
        yield self.help
        yield self.gaps
        yield self.lines

    def show_help(self, context: Context, preferences: Preferences) -> None:
        """Show the keys that work in a pane."""
        self.help.show(help_groups(context, preferences))
        self.title_line.show((Cell(f"Keys in the {context.value} pane", Tone.HEADING),), "q back")
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

    @property
    def link(self) -> Link | None:
        """Where the line under the cursor leads."""
        row = self.lines.cursor_row
        return self.board.rows[row].link if self.board is not None and row is not None else None

    def _turn_to(self, which: str) -> None:
        for name in ("-help", "-gaps", "-board"):
            self.set_class(which == name, name)

    def focus_content(self) -> None:
        """Let keys go to what is shown."""
        shown = self.help if self.has_class("-help") else self.gaps if self.has_class("-gaps") else self.lines
        shown.focus()
