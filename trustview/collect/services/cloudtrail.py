"""CloudTrail's event history: who really became whom, hour by hour.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from trustview.collect.evidence import Copies, count_uses, gather_copies, join_copies, read_copies, write_copies
from trustview.collect.evidence_source import SourceKind
from trustview.collect.failure import CallError
from trustview.collect.moments import write_moment
from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, for_evidence
from trustview.collect.sighting import ACTIONS, Raw, Sighting, sight
from trustview.snapshot import EvidenceWindow, Snapshot

PAGE = 50
SOURCE = "cloudtrail"


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, scope: Scope) -> dict[str, Any]:
    """The role assumptions of one account and Region, back from when the run began.

    CloudTrail gives the newest first, so that what is lacking after a failure is the oldest stretch of one event name.
    """
    start, end = reader.moment - timedelta(days=scope.evidence_days), reader.moment
    copies: dict[Sighting, list[str]] = {}
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
                gather_copies(filter(None, map(read_event, page["Events"])), copies)
                oldest = min([oldest, *(event["EventTime"] for event in page["Events"] if event.get("EventTime"))])
        except CallError as error:
            if not copies and not holes and action == ACTIONS[0]:
                raise
            reader.lack(f"{action} before {oldest}", error.failure)
            holes.append([write_moment(start), oldest])
    return {"start": write_moment(start), "end": write_moment(end), "copies": write_copies(copies), "holes": holes}


def read_event(event: Raw) -> tuple[str, Sighting] | None:
    """The call that an event of LookupEvents tells of, with its id; None when it is no role assumption."""
    try:
        record = json.loads(event.get("CloudTrailEvent") or "{}")
    except ValueError:
        return None
    return sight(record) if isinstance(record, dict) else None


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Evidence:
    """The copies of one account and Region, and the period they cover."""

    copies: Copies
    window: EvidenceWindow


def read(part: Part) -> Evidence:
    """The evidence of one account and Region."""
    answer = part.answer
    holes = tuple(sorted({(str(start), str(end)) for start, end in answer["holes"]}))
    window = EvidenceWindow(part.account, part.region, SOURCE, answer["start"], answer["end"], holes)
    return Evidence(read_copies(answer["copies"]), window)


# ── join ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def join(snapshot: Snapshot, found: Sequence[Evidence]) -> Snapshot:
    """The snapshot with every use counted once, and the windows in which uses are known."""
    calls = join_copies(evidence.copies for evidence in found)
    windows = sorted((evidence.window for evidence in found), key=lambda window: (window.account, window.region))
    return replace(snapshot, uses=count_uses([calls], snapshot), windows=tuple(windows))


CLOUDTRAIL = Service(
    "cloudtrail",
    "cloudtrail",
    Extent.REGION,
    fetch,
    read,
    join,
    choice=for_evidence(SourceKind.LOOKUP),
    not_asked="nobody was asked who really assumed which role: `trustview collect --evidence lookup` does",
)
