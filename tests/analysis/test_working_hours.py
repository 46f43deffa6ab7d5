"""When people work: the zone's own clock, also where it changes; nights that belong to the day before; holidays."""

from datetime import datetime

import pytest

from trustview.analysis import BusinessHours
from trustview.analysis.working_hours import is_outside_hours


def outside(hours: BusinessHours, moment: str) -> bool:
    return is_outside_hours(datetime.fromisoformat(moment), hours)


@pytest.mark.parametrize(
    ("hours", "within", "without"),
    [
        # Monday, 2 November 2026, after clocks went back; Friday, 23 October, before.
        (BusinessHours(timezone="Europe/Paris"), "2026-11-02T06:00Z", "2026-11-02T05:00Z"),
        (BusinessHours(timezone="Europe/Paris"), "2026-10-23T05:00Z", "2026-10-23T04:00Z"),
        # Half an hour of the hour lies within: it does not count as outside.
        (BusinessHours(timezone="Asia/Kolkata"), "2026-11-02T01:00Z", "2026-11-02T00:00Z"),
        # A shift from Monday evening to Tuesday morning; the morning of Monday belongs to Sunday.
        (BusinessHours(begin="20:00", end="04:00"), "2026-11-03T02:00Z", "2026-11-02T02:00Z"),
        # Friday's shift ends on Saturday.
        (BusinessHours(begin="20:00", end="04:00"), "2026-11-07T02:00Z", "2026-11-07T21:00Z"),
        (BusinessHours(holidays=("2026-11-02",)), "2026-11-03T12:00Z", "2026-11-02T12:00Z"),
        (BusinessHours(holidays=("11-02",)), "2025-11-03T12:00Z", "2026-11-02T12:00Z"),
        (BusinessHours(days=("sat",)), "2026-11-07T12:00Z", "2026-11-06T12:00Z"),
        # Around the clock: what begins and ends at the same time never ends.
        (BusinessHours(begin="00:00", end="00:00"), "2026-11-02T23:00Z", "2026-11-07T23:00Z"),
    ],
)
def test_a_moment_is_within_hours_or_it_is_not(hours: BusinessHours, within: str, without: str) -> None:
    assert not outside(hours, within)
    assert outside(hours, without)
