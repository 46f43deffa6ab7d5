"""What is decided: the pure steps of a state along the journal, from which alone it follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from trustview.review import (
    Decision,
    Entry,
    EntryKind,
    current_decisions,
    find_conflicts,
    step_to_redo,
    step_to_undo,
)
from trustview.store import ItemTable
from trustview.store import item_query as items
from trustview.ui.places import Places
from trustview.ui.rows import Rows, line_of
from trustview.ui.showing import refreshed, touched_again
from trustview.ui.state import Notice, State
from trustview.ui.whereabouts import at_row, at_undecided


def begin(rows: ItemTable, places: Places, journal: Iterable[Entry]) -> State:
    """The state of a review when it is opened."""
    units = frozenset(place.id for place in places.places if places.children(place.id))
    return refreshed(with_journal(State(Rows(rows), places, open_places=units), journal))


def with_journal(state: State, journal: Iterable[Entry]) -> State:
    """The same view after other steps; it is not filtered again, so that a decided row does not jump away."""
    entries = tuple(journal)
    return _with_decisions(replace(state, journal=entries), current_decisions(entries))


def _with_decisions(state: State, decisions: Mapping[str, Decision]) -> State:
    numbers = state.rows.numbers(decisions)
    decided = {number: decisions[item] for item, number in numbers.items()}
    return replace(
        state,
        decisions=MappingProxyType(dict(decisions)),
        decided=MappingProxyType(decided),
        conflicts=_conflicts(state.journal),
    )


def _conflicts(journal: Sequence[Entry]) -> Mapping[str, tuple[Decision, Decision]]:
    """Items on which people disagree, by id; whoever decides alone disagrees with nobody."""
    is_alone = len({entry.by for entry in journal if entry.kind is EntryKind.DECIDE}) < 2
    return MappingProxyType({} if is_alone else find_conflicts(journal))


def with_entry(state: State, entry: Entry) -> State:
    """The same view after one step more; a decision costs the same however many there were before."""
    if entry.kind is not EntryKind.DECIDE:
        return with_journal(state, (*state.journal, entry))
    touched = state.rows.numbers(touched_by(entry))
    decisions, decided = dict(state.decisions), dict(state.decided)
    for item in entry.cleared:
        decisions.pop(item, None)
        decided.pop(touched.get(item, -1), None)
    decisions |= {decision.item: decision for decision in entry.decisions}
    decided |= {touched[decision.item]: decision for decision in entry.decisions if decision.item in touched}
    journal = (*state.journal, entry)
    return replace(
        state,
        journal=journal,
        decisions=MappingProxyType(decisions),
        decided=MappingProxyType(decided),
        conflicts=_conflicts(journal),
    )


def kin(state: State) -> tuple[int, ...]:
    """The rows shown like the one under the cursor: of the same checks, or where nothing was found of the same role."""
    row = state.row
    if row is None:
        return ()
    alike = items.has_checks(row.checks)
    if not row.checks:
        alike &= items.role_named(row.role_name.rpartition("/")[2])
    return state.rows.matching(state.condition() & alike)


def same_party(state: State) -> tuple[int, ...]:
    """The rows shown by which the same one gets in as under the cursor: a vendor, an account, a provider, a service."""
    row = state.row
    if row is None or row.party is None:
        return ()
    return state.rows.matching(state.condition() & items.comes(row.party, row.party_name))


def touched_by(entry: Entry) -> frozenset[str]:
    """The ids of the items that a step decided or cleared."""
    return frozenset((*entry.cleared, *(decision.item for decision in entry.decisions)))


def after_entry(state: State, entry: Entry, notice: Notice) -> State:
    """The state once a step is in the journal: marks are gone, and the cursor is where one goes on.

    After a decision that is the next undecided row; after undo, redo or clearing the first row that was touched.
    """
    if entry.kind is EntryKind.ASSIGN:
        return replace(with_entry(state, entry), notice=notice)
    is_undo = entry.kind is EntryKind.UNDO
    source = step_to_undo(state.journal, entry.by) if is_undo else step_to_redo(state.journal, entry.by)
    touched = touched_by(entry if entry.kind is EntryKind.DECIDE else source or entry)
    had_marks = bool(state.marks)
    state = replace(with_entry(state, entry), marks=frozenset())
    numbers = state.rows.numbers(touched).values()
    again = refreshed if had_marks else partial(touched_again, numbers=numbers)
    if entry.kind is EntryKind.DECIDE and entry.decisions:
        return replace(again(at_undecided(state, 1)), notice=notice)
    state = again(state)
    first = min((number for number in numbers if line_of(state.view, number) is not None), default=None)
    return replace(at_row(state, first) if first is not None else state, notice=notice)
