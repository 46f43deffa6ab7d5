"""IAM for the whole organization: what it manages of the root users of all accounts.

Asked in one account that can answer for the organization.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from trustview.collect.failure import CallError
from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, in_one_home_of, unless_left_out
from trustview.snapshot import Snapshot


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The features that are enabled; none while IAM has no access to the organization."""
    try:
        answer = await reader.whole("iam", "ListOrganizationsFeatures", "OrganizationId")
    except CallError as error:
        if error.failure.code not in _NO_FEATURES:
            raise
        return {"features": []}
    return {"features": answer.get("EnabledFeatures") or []}


_NO_FEATURES = ("ServiceAccessNotEnabledException", "ServiceAccessNotEnabled")


def read(part: Part) -> tuple[str, ...]:
    """The features that are enabled, sorted."""
    return tuple(sorted(part.answer["features"]))


def join(snapshot: Snapshot, found: Sequence[tuple[str, ...]]) -> Snapshot:
    """The snapshot with the features in its organization."""
    if snapshot.organization is None or not found:
        return snapshot
    return replace(snapshot, organization=replace(snapshot.organization, root_features=found[0]))


FEATURES = Service(
    "iam-organizations-features",
    "iam",
    Extent.ACCOUNT,
    fetch,
    read,
    join,
    is_at=in_one_home_of("iam.amazonaws.com"),
    choice=unless_left_out,
)
