"""Counted: what a source of evidence that lies in one place gives: calls that are joined already. Pure.

A trail of all Regions that was seen to write on a day was on in all of them: a Region of the account without records on
that day was quiet; and of an organization's trail so was an account, once it had records at all. Where no such trail is
known, or something could not be read, the day is a hole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trustview.collect.evidence import count_uses
from trustview.collect.parts import Part
from trustview.collect.reduction import windows_of
from trustview.collect.sighting import Sighting
from trustview.collect.trail_files import Day, Span
from trustview.snapshot import EvidenceWindow, Snapshot, Trail


@dataclass(frozen=True, slots=True)
class Counted:
    """Calls with their numbers, how far they see, and the days of which something could not be read.

    `bucket` is where the trail lies, empty when that is not known; `is_everywhere` says that all Regions are written.
    """

    source: str
    calls: Mapping[Sighting, int]
    seen: Mapping[Day, Span]
    unread: frozenset[Day] = frozenset()
    bucket: str = ""
    is_everywhere: bool = False


def write_counted(found: Counted) -> dict[str, Any]:
    """The JSON-ready form."""
    return {
        "source": found.source,
        "bucket": found.bucket,
        "is_everywhere": found.is_everywhere,
        "calls": [[list(call), number] for call, number in sorted(found.calls.items())],
        "seen": sorted([*day, *span] for day, span in found.seen.items()),
        "unread": sorted(map(list, found.unread)),
    }


def read_counted(part: Part) -> Counted:
    """What a part's JSON-ready form says."""
    answer = part.answer
    calls = {_sighting(fields): int(number) for fields, number in answer["calls"]}
    seen = {(account, region, day): (first, last) for account, region, day, first, last in answer["seen"]}
    unread = frozenset((account, region, day) for account, region, day in answer["unread"])
    return Counted(answer["source"], calls, seen, unread, answer["bucket"], bool(answer["is_everywhere"]))


def _sighting(fields: Any) -> Sighting:  # noqa: ANN401  JSON
    sighting = Sighting(*fields)
    return sighting._replace(tags=tuple(sighting.tags))


def join_counted(snapshot: Snapshot, found: Iterable[Counted]) -> Snapshot:
    """The snapshot with the uses, and the windows in which they are known."""
    uses, windows = snapshot.uses, list(snapshot.windows)
    for one in found:
        uses += count_uses([one.calls], snapshot)
        windows += windows_in(snapshot, one)
    windows.sort(key=lambda window: (window.account, window.region))
    return replace(snapshot, uses=uses, windows=tuple(windows))


def windows_in(snapshot: Snapshot, found: Counted) -> tuple[EvidenceWindow, ...]:
    """How far a source sees, given which trails are known to write from all Regions."""
    ours = _trails_of(snapshot, found.bucket)
    everyone = _by_day(found.seen, lambda _account: "")
    seen: dict[Day, Span] = {}
    for account, days in _by_day(found.seen, lambda account: account).items():
        writes_everywhere = found.is_everywhere or any(t.is_organization or t.account == account for t in ours)
        if not writes_everywhere:
            seen |= {day: span for day, span in found.seen.items() if day[0] == account}
            continue
        is_of_all = found.is_everywhere or any(trail.is_organization for trail in ours)
        known = _since_first(days, everyone[""]) if is_of_all else days
        regions = {region for _, region, _ in found.seen} | {
            bus.region for bus in snapshot.event_buses if bus.account == account
        }
        seen |= {(account, region, day): span for region in regions for day, span in known.items()}
    return windows_of({day: span for day, span in seen.items() if day not in found.unread}, found.source)


def _trails_of(snapshot: Snapshot, bucket: str) -> list[Trail]:
    """The trails that are known to write to the bucket from all Regions."""
    return [trail for trail in snapshot.trails if bucket and trail.bucket == bucket and trail.is_multi_region]


def _by_day(seen: Mapping[Day, Span], who: Callable[[str], str]) -> dict[str, dict[str, Span]]:
    """From when to when something was seen on each day, over all Regions, by what stands for an account."""
    found: dict[str, dict[str, Span]] = {}
    for (account, _, day), (first, last) in seen.items():
        days = found.setdefault(who(account), {})
        known = days.get(day, (first, last))
        days[day] = (min(known[0], first), max(known[1], last))
    return found


def _since_first(days: Mapping[str, Span], everyone: Mapping[str, Span]) -> dict[str, Span]:
    """The days of an account: since its first one, those of everyone; before that it may have been no member."""
    first = min(days)
    return {first: (days[first][0], everyone[first][1]), **{day: s for day, s in everyone.items() if day > first}}
