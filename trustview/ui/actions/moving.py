"""Going from item to item, from pane to pane, and back; marking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from trustview.ui.actions.seeing import leave_sheet
from trustview.ui.actions.touring import leave_tour
from trustview.ui.desk import Desk
from trustview.ui.present.signs import provider_name
from trustview.ui.searching import STILL_LOOKING
from trustview.ui.showing import widened, with_filter
from trustview.ui.state import Notice, Pane, Sheet, State
from trustview.ui.steps import kin, same_party
from trustview.ui.whereabouts import at_member, at_next_facet, at_next_pane, at_pane, at_undecided, stepped


def next_undecided(desk: Desk) -> None:
    """The next item that is not decided."""
    desk.show(at_undecided(_quiet(desk), 1))


def previous_undecided(desk: Desk) -> None:
    """The previous item that is not decided."""
    desk.show(at_undecided(_quiet(desk), -1))


def next_item(desk: Desk) -> None:
    """The next item."""
    desk.show(stepped(_quiet(desk), 1))


def previous_item(desk: Desk) -> None:
    """The previous item."""
    desk.show(stepped(_quiet(desk), -1))


def next_member(desk: Desk) -> None:
    """The next account of the fleet."""
    desk.show(at_member(_quiet(desk), 1))


def previous_member(desk: Desk) -> None:
    """The previous account of the fleet."""
    desk.show(at_member(_quiet(desk), -1))


def next_pane(desk: Desk) -> None:
    """The next pane, or the next part of the role screen."""
    desk.show(_next_beside(desk.state, 1))


def previous_pane(desk: Desk) -> None:
    """The previous pane, or the previous part of the role screen."""
    desk.show(_next_beside(desk.state, -1))


def _next_beside(state: State, step: int) -> State:
    return at_next_facet(state, step) if state.sheet is Sheet.ROLE else at_next_pane(state, step)


def scope(desk: Desk) -> None:
    """To the scope; away from it when one is there."""
    if desk.state.pane is Pane.SCOPE:
        desk.show(replace(at_pane(desk.state, Pane.QUEUE), is_scope_hidden=True))
    else:
        desk.show(at_pane(desk.state, Pane.SCOPE))


def queue(desk: Desk) -> None:
    """To the queue."""
    desk.show(at_pane(desk.state, Pane.QUEUE))


def why(desk: Desk) -> None:
    """To what was found."""
    desk.show(at_pane(desk.state, Pane.WHY))


def graph(desk: Desk) -> None:
    """To the graph."""
    desk.show(at_pane(desk.state, Pane.GRAPH))


def fix(desk: Desk) -> None:
    """To the proposed change."""
    desk.show(at_pane(desk.state, Pane.FIX))


def zoom(desk: Desk) -> None:
    """One pane alone, or all."""
    desk.show(replace(desk.state, is_zoomed=not desk.state.is_zoomed))


def back(desk: Desk) -> None:
    """One step back: the sheet, a group of the graph, its walk, the tour, the zoom, the pane, the filter, the scope."""
    state = desk.state
    if state.sheet is not Sheet.NONE:
        leave_sheet(desk)
    elif state.pane is Pane.GRAPH and state.opened:
        desk.show(replace(state, opened=state.opened[:-1]))
    elif state.pane is Pane.GRAPH and len(state.trail) > 1:
        desk.show(replace(state, trail=state.trail[:-1]))
    elif state.tour is not None:
        leave_tour(desk)
    elif state.is_zoomed:
        desk.show(replace(state, is_zoomed=False))
    elif state.pane is not Pane.QUEUE:
        desk.show(at_pane(state, Pane.QUEUE))
    elif (wider := widened(state)) is not None:
        desk.search(wider)
    else:
        desk.say("q quits; all decisions are saved")


def back_or_quit(desk: Desk) -> None:
    """One step back; out of the cockpit when nothing is left to leave."""
    before = desk.state
    back(desk)
    if replace(desk.state, notice=before.notice) == before:
        desk.leave()


def leave(desk: Desk) -> None:
    """Quit; everything is saved."""
    desk.leave()


# ── marks and filter ─────────────────────────────────────────────────────────────────────────────────────────────


def mark_shown(desk: Desk) -> None:
    """Mark all items shown, once all are found."""
    if desk.state.is_searching:
        desk.say(STILL_LOOKING, is_bad=True)
        return
    desk.show(replace(desk.state, marks=desk.state.marks | frozenset(desk.state.view), notice=Notice()))


async def mark_kin(desk: Desk) -> None:
    """Mark all like the one under the cursor."""
    row = desk.state.row
    what = ", ".join(row.checks) if row and row.checks else f"role {row.role_name if row else ''}"
    await _mark(desk, kin, what, "there is no item under the cursor")


async def mark_party(desk: Desk) -> None:
    """Mark all by which the same one gets in."""
    row = desk.state.row
    what = provider_name(row.party_name or row.principal) if row else ""
    await _mark(desk, same_party, what, "nobody gets in by what is under the cursor")


async def _mark(desk: Desk, find: Callable[[State], tuple[int, ...]], what: str, nothing: str) -> None:
    """Mark what is found, unless the cursor went on in the meantime."""
    asked = desk.state
    found = await asyncio.to_thread(find, asked)
    if desk.state.cursor != asked.cursor:
        desk.say("the cursor went on while they were looked for; nothing is marked", is_bad=True)
    elif not found:
        desk.say(nothing, is_bad=True)
    else:
        notice = Notice(f"marked {len(found):,} with {what}")
        desk.show(replace(desk.state, marks=desk.state.marks | frozenset(found), notice=notice))


def clear_marks(desk: Desk) -> None:
    """Mark nothing."""
    desk.show(replace(desk.state, marks=frozenset(), notice=Notice()))


def edit_filter(desk: Desk) -> None:
    """Type words that narrow the queue."""
    desk.show(at_pane(desk.state, Pane.QUEUE))
    desk.bench.queue.edit_filter()


def every_grant(desk: Desk) -> None:
    """Also the items without findings, or only those with."""
    words = [word for word in desk.state.filter_text.split() if word != "is:all"]
    if not desk.state.filter.shows_all:
        words.append("is:all")
    desk.search(with_filter(desk.state, " ".join(words)))


def _quiet(desk: Desk) -> State:
    """The state without its notice, which was about what came before."""
    return replace(desk.state, notice=Notice())
