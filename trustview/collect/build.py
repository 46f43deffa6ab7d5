"""build: the parts of one run, read back from the shelf -> Snapshot.

One part is in memory at a time beside the values that were made of them. A part that was damaged meanwhile is a gap.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from trustview.collect.choice import services_not_asked, services_without_answer
from trustview.collect.run import Run
from trustview.collect.scope import Scope
from trustview.collect.services import SERVICES, Service
from trustview.collect.walk import ODD_ANSWER, Place, Walked
from trustview.snapshot import Gap, GapKind, Reading, Snapshot

DAMAGED = "what was read is damaged on disk: the same command reads it again"


async def build(walked: Walked, scope: Scope, run: Run, taken_at: str) -> tuple[Snapshot, bool]:
    """The snapshot of a walk, and whether every part of it could be read back.

    It does not depend on the order in which answers came.
    """
    snapshot = Snapshot(taken_at=taken_at, source="aws")
    readings: list[Reading] = []
    damaged: list[Gap] = []
    for service in SERVICES:
        places = sorted(place for place in walked.places if place.service == service.name)
        values = [await _read(service, place, run, readings) for place in places]
        whole = [value for value in values if value is not None]
        damaged += [_damaged(place) for place, value in zip(places, values, strict=True) if value is None]
        snapshot = service.join(snapshot, [value for (value,) in whole])
    gaps = {*walked.gaps, *services_not_asked(scope), *damaged}
    gaps |= set(services_without_answer(scope, {place.service for place in walked.places}, gaps))
    return replace(snapshot, gaps=_sorted(gaps), readings=tuple(readings)), not damaged


async def _read(service: Service, place: Place, run: Run, readings: list[Reading]) -> tuple[Any] | None:
    """The value of one part, wrapped; None when it cannot be read back."""
    part = await run.find(place.service, place.account, place.region)
    if part is None:
        return None
    try:
        value = service.read(part)
    except ODD_ANSWER:
        return None
    readings.append(Reading(place.service, place.account, place.region, part.read_at))
    return (value,)


def _damaged(place: Place) -> Gap:
    return Gap(place.account, place.service, place.region, GapKind.DAMAGED, DAMAGED)


def _sorted(gaps: set[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda gap: (gap.account, gap.service, gap.region, gap.kind, gap.reason)))
