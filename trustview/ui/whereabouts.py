"""Where one is: the pure steps of the cursor from row to row, from account to account, from pane to pane."""

from __future__ import annotations

from dataclasses import replace

from trustview.ui.state import Facet, Notice, Pane, Sheet, State


def at_row(state: State, number: int | None) -> State:
    """The cursor on another row: its first account, and its own role in the graph."""
    if number == state.cursor:
        return state
    return replace(state, cursor=number, member=0, trail=(), opened=(), inspected="")


def stepped(state: State, step: int) -> State:
    """The cursor `step` rows further in the view, as far as there are rows."""
    if not state.view:
        return state
    line = state.line or 0
    return at_row(state, state.view[max(0, min(line + step, len(state.view) - 1))])


def at_undecided(state: State, step: int) -> State:
    """The cursor on the next (`step` 1) or previous (-1) undecided row of the view, round the end if need be."""
    count = len(state.view)
    line = -1 if state.line is None else state.line
    for offset in range(1, count + 1):
        number = state.view[(line + step * offset) % count]
        if number not in state.decided:
            return at_row(state, number) if number != state.cursor else state
    return replace(state, notice=Notice("all items shown are decided; widen the filter to see others"))


def at_member(state: State, step: int) -> State:
    """Another account of the same fleet."""
    row = state.row
    if row is None or not row.grants or len(row.accounts) < 2:
        return replace(state, notice=Notice("this grant stands in one account only"))
    return replace(state, member=(state.member + step) % len(row.accounts), trail=(), opened=(), inspected="")


def at_pane(state: State, pane: Pane) -> State:
    """The focus in a pane, which is thereby seen."""
    return replace(
        state,
        pane=pane,
        detail=pane if pane.is_detail else state.detail,
        is_scope_hidden=state.is_scope_hidden and pane is not Pane.SCOPE,
        sheet=Sheet.NONE,
    )


def at_next_pane(state: State, step: int) -> State:
    """The focus in the next or previous pane; the scope is passed over while it is hidden."""
    panes = [pane for pane in Pane if pane is not Pane.SCOPE or not state.is_scope_hidden]
    return at_pane(state, panes[(panes.index(state.pane) + step) % len(panes)])


def at_next_facet(state: State, step: int) -> State:
    """The next or previous part of the role screen."""
    facets = list(Facet)
    return replace(state, facet=facets[(facets.index(state.facet) + step) % len(facets)])
