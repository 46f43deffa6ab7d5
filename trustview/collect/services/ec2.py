"""EC2: which Regions are enabled in an account; it adds nothing to the snapshot but says where others are asked.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service
from trustview.snapshot import Snapshot


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The Regions that are enabled in the account."""
    regions = await reader.get("ec2", "DescribeRegions", "Regions", AllRegions=False)
    return {"regions": sorted(region["RegionName"] for region in regions)}


def read(part: Part) -> tuple[str, ...]:
    """The names of the enabled Regions, sorted."""
    return tuple(part.answer["regions"])


def join(snapshot: Snapshot, _found: Sequence[tuple[str, ...]]) -> Snapshot:
    """The snapshot as it was."""
    return snapshot


REGIONS = Service("ec2", "ec2", Extent.ACCOUNT, fetch, read, join)
