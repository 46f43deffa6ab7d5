"""Board: a screen that is a list of lines, each of which may lead somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from trustview.ui.preferences import Preferences
from trustview.ui.state import Sheet
from widgets.columns import Column
from widgets.tone import Cell, Tone


@dataclass(frozen=True, slots=True)
class Link:
    """Where enter leads: the queue under words and a scope, an item, a role by its ARN, or another sheet.

    With the `chain` of ARNs that ends at the role, its graph follows, as if one had walked along it.
    """

    words: str = ""
    scope: str = ""
    role: str = ""
    sheet: Sheet = Sheet.NONE
    item: str = ""
    chain: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wishes:
    """How a sitting is to begin: where, with which keys and views, and whether with the tour."""

    start: Link | None = None
    preferences: Preferences = field(default_factory=Preferences)
    has_tour: bool = False


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One line: a cell for each column."""

    cells: tuple[Cell, ...]
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """What a screen shows; `empty` says what to do where there is nothing to list."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[BoardRow, ...]
    note: str = ""
    empty: str = ""

    def cells(self, row: int) -> Sequence[Cell]:
        """The cells of a line, for the table that shows it."""
        return self.rows[row].cells


def heading(text: str, *more: str) -> BoardRow:
    """A line that begins a part of the board."""
    return BoardRow((Cell(text, Tone.HEADING), *(Cell(word, Tone.MUTED) for word in more)))


BLANK = BoardRow(())
