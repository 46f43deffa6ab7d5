"""A reader and a journal in memory, for tests of the cockpit that need no disk."""

from __future__ import annotations

from trustview.analysis import Analysis, Edge, Finding, Grant, Remediation
from trustview.review import Entry, ReviewItem, review_items
from trustview.snapshot import Gap, Role, Snapshot
from trustview.store.snapshot_rows import place_rows
from trustview.ui.places import Places


class MemoryReader:
    """Answers the cockpit's questions from a snapshot and its analysis."""

    def __init__(self, snapshot: Snapshot, analysis: Analysis) -> None:
        self.snapshot = snapshot
        self.analysis = analysis
        self.items = review_items(analysis)
        self.by_id: dict[str, ReviewItem] = {item.id: item for item in self.items}

    def item_grants(self, item: str) -> tuple[Grant, ...]:
        return tuple(self.analysis.grants_by_id[grant] for grant in self.by_id[item].grants)

    def role(self, arn: str) -> Role | None:
        return self.snapshot.roles_by_arn.get(arn)

    def grants_of(self, role: str) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.analysis.grants if grant.role == role)

    def findings_of(self, role: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.analysis.findings if finding.role == role)

    def remediation(self, role: str) -> Remediation | None:
        return next((found for found in self.analysis.remediations if found.role == role), None)

    def edges_into(self, role: str) -> tuple[Edge, ...]:
        return self.analysis.graph.into(role)

    def edges_out_of(self, principal: str) -> tuple[Edge, ...]:
        return self.analysis.graph.out_of(principal)

    def gaps(self) -> tuple[Gap, ...]:
        return self.snapshot.gaps

    def places(self) -> Places:
        return Places(tuple(place_rows(self.snapshot, self.analysis)))


class MemoryJournal:
    """Keeps steps as long as it lives."""

    def __init__(self) -> None:
        self.entries: dict[str, list[Entry]] = {}

    def journal(self, review_id: str) -> tuple[Entry, ...]:
        return tuple(self.entries.get(review_id, ()))

    def append(self, review_id: str, entry: Entry) -> Entry:
        self.entries.setdefault(review_id, []).append(entry)
        return entry
