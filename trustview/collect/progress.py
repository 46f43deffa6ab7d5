"""Events: what a collection tells while it runs, and how that reads as a line of text. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

BAR_WIDTHS = (20, 10, 5, 0)
JSON_VERSION = 1


class AccountState(StrEnum):
    """How the reading of one account ended."""

    READ = "read"
    KEPT = "kept"
    PARTLY = "read in part"
    UNREAD = "not read"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a collection stands.

    `accounts_total` is 0 until the organization has been walked. `failed` accounts were not read, or only in part.
    `rate` is in calls a second over the last seconds, `seconds_left` None while it cannot be told. `kept` parts were
    taken from the shelf, `retried` calls were asked again, `postponed` accounts failed and get another turn at the end.
    `waiting` questions about the organization are still to be answered beside the accounts. `current` are the names of
    the accounts that are being read.
    """

    accounts_total: int = 0
    done: int = 0
    failed: int = 0
    throttled: int = 0
    calls: int = 0
    kept: int = 0
    waiting: int = 0
    retried: int = 0
    postponed: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    current: tuple[str, ...] = ()
    is_stopping: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every account is done, and every question about the organization answered."""
        return 0 < self.accounts_total == self.done and not self.waiting


@dataclass(frozen=True, slots=True)
class AccountBegun:
    """The reading of an account begins; with `is_postponed` it has failed and gets another turn at the end."""

    account: str
    name: str
    is_postponed: bool = False


@dataclass(frozen=True, slots=True)
class AccountRead:
    """One account is done; `reason` says what is missing and why, empty when nothing is."""

    account: str
    name: str
    state: AccountState
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know; one sentence."""

    text: str


Event = Progress | AccountBegun | AccountRead | Notice


def progress_line(progress: Progress, width: int = 80) -> str:
    """One line for a terminal, at most so many characters wide; the bar gives way first, then details."""
    if not progress.accounts_total:
        return _cut(f"reading the organization · {_count(progress.calls, 'call')}", width)
    lines = [
        f"{_bar(progress, bar_width)}{progress.done}/{progress.accounts_total} accounts · {said}"
        for said in (_said(progress), _said(progress, in_short=True))
        for bar_width in BAR_WIDTHS
    ]
    return next((line for line in lines if len(line) <= width), _cut(lines[-1], width))


def _said(progress: Progress, *, in_short: bool = False) -> str:
    said = _numbers(progress, in_short=in_short)
    return f"{said} · finishing what is under way; once more stops at once" if progress.is_stopping else said


def _bar(progress: Progress, width: int) -> str:
    full = round(width * progress.done / progress.accounts_total)
    return "█" * full + "░" * (width - full) + (" " if width else "")


def plain_line(event: Event) -> str:
    """One line for a log."""
    if isinstance(event, Notice):
        return event.text
    if isinstance(event, AccountBegun):
        return f"{'to try again' if event.is_postponed else 'begun'}: {_named(event)}"
    if isinstance(event, AccountRead):
        return f"{event.state}: {_named(event)}{f' ({event.reason})' if event.reason else ''}"
    if not event.accounts_total:
        return f"reading the organization, {_count(event.calls, 'call')}"
    return f"{event.done} of {event.accounts_total} accounts, {_numbers(event, ', ')}"


def _named(event: AccountBegun | AccountRead) -> str:
    return f"{event.account} {event.name}" if event.name and event.name != event.account else event.account


def json_line(event: Event) -> str:
    """One line of JSON in ASCII, for scripts: `event` says which of the four it is, `version` which shape."""
    return json.dumps({"version": JSON_VERSION, **_values(event)})


def _values(event: Event) -> dict[str, object]:
    if isinstance(event, Notice):
        return {"event": "notice", "text": event.text}
    if isinstance(event, AccountBegun):
        about = {"account": event.account, "name": event.name, "is_postponed": event.is_postponed}
        return {"event": "account_begun", **about}
    if isinstance(event, AccountRead):
        values = {"account": event.account, "name": event.name, "state": event.state.value, "reason": event.reason}
        return {"event": "account", **values, "seconds": round(event.seconds, 3)}
    return {
        "event": "progress",
        "accounts_total": event.accounts_total,
        "accounts_done": event.done,
        "accounts_with_gaps": event.failed,
        "accounts_to_try_again": event.postponed,
        "accounts_being_read": list(event.current),
        "calls": event.calls,
        "calls_a_second": round(event.rate, 1),
        "calls_throttled": event.throttled,
        "calls_retried": event.retried,
        "parts_kept": event.kept,
        "questions_left": event.waiting,
        "seconds_left": None if event.seconds_left is None else round(event.seconds_left, 1),
        "is_stopping": event.is_stopping,
    }


def _numbers(progress: Progress, between: str = " · ", *, in_short: bool = False) -> str:
    said = [f"{_count(progress.calls, 'call')} ({progress.rate:.0f}/s)"]
    if progress.failed:
        said.append(f"{progress.failed} with gaps")
    if progress.throttled and not in_short:
        said.append(f"{progress.throttled} throttled")
    if progress.postponed and not in_short:
        said.append(f"{progress.postponed} to try again")
    if progress.kept and not in_short:
        said.append(f"{progress.kept} kept")
    if progress.done == progress.accounts_total and progress.waiting:
        said.append(f"{_count(progress.waiting, 'question')}{'' if in_short else ' to the organization'} left")
    elif progress.seconds_left is not None and not progress.is_complete:
        said.append(f"about {duration(progress.seconds_left)} left")
    return between.join(said)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(seconds: float) -> str:
    """`12 s`, `7 min`, `1.5 h`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
