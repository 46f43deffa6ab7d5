"""Collection: what a run of the collector has told so far, account by account, and how the run stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from trustview.collect import AccountBegun, AccountRead, AccountState, Event, Notice, Progress


class Phase(StrEnum):
    """How a run stands; the last three are its ends."""

    READING = "reading"
    STOPPING = "stopping"
    ANALYSING = "analysing"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"

    @property
    def is_over(self) -> bool:
        """Whether nothing goes on any more."""
        return self in (Phase.STOPPED, Phase.FAILED, Phase.DONE)


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account: `state` is None until its reading has ended; `since` is when it began, in seconds of the clock."""

    account: str
    name: str
    state: AccountState | None = None
    reason: str = ""
    seconds: float = 0.0
    since: float = 0.0
    is_postponed: bool = False

    @property
    def has_gaps(self) -> bool:
        """Whether something is missing."""
        return self.state in (AccountState.PARTLY, AccountState.UNREAD)


class Collection:
    """The newest progress, one line per account in the order in which they began, and the last sentence that was told.

    `clock` gives seconds; `gaps` is how many the snapshot has of what was asked for. A run that goes on after a stop is
    told by another Collection.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.phase = Phase.READING
        self.progress = Progress()
        self.lines: list[AccountLine] = []
        self.notice = ""
        self.gaps = 0
        self.clock = clock
        self._numbers: dict[str, int] = {}

    def note(self, event: Event) -> None:
        """Takes in one event."""
        if isinstance(event, Progress):
            self.progress = event
        elif isinstance(event, Notice):
            self.notice = event.text
        elif isinstance(event, AccountBegun):
            self._begin(event)
        else:
            self._end(event)

    def _begin(self, event: AccountBegun) -> None:
        number = self._numbers.setdefault(event.account, len(self.lines))
        if number == len(self.lines):
            self.lines.append(AccountLine(event.account, event.name, since=self.clock()))
        self.lines[number] = replace(self.lines[number], is_postponed=event.is_postponed)

    def _end(self, event: AccountRead) -> None:
        number = self._numbers[event.account]
        line = self.lines[number]
        self.lines[number] = replace(line, state=event.state, reason=event.reason, seconds=event.seconds)

    def view(self, *, only_gaps: bool) -> tuple[int, ...]:
        """The numbers of the lines to show: with gaps first, then those being read, then the rest; newest first."""
        numbers = [n for n, line in enumerate(self.lines) if line.has_gaps or not only_gaps]
        return tuple(sorted(numbers, key=lambda number: (_rank(self.lines[number]), -number)))


def _rank(line: AccountLine) -> int:
    if line.has_gaps:
        return 0
    return 1 if line.state is None else 2
