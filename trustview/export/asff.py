"""AWS Security Finding Format, the list that `securityhub batch-import-findings --findings file://…` takes.

Security Hub takes findings of an account from that account, a hundred at a time; texts are cut to its limits.
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from trustview.export.export_format import ExportFormat
from trustview.export.json_list import json_list
from trustview.export.rows import FindingRow, FindingRows

_SCHEMA_VERSION = "2018-10-08"
_TITLE, _DESCRIPTION, _REMEDY = 256, 1024, 512
_TYPE = "Software and Configuration Checks/AWS Security Best Practices/IAM"
_SEVERITIES = {"info": "INFORMATIONAL"}
# IAM is global; Security Hub is not: the Region that each partition's IAM is served from.
_REGIONS = {"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}
_WORKFLOW = {
    "approve": "SUPPRESSED", "accept risk": "SUPPRESSED", "revoke": "NOTIFIED", "narrow": "NOTIFIED",
    "defer": "NOTIFIED",
}  # fmt: skip


# A resource that is no role may be of any type.
_RESOURCES = {"role": "AwsIamRole"}


def write_asff(rows: FindingRows) -> Iterator[str]:
    """One object per finding, in the order of the rows."""
    yield from json_list(map(_finding, rows))
    yield "\n"


def _finding(row: FindingRow) -> dict[str, Any]:
    partition = row.subject.split(":")[1] if row.subject.startswith("arn:") else "aws"
    region = _REGIONS.get(partition, "us-east-1")
    kind = _RESOURCES.get(row.subject_kind, "Other")
    finding: dict[str, Any] = {
        "SchemaVersion": _SCHEMA_VERSION,
        "Id": f"trustview/{row.account}/{row.id}",
        "ProductArn": f"arn:{partition}:securityhub:{region}:{row.account}:product/{row.account}/default",
        "ProductName": "trustview",
        "GeneratorId": f"trustview/{row.check}",
        "AwsAccountId": row.account,
        "Types": [_TYPE],
        "CreatedAt": row.seen_at,
        "UpdatedAt": max(row.seen_at, row.decided_at),
        "Severity": {"Label": _SEVERITIES.get(row.severity, row.severity.upper()), "Original": row.severity},
        "Title": _cut(row.title or row.check, _TITLE),
        "Description": _cut(". ".join(row.because) or row.title, _DESCRIPTION),
        "Remediation": {"Recommendation": {"Text": _cut(row.fix or row.title, _REMEDY)}},
        "Resources": [{"Type": kind, "Id": row.subject, "Partition": partition, "Region": region}],
        "Workflow": {"Status": _WORKFLOW.get(row.decision, "NEW")},
        "RecordState": "ACTIVE",
    }
    if row.see.startswith("https://"):
        finding["Remediation"]["Recommendation"]["Url"] = _cut(row.see, _REMEDY)
    if row.decision:
        said = f"{row.decision}: {row.note}" if row.note else row.decision
        finding["Note"] = {
            "Text": _cut(said, _REMEDY),
            "UpdatedBy": _cut(row.decided_by or "unknown", _REMEDY),
            "UpdatedAt": row.decided_at,
        }
    return finding


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


ASFF = ExportFormat("asff", ".asff.json", "a", write_asff)
