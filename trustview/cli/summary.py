"""What a snapshot holds, in a few lines or as JSON: printed after demo, collect and import."""

from __future__ import annotations

from collections import Counter
from typing import Any

from trustview.analysis import Analysis, Severity
from trustview.cli.output import print_json, print_line
from trustview.snapshot import Gap, Snapshot


def summarise(snapshot: Snapshot, analysis: Analysis, name: str) -> dict[str, Any]:
    """The numbers of a snapshot as JSON-ready values; findings by severity, worst first, and every gap."""
    found = Counter(finding.severity for finding in analysis.findings)
    known = len(snapshot.organization.accounts) if snapshot.organization else len(snapshot.accounts)
    return {
        "snapshot": name,
        "taken_at": snapshot.taken_at,
        "organization": snapshot.organization.id if snapshot.organization else None,
        "accounts": known,
        "accounts_read": len(snapshot.accounts),
        "roles": len(snapshot.roles),
        "grants": len(analysis.grants),
        "findings": {severity.word: found[severity] for severity in reversed(Severity)},
        "gaps": [_gap(snapshot, gap) for gap in snapshot.gaps],
    }


def _gap(snapshot: Snapshot, gap: Gap) -> dict[str, str]:
    return {
        "account": gap.account,
        "account_name": snapshot.account_name(gap.account) if gap.account else "",
        "service": gap.service,
        "region": gap.region,
        "kind": gap.kind.value,
        "reason": gap.reason,
    }


def print_summary(summary: dict[str, Any], *, as_json: bool) -> None:
    """Print a summary; as text, one fact a line."""
    if as_json:
        print_json(summary)
        return
    read, known = summary["accounts_read"], summary["accounts"]
    rows = [
        ("snapshot", summary["snapshot"]),
        ("organization", summary["organization"] or "none read"),
        ("accounts", str(read) if read == known else f"{read} read of {known}"),
        ("roles", str(summary["roles"])),
        ("grants", str(summary["grants"])),
        ("findings", ", ".join(f"{count} {word}" for word, count in summary["findings"].items() if count) or "none"),
        ("gaps", str(len(summary["gaps"]))),
    ]
    for label, value in rows:
        print_line(f"{label:<14}{value}")
    for gap in summary["gaps"]:
        print_line(f"  {describe_gap(gap)}")


def describe_gap(gap: dict[str, str]) -> str:
    """One gap in one line: where, what kind, why."""
    place = [gap["account"], gap["account_name"] if gap["account_name"] != gap["account"] else "", gap["service"]]
    where = " ".join(part for part in (*place, gap["region"]) if part)
    return f"{where}: {gap['kind']}: {gap['reason']}"
