"""SARIF 2.1.0, the interchange format of static analysis results: code scanning, ticket systems and viewers read it.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from trustview import __version__
from trustview.export.export_format import ExportFormat
from trustview.export.json_list import json_list
from trustview.export.rows import FindingRow, FindingRows

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
# What code scanning sorts by: 9 and more is critical, 7 high, 4 medium.
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0", "info": "0.0"}
# Decisions that say: known, and left as it is.
_SUPPRESSING = ("approve", "accept risk")


def write_sarif(rows: FindingRows) -> Iterator[str]:
    """One run with a rule per check that found something and a result per finding; what was accepted is suppressed."""
    firsts = rows.firsts_of_checks()
    places = {row.check: place for place, row in enumerate(firsts)}
    rules = [_rule(row) for row in firsts]
    before, _, after = _log(rules).partition(_NO_RESULTS)
    yield before + _NO_RESULTS.removesuffix("[]")
    yield from json_list((_result(row, places[row.check]) for row in rows), depth=3)
    yield after


# Only where the results are to stand: within a text its quotes would be escaped.
_NO_RESULTS = '"results": []'


def _log(rules: list[dict[str, Any]]) -> str:
    """The log without results."""
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "trustview", "version": __version__, "rules": rules}},
                "results": [],
                "columnKind": "unicodeCodePoints",
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=True) + "\n"


def _rule(row: FindingRow) -> dict[str, Any]:
    rule = {
        "id": row.check,
        "shortDescription": {"text": row.title or row.check},
        "fullDescription": {"text": row.why or row.title},
        "help": {"text": row.fix or row.title},
        "properties": {"tags": ["security", "aws", "iam"]},
    }
    return rule | ({"helpUri": row.see} if row.see.startswith("https://") else {})


def _result(row: FindingRow, rule: int) -> dict[str, Any]:
    place = {
        # An ARN is no file: as an address it still names the one thing that has to change.
        "physicalLocation": {"artifactLocation": {"uri": quote(row.subject, safe=":/@+=,.-_", errors="replace")}},
        "logicalLocations": [{"fullyQualifiedName": row.subject, "kind": "resource"}],
    }
    result: dict[str, Any] = {
        "ruleId": row.check,
        "ruleIndex": rule,
        "level": _LEVELS.get(row.severity, "warning"),
        "message": {"text": " ".join((f"{row.title}.", *(f"{sentence}." for sentence in row.because)))},
        "locations": [place],
        "partialFingerprints": {"trustview/v1": row.id},
        "properties": {
            "security-severity": _SCORES.get(row.severity, "5.5"),
            "confidence": row.confidence,
            "account": row.account,
            "accountName": row.account_name,
            "principals": list(row.principals),
            "reach": list(row.reach),
            "changes": list(row.changes),
            "decision": row.decision,
        },
    }
    if row.decision in _SUPPRESSING:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": row.note}]
    return result


SARIF = ExportFormat("sarif", ".sarif", "s", write_sarif)
