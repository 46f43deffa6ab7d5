"""Open Cybersecurity Schema Framework, class IAM Analysis Finding (2008) of version 1.6.0, profile cloud; one a line.

What the schema has no place for (decision, conditions, checks' own words) stands under `unmapped`.
https://schema.ocsf.io/1.6.0/classes/iam_analysis_finding
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from trustview import __version__
from trustview.export.export_format import ExportFormat
from trustview.export.rows import FindingRow, FindingRows

VERSION = "1.6.0"
_CATEGORY, _CLASS, _CREATE = 2, 2008, 1
_SEVERITIES = {"info": 1, "low": 2, "medium": 3, "high": 4, "critical": 5}
_CONFIDENCES = {"proven": 3, "conditional": 2, "unknown": 1}
_NEW, _IN_PROGRESS, _SUPPRESSED = 1, 2, 3
# Approved and accepted is known and left as it is; the rest waits for somebody.
_STATUSES = {"": _NEW, "approve": _SUPPRESSED, "accept risk": _SUPPRESSED}


def write_ocsf(rows: FindingRows) -> Iterator[str]:
    """One event per finding and line, in the order of the rows."""
    return (json.dumps(_event(row), ensure_ascii=True) + "\n" for row in rows)


def _event(row: FindingRow) -> dict[str, Any]:
    seen = _milliseconds(row.seen_at)
    event: dict[str, Any] = {
        "activity_id": _CREATE,
        "category_uid": _CATEGORY,
        "class_uid": _CLASS,
        "type_uid": _CLASS * 100 + _CREATE,
        "time": seen,
        "severity_id": _SEVERITIES.get(row.severity, 0),
        "confidence_id": _CONFIDENCES.get(row.confidence, 0),
        "status_id": _STATUSES.get(row.decision, _IN_PROGRESS),
        "message": row.title or row.check,
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "product": {"name": "trustview", "vendor_name": "trustview", "version": __version__},
        },
        "cloud": {"provider": "AWS", "account": {"uid": row.account, "name": row.account_name}},
        "finding_info": {
            "uid": row.id,
            "title": row.title or row.check,
            "desc": ". ".join((*row.because, row.explained)),
            "created_time": seen,
            "analytic": {"type_id": 1, "name": row.check, "uid": row.check},
        },
        "resources": [{"uid": row.subject, "name": row.subject_name, "type": row.subject_kind}],
        "remediation": {"desc": "; ".join(row.changes) or row.fix or row.title},
        "unmapped": _unmapped(row),
    }
    return event | _analysed(row) | ({"comment": row.note} if row.note else {})


def _analysed(row: FindingRow) -> dict[str, Any]:
    """Who gets in; where nobody is named, which policy was looked at."""
    if row.principals:
        accessors = [{"uid": principal, "type_id": 99, "type": "AWS principal"} for principal in row.principals]
        return {"access_analysis_result": {"accessors": accessors}}
    return {"permission_analysis_results": [{"policy": {"uid": row.subject, "name": row.subject_name or row.subject}}]}


def _unmapped(row: FindingRow) -> dict[str, Any]:
    """The rest of the row, without what is empty."""
    names = ("reach", "depends_on", "parties", "statements", "decision", "decided_by", "decided_at", "until", "see")
    return {name: value for name in names if (value := getattr(row, name))}


def _milliseconds(moment: str) -> int:
    """A moment of ISO 8601 in milliseconds since 1970; 0 for what is none."""
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return 0
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


OCSF = ExportFormat("ocsf", ".ocsf.jsonl", "o", write_ocsf)
