"""What lies over the panes: help, gaps, palette."""

from __future__ import annotations

from dataclasses import replace

from trustview.ui.commands import Context
from trustview.ui.desk import Desk
from trustview.ui.state import Sheet


def show_help(desk: Desk) -> None:
    """The keys that work here, or away with them."""
    desk.bench.sheet.show_help(Context(desk.state.pane.value), desk.state.preferences)
    _turn(desk, Sheet.HELP)


def show_gaps(desk: Desk) -> None:
    """What could not be read, or away with it."""
    desk.bench.sheet.show_gaps(desk.reader.gaps(), desk.state.places)
    _turn(desk, Sheet.GAPS)


def show_overview(desk: Desk) -> None:
    """How the review stands, or away with it."""
    _board(desk, Sheet.OVERVIEW)


def show_chains(desk: Desk) -> None:
    """The ways from outside to administrators, or away with them."""
    _board(desk, Sheet.CHAINS)


def show_changes(desk: Desk) -> None:
    """What changed since the snapshot before, or away with it."""
    _board(desk, Sheet.CHANGES)


def show_views(desk: Desk) -> None:
    """The named filters, or away with them."""
    _board(desk, Sheet.VIEWS)


def show_signoff(desk: Desk) -> None:
    """What there is to sign off, or away with it."""
    _board(desk, Sheet.SIGNOFF)


def _board(desk: Desk, sheet: Sheet) -> None:
    if desk.state.sheet is not sheet:
        desk.open_board(sheet)
    else:
        _turn(desk, sheet)


def _turn(desk: Desk, sheet: Sheet) -> None:
    desk.show(replace(desk.state, sheet=Sheet.NONE if desk.state.sheet is sheet else sheet))


def show_palette(desk: Desk) -> None:
    """Every command by name."""
    desk.open_palette()
