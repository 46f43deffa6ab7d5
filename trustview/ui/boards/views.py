"""Views: the named filters, with how many items each shows; a name of the settings stands before the built-in ones."""

from __future__ import annotations

from trustview.ui.board import Board, BoardRow, Link
from trustview.ui.showing import visible, with_filter, with_scope
from trustview.ui.sitting import Sitting
from trustview.ui.state import State
from widgets.columns import Column
from widgets.tone import Cell, Tone

COLUMNS = (
    Column("name", "View", None, min_width=20, weight=2),
    Column("items", "Items", 9, align="right"),
    Column("words", "Words", None, min_width=24, weight=3),
)


def views(_sitting: Sitting, state: State) -> Board:
    """Every view; enter shows its items."""
    rows = []
    for name, words in state.preferences.views:
        count = len(visible(with_scope(with_filter(state, words), "")))
        cells = (Cell(name, Tone.STRONG), Cell(f"{count:,}"), Cell(words, Tone.MUTED))
        rows.append(BoardRow(cells, Link(words=words)))
    return Board("Views", COLUMNS, tuple(rows), note="[views] in trustview.toml names your own")
