"""IAM Access Analyzer: its analyzers, what they hide by rule, and what they found, once for all Regions.

Asked where analyzers of an organization stand: in the management account and in the delegated administrator's. External
access is listed with its details; unused access is listed by name. What exactly is unused takes one more call for each
finding, thousands in a large organization: that is asked of findings about roles, and only when the scope includes
DETAILS. Findings of internal access are never about IAM roles and are left out, as are resolved ones.
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindings.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

from trustview.collect.parts import Lack, Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, in_homes_of, unless_left_out
from trustview.snapshot import (
    Analyzer,
    ArchiveRule,
    Criterion,
    ExternalFinding,
    GapKind,
    Snapshot,
    UnusedPermission,
)

Raw = Mapping[str, Any]
CLIENT = "accessanalyzer"
PAGE = 100
ROLE = "AWS::IAM::Role"
DETAILS = "access-analyzer-details"

_OPERATIONS = {
    "ACCOUNT": "ListFindings",
    "ORGANIZATION": "ListFindings",
    "ACCOUNT_UNUSED_ACCESS": "ListFindingsV2",
    "ORGANIZATION_UNUSED_ACCESS": "ListFindingsV2",
}
_OPEN = {"status": {"eq": ["ACTIVE", "ARCHIVED"]}}


async def fetch(reader: Reader, scope: Scope) -> dict[str, Any]:
    """The analyzers of one account and Region, their archive rules and findings."""
    analyzers = await reader.items(CLIENT, "ListAnalyzers", "analyzers", maxResults=PAGE)
    rules, found = await together(
        together(*(_fetch_rules(reader, analyzer) for analyzer in analyzers)),
        together(*(_fetch_findings(reader, a, scope) for a in analyzers if a.get("type") in _OPERATIONS)),
    )
    told = [{**analyzer, "archiveRules": its} for analyzer, its in zip(analyzers, rules, strict=True)]
    return {"analyzers": told, "findings": list(chain.from_iterable(found))}


async def _fetch_rules(reader: Reader, analyzer: Raw) -> list[Any] | None:
    name = analyzer["name"]
    ask = partial(reader.items, CLIENT, "ListArchiveRules", "archiveRules", analyzerName=name, maxResults=PAGE)
    return await reader.attempt(f"archive rules of `{name}`", ask)


async def _fetch_findings(reader: Reader, analyzer: Raw, scope: Scope) -> list[Any]:
    operation = _OPERATIONS[analyzer["type"]]
    found = await reader.items(
        CLIENT, operation, "findings", analyzerArn=analyzer["arn"], filter=_OPEN, maxResults=PAGE
    )
    unused = [finding for finding in found if finding.get("resourceType") == ROLE]
    if operation != "ListFindingsV2" or not unused:
        return found
    if DETAILS not in scope.including:
        what = f"what exactly is unused, of {len(unused)} findings of `{analyzer['name']}`"
        how = f"`trustview collect --with {DETAILS}` asks, with one call for each"
        reader.lacks.append(Lack(GapKind.NOT_ASKED, f"{what}: {how}"))
        return found
    details = await together(*(_fetch_details(reader, analyzer["arn"], finding["id"]) for finding in unused))
    return [finding for finding in found if finding not in unused] + [
        {**finding, "findingDetails": its or []} for finding, its in zip(unused, details, strict=True)
    ]


async def _fetch_details(reader: Reader, analyzer: str, finding: str) -> list[Any] | None:
    asked = {"analyzerArn": analyzer, "id": finding, "maxResults": PAGE}
    ask = partial(reader.items, CLIENT, "GetFindingV2", "findingDetails", **asked)
    return await reader.attempt(f"details of finding {finding}", ask)


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Found:
    """The analyzers and findings of one account and Region."""

    analyzers: tuple[Analyzer, ...]
    findings: tuple[ExternalFinding, ...]


def read(part: Part) -> Found:
    """What one account and Region holds."""
    return Found(
        tuple(read_analyzer(raw, part.account, part.region) for raw in part.answer["analyzers"]),
        tuple(read_finding(raw, part.region) for raw in part.answer["findings"]),
    )


def read_analyzer(raw: Raw, account: str, region: str) -> Analyzer:
    """An analyzer of ListAnalyzers with the rules of ListArchiveRules."""
    rules = raw.get("archiveRules")
    return Analyzer(
        arn=raw["arn"],
        account=account,
        region=region,
        name=raw["name"],
        type=raw.get("type") or "",
        status=raw.get("status") or "",
        unused_access_age=((raw.get("configuration") or {}).get("unusedAccess") or {}).get("unusedAccessAge"),
        archive_rules=None if rules is None else tuple(read_rule(rule) for rule in rules),
        created=raw.get("createdAt") or "",
    )


def read_rule(raw: Raw) -> ArchiveRule:
    """An archive rule."""
    criteria = tuple(
        Criterion(
            key,
            eq=tuple(tests.get("eq") or ()),
            neq=tuple(tests.get("neq") or ()),
            contains=tuple(tests.get("contains") or ()),
            exists=tests.get("exists"),
        )
        for key, tests in sorted(raw["filter"].items())
    )
    return ArchiveRule(raw["ruleName"], criteria, raw.get("createdAt") or "", raw.get("updatedAt") or "")


def read_finding(raw: Raw, region: str) -> ExternalFinding:
    """A finding of ListFindings, ListFindingsV2 or GetFindingV2."""
    details: Raw = next(_told(raw, "externalAccessDetails"), raw)
    unused = list(_told(raw, "unusedPermissionDetails"))
    seen = [*unused, *_told(raw, "unusedIamRoleDetails")]
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
        rcp_restriction=details.get("resourceControlPolicyRestriction") or "",
        last_accessed=max((detail.get("lastAccessed") or "" for detail in seen), default=""),
        unused=tuple(sorted(map(read_unused, unused), key=lambda one: (one.service, one.actions))),
        updated=raw.get("updatedAt") or "",
        regions=(region,) if region else (),
    )


def _told(raw: Raw, kind: str) -> Iterator[Raw]:
    """The details of one kind; each detail is of one kind alone."""
    return (detail[kind] for detail in raw.get("findingDetails") or () if detail.get(kind))


def read_unused(raw: Raw) -> UnusedPermission:
    """One service that is not used, or some of its actions."""
    actions = tuple(sorted(action["action"] for action in raw.get("actions") or ()))
    return UnusedPermission(raw["serviceNamespace"], actions, raw.get("lastAccessed") or "")


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


def join(snapshot: Snapshot, found: Sequence[Found]) -> Snapshot:
    """The snapshot with the analyzers and findings."""
    analyzers = sorted((a for one in found for a in one.analyzers), key=lambda a: a.arn)
    findings = merge_findings(finding for one in found for finding in one.findings)
    return replace(snapshot, analyzers=tuple(analyzers), external_findings=findings)


ACCESS_ANALYZER = Service(
    "access-analyzer",
    CLIENT,
    Extent.REGION,
    fetch,
    read,
    join,
    is_at=in_homes_of("access-analyzer.amazonaws.com"),
    choice=unless_left_out,
)
