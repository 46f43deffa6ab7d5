"""What a snapshot holds, in a few lines or as JSON: printed after demo, collect and import."""

from __future__ import annotations

from typing import Any

from trustview.analysis import Severity
from trustview.cli.output import print_json, print_line
from trustview.review import describe_place
from trustview.snapshot import Gap
from trustview.store import SnapshotFile


def summarise(snapshot: SnapshotFile) -> dict[str, Any]:
    """The numbers of a snapshot as JSON-ready values; findings by severity, worst first, and every gap."""
    summary = snapshot.summary()
    names = {place.id: place.name for place in snapshot.tree()}
    moments = sorted(reading.read_at for reading in snapshot.readings())
    return {
        "snapshot": snapshot.name,
        "taken_at": summary.taken_at,
        "read_from": moments[0] if moments else None,
        "read_until": moments[-1] if moments else None,
        "organization": summary.organization or None,
        "accounts": summary.accounts,
        "accounts_read": summary.accounts_read,
        "roles": summary.roles,
        "grants": summary.grants,
        "findings": {severity.word: summary.count(severity) for severity in reversed(Severity)},
        "gaps": [_gap(gap, names) for gap in snapshot.gaps()],
    }


def _gap(gap: Gap, names: dict[str, str]) -> dict[str, str]:
    return {
        "account": gap.account,
        "account_name": names.get(gap.account, ""),
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
        *([("read", f"{summary['read_from']} to {summary['read_until']}")] if summary["read_from"] else []),
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
    where = describe_place(gap["account"], gap["account_name"], gap["service"], gap["region"])
    return f"{where}: {gap['kind']}: {gap['reason']}"
