"""State: all that the cockpit shows, as one frozen value, and the pure steps from one to the next.

The queue is a list of rows, worst first, read as they are looked at; a row's number is its place in it and never
changes. What is decided follows from the journal alone. Whatever may ask the database about all rows (`refreshed`,
`kin` and what is made of them) may take a moment where there are very many: the application does it in a thread.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
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
from trustview.store import Condition, ItemRow, ItemTable
from trustview.store import item_query as items
from trustview.ui.filter import Facts, Filter, read_filter
from trustview.ui.places import Places
from trustview.ui.preferences import Preferences
from trustview.ui.rows import Rows, line_of


class Pane(StrEnum):
    """The five panes, in the order of their numbers."""

    SCOPE = "scope"
    QUEUE = "queue"
    WHY = "why"
    GRAPH = "graph"
    FIX = "fix"

    @property
    def number(self) -> int:
        """The key that leads to it."""
        return list(Pane).index(self) + 1

    @property
    def is_detail(self) -> bool:
        """Whether it shows one item."""
        return self in (Pane.WHY, Pane.GRAPH, Pane.FIX)


class Sheet(StrEnum):
    """What may lie over the panes: nothing, the keys, what could not be read, or a board."""

    NONE = ""
    HELP = "help"
    GAPS = "gaps"
    OVERVIEW = "overview"
    CHAINS = "chains"
    CHANGES = "changes"
    VIEWS = "views"
    SIGNOFF = "signoff"


GROUP = "group:"
"""How the id of a group in the graph begins; what follows names it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The last thing to say to the reviewer; `is_bad` for refusals and errors."""

    text: str = ""
    is_bad: bool = False


@dataclass(frozen=True)
class State:
    """Everything the cockpit shows and nothing about how.

    `decisions` are those that hold by item, `decided` by the number of the row. `view` are the numbers of the rows
    shown, rising, `cursor` one of them (None when there is none), `marks` numbers of rows.
    `scope` is the id of the OU or account to which the queue is narrowed (empty: all), `filter` what the text of the
    filter means. `detail` is the pane that shows the item while the focus is in the queue. `member` counts the accounts
    of a fleet from 0. `trail` are the ARNs of roles walked through in the graph, the one in the centre last (empty: the
    item's own role); `opened` are groups of the graph that are shown member by member; `open_places` the OUs that are
    open in the tree.
    """

    rows: Rows
    places: Places
    journal: tuple[Entry, ...] = ()
    decisions: Mapping[str, Decision] = field(default_factory=lambda: MappingProxyType({}))
    decided: Mapping[int, Decision] = field(default_factory=lambda: MappingProxyType({}))
    conflicts: Mapping[str, tuple[Decision, Decision]] = field(default_factory=lambda: MappingProxyType({}))
    filter_text: str = ""
    filter: Filter = field(default_factory=Filter)
    scope: str = ""
    view: Sequence[int] = ()
    cursor: int | None = None
    marks: frozenset[int] = frozenset()
    pane: Pane = Pane.QUEUE
    detail: Pane = Pane.WHY
    is_zoomed: bool = False
    is_scope_hidden: bool = False
    sheet: Sheet = Sheet.NONE
    member: int = 0
    trail: tuple[str, ...] = ()
    opened: frozenset[str] = frozenset()
    open_places: frozenset[str] = frozenset()
    notice: Notice = field(default_factory=Notice)
    preferences: Preferences = field(default_factory=Preferences)

    @property
    def row(self) -> ItemRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor is not None else None

    @property
    def targets(self) -> tuple[int, ...]:
        """What a decision acts on: the marks if there are any, else the cursor's row; worst first."""
        if self.marks:
            return tuple(sorted(self.marks))
        return () if self.cursor is None else (self.cursor,)

    def decision(self, number: int) -> Decision | None:
        """The decision on a row."""
        return self.decided.get(number)

    @property
    def line(self) -> int | None:
        """Where the cursor stands in the view."""
        return line_of(self.view, self.cursor)

    @property
    def skipped(self) -> int:
        """How many rows above the cursor are not decided."""
        line = self.line or 0
        if len(self.decided) < line:
            return line - sum((at := line_of(self.view, number)) is not None and at < line for number in self.decided)
        return sum(number not in self.decided for number in self.view[:line])

    @property
    def progress(self) -> tuple[int, int]:
        """How many of the items with findings are decided, and how many there are."""
        found = len(self.rows.found)
        return sum(number < found for number in self.decided), found

    def condition(self) -> Condition:
        """Which rows the filter and the scope show."""
        verdicts = {number: decision.verdict for number, decision in self.decided.items()}
        wanted = self.filter.condition(Facts(self.places, verdicts, self.marks))
        return wanted & items.in_places(self.places.all_below(self.scope)) if self.scope else wanted


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────


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


def refreshed(state: State, most: int = -1) -> State:
    """Filter again, to at most so many rows (-1: all).

    The cursor stays on its row, or goes to the nearest row below it that is shown.
    """
    return showing(state, visible(state, most))


def visible(state: State, most: int) -> Sequence[int]:
    """The numbers of the rows shown; the database is asked only where words or the scope narrow them."""
    if state.filter.tests or state.scope:
        return state.rows.matching(state.condition(), most)
    if state.filter.shows_all:
        return range(len(state.rows))
    found = state.rows.found
    besides = sorted(number for number in state.decided if number >= len(found))
    return (*found, *besides) if besides else found


def showing(state: State, view: Sequence[int]) -> State:
    """Other rows are shown."""
    return at_row(replace(state, view=view), _nearest(view, state.cursor))


def touched_again(state: State, numbers: Iterable[int]) -> State:
    """Filter again where only these rows may have come or gone."""
    wanted = sorted(numbers)
    if not state.filter.tests and not state.scope:
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


# ── where one is ─────────────────────────────────────────────────────────────────────────────────────────────────


def at_row(state: State, number: int | None) -> State:
    """The cursor on another row: its first account, and its own role in the graph."""
    if number == state.cursor:
        return state
    return replace(state, cursor=number, member=0, trail=(), opened=frozenset())


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
    return replace(state, member=(state.member + step) % len(row.accounts), trail=(), opened=frozenset())


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


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────


def kin(state: State) -> tuple[int, ...]:
    """The rows shown like the one under the cursor: of the same checks, or where nothing was found of the same role."""
    row = state.row
    if row is None:
        return ()
    alike = items.has_checks(row.checks)
    if not row.checks:
        alike &= items.role_named(row.role_name.rpartition("/")[2])
    return state.rows.matching(state.condition() & alike)


def touched_by(entry: Entry) -> frozenset[str]:
    """The ids of the items that a step decided or cleared."""
    return frozenset((*entry.cleared, *(decision.item for decision in entry.decisions)))


def after_entry(state: State, entry: Entry, notice: Notice) -> State:
    """The state once a step is in the journal: marks are gone, and the cursor is where one goes on.

    After a decision that is the next undecided row; after undo, redo or clearing the first row that was touched.
    """
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
