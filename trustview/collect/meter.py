"""Meter: counts what a collection does and tells it, not more often than a person can read."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from trustview.collect.aws import Counts
from trustview.collect.progress import AccountBegun, AccountRead, AccountState, Event, Notice, Progress

Report = Callable[[Event], None]
TELL_EVERY = 0.1
RATE_OVER = 5.0
# So many must be done before the time for the rest is told.
ENOUGH = 3


class Meter:
    """Counts of one run; every method is called on the event loop."""

    def __init__(self, report: Report, counts: Counts) -> None:
        self._report = report
        self._counts = counts
        self._total = self._done = self._failed = 0
        self.kept = 0
        self._questions = self._waiting = 0
        self.is_stopping = False
        self._begun: dict[str, tuple[str, float]] = {}
        self.postponed: set[str] = set()
        self._first_at = self._told_at = 0.0
        self._done_here = 0
        self._calls: deque[tuple[float, int]] = deque()

    def plan(self, total: int) -> None:
        """So many accounts are to be read."""
        self._total = total
        self._first_at = _now()
        self.tell(at_once=True)

    def plan_questions(self, total: int) -> None:
        """So many questions are asked about the organization, beside the accounts."""
        self._questions = self._waiting = total

    def answer(self) -> None:
        """A question about the organization is answered."""
        self._waiting -= 1

    def begin(self, account: str, name: str) -> None:
        """The reading of an account begins."""
        _, since = self._begun.get(account, ("", _now()))
        self._begun[account] = (name, since)
        self.postponed.discard(account)
        self._report(AccountBegun(account, name))
        self.tell()

    def postpone(self, account: str) -> None:
        """The account gets another turn at the end."""
        self.postponed.add(account)
        self._report(AccountBegun(account, self._begun[account][0], is_postponed=True))
        self.tell()

    def end(self, account: str, state: AccountState, reason: str) -> None:
        """The reading of an account has ended."""
        name, since = self._begun.pop(account)
        self._done += 1
        self._done_here += state is not AccountState.KEPT
        self._failed += state in (AccountState.PARTLY, AccountState.UNREAD)
        self._report(AccountRead(account, name, state, reason, _now() - since))
        self.tell(at_once=self._done == self._total)

    def note(self, text: str) -> None:
        """Tells a sentence."""
        self._report(Notice(text))

    def tell(self, *, at_once: bool = False) -> None:
        """Reports where things stand, unless that was just done."""
        now = _now()
        if not at_once and now - self._told_at < TELL_EVERY:
            return
        self._told_at = now
        self._report(self._progress(now))

    async def keep_telling(self) -> None:
        """Reports now and then until cancelled, so that a slow run is seen to live."""
        while True:
            await asyncio.sleep(0.5)
            self.tell()

    def _progress(self, now: float) -> Progress:
        return Progress(
            accounts_total=self._total,
            done=self._done,
            failed=self._failed,
            throttled=self._counts.throttled,
            calls=self._counts.calls,
            kept=self.kept,
            waiting=self._waiting,
            rate=self._rate(now),
            seconds_left=self._seconds_left(now),
            retried=self._counts.retried,
            postponed=len(self.postponed),
            current=tuple(name for account, (name, _) in self._begun.items() if account not in self.postponed),
            is_stopping=self.is_stopping,
        )

    def _rate(self, now: float) -> float:
        self._calls.append((now, self._counts.calls))
        while now - self._calls[0][0] > RATE_OVER:
            self._calls.popleft()
        since, calls = self._calls[0]
        return (self._counts.calls - calls) / (now - since) if now > since else 0.0

    def _seconds_left(self, now: float) -> float | None:
        """From what was read so far, accounts or questions, whichever takes longer; what was kept says nothing."""
        answered = self._questions - self._waiting
        pairs = ((self._done_here, self._total - self._done), (answered, self._waiting))
        if any(done < ENOUGH and left for done, left in pairs):
            return None
        return max((now - self._first_at) / done * left if left else 0.0 for done, left in pairs)


def _now() -> float:
    return asyncio.get_running_loop().time()
