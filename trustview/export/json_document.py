"""JSON: one list of findings, every character that is not ASCII escaped; values are as AWS gave them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from trustview.export.export_format import ExportFormat
from trustview.export.rows import FindingRow


def write_json(rows: Sequence[FindingRow]) -> str:
    """A list with one object per finding, fields in the order of `FindingRow`."""
    return json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=True) + "\n"


JSON = ExportFormat("json", ".json", write_json)
