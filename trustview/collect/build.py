"""build: the parts of one run, read back from the shelf -> Snapshot.

One part is in memory at a time beside the values that were made of them. A part that was damaged meanwhile is a gap.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from trustview.collect.choice import services_not_asked, services_without_answer
from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.parts import Part
from trustview.collect.run import Run
from trustview.collect.scope import Scope
from trustview.collect.services import SERVICES, Service
from trustview.collect.values import read_value
from trustview.collect.walk import Walked
from trustview.snapshot import Gap, GapKind, Reading, Snapshot

DAMAGED = "what was read is damaged on disk: the same command reads it again"


async def build(walked: Walked, scope: Scope, run: Run, taken_at: str) -> tuple[Snapshot, bool]:
    """The snapshot of a walk, and whether every part of it could be read back.

    It does not depend on the order in which answers came.
    """
    snapshot = Snapshot(taken_at=taken_at, source="aws")
    readings: list[Reading] = []
    lost: list[Gap] = []
    for service in SERVICES:
        values = []
        for place in sorted(place for place in walked.places if place.service == service.name):
            part = await run.find(*place)
            try:
                values.append(_value(service, part))
                readings.append(Reading(*place, part.read_at if part else ""))
            except CallError as error:
                kind = GapKind.DAMAGED if part is None else GapKind.FAILED
                lost.append(Gap(place.account, place.service, place.region, kind, error.failure.reason))
        snapshot = service.join(snapshot, values)
    gaps = {*walked.gaps, *services_not_asked(scope), *lost}
    gaps |= set(services_without_answer(scope, {place.service for place in walked.places}, gaps))
    return replace(snapshot, gaps=_sorted(gaps), readings=tuple(readings)), not lost


def _value(service: Service, part: Part | None) -> Any:  # noqa: ANN401
    """The value of one part; CallError when it cannot be read back or makes no sense."""
    if part is None:
        raise CallError(Failure(FailureKind.FAILED, "", DAMAGED))
    return read_value(service, part)


def _sorted(gaps: set[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda gap: (gap.account, gap.service, gap.region, gap.kind, gap.reason)))
