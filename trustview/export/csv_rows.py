"""CSV (RFC 4180) that a spreadsheet opens as it is: no cell starts a formula, no character hides."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import fields

from trustview.export.export_format import ExportFormat
from trustview.export.rows import FindingRow
from widgets.safe_text import safe_text

# A spreadsheet takes a cell that begins so for a formula, also behind spaces.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def write_csv(rows: Sequence[FindingRow]) -> str:
    """A header and one line per finding; lists are joined with `; `."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    names = [field.name for field in fields(FindingRow)]
    writer.writerow(names)
    for row in rows:
        writer.writerow([safe_cell(_text(getattr(row, name))) for name in names])
    return text.getvalue()


def safe_cell(text: str) -> str:
    """The cell with nothing hidden in it, and with a quote before what would start a formula."""
    safe = safe_text(text)
    return f"'{safe}" if safe.lstrip().startswith(_FORMULA_STARTS) else safe


def _text(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


CSV = ExportFormat("csv", ".csv", "c", write_csv)
