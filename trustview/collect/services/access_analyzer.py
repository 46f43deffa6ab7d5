"""IAM Access Analyzer: what it found, once for all Regions.

Asked where analyzers of an organization stand: in the management account and in the delegated administrator's. External
access is listed with its details; unused access is listed by name. Findings of internal access are never about IAM
roles and are left out, as are resolved ones.
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindings.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from trustview.collect.parts import Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service
from trustview.snapshot import ExternalFinding, Organization, Snapshot

Raw = Mapping[str, Any]
PAGE = 100
DELEGATE = "access-analyzer.amazonaws.com"

_OPERATIONS = {
    "ACCOUNT": "ListFindings",
    "ORGANIZATION": "ListFindings",
    "ACCOUNT_UNUSED_ACCESS": "ListFindingsV2",
    "ORGANIZATION_UNUSED_ACCESS": "ListFindingsV2",
}
_OPEN = {"status": {"eq": ["ACTIVE", "ARCHIVED"]}}


def is_home(organization: Organization | None, account: str) -> bool:
    """Whether an organization's analyzers may stand in the account; without an organization any account's may."""
    if organization is None or account == organization.management_account:
        return True
    return (account, DELEGATE) in organization.delegated


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The findings of every analyzer of one account and Region."""
    analyzers = await reader.items("accessanalyzer", "ListAnalyzers", "analyzers", maxResults=PAGE)
    wanted = [analyzer for analyzer in analyzers if analyzer.get("type") in _OPERATIONS]
    found = await together(*(_fetch_findings(reader, analyzer) for analyzer in wanted))
    return {"findings": list(chain.from_iterable(found))}


async def _fetch_findings(reader: Reader, analyzer: Raw) -> list[Any]:
    return await reader.items(
        "accessanalyzer",
        _OPERATIONS[analyzer["type"]],
        "findings",
        analyzerArn=analyzer["arn"],
        filter=_OPEN,
        maxResults=PAGE,
    )


def read(part: Part) -> tuple[ExternalFinding, ...]:
    """The findings of one account and Region."""
    return tuple(read_finding(raw, part.region) for raw in part.answer["findings"])


def read_finding(raw: Raw, region: str) -> ExternalFinding:
    """A finding of ListFindings, ListFindingsV2 or GetFindingV2."""
    told = (detail.get("externalAccessDetails") for detail in raw.get("findingDetails") or ())
    details: Raw = next(filter(None, told), raw)
    return ExternalFinding(
        id=raw["id"],
        kind=raw.get("findingType") or "ExternalAccess",
        resource=raw.get("resource") or "",
        resource_type=raw.get("resourceType") or "",
        account=raw.get("resourceOwnerAccount") or "",
        status=raw.get("status") or "",
        principal=tuple(sorted((details.get("principal") or {}).values())),
        actions=tuple(sorted(details.get("action") or ())),
        condition=tuple(sorted((details.get("condition") or {}).items())),
        is_public=bool(details.get("isPublic")),
        updated=raw.get("updatedAt") or "",
        regions=(region,) if region else (),
    )


def merge_findings(findings: Iterable[ExternalFinding]) -> tuple[ExternalFinding, ...]:
    """Each finding once, with every Region that reports it; the id is that of the first Region, the date the latest."""
    merged: dict[ExternalFinding, ExternalFinding] = {}
    for finding in sorted(findings, key=lambda finding: (finding.regions, finding.id)):
        same = replace(finding, id="", updated="", regions=())
        known = merged.get(same)
        if known is None:
            merged[same] = finding
            continue
        regions = tuple(sorted({*known.regions, *finding.regions}))
        merged[same] = replace(known, regions=regions, updated=max(known.updated, finding.updated))
    return tuple(sorted(merged.values(), key=lambda finding: (finding.account, finding.resource, finding.id)))


def join(snapshot: Snapshot, found: Sequence[tuple[ExternalFinding, ...]]) -> Snapshot:
    """The snapshot with the findings."""
    return replace(snapshot, external_findings=merge_findings(chain.from_iterable(found)))


ACCESS_ANALYZER = Service("access-analyzer", Extent.REGION, fetch, read, join, is_at=is_home)
