"""The best change of an item that nobody looked at: the one that the Fix pane would show first."""

from __future__ import annotations

from collections.abc import Iterable

from trustview.analysis import Finding, Remediation, choose_narrowing
from trustview.store import SnapshotFile, facts_of_role
from trustview.ui.detail import roles_of


def best_changes(reader: SnapshotFile, items: Iterable[str]) -> dict[str, str]:
    """For each item the id of the best change that ends a finding of its own; empty where there is none."""
    return {item: _best_change(reader, item) for item in items}


def _best_change(reader: SnapshotFile, item: str) -> str:
    """Of the role of an item that is shown first; where that has none to narrow by, of the next that has."""
    detail = reader.item_detail(item)
    if detail is None:
        return ""
    of_roles = roles_of(reader, detail.row, detail.grants)
    for subject in dict.fromkeys((*of_roles, *(finding.subject.id for finding in detail.findings))):
        best = _best_of(reader, subject, detail.findings)
        if best is not None:
            return best.id
    return ""


def _best_of(reader: SnapshotFile, subject: str, findings: tuple[Finding, ...]) -> Remediation | None:
    offered = reader.remediations_of(subject)
    facts = facts_of_role(reader, subject) if offered else None
    if facts is not None:
        return choose_narrowing(facts, findings)
    wanted = {finding.id for finding in findings}
    return next((one for one in offered if wanted.intersection(one.closes)), None)
