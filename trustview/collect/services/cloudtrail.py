"""CloudTrail's event history: who really became whom, hour by hour.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from typing import Any

from trustview.collect.evidence import (
    ACTIONS,
    Raw,
    Sighting,
    count_uses,
    is_assumption,
    keep_record,
    merge_copies,
    read_event,
)
from trustview.collect.failure import CallError
from trustview.collect.moments import write_moment
from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, for_evidence
from trustview.snapshot import EvidenceWindow, Snapshot

PAGE = 50
SOURCE = "cloudtrail"


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, scope: Scope) -> dict[str, Any]:
    """The role assumptions of one account and Region, back from when the run began.

    CloudTrail gives the newest first, so that what is lacking after a failure is the oldest stretch of one event name.
    """
    start, end = reader.moment - timedelta(days=scope.evidence_days), reader.moment
    events: list[dict[str, Any]] = []
    holes: list[list[str]] = []
    for action in ACTIONS:
        oldest = write_moment(end)
        try:
            async for page in reader.pages(
                "cloudtrail",
                "LookupEvents",
                "Events",
                LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": action}],
                StartTime=start,
                EndTime=end,
                MaxResults=PAGE,
            ):
                for event in page["Events"]:
                    events.append(keep(event))
                    oldest = min(oldest, event.get("EventTime") or oldest)
        except CallError as error:
            if not events and not holes and action == ACTIONS[0]:
                raise
            reader.lack(f"{action} before {oldest}", error.failure)
            holes.append([write_moment(start), oldest])
    return {"start": write_moment(start), "end": write_moment(end), "events": events, "holes": holes}


def keep(event: Raw) -> dict[str, Any]:
    """What is kept of an event that LookupEvents lists; its response may hold a session token and is not."""
    try:
        record = json.loads(event.get("CloudTrailEvent") or "{}")
    except ValueError:
        record = None
    return keep_record(record) if isinstance(record, dict) else {}


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Evidence:
    """The copies of one account and Region, and the period they cover."""

    sightings: tuple[Sighting, ...]
    window: EvidenceWindow


def read(part: Part) -> Evidence:
    """The evidence of one account and Region."""
    answer = part.answer
    holes = tuple(sorted({(str(start), str(end)) for start, end in answer["holes"]}))
    window = EvidenceWindow(part.account, part.region, SOURCE, answer["start"], answer["end"], holes)
    return Evidence(tuple(read_event(event) for event in answer["events"] if is_assumption(event)), window)


# ── join ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def join(snapshot: Snapshot, found: Sequence[Evidence]) -> Snapshot:
    """The snapshot with every use counted once, and the windows in which uses are known."""
    calls = merge_copies(chain.from_iterable(evidence.sightings for evidence in found))
    windows = sorted((evidence.window for evidence in found), key=lambda window: (window.account, window.region))
    return replace(snapshot, uses=count_uses(calls, snapshot), windows=tuple(windows))


CLOUDTRAIL = Service(
    "cloudtrail",
    "cloudtrail",
    Extent.REGION,
    fetch,
    read,
    join,
    choice=for_evidence,
    not_asked="role assumptions were not asked of CloudTrail: `trustview collect --evidence 90` does",
)
