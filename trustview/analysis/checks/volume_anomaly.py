"""Days on which a caller comes far more often than it ever does."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.seen import name_caller, on_calls, roles_called, window_of
from trustview.analysis.volume import Burst, find_burst
from trustview.snapshot import Use


@check(Severity.MEDIUM, of_all=True)
def volume_anomaly(access: Access) -> Iterator[Evidence]:
    """Somebody became the role far more often than usual.

    Why: a pair of caller and role has a habit. A day far above it is a script that runs wild, or somebody who works
    through what was found. Each pair is held against its own days with calls: the day counts when it lies more than
    eight deviations above their median (the median of the distances from it, scaled to a standard deviation and never
    less than chance alone makes) and reaches `thresholds.unusual_calls`. Fewer than ten such days say nothing.

    Fix: look at what the sessions of that day did, and at the network and program that the calls came from.

    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-insights-events-with-cloudtrail.html
    """
    least = access.settings.thresholds.unusual_calls
    for role, known in roles_called(access):
        by_caller: dict[str, list[Use]] = {}
        for use in known.uses:
            if use.count:
                by_caller.setdefault(use.caller, []).append(use)
        for uses in by_caller.values():
            burst = find_burst(_days(uses), least)
            if burst is not None:
                called = [use for use in uses if use.hour.startswith(burst.day)]
                because = (_describe(access, called, burst), *window_of(known))
                yield on_calls(access, role, called, Evidence((), because))


def _days(uses: list[Use]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for use in uses:
        counts[use.hour[:10]] = counts.get(use.hour[:10], 0) + use.count
    return counts


def _describe(access: Access, uses: list[Use], burst: Burst) -> str:
    habit = f"on its {burst.others} other days with calls the median is {burst.median:g}, the most {burst.most}"
    return f"{name_caller(access, uses[0])} became it {burst.count} times on {burst.day}; {habit}"
