"""JSON: one list of findings, or one finding a line; what is not ASCII is escaped, values are as AWS gave them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from trustview.export.export_format import ExportFormat
from trustview.export.json_list import json_list
from trustview.export.rows import FindingRows


def write_json(rows: FindingRows) -> Iterator[str]:
    """A list with one object per finding, fields in the order of `FindingRow`."""
    yield from json_list(row.columns() for row in rows)
    yield "\n"


def write_json_lines(rows: FindingRows) -> Iterator[str]:
    """One object a line, for `jq`, log pipelines and large results."""
    return (json.dumps(row.columns(), ensure_ascii=True) + "\n" for row in rows)


JSON = ExportFormat("json", ".json", "j", write_json)
JSON_LINES = ExportFormat("jsonl", ".jsonl", "l", write_json_lines)
