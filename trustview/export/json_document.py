"""JSON: one list of findings, or one finding a line; what is not ASCII is escaped, values are as AWS gave them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from trustview.export.export_format import ExportFormat
from trustview.export.rows import FindingRow


def write_json(rows: Sequence[FindingRow]) -> str:
    """A list with one object per finding, fields in the order of `FindingRow`."""
    return json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=True) + "\n"


def write_json_lines(rows: Sequence[FindingRow]) -> str:
    """One object a line, for `jq`, log pipelines and large results."""
    return "".join(json.dumps(asdict(row), ensure_ascii=True) + "\n" for row in rows)


JSON = ExportFormat("json", ".json", "j", write_json)
JSON_LINES = ExportFormat("jsonl", ".jsonl", "l", write_json_lines)
