"""Which rows are shown: the pure steps to other words, another scope, other rows.

Whatever asks the database about all rows (`refreshed`, and what is made of it) may take a moment where there are very
many: the application does it in a thread.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from trustview.store import item_query as items
from trustview.ui.filter import read_filter
from trustview.ui.rows import line_of
from trustview.ui.state import Notice, State
from trustview.ui.whereabouts import at_row


def refreshed(state: State) -> State:
    """Filter again; the cursor stays on its row, or goes to the nearest row below it that is shown."""
    return replace(showing(state, visible(state)), is_searching=False)


def visible(state: State) -> Sequence[int]:
    """The numbers of the rows shown; the database is asked only where words or the scope narrow them."""
    return state.rows.matching(state.condition()) if is_narrowed(state) else _visible_of_all(state)


def visible_by_and_by(state: State) -> Iterator[Sequence[int]]:
    """The same in pieces, in order; each is found in some milliseconds."""
    if is_narrowed(state):
        yield from state.rows.matching_by_and_by(state.condition())
    else:
        yield _visible_of_all(state)


def is_narrowed(state: State) -> bool:
    """Whether words or the scope narrow the queue."""
    return bool(state.filter.tests or state.scope)


def _visible_of_all(state: State) -> Sequence[int]:
    if state.filter.shows_all:
        return range(len(state.rows))
    found = state.rows.found
    besides = sorted(number for number in state.decided if number >= len(found))
    return (*found, *besides) if besides else found


def showing(state: State, view: Sequence[int]) -> State:
    """Other rows are shown."""
    return at_row(replace(state, view=view), _nearest(view, state.cursor))


def showing_so_far(state: State, view: Sequence[int], cursor: int | None) -> State:
    """More rows are found and others may follow; where nobody moved the cursor it goes on towards its row."""
    is_unmoved = state.cursor == _nearest(state.view, cursor)
    return showing(replace(state, cursor=cursor) if is_unmoved else state, view)


def touched_again(state: State, numbers: Iterable[int]) -> State:
    """Filter again where only these rows may have come or gone."""
    wanted = sorted(numbers)
    if not is_narrowed(state):
        return refreshed(state)
    admitted = set(state.rows.matching(state.condition() & items.numbered(wanted)))
    if all((line_of(state.view, number) is not None) is (number in admitted) for number in wanted):
        return state
    return showing(state, tuple(sorted({*state.view}.difference(wanted) | admitted)))


def _nearest(view: Sequence[int], wanted: int | None) -> int | None:
    if wanted is None or not view:
        return view[0] if view else None
    return view[min(bisect_left(view, wanted), len(view) - 1)]


def filtered(state: State, text: str) -> State:
    """Narrow the queue to what the words mean."""
    return refreshed(with_filter(state, text))


def with_filter(state: State, text: str) -> State:
    """Other words, while the same rows are shown still."""
    return replace(state, filter_text=text, filter=read_filter(text), notice=Notice())


def scoped(state: State, place: str) -> State:
    """Narrow the queue to an OU or an account; the empty text means all."""
    return refreshed(with_scope(state, place))


def with_scope(state: State, place: str) -> State:
    """Another scope, while the same rows are shown still."""
    at_top = place in state.places.children("") and not state.places.by_id[place].is_account
    return replace(state, scope="" if at_top else place, notice=Notice())


def widened(state: State) -> State | None:
    """One step wider: without the filter, then without the scope; None when nothing narrows the queue.

    The same rows are shown still.
    """
    if state.filter_text:
        return with_filter(state, "")
    return with_scope(state, "") if state.scope else None
