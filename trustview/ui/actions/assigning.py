"""Sharing the work out: who decides on an OU or account, as `trustview review assign` does."""

from __future__ import annotations

from trustview.review import Assignment, EntryKind, current_assignments, is_closed
from trustview.ui.desk import Desk
from trustview.ui.present.signs import counted
from trustview.ui.state import Pane, State


async def assign(desk: Desk) -> None:
    """Name who decides on the OU or account under the cursor, or on the accounts of the marked items."""
    state = desk.state
    places = _places(desk)
    if not places or is_closed(state.journal):
        desk.say("there is no OU or account here to assign, or the review is signed off", is_bad=True)
        return
    assigned = current_assignments(state.journal)
    what = state.places.name(places[0]) if len(places) == 1 else counted(len(places), "account")
    with desk.bench.asking() as prompt:
        name = await prompt.ask(
            f"{what} · who decides there? (enter without a name: whoever is above, esc leaves)",
            value=assigned.get(places[0], ""),
            placeholder="a name; ↑ ↓ offer those named before",
            offers=_names(state, desk.reviewer),
        )
    if name is None:
        desk.say("nothing is assigned")
        return
    made = [Assignment(place, name.strip()) for place in places]
    told = f"{what}: {name.strip() or 'whoever is above'} decides; `reviewer:` filters by it, N changes it"
    desk.keep(EntryKind.ASSIGN, told, assigned=made)


def _places(desk: Desk) -> tuple[str, ...]:
    """In the tree what is under its cursor, elsewhere the accounts of the items that a decision would mean."""
    state = desk.state
    if state.pane is Pane.SCOPE:
        node = desk.bench.scope.nodes.cursor_node
        return () if node is None else (node,)
    accounts = (account for number in state.targets for account in state.rows[number].accounts)
    return tuple(dict.fromkeys(account for account in accounts if account in state.places.by_id))


def _names(state: State, me: str) -> tuple[str, ...]:
    named = (one.reviewer for entry in reversed(state.journal) for one in entry.assigned if one.reviewer)
    return tuple(dict.fromkeys((*named, me)))
