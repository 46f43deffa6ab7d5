"""State: all that the cockpit shows, as one frozen value.

The queue is a list of rows, worst first, read as they are looked at; a row's number is its place in it and never
changes. What is decided follows from the journal alone. The steps from one state to the next are in `whereabouts`,
`showing` and `steps`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from trustview.review import (
    Decision,
    Entry,
)
from trustview.store import Condition, ItemRow
from trustview.store import item_query as items
from trustview.ui.filter import Facts, Filter
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
    """What may lie over the panes: nothing, the keys, what could not be read, a board, or one role."""

    NONE = ""
    HELP = "help"
    GAPS = "gaps"
    OVERVIEW = "overview"
    CHAINS = "chains"
    CHANGES = "changes"
    VIEWS = "views"
    SIGNOFF = "signoff"
    ROLE = "role"


LAID_OVER = frozenset({Sheet.HELP, Sheet.GAPS})
"""The sheets that lie over another one and give it back."""


class Facet(StrEnum):
    """The parts of the role screen, in the order of its tabs."""

    POLICY = "policy"
    PERMISSIONS = "permissions"
    USE = "use"
    HISTORY = "history"


GROUP = "group:"
"""How the id of a group in the graph begins; what follows names it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The last thing to say to the reviewer; `is_bad` for refusals and errors."""

    text: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Tour:
    """The tour of the first run: its step, counted from 1, and the pane where it began."""

    step: int
    pane: Pane


@dataclass(frozen=True)
class State:
    """Everything the cockpit shows and nothing about how.

    `decisions` are those that hold by item, `decided` by the number of the row. `view` are the numbers of the rows
    shown, rising, `cursor` one of them (None when there is none), `marks` numbers of rows; `is_searching` while more
    rows may be found.
    `scope` is the id of the OU or account to which the queue is narrowed (empty: all), `filter` what the text of the
    filter means. `detail` is the pane that shows the item while the focus is in the queue. `member` counts the accounts
    of a fleet from 0. `trail` are the ARNs of roles walked through in the graph, the one in the centre last (empty: the
    item's own role); `opened` are groups of the graph that are shown member by member, the one opened last at the end;
    `open_places` the OUs that are open in the tree. `beneath` is the sheet that help or gaps lie over. `facet` is the
    part of the role screen that is looked at, `inspected` the ARN of its role (empty: the item's own). `tour` is there
    while the tour is.
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
    is_searching: bool = False
    cursor: int | None = None
    marks: frozenset[int] = frozenset()
    pane: Pane = Pane.QUEUE
    detail: Pane = Pane.WHY
    is_zoomed: bool = False
    is_scope_hidden: bool = False
    sheet: Sheet = Sheet.NONE
    beneath: Sheet = Sheet.NONE
    facet: Facet = Facet.POLICY
    inspected: str = ""
    member: int = 0
    trail: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    open_places: frozenset[str] = frozenset()
    notice: Notice = field(default_factory=Notice)
    tour: Tour | None = None
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
        from trustview.review import current_assignments  # noqa: PLC0415 -- not before the first screen

        verdicts = {number: decision.verdict for number, decision in self.decided.items()}
        wanted = self.filter.condition(Facts(self.places, verdicts, self.marks, current_assignments(self.journal)))
        return wanted & items.in_places(self.places.all_below(self.scope)) if self.scope else wanted
