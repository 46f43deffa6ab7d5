"""The tour of the first run: a line over the real screen, on which every key does what it always does."""

from __future__ import annotations

from dataclasses import replace

from trustview.ui.desk import Desk
from trustview.ui.present.tour import STEPS
from trustview.ui.state import Notice, Tour
from trustview.ui.whereabouts import at_pane


def tour(desk: Desk) -> None:
    """The first step of the tour, the next one, or its end after the last."""
    state = desk.state
    if state.tour is not None and state.tour.step == len(STEPS):
        leave_tour(desk)
        return
    now = Tour(1, state.pane) if state.tour is None else replace(state.tour, step=state.tour.step + 1)
    desk.show(replace(at_pane(state, STEPS[now.step - 1].pane), tour=now, notice=Notice()))


def leave_tour(desk: Desk) -> None:
    """To the pane where it began."""
    state = desk.state
    if state.tour is not None:
        desk.show(replace(at_pane(state, state.tour.pane), tour=None))
        desk.say("T shows the tour again, ? every key")
