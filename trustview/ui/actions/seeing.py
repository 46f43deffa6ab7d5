"""What lies over the panes: help, gaps, the role, boards, palette."""

from __future__ import annotations

from dataclasses import replace

from trustview.ui.desk import Desk
from trustview.ui.present.sheets import context_of
from trustview.ui.state import LAID_OVER, Notice, Pane, Sheet, State


def show_help(desk: Desk) -> None:
    """The keys that work here, or away with them."""
    if desk.state.sheet is not Sheet.HELP:
        desk.bench.sheet.show_help(context_of(desk.state), desk.state.preferences)
    _lay_over(desk, Sheet.HELP)


def show_gaps(desk: Desk) -> None:
    """What could not be read, or away with it."""
    if desk.state.sheet is not Sheet.GAPS:
        desk.bench.sheet.show_gaps(desk.reader.gaps(), desk.state.places)
    _lay_over(desk, Sheet.GAPS)


def show_role(desk: Desk) -> None:
    """The role under the cursor from every side (in the graph the one chosen there), or away with it."""
    if desk.state.sheet is Sheet.ROLE:
        leave_sheet(desk)
    else:
        _open_role(desk, replace(desk.state, inspected=_chosen_in_graph(desk), notice=Notice()))


def _open_role(desk: Desk, state: State) -> None:
    desk.bench.sheet.begin_role(state.facet)
    desk.show(replace(state, sheet=Sheet.ROLE))


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


def leave_sheet(desk: Desk) -> None:
    """Away with what lies over the panes: from help and gaps to what they were asked for over, else to the panes."""
    state = desk.state
    beneath = state.beneath if state.sheet in LAID_OVER else Sheet.NONE
    bare = replace(state, sheet=Sheet.NONE, beneath=Sheet.NONE)
    if beneath is Sheet.ROLE:
        _open_role(desk, bare)
        return
    desk.show(bare)
    if beneath is not Sheet.NONE:
        desk.open_board(beneath)


def _board(desk: Desk, sheet: Sheet) -> None:
    if desk.state.sheet is not sheet:
        desk.open_board(sheet)
    else:
        leave_sheet(desk)


def _lay_over(desk: Desk, sheet: Sheet) -> None:
    state = desk.state
    if state.sheet is sheet:
        leave_sheet(desk)
    else:
        beneath = state.beneath if state.sheet in LAID_OVER else state.sheet
        desk.show(replace(state, sheet=sheet, beneath=beneath))


def show_palette(desk: Desk) -> None:
    """Every command by name."""
    desk.open_palette()
