"""What lies over the panes: help, gaps, the role, boards, palette."""

from __future__ import annotations

from dataclasses import replace

from trustview.ui.desk import Desk
from trustview.ui.present.sheets import context_of
from trustview.ui.state import Notice, Pane, Sheet


def show_help(desk: Desk) -> None:
    """The keys that work here, or away with them."""
    desk.bench.sheet.show_help(context_of(desk.state), desk.state.preferences)
    _turn(desk, Sheet.HELP)


def show_gaps(desk: Desk) -> None:
    """What could not be read, or away with it."""
    desk.bench.sheet.show_gaps(desk.reader.gaps(), desk.state.places)
    _turn(desk, Sheet.GAPS)


def show_role(desk: Desk) -> None:
    """The role under the cursor from every side (in the graph the one chosen there), or away with it."""
    state = desk.state
    if state.sheet is not Sheet.ROLE:
        desk.bench.sheet.begin_role(state.facet)
        state = replace(state, inspected=_chosen_in_graph(desk), notice=Notice())
    desk.show(replace(state, sheet=Sheet.NONE if state.sheet is Sheet.ROLE else Sheet.ROLE))


def _chosen_in_graph(desk: Desk) -> str:
    """The role under the cursor of the graph, else the one in its centre; empty in any other pane."""
    if desk.state.pane is not Pane.GRAPH:
        return ""
    edge = desk.bench.graph.graph.cursor_edge
    if edge is not None and edge.node.id.startswith("arn:") and ":role/" in edge.node.id:
        return edge.node.id
    return desk.state.trail[-1] if desk.state.trail else ""


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
