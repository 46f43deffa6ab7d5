"""Values -> text, one file per format; `FORMATS` lists the formats of findings. Pure.

A format gets `FindingRow`s and gives the whole text. `write_organization` is the one other document: the OU tree and
which policy hangs where, as `trustview import` reads it.
"""

from trustview.export.asff import ASFF
from trustview.export.csv_rows import CSV
from trustview.export.export_format import ExportFormat
from trustview.export.html_report import HTML
from trustview.export.json_document import JSON, JSON_LINES
from trustview.export.markdown import MARKDOWN
from trustview.export.organization import ORGANIZATION_DOCUMENT, write_organization
from trustview.export.rows import FindingRow, finding_row
from trustview.export.sarif import SARIF

FORMATS: tuple[ExportFormat, ...] = (CSV, JSON, JSON_LINES, MARKDOWN, HTML, SARIF, ASFF)

FORMATS_BY_NAME = {form.name: form for form in FORMATS}

__all__ = [
    "FORMATS",
    "FORMATS_BY_NAME",
    "ORGANIZATION_DOCUMENT",
    "ExportFormat",
    "FindingRow",
    "finding_row",
    "write_organization",
]
