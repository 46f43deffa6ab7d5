"""Naming what the queue shows, so that `V` lists it, and forgetting a name again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from trustview.errors import TrustviewError
from trustview.ui.desk import Desk
from trustview.ui.own_views import View
from trustview.ui.state import Sheet


async def keep_view(desk: Desk) -> None:
    """Keep the words and the place of the queue under a name, or forget the name that they have."""
    state, own = desk.state, desk.own_views
    if not state.filter_text and not state.scope:
        desk.say("there is nothing to name: / filters the queue, 1 narrows it to an OU or account", is_bad=True)
        return
    known = next((one for one in own.load() if (one.words, one.scope) == (state.filter_text, state.scope)), None)
    where = f" in {state.places.name(state.scope)}" if state.scope else ""
    head = f"view `{state.filter_text}`{where}"
    with desk.bench.asking() as prompt:
        if known is not None:
            answer = await prompt.choose(f"{head} is `{known.name}`", {"f": "forget it", "n": "name it anew"})
            if answer == "f":
                _try(desk, partial(own.forget, known.name), f"`{known.name}` is forgotten")
            if answer != "n":
                return
        name = await prompt.ask(f"{head} · its name? (esc leaves)", value=known.name if known else "", required=True)
    if name is None:
        desk.say("no view is named")
        return
    view = View(name.strip(), state.filter_text, state.scope)
    keep = partial(own.keep, view, known.name if known else "")
    _try(desk, keep, f"V lists it as `{view.name}`; W forgets it again")


def _try(desk: Desk, write: Callable[[], None], told: str) -> None:
    try:
        write()
    except (OSError, TrustviewError) as error:
        desk.say(f"the view could not be kept: {error}", is_bad=True)
        return
    desk.say(told)
    if desk.state.sheet is Sheet.VIEWS:
        desk.open_board(Sheet.VIEWS)
