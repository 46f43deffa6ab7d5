"""The collect screen: how far a collection is, one row per account, and what is missing in the one under the cursor."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.screen import Screen

from trustview.ui.collection import Collection
from trustview.ui.present.collection import (
    COLUMNS,
    LEAVE,
    AccountRows,
    account_facts,
    footer,
    notice_line,
    numbers_line,
    top_line,
)
from trustview.ui.screens.notice import NoticeLine, TooSmall
from widgets.fact_list import FactList
from widgets.key_help import KeyLine
from widgets.scrolled_lines import CursorLines
from widgets.status_line import StatusLine
from widgets.virtual_table import VirtualTable


class AccountTable(VirtualTable, inherit_bindings=False):
    """The accounts; there is nothing to mark."""

    BINDINGS: ClassVar[list[BindingType]] = [*CursorLines.BINDINGS]

    def clicked_line(self, index: int, event: Click) -> None:
        """A click only moves the cursor."""


class CollectScreen(Screen[None], inherit_bindings=False):
    """Two lines of numbers, the accounts, one of them in full, what there is to know, the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "app.stop", "stop", show=False),
        Binding("c", "app.go_on", "go on", show=False),
        Binding("enter", "app.finish", "go on", show=False),
        Binding("q,escape", "app.leave", "leave", show=False),
        Binding("exclamation_mark", "only_gaps", "only gaps", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (80, "-narrow")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-tall")]  # noqa: RUF012

    def __init__(self, collection: Collection) -> None:
        super().__init__()
        self.top = StatusLine(id="top")
        self.numbers = StatusLine(id="numbers")
        self.table = AccountTable(COLUMNS, AccountRows(collection), empty="no account has begun")
        self.facts = FactList()
        self.status = NoticeLine(id="status")
        self.keys = KeyLine(last=LEAVE, id="keys")
        self.collection = collection
        self.shows_only_gaps = False

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self.top
        yield self.numbers
        yield self.table
        yield self.facts
        yield self.status
        yield self.keys
        yield TooSmall(id="too-small")

    def on_mount(self) -> None:
        """Let keys go to the accounts."""
        self.set_focus(self.table)
        self.show()

    def watch_anew(self, collection: Collection) -> None:
        """Show another run."""
        self.collection = collection
        self.table.set_source(AccountRows(collection), ())
        self.show()

    def show(self) -> None:
        """Draw how things stand; the cursor stays on the first line until it is moved, then with its account."""
        self.top.show(*top_line(self.collection))
        self.numbers.show(*numbers_line(self.collection))
        view = self.collection.view(only_gaps=self.shows_only_gaps)
        is_at_top = self.table.cursor_line == 0
        self.table.set_view(view, view[0] if view and is_at_top else None)
        self._show_account()
        self.status.show(notice_line(self.collection))
        self.keys.show(footer(self.collection.phase, only_gaps=self.shows_only_gaps))

    @on(VirtualTable.CursorMoved)
    def _show_account(self) -> None:
        row = self.table.cursor_row
        facts = account_facts(None if row is None else self.collection.lines[row])
        if facts != self.facts.facts:
            self.facts.set_facts(facts)

    def action_only_gaps(self) -> None:
        """Show the accounts with gaps alone, or all."""
        self.shows_only_gaps = not self.shows_only_gaps
        self.table.empty = "no account with gaps" if self.shows_only_gaps else "no account has begun"
        self.show()

    @on(KeyLine.Pressed)
    def _press(self, event: KeyLine.Pressed) -> None:
        self.app.simulate_key(event.hint.name or event.hint.key)
