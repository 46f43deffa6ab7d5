"""The facts: what was in AWS at one moment. Pure and frozen; nothing here judges.

Policies are kept as the JSON text that AWS gave; `policy.read_policy` reads them where they are needed.
Moments are ISO 8601 texts in UTC (`2026-11-20T06:00:00Z`), empty when unknown.
"""

from typing import TYPE_CHECKING

from trustview.lazy_names import lazy_names

if TYPE_CHECKING:
    from trustview.snapshot.codec import FORMAT, decode_snapshot, encode_snapshot
    from trustview.snapshot.diff import Difference, DifferenceKind, Subject, diff_snapshots, unread_by_one
    from trustview.snapshot.external_findings import (
        Analyzer,
        ArchiveRule,
        Criterion,
        ExternalFinding,
        UnusedPermission,
    )
    from trustview.snapshot.gap import Gap, GapKind
    from trustview.snapshot.identity_center import (
        AccountAssignment,
        IdentityCenterInstance,
        PermissionSet,
    )
    from trustview.snapshot.monitoring import (
        AdvancedEventSelector,
        EventBus,
        EventRule,
        EventSelector,
        EventTarget,
        FieldSelector,
        Trail,
    )
    from trustview.snapshot.organization import (
        Account,
        AccountStatus,
        GuardrailKind,
        GuardrailPolicy,
        Organization,
        OrganizationalUnit,
    )
    from trustview.snapshot.policies import InlinePolicy, ManagedPolicy
    from trustview.snapshot.principals import Group, IdentityProvider, ProviderKind, Role, Tags, User
    from trustview.snapshot.snapshot import AccountFacts, Reading, Snapshot
    from trustview.snapshot.usage import EvidenceWindow, Use
    from trustview.snapshot.workloads import (
        IdentityPool,
        PodIdentityAssociation,
        RoleMapping,
        RoleMappingRule,
        RolesAnywhereProfile,
        TrustAnchor,
    )

__all__ = [
    "FORMAT",
    "Account",
    "AccountAssignment",
    "AccountFacts",
    "AccountStatus",
    "AdvancedEventSelector",
    "Analyzer",
    "ArchiveRule",
    "Criterion",
    "Difference",
    "DifferenceKind",
    "EventBus",
    "EventRule",
    "EventSelector",
    "EventTarget",
    "EvidenceWindow",
    "ExternalFinding",
    "FieldSelector",
    "Gap",
    "GapKind",
    "Group",
    "GuardrailKind",
    "GuardrailPolicy",
    "IdentityCenterInstance",
    "IdentityPool",
    "IdentityProvider",
    "InlinePolicy",
    "ManagedPolicy",
    "Organization",
    "OrganizationalUnit",
    "PermissionSet",
    "PodIdentityAssociation",
    "ProviderKind",
    "Reading",
    "Role",
    "RoleMapping",
    "RoleMappingRule",
    "RolesAnywhereProfile",
    "Snapshot",
    "Subject",
    "Tags",
    "Trail",
    "TrustAnchor",
    "UnusedPermission",
    "Use",
    "User",
    "decode_snapshot",
    "diff_snapshots",
    "encode_snapshot",
    "unread_by_one",
]

lazy_names(__name__)
