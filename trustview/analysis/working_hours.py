"""Is a moment within the hours in which people work? THE ONE PLACE that knows the calendar."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from trustview.analysis.settings import BusinessHours

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR = timedelta(hours=1)


def is_outside_hours(begin: datetime, hours: BusinessHours) -> bool:
    """Whether the whole hour that begins here lies outside: of a call only its hour is known."""
    last = begin + _HOUR - timedelta(seconds=1)
    return not any(_is_within(local_time(moment, hours), hours) for moment in (begin, last))


def local_time(moment: datetime, hours: BusinessHours) -> datetime:
    """The same moment where people work."""
    return moment.astimezone(_zone(hours.timezone))


def _is_within(local: datetime, hours: BusinessHours) -> bool:
    """A day that ends at or before its beginning goes on past midnight, on the same working day."""
    begin, end = time.fromisoformat(hours.begin), time.fromisoformat(hours.end)
    if begin < end:
        return begin <= local.time() < end and _is_working_day(local, hours)
    if local.time() >= begin:
        return _is_working_day(local, hours)
    return local.time() < end and _is_working_day(local - timedelta(days=1), hours)


def _is_working_day(local: datetime, hours: BusinessHours) -> bool:
    day = local.strftime("%Y-%m-%d")
    is_holiday = day in hours.holidays or day[5:] in hours.holidays
    return _DAYS[local.weekday()] in hours.days and not is_holiday


@lru_cache(maxsize=16)
def _zone(name: str) -> tzinfo:
    # UTC must do where there is no tz database.
    return UTC if name == "UTC" else ZoneInfo(name)
