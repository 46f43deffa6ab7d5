"""CallerUse, Habit: the uses of a role by caller, and when they fall: what lists and strips of use show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from trustview.analysis.coverage import DAY, Coverage, read_moment
from trustview.analysis.settings import BusinessHours
from trustview.analysis.working_hours import local_time
from trustview.snapshot import Use

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = 24
_QUARTER = 90


@dataclass(frozen=True, slots=True)
class CallerUse:
    """One caller's calls: `first` and `last` are the hours of those that were let in, or else of those refused.

    `with_external_id` counts the calls that passed one. The others are what all its calls told: actions, networks,
    programs, source identities, Regions.
    """

    caller: str
    account: str
    count: int
    refused: int
    with_mfa: int
    with_external_id: int
    first: str
    last: str
    actions: tuple[str, ...]
    origins: tuple[str, ...]
    agents: tuple[str, ...]
    source_identities: tuple[str, ...]
    regions: tuple[str, ...]


def callers_of_uses(uses: Iterable[Use]) -> tuple[CallerUse, ...]:
    """The callers, who came most often first."""
    by_caller: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        by_caller.setdefault((use.caller, use.caller_account), []).append(use)
    found = (_caller(caller, account, called) for (caller, account), called in by_caller.items())
    return tuple(sorted(found, key=lambda one: (-one.count, -one.refused, one.caller)))


def _caller(caller: str, account: str, uses: list[Use]) -> CallerUse:
    hours = sorted(use.hour for use in uses if use.count) or sorted(use.hour for use in uses)
    return CallerUse(
        caller=caller,
        account=account,
        count=sum(use.count for use in uses),
        refused=sum(use.refused for use in uses),
        with_mfa=sum(use.with_mfa for use in uses),
        with_external_id=sum(use.count for use in uses if use.external_id),
        first=hours[0],
        last=hours[-1],
        actions=_all(use.action for use in uses),
        origins=_all(use.origin for use in uses),
        agents=_all(use.agent for use in uses),
        source_identities=_all(use.source_identity for use in uses),
        regions=_all(use.region for use in uses),
    )


def _all(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if text}))


Habit = tuple[tuple[int, ...], ...]
"""Calls by weekday, Monday first, and hour of the day."""


def habit_of(uses: Iterable[Use], hours: BusinessHours) -> Habit:
    """When the calls that were let in fall, in the time zone of the settings."""
    counts = [[0] * _HOURS for _ in WEEKDAYS]
    for use in uses:
        moment = read_moment(use.hour) if use.count else None
        if moment is not None:
            local = local_time(moment, hours)
            counts[local.weekday()][local.hour] += use.count
    return tuple(map(tuple, counts))


def quarter_of(uses: Iterable[Use], coverage: Coverage, now: datetime) -> tuple[tuple[str, int | None], ...]:
    """The calls of each of the last 90 days (UTC), oldest first; None for a day of which not all was seen.

    A call on a day that was not seen whole is told all the same.
    """
    counts = {day: count for day, count, _ in days_of(uses) if count}
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    found: list[tuple[str, int | None]] = []
    for back in range(_QUARTER - 1, -1, -1):
        day = midnight - back * DAY
        name = f"{day:%Y-%m-%d}"
        found.append((name, counts.get(name, 0) if name in counts or coverage.saw_day(day, now) else None))
    return tuple(found)


def days_of(uses: Iterable[Use]) -> tuple[tuple[str, int, int], ...]:
    """(day in UTC, calls, refused calls) of every day with calls, in order."""
    found: dict[str, list[int]] = {}
    for use in uses:
        day = found.setdefault(use.hour[:10], [0, 0])
        day[0] += use.count
        day[1] += use.refused
    return tuple((day, count, refused) for day, (count, refused) in sorted(found.items()))
