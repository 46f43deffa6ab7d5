"""Excerpts of a snapshot file: a Snapshot that holds what one question is about, and nothing else."""

from __future__ import annotations

from trustview.analysis import RoleFacts, coverage_of
from trustview.snapshot import AccountFacts, Role, Snapshot
from trustview.store.snapshot_file import SnapshotFile

_OF_ACCOUNT = ("windows", "gaps", "readings")
_MONITORING = ("trails", "event_buses", "event_rules", "readings", "gaps")


def excerpt_on_use(file: SnapshotFile, role: Role) -> Snapshot:
    """The role with its uses, and how far its account was seen."""
    lists = {field: file.listed(field, role.account) for field in _OF_ACCOUNT}
    return Snapshot(
        taken_at=file.summary().taken_at,
        source="",
        organization=file.organization(),
        accounts=(AccountFacts(role.account, roles=(role,)),),
        uses=file.uses_of(role.arn),
        **lists,
    )


def excerpt_on_monitoring(file: SnapshotFile) -> Snapshot:
    """Trails, buses and rules of all accounts, and where they were read."""
    lists = {field: file.listed(field) for field in _MONITORING}
    return Snapshot(taken_at=file.summary().taken_at, source="", organization=file.organization(), **lists)


def excerpt_on_role(file: SnapshotFile, arn: str, account: str, *, has_guardrails: bool = True) -> Snapshot:
    """A role with the policies that hang on it and, if wanted, the guardrails above; or an account without it."""
    role = file.role(arn)
    named = (*role.attached, *((role.boundary,) if role.boundary else ())) if role else ()
    policies = tuple(found for name in dict.fromkeys(named) if (found := file.policy(name)) is not None)
    facts = AccountFacts(account, roles=(role,) if role else (), policies=policies)
    organization = file.organization() if has_guardrails else None
    return Snapshot(file.summary().taken_at, "", organization, (facts,), gaps=file.listed("gaps", account))


def facts_of_role(file: SnapshotFile, arn: str) -> RoleFacts | None:
    """All that a choice between changes of a role rests on; None when the role is not in this snapshot."""
    role = file.role(arn)
    if role is None:
        return None
    excerpt = excerpt_on_use(file, role)
    return RoleFacts(
        role,
        file.findings_of(arn),
        file.grants_of(arn),
        file.remediations_of(arn),
        excerpt.uses,
        coverage_of(excerpt, role.account),
        excerpt.organization,
    )
