"""IAM Roles Anywhere: whose certificates become which roles, in every Region of an account where a role trusts it.

https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trustview.collect.certificates import bundle_fingerprints
from trustview.collect.parts import Part
from trustview.collect.reader import Reader, together
from trustview.collect.scope import Scope
from trustview.collect.services.service import Extent, Service, unless_left_out, where_trusted
from trustview.snapshot import RolesAnywhereProfile, Snapshot, TrustAnchor

Raw = Mapping[str, Any]
CLIENT = "rolesanywhere"
PAGE = 100


async def fetch(reader: Reader, _scope: Scope) -> dict[str, Any]:
    """The trust anchors and profiles of one account and Region; of a certificate bundle its fingerprints."""
    anchors, profiles = await together(
        reader.items(CLIENT, "ListTrustAnchors", "trustAnchors", pageSize=PAGE),
        reader.items(CLIENT, "ListProfiles", "profiles", pageSize=PAGE),
    )
    return {"anchors": [keep_anchor(anchor) for anchor in anchors], "profiles": profiles}


def keep_anchor(raw: Raw) -> dict[str, Any]:
    """What is kept of a trust anchor."""
    source: Raw = raw.get("source") or {}
    data: Raw = source.get("sourceData") or {}
    kept = {name: raw[name] for name in ("trustAnchorArn", "name", "enabled", "createdAt") if name in raw}
    return {
        **kept,
        "source": source.get("sourceType") or "",
        "authority": data.get("acmPcaArn") or "",
        "fingerprints": bundle_fingerprints(data.get("x509CertificateData") or ""),
    }


@dataclass(frozen=True, slots=True)
class Found:
    """The trust anchors and profiles of one account and Region."""

    anchors: tuple[TrustAnchor, ...]
    profiles: tuple[RolesAnywhereProfile, ...]


def read(part: Part) -> Found:
    """What one account and Region holds."""
    return Found(
        tuple(read_anchor(raw, part.account, part.region) for raw in part.answer["anchors"]),
        tuple(read_profile(raw, part.account, part.region) for raw in part.answer["profiles"]),
    )


def read_anchor(raw: Raw, account: str, region: str) -> TrustAnchor:
    """A trust anchor, from what is kept of it."""
    return TrustAnchor(
        arn=raw["trustAnchorArn"],
        account=account,
        region=region,
        name=raw.get("name") or "",
        is_enabled=bool(raw.get("enabled")),
        source=raw["source"],
        certificate_authority=raw["authority"],
        fingerprints=tuple(raw["fingerprints"]),
        created=raw.get("createdAt") or "",
    )


def read_profile(raw: Raw, account: str, region: str) -> RolesAnywhereProfile:
    """A profile of ListProfiles."""
    mappings = (
        (mapping["certificateField"], tuple(rule["specifier"] for rule in mapping.get("mappingRules") or ()))
        for mapping in raw.get("attributeMappings") or ()
    )
    return RolesAnywhereProfile(
        arn=raw["profileArn"],
        account=account,
        region=region,
        name=raw.get("name") or "",
        is_enabled=bool(raw.get("enabled")),
        roles=tuple(sorted(raw.get("roleArns") or ())),
        session_policy=raw.get("sessionPolicy") or "",
        managed_policies=tuple(sorted(raw.get("managedPolicyArns") or ())),
        duration_seconds=raw.get("durationSeconds"),
        accepts_role_session_name=bool(raw.get("acceptRoleSessionName")),
        attribute_mappings=tuple(sorted(mappings)),
        created=raw.get("createdAt") or "",
    )


def join(snapshot: Snapshot, found: Sequence[Found]) -> Snapshot:
    """The snapshot with the trust anchors and profiles."""
    anchors = sorted((one for each in found for one in each.anchors), key=lambda one: one.arn)
    profiles = sorted((one for each in found for one in each.profiles), key=lambda one: one.arn)
    return replace(snapshot, trust_anchors=tuple(anchors), roles_anywhere_profiles=tuple(profiles))


ROLES_ANYWHERE = Service(
    "roles-anywhere",
    CLIENT,
    Extent.REGION,
    fetch,
    read,
    join,
    is_of_use=where_trusted("rolesanywhere."),
    choice=unless_left_out,
)
