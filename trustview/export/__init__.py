"""Values -> text, one file per format; `FORMATS` lists the formats of findings. Pure.

A format gets `FindingRow`s and gives the text in pieces. The other documents: `write_organization`, the OU tree and
which policy hangs where, as `trustview import` reads it; and the `Rollout` of what the collector needs to be allowed.
"""

from typing import TYPE_CHECKING

from trustview.export.asff import ASFF
from trustview.export.csv_rows import CSV, write_table
from trustview.export.export_format import ExportFormat
from trustview.export.html_report import HTML
from trustview.export.json_document import JSON, JSON_LINES
from trustview.export.json_list import json_list
from trustview.export.markdown import MARKDOWN
from trustview.export.ocsf import OCSF
from trustview.export.rows import FindingRow, FindingRows, finding_row
from trustview.export.sarif import SARIF
from trustview.lazy_names import lazy_names

if TYPE_CHECKING:
    from trustview.export.evidence_pack import write_pack
    from trustview.export.organization import ORGANIZATION_DOCUMENT, write_organization
    from trustview.export.rollout import Rollout, write_module, write_policies, write_stack_set

FORMATS: tuple[ExportFormat, ...] = (CSV, JSON, JSON_LINES, MARKDOWN, HTML, SARIF, ASFF, OCSF)

FORMATS_BY_NAME = {form.name: form for form in FORMATS}

__all__ = [
    "FORMATS",
    "FORMATS_BY_NAME",
    "ORGANIZATION_DOCUMENT",
    "ExportFormat",
    "FindingRow",
    "FindingRows",
    "Rollout",
    "finding_row",
    "json_list",
    "write_module",
    "write_organization",
    "write_pack",
    "write_policies",
    "write_stack_set",
    "write_table",
]

lazy_names(__name__)
