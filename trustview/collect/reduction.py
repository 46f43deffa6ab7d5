"""Reduction: what is kept of many files of a trail, day by day, and how far they see. Pure.

A call's copies have the same time, so that days can be joined one by one: no more than one day of all accounts has to
be in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Protocol

from trustview.collect.evidence import Copies, gather_copies, join_copies, read_copies, write_copies
from trustview.collect.moments import read_moment
from trustview.collect.sighting import Sighting
from trustview.collect.trail_files import Day, Span, read_trail_file
from trustview.snapshot import EvidenceWindow

SOURCE = "trail files"


@dataclass(slots=True)
class Reduction:
    """What is kept of some files: the copies by day, the first and last moment seen of each day, and what is damaged.

    `problems` are files that cannot be read, each with the reason.
    """

    days: dict[str, dict[Sighting, list[str]]] = field(default_factory=dict)
    seen: dict[Day, Span] = field(default_factory=dict)
    problems: list[tuple[str, str]] = field(default_factory=list)

    def add(self, path: str, content: bytes) -> None:
        """Takes in one file."""
        try:
            file = read_trail_file(content)
        except ValueError as error:
            self.problems.append((path, str(error)))
            return
        for name, sighting in file.calls:
            gather_copies([(name, sighting)], self.days.setdefault(sighting.hour[:10], {}))
        widen(self.seen, file.seen)

    def reduced(self) -> Reduced:
        """What all of it comes to."""
        calls = (join_copies([self.days[day]]) for day in sorted(self.days))
        return Reduced(self.seen, tuple(self.problems), calls)


@dataclass(frozen=True, slots=True)
class Reduced:
    """What files of a trail come to: how far they see, which are damaged, and the calls day by day, to be read once."""

    seen: Mapping[Day, Span]
    problems: tuple[tuple[str, str], ...]
    calls: Iterable[Mapping[Sighting, int]]


def widen(seen: dict[Day, Span], more: Mapping[Day, Span]) -> None:
    """Adds what else was seen."""
    for day, (first, last) in more.items():
        known = seen.get(day, (first, last))
        seen[day] = (min(known[0], first), max(known[1], last))


# ── on the shelf ─────────────────────────────────────────────────────────────────────────────────────────────────


class Shelf(Protocol):
    """As much of the parts' shelf as is needed here."""

    def get(self, key: str) -> object | None:
        """The value, or None when it is not there or cannot be read."""

    def put(self, key: str, value: object) -> None:
        """Keeps a value."""


def put_reduction(shelf: Shelf, key: str, found: Reduction) -> None:
    """Keeps a reduction, a value for each day; that of the whole comes last, and says that all is there."""
    for day, copies in found.days.items():
        shelf.put(f"{key}/{day}", write_copies(copies))
    seen = [[*day, *span] for day, span in found.seen.items()]
    shelf.put(key, {"days": sorted(found.days), "seen": seen, "problems": found.problems})


@dataclass(frozen=True, slots=True)
class Kept:
    """A reduction on the shelf, without its copies."""

    key: str
    days: tuple[str, ...]
    seen: Mapping[Day, Span]
    problems: tuple[tuple[str, str], ...]


def find_reduction(shelf: Shelf, key: str) -> Kept | None:
    """What is kept under a key; None when nothing is, or when it cannot be read."""
    value: Any = shelf.get(key)
    try:
        seen = {(account, region, day): (first, last) for account, region, day, first, last in value["seen"]}
        return Kept(key, tuple(value["days"]), seen, tuple((path, reason) for path, reason in value["problems"]))
    except (TypeError, KeyError, ValueError):
        return None


class LostError(Exception):
    """What was kept of a day is no longer there, or damaged; `key` is that of the reduction."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def calls_by_day(shelf: Shelf, kept: Iterable[Kept]) -> Iterator[Mapping[Sighting, int]]:
    """The calls of one day after another, over everything that is kept; LostError when the shelf lost something."""
    keys: dict[str, list[str]] = {}
    for one in kept:
        for day in one.days:
            keys.setdefault(day, []).append(f"{one.key}/{day}")
    for _, found in sorted(keys.items()):
        yield join_copies(_copies(shelf, key) for key in found)


def _copies(shelf: Shelf, key: str) -> Copies:
    try:
        return read_copies(shelf.get(key))
    except (TypeError, ValueError) as error:
        raise LostError(key.rpartition("/")[0]) from error


# ── how far the files see ────────────────────────────────────────────────────────────────────────────────────────


def windows_of(seen: Mapping[Day, Span], source: str = SOURCE) -> tuple[EvidenceWindow, ...]:
    """From the first to the last moment seen, per account and Region; whole days unseen in between are holes.

    A day on which nothing happened looks the same as one whose files are missing, and is told as missing.
    """
    known: dict[tuple[str, str], dict[date, Span]] = {}
    for (account, region, day), span in seen.items():
        try:
            moment = date.fromisoformat(day)
        except ValueError:
            continue
        known.setdefault((account, region), {})[moment] = span
    return tuple(_window(account, region, source, days) for (account, region), days in sorted(known.items()))


def _window(account: str, region: str, source: str, days: Mapping[date, Span]) -> EvidenceWindow:
    dates, after = sorted(days), timedelta(days=1)
    holes = tuple((_begin(one + after), _begin(other)) for one, other in pairwise(dates) if other - one > after)
    start, end = read_moment(days[dates[0]][0]), read_moment(days[dates[-1]][1])
    return EvidenceWindow(account, region, source, start or _begin(dates[0]), end or _begin(dates[-1]), holes)


def _begin(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
