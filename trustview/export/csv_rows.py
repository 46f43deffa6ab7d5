"""CSV (RFC 4180) that a spreadsheet opens as it is: no cell starts a formula, no character hides."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from trustview.export.export_format import ExportFormat
from trustview.export.rows import COLUMNS, FindingRows
from widgets.safe_text import safe_text

# A spreadsheet takes a cell that begins so for a formula, also behind spaces.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def write_csv(rows: FindingRows) -> Iterator[str]:
    """A header and one line per finding; lists are joined with `; `."""
    return _lines(COLUMNS, (map(_text, row.columns().values()) for row in rows))


def write_table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Any table; every cell of its rows is made safe."""
    return "".join(_lines(heads, rows))


def _lines(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for line in chain([heads], (map(safe_cell, row) for row in rows)):
        writer.writerow(line)
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def safe_cell(text: str) -> str:
    """The cell with nothing hidden in it, and with a quote before what would start a formula."""
    safe = safe_text(text)
    return f"'{safe}" if safe.lstrip().startswith(_FORMULA_STARTS) else safe


def _text(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


CSV = ExportFormat("csv", ".csv", "c", write_csv)
