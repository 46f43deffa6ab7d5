"""Rows of the queue and of the scope tree -> cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trustview.analysis import Severity
from trustview.review import Decision
from trustview.store import ItemRow
from trustview.ui.places import Places
from trustview.ui.present.signs import (
    NO_REACH,
    OUTLIER,
    REACHES,
    SUSPENDED,
    UNDECIDED,
    UNREAD,
    VERDICTS,
    counted,
    severity_sign,
)
from trustview.ui.present.titles import name_of_caller
from trustview.ui.state import State
from widgets.columns import Column
from widgets.tone import Cell, Tone

COLUMNS: tuple[Column, ...] = (
    Column("decision", "", 1),
    Column("severity", "Sev", 6),
    Column("account", "Account", None, min_width=13, weight=2),
    Column("role", "Role", None, min_width=17, weight=3),
    Column("party", "Who gets in", None, min_width=13, weight=2, priority=1),
    Column("check", "Worst finding", None, min_width=17, weight=3),
    Column("reach", "Reach", 11, priority=2),
)
WIDE_COLUMNS = (*COLUMNS, Column("verdict", "Decision", 11, priority=3))
"""The columns of a queue of at least `WIDE_FROM` cells."""
WIDE_FROM = 104


class QueueRows:
    """Asks a state for the cells of a row."""

    def __init__(self, state: State) -> None:
        self.state = state

    def cells(self, row: int) -> Sequence[Cell]:
        """One cell per column."""
        return row_cells(self.state.rows[row], self.state.decision(row), self.state.places)


def row_cells(row: ItemRow, decision: Decision | None, places: Places) -> tuple[Cell, ...]:
    """A row of the queue; what is decided steps back."""
    sign = VERDICTS[decision.verdict] if decision else UNDECIDED
    severity, reach = severity_sign(row.severity), REACHES[row.reach] if row.reach else NO_REACH
    plain = Tone.MUTED if decision else Tone.PLAIN
    return (
        Cell(sign.glyph, sign.tone),
        Cell(f"{severity.glyph} {severity.short}", plain if decision else severity.tone),
        Cell(account_text(row, places), plain),
        Cell(role_text(row), plain if decision else Tone.STRONG),
        Cell(who_text(row), plain),
        Cell(check_text(row), plain),
        Cell(reach.short, plain if decision else reach.tone),
        Cell(sign.short, sign.tone),
    )


def account_text(row: ItemRow, places: Places) -> str:
    """The account's name, or how many accounts a fleet stands in; of something else the place where it hangs."""
    what = "accounts" if row.grants else "places"
    return places.name(row.accounts[0]) if len(row.accounts) == 1 else f"×{len(row.accounts)} {what}"


def who_text(row: ItemRow) -> str:
    """Who gets in: a named user or role with its account, otherwise what people call the party."""
    if not row.grants:
        return row.party_name
    return name_of_caller(row.principal, row.party_name)


def role_text(row: ItemRow) -> str:
    """The role's name without its path, behind the sign of an outlier."""
    name = row.role_name.rpartition("/")[2] if row.grants else row.role_name
    return f"{OUTLIER.glyph} {name}" if row.outlier_of else name


def check_text(row: ItemRow) -> str:
    """The worst check, and how many more there are."""
    if not row.checks:
        return "nothing found"
    more = len(row.checks) - 1
    return f"+{more} {row.checks[0]}" if more else row.checks[0]


def queue_note(state: State) -> str:
    """Where the cursor stands, and how many open ones stand above it: `12 of 64 · 2 skipped · 3 marked`."""
    line = 0 if state.line is None else state.line + 1
    marked = f" · {len(state.marks):,} marked" if state.marks else ""
    skipped = f" · {state.skipped:,} skipped" if state.skipped else ""
    more = "…" if state.is_searching else ""
    return f"{line:,} of {len(state.view):,}{more}{skipped}{marked}"


def queue_title(state: State) -> str:
    """What the queue shows: where, and which items."""
    where = " › ".join((*state.places.path_names(state.scope), state.places.name(state.scope))) if state.scope else ""
    what = "every grant" if state.filter.shows_all else "with findings"
    return f"{what} in {where}" if where else what


def empty_queue(state: State) -> str:
    """What to say and do when no row is shown."""
    if state.is_searching:
        return "looking …"
    if state.filter_text or state.scope:
        return "nothing matches\nbackspace widens, A also shows grants without findings"
    if len(state.rows):
        return "nothing was found on any grant\nA shows every grant; ! lists what could not be read"
    return "there are no grants in this snapshot\n! lists what could not be read"


# ── scope ────────────────────────────────────────────────────────────────────────────────────────────────────────


class OpenCounts:
    """How many open items of each severity stand in each place; a fleet counts once in an OU.

    All items with findings are counted once, for which the database is asked; after that only what was decided.
    """

    def __init__(self, state: State) -> None:
        self._counts: dict[str, dict[Severity, int]] = {}
        for severity, accounts, count in state.rows.items.found_in():
            self._add(state.places, accounts, severity, count)
        self._decided: frozenset[int] = frozenset()
        self.follow(state)

    def follow(self, state: State) -> None:
        """Count again what was decided, or opened again, since the last time."""
        decided = frozenset(number for number in state.decided if number < len(state.rows.found))
        for number in decided ^ self._decided:
            row = state.rows[number]
            if row.severity is not None:
                self._add(state.places, row.accounts, row.severity, -1 if number in decided else 1)
        self._decided = decided

    def _add(self, places: Places, accounts: Sequence[str], severity: Severity, count: int) -> None:
        for place in places.around(accounts):
            found = self._counts.setdefault(place, {})
            found[severity] = found.get(severity, 0) + count

    def of(self, place: str) -> Mapping[Severity, int]:
        """The open items of a place."""
        return {severity: count for severity, count in self._counts.get(place, {}).items() if count}


class ScopeTree:
    """Answers a tree widget: the OUs and accounts, with the open items in each."""

    def __init__(self, state: State, counts: OpenCounts | None) -> None:
        self.state = state
        self.counted = counts

    def roots(self) -> Sequence[str]:
        """The ids at the top."""
        return self.state.places.children("")

    def children(self, node: str) -> Sequence[str]:
        """The ids below a node."""
        return self.state.places.children(node)

    def has_children(self, node: str) -> bool:
        """Whether a node can be opened."""
        return bool(self.state.places.children(node))

    def parent(self, node: str) -> str | None:
        """The id above a node."""
        return self.state.places.parent(node) or None

    def label(self, node: str) -> Sequence[Cell]:
        """The name, behind the sign of what is special; the place that narrows the queue stands out."""
        place = self.state.places.by_id[node]
        sign = SUSPENDED if place.is_suspended else UNREAD if place.is_unread else None
        chosen = node == self.state.scope
        tone = Tone.HEADING if chosen else Tone.MUTED if place.is_suspended else Tone.PLAIN
        name = Cell(f"{place.name} ◂" if chosen else place.name, tone)
        return (Cell(f"{sign.glyph} ", sign.tone), name) if sign else (name,)

    def counts(self, node: str) -> Sequence[Cell]:
        """The two worst severities with open items, and how many."""
        found = sorted(self.counted.of(node).items(), reverse=True)[:2] if self.counted else ()
        cells: list[Cell] = []
        for severity, count in found:
            sign = severity_sign(severity)
            cells += [Cell(" ")] if cells else []
            cells.append(Cell(f"{sign.glyph}{count:,}", sign.tone))
        return cells


def place_note(state: State) -> str:
    """How many accounts there are."""
    return counted(sum(place.is_account for place in state.places.places), "account")
