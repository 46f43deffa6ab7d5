"""CloudTrail's trails: what of an account is written down, and whether read events, as role assumptions are, are.

Asked once in each account. The trail of an organization is seen in all of them and read in the one that owns it.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from trustview.collect.parts import Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, unless_left_out
from trustview.snapshot import AdvancedEventSelector, EventSelector, FieldSelector, Snapshot, Trail

Raw = Mapping[str, Any]
CLIENT = "cloudtrail"


# ── fetch ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The trails of one account, wherever they are at home, with their status and selectors."""
    here, listed = await together(
        reader.get(CLIENT, "DescribeTrails", "trailList", includeShadowTrails=True),
        reader.items(CLIENT, "ListTrails", "Trails"),
    )
    known = {trail["TrailARN"] for trail in here}
    elsewhere: dict[str, list[str]] = {}
    for trail in listed:
        if trail["TrailARN"] not in known:
            elsewhere.setdefault(trail["HomeRegion"], []).append(trail["TrailARN"])
    more = await together(*(_describe(reader, region, arns) for region, arns in sorted(elsewhere.items())))
    return {"trails": list(await together(*(_complete(reader, trail) for trail in chain(here, *more))))}


async def _describe(reader: Reader, region: str, arns: Sequence[str]) -> list[Any]:
    """Trails of one Region, which no other Region sees."""
    there = replace(reader, region=region)
    ask = partial(there.get, CLIENT, "DescribeTrails", "trailList", trailNameList=list(arns))
    found = await there.attempt(f"trails of {region}", ask)
    return found or []


async def _complete(reader: Reader, trail: Raw) -> dict[str, Any]:
    """The trail with its status and selectors, where this account owns it."""
    arn = trail["TrailARN"]
    if arn.split(":")[4] != reader.account:
        return dict(trail)
    home = replace(reader, region=trail.get("HomeRegion") or reader.region)
    ask_status = partial(home.whole, CLIENT, "GetTrailStatus", "IsLogging", Name=arn)
    ask_selectors = partial(home.whole, CLIENT, "GetEventSelectors", "TrailARN", TrailName=arn)
    status, selectors = await together(
        home.attempt(f"status of `{arn}`", ask_status), home.attempt(f"selectors of `{arn}`", ask_selectors)
    )
    return {**trail, "status": status, "selectors": selectors}


# ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(part: Part) -> tuple[Trail, ...]:
    """The trails that one account sees."""
    return tuple(read_trail(raw) for raw in part.answer["trails"])


def read_trail(raw: Raw) -> Trail:
    """A trail of DescribeTrails with what GetTrailStatus and GetEventSelectors tell of it."""
    status: Raw = raw.get("status") or {}
    selectors: Raw | None = raw.get("selectors")
    simple = None if selectors is None else tuple(map(_read_selector, selectors.get("EventSelectors") or ()))
    advanced = None if selectors is None else tuple(map(_read_advanced, selectors.get("AdvancedEventSelectors") or ()))
    return Trail(
        arn=raw["TrailARN"],
        account=raw["TrailARN"].split(":")[4],
        name=raw.get("Name") or "",
        home_region=raw.get("HomeRegion") or "",
        is_multi_region=bool(raw.get("IsMultiRegionTrail")),
        is_organization=bool(raw.get("IsOrganizationTrail")),
        has_global_service_events=bool(raw.get("IncludeGlobalServiceEvents")),
        has_log_file_validation=bool(raw.get("LogFileValidationEnabled")),
        bucket=raw.get("S3BucketName") or "",
        log_group=raw.get("CloudWatchLogsLogGroupArn") or "",
        kms_key=raw.get("KmsKeyId") or "",
        is_logging=status.get("IsLogging"),
        latest_delivery=status.get("LatestDeliveryTime") or "",
        delivery_error=status.get("LatestDeliveryError") or "",
        event_selectors=simple,
        advanced_event_selectors=advanced,
    )


def _read_selector(raw: Raw) -> EventSelector:
    """AWS's defaults hold for what a selector does not say."""
    return EventSelector(
        raw.get("ReadWriteType") or "All",
        bool(raw.get("IncludeManagementEvents", True)),
        tuple(sorted(raw.get("ExcludeManagementEventSources") or ())),
    )


def _read_advanced(raw: Raw) -> AdvancedEventSelector:
    return AdvancedEventSelector(raw.get("Name") or "", tuple(map(_read_field, raw["FieldSelectors"])))


def _read_field(raw: Raw) -> FieldSelector:
    return FieldSelector(
        raw["Field"],
        tuple(raw.get("Equals") or ()),
        tuple(raw.get("StartsWith") or ()),
        tuple(raw.get("EndsWith") or ()),
        tuple(raw.get("NotEquals") or ()),
        tuple(raw.get("NotStartsWith") or ()),
        tuple(raw.get("NotEndsWith") or ()),
    )


def join(snapshot: Snapshot, found: Sequence[tuple[Trail, ...]]) -> Snapshot:
    """The snapshot with each trail once, as the account that owns it tells it."""
    trails: dict[str, Trail] = {}
    for trail in chain.from_iterable(found):
        known = trails.get(trail.arn)
        if known is None or (known.is_logging is None and known.event_selectors is None):
            trails[trail.arn] = trail
    return replace(snapshot, trails=tuple(trails[arn] for arn in sorted(trails)))


TRAILS = Service("trails", CLIENT, Extent.ACCOUNT, fetch, read, join, choice=unless_left_out)
