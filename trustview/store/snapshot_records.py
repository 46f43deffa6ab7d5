"""RECORDS: the facts of a snapshot that are plain lists, each a row; whose they are and what they are found by.

The writer and the reader both follow this list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from trustview.snapshot import (
    AccountAssignment,
    Analyzer,
    EventBus,
    EventRule,
    EvidenceWindow,
    ExternalFinding,
    Gap,
    IdentityCenterInstance,
    IdentityPool,
    PermissionSet,
    PodIdentityAssociation,
    Reading,
    RolesAnywhereProfile,
    Snapshot,
    Trail,
    TrustAnchor,
    Use,
)
from trustview.store.snapshot_keys import account_of


@dataclass(frozen=True, slots=True)
class Records:
    """One list: the snapshot's field, the type of its values, the account that owns one and the name it is found by."""

    field: str
    type: type
    account: Callable[[Any], str]
    name: Callable[[Any], str]

    def of(self, snapshot: Snapshot) -> Iterable[tuple[str, str, Any]]:
        """(account, name, value) of each."""
        return ((self.account(value), self.name(value), value) for value in getattr(snapshot, self.field))


def _own_account(value: Any) -> str:  # noqa: ANN401 -- any of our facts
    return str(value.account)


def _arn(value: Any) -> str:  # noqa: ANN401
    return str(value.arn)


def _nothing(_value: object) -> str:
    return ""


RECORDS: tuple[Records, ...] = (
    Records("external_findings", ExternalFinding, _own_account, lambda finding: finding.resource),
    Records("uses", Use, lambda use: account_of(use.role), lambda use: use.role),
    Records("windows", EvidenceWindow, _own_account, _nothing),
    Records("gaps", Gap, _own_account, _nothing),
    Records("readings", Reading, _own_account, _nothing),
    Records("analyzers", Analyzer, _own_account, _arn),
    Records("identity_center_instances", IdentityCenterInstance, _own_account, _arn),
    Records("permission_sets", PermissionSet, _nothing, _arn),
    Records("account_assignments", AccountAssignment, _own_account, lambda one: one.permission_set),
    Records("trust_anchors", TrustAnchor, _own_account, _arn),
    Records("roles_anywhere_profiles", RolesAnywhereProfile, _own_account, _arn),
    Records("identity_pools", IdentityPool, _own_account, lambda pool: pool.id),
    Records("pod_identity_associations", PodIdentityAssociation, _own_account, lambda one: one.role),
    Records("trails", Trail, _own_account, _arn),
    Records("event_buses", EventBus, _own_account, _arn),
    Records("event_rules", EventRule, _own_account, _arn),
)
