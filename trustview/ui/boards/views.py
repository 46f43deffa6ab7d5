"""Views: the named filters with how many items each shows: one's own, those of the settings, then the built-in."""

from __future__ import annotations

from trustview.ui.board import Board, BoardRow, Link
from trustview.ui.own_views import View
from trustview.ui.preferences import BUILT_IN_VIEWS
from trustview.ui.showing import visible, with_filter, with_scope
from trustview.ui.sitting import Sitting
from trustview.ui.state import State
from widgets.columns import Column
from widgets.tone import Cell, Tone

COLUMNS = (
    Column("name", "View", None, min_width=20, weight=2),
    Column("items", "Items", 9, align="right"),
    Column("words", "Words", None, min_width=24, weight=3),
    Column("whose", "Whose", 9, priority=1),
)


def views(sitting: Sitting, state: State) -> Board:
    """Every view; enter shows its items."""
    own = [(view, "yours") for view in sitting.own_views.load()]
    given = [
        (View(name, words), "built in" if (name, words) in BUILT_IN_VIEWS else "settings")
        for name, words in state.preferences.views
    ]
    rows = tuple(_row(view, whose, state) for view, whose in (*own, *given))
    return Board("Views", COLUMNS, rows, note="W keeps the queue's words as one of yours")


def _row(view: View, whose: str, state: State) -> BoardRow:
    scope = view.scope if view.scope in state.places.by_id else ""
    count = len(visible(with_scope(with_filter(state, view.words), scope)))
    where = f"in {state.places.name(view.scope)}" if view.scope else ""
    words = " ".join(filter(None, (view.words, where)))
    cells = (Cell(view.name, Tone.STRONG), Cell(f"{count:,}"), Cell(words, Tone.MUTED), Cell(whose, Tone.MUTED))
    return BoardRow(cells, Link(words=view.words, scope=scope))
