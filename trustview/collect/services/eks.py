"""Amazon EKS: which service accounts of which clusters become which roles, where a role trusts EKS Pod Identity.

https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribePodIdentityAssociation.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from trustview.collect.parts import Part
from trustview.collect.reader import Reader
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, unless_left_out, where_trusted
from trustview.snapshot import PodIdentityAssociation, Snapshot

Raw = Mapping[str, Any]
CLIENT = "eks"
PAGE = 100


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The associations of every cluster of one account and Region; only the single one tells its role."""
    clusters = await reader.items(CLIENT, "ListClusters", "clusters", maxResults=PAGE)
    found = await reader.each(partial(_fetch_cluster, reader, cluster) for cluster in clusters)
    return {"associations": list(chain.from_iterable(found))}


async def _fetch_cluster(reader: Reader, cluster: str) -> list[Any]:
    listed = await reader.items(
        CLIENT, "ListPodIdentityAssociations", "associations", clusterName=cluster, maxResults=PAGE
    )
    describe = partial(reader.get, CLIENT, "DescribePodIdentityAssociation", "association", clusterName=cluster)
    return await reader.each(partial(describe, associationId=one["associationId"]) for one in listed)


def read(part: Part) -> tuple[PodIdentityAssociation, ...]:
    """The associations of one account and Region."""
    return tuple(read_association(raw, part.account, part.region) for raw in part.answer["associations"])


def read_association(raw: Raw, account: str, region: str) -> PodIdentityAssociation:
    """An association of DescribePodIdentityAssociation."""
    return PodIdentityAssociation(
        arn=raw["associationArn"],
        account=account,
        region=region,
        cluster=raw["clusterName"],
        namespace=raw["namespace"],
        service_account=raw["serviceAccount"],
        role=raw.get("roleArn") or "",
        target_role=raw.get("targetRoleArn") or "",
        external_id=raw.get("externalId") or "",
        policy=raw.get("policy") or "",
        has_session_tags=not raw.get("disableSessionTags"),
        created=raw.get("createdAt") or "",
    )


def join(snapshot: Snapshot, found: Sequence[tuple[PodIdentityAssociation, ...]]) -> Snapshot:
    """The snapshot with the associations."""
    associations = sorted(chain.from_iterable(found), key=lambda one: one.arn)
    return replace(snapshot, pod_identity_associations=tuple(associations))


EKS = Service(
    "eks", CLIENT, Extent.REGION, fetch, read, join, is_of_use=where_trusted("pods.eks."), choice=unless_left_out
)
