"""Counted: what a source of evidence that lies in one place gives: calls that are joined already. Pure.

A trail of all Regions that was seen to write on a day was on in all of them: a Region of the account without records on
that day was quiet. Where no such trail is known, or something could not be read, the day is a hole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from trustview.collect.evidence import count_uses
from trustview.collect.parts import Part
from trustview.collect.reduction import widen, windows_of
from trustview.collect.sighting import Sighting
from trustview.collect.trail_files import Day, Span
from trustview.snapshot import EvidenceWindow, Snapshot


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
    everywhere: dict[tuple[str, str], Span] = {}
    for (account, _, day), span in found.seen.items():
        widened = {(account, "", day): everywhere.get((account, day), span)}
        widen(widened, {(account, "", day): span})
        everywhere[account, day] = widened[account, "", day]
    regions = {region for _, region, _ in found.seen}
    seen: dict[Day, Span] = {}
    for (account, day), span in everywhere.items():
        is_everywhere = found.is_everywhere or _writes_everywhere(snapshot, found.bucket, account)
        for region in regions:
            at = (account, region, day)
            if at not in found.unread and (at in found.seen or is_everywhere):
                seen[at] = found.seen.get(at, span)
    return windows_of(seen, found.source)


def _writes_everywhere(snapshot: Snapshot, bucket: str, account: str) -> bool:
    """Whether a trail that is known writes from all Regions of the account to the bucket."""
    return any(
        trail.bucket == bucket and trail.is_multi_region and (trail.is_organization or trail.account == account)
        for trail in snapshot.trails
    )
