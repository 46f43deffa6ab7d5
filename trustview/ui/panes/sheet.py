"""What lies over the panes on demand: the keys that work here, or what could not be read."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Vertical

from trustview.snapshot import Gap
from trustview.ui.commands import Context
from trustview.ui.panes.frame import TitleLine
from trustview.ui.places import Places
from trustview.ui.present.sheets import gap_facts, help_groups
from widgets.fact_list import FactList
from widgets.key_help import KeyHelp
from widgets.tone import Cell, Tone


class SheetPane(Vertical):
    """Help or gaps; it takes the place of the panes, and gives it back."""

    DEFAULT_CSS = """
    SheetPane { height: 1fr; }
    SheetPane KeyHelp { display: none; }
    SheetPane FactList { display: none; }
    SheetPane.-help KeyHelp { display: block; }
    SheetPane.-gaps FactList { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(id="sheet")
        self.title_line = TitleLine(())
        self.help = KeyHelp()
        self.gaps = FactList()

    def compose(self) -> ComposeResult:
        """Both; a class shows one."""
        yield self.title_line
        yield self.help
        yield self.gaps

    def show_help(self, context: Context) -> None:
        """Show the keys that work in a pane."""
        self.help.show(help_groups(context))
        self.title_line.show((Cell(f"Keys in the {context.value} pane", Tone.HEADING),), "q back")
        self._turn_to("-help")

    def show_gaps(self, gaps: Iterable[Gap], places: Places) -> None:
        """Show what could not be read."""
        self.gaps.set_facts(tuple(gap_facts(gaps, places)))
        self.title_line.show((Cell("What could not be read", Tone.HEADING),), "q back")
        self._turn_to("-gaps")

    def _turn_to(self, which: str) -> None:
        self.set_class(which == "-help", "-help")
        self.set_class(which == "-gaps", "-gaps")

    def focus_content(self) -> None:
        """Let keys go to what is shown."""
        (self.help if self.has_class("-help") else self.gaps).focus()
