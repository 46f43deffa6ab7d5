"""CloudTrail's event history: who really became whom, hour by hour.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from trustview.collect.evidence import Copies, count_uses, gather_copies, join_copies, read_copies, write_copies
from trustview.collect.evidence_source import SourceKind
from trustview.collect.failure import CallError, LostPageError
from trustview.collect.moments import write_moment
from trustview.collect.parts import Lack, Part
from trustview.collect.reader import BEGIN_ANEW, Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, for_evidence
from trustview.collect.sighting import ACTIONS, Raw, Sighting, sight
from trustview.snapshot import EvidenceWindow, GapKind, Snapshot

PAGE = 50
PAGES_NOTED = 20
SOURCE = "cloudtrail"


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, scope: Scope) -> dict[str, Any]:
    """The role assumptions of one account and Region, back from when the run began."""
    start, end = reader.moment - timedelta(days=scope.evidence_days), reader.moment
    history = History(reader, start, write_moment(end), scope.evidence_pages)
    await history.recall()
    for action in ACTIONS:
        await history.read(action)
    copies = await history.everything()
    holes = [[write_moment(start), oldest] for oldest in history.lacking]
    return {"start": write_moment(start), "end": write_moment(end), "copies": write_copies(copies), "holes": holes}


@dataclass(slots=True)
class History:
    """One reading of the event history of an account and Region.

    CloudTrail gives the newest first, so that what is lacking is the oldest stretch of one event name. `reached` says
    how far back each name was read, empty when to the beginning: from there an interrupted reading goes on, for AWS
    soon forgets the token of a page. What was read is noted every so many pages, and once something ends the reading.
    """

    reader: Reader
    start: datetime
    end: str
    most_pages: int
    reached: dict[str, str] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)
    noted: int = 0
    copies: dict[Sighting, list[str]] = field(default_factory=dict)

    async def recall(self) -> None:
        """Takes up what an interrupted reading noted."""
        found = await self.reader.notes.get("reached")
        if isinstance(found, dict):
            self.reached, self.noted = dict(found["names"]), int(found["noted"])

    async def read(self, action: str) -> None:
        """Reads one event name as far back as it goes; a failure leaves a lack, and the rest is read."""
        failures = 0
        while self.reached.setdefault(action, self.end):
            before = self.reached[action]
            try:
                if not await self._pages(action):
                    self._give_up(
                        action, GapKind.NOT_ASKED, f"only the newest {self.most_pages * PAGE:,} were asked for"
                    )
                    return
            except LostPageError as error:
                failures += self.reached[action] == before
                if failures > BEGIN_ANEW:
                    await self._fail(action, error)
                    return
            except CallError as error:
                await self._fail(action, error)
                return

    async def _pages(self, action: str) -> bool:
        """Reads page after page; whether it came to the beginning. CallError when a page cannot be had."""
        pages = self.reader.pages(
            "cloudtrail",
            "LookupEvents",
            "Events",
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": action}],
            StartTime=self.start,
            EndTime=self.reached[action],
            MaxResults=PAGE,
        )
        count = 0
        async for page in pages:
            gather_copies(filter(None, map(read_event, page["Events"])), self.copies)
            times = [event["EventTime"] for event in page["Events"] if event.get("EventTime")]
            self.reached[action] = min([self.reached[action], *times])
            count += 1
            if self.most_pages and count >= self.most_pages and page.get("NextToken"):
                return False
            if count % PAGES_NOTED == 0:
                await self._note()
                self.reader.go_on()
        self.reached[action] = ""
        return True

    async def _note(self) -> None:
        """Notes what was read since the last time, and how far that goes."""
        await self.reader.notes.put(f"copies-{self.noted}", write_copies(self.copies))
        self.noted, self.copies = self.noted + 1, {}
        await self.reader.notes.put("reached", {"names": self.reached, "noted": self.noted})

    async def _fail(self, action: str, error: CallError) -> None:
        """A lack from where the reading came to; the error itself when nothing could be read at all."""
        if not self.copies and not self.noted and action == ACTIONS[0] and self.reached[action] == self.end:
            raise error
        self._give_up(action, error.failure.gap_kind, error.failure.reason)
        await self._note()

    def _give_up(self, action: str, kind: GapKind, reason: str) -> None:
        oldest = self.reached[action]
        self.reader.lacks.append(Lack(kind, f"{action} before {oldest}: {reason}"))
        if oldest not in self.lacking:
            self.lacking.append(oldest)

    async def everything(self) -> dict[Sighting, list[str]]:
        """All that was read, now and before; what the shelf lost of it is a lack of everything."""
        copies = dict(self.copies)
        for number in range(self.noted):
            try:
                found = read_copies(await self.reader.notes.get(f"copies-{number}"))
            except (TypeError, ValueError):
                self.reader.lacks.append(
                    Lack(GapKind.DAMAGED, "what was read before the interruption is damaged on disk")
                )
                self.lacking.append(self.end)
                await self.reader.notes.put("reached", None)
                break
            for sighting, ids in found.items():
                copies.setdefault(sighting, []).extend(ids)
        return copies


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
