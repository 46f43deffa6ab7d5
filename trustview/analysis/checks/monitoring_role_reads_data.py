"""Roles that should watch and can read what is watched over."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.attachments import identity_texts
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed
from trustview.analysis.contents import contents_read, contents_read_by
from trustview.analysis.finding import Severity
from trustview.analysis.kinds import Kind, by_role
from trustview.analysis.mend import replace_managed_policy
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.remediation import Change, change_role
from trustview.policy import Privilege, matches, read_policy
from trustview.snapshot import Role


@check(Severity.MEDIUM)
def monitoring_role_reads_data(access: Access) -> Iterator[Evidence]:
    """A role meant for monitoring reads data.

    Why: a monitor needs to know how things are set up, not what is in them. `ReadOnlyAccess` sounds harmless and reads
    objects, tables, messages, parameters and logs; `SecurityAudit` and `ViewOnlyAccess` do not.

    Fix: attach `SecurityAudit` in place of `ReadOnlyAccess`, and add the few actions that the tool documents beside it.

    See: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/SecurityAudit.html
    """
    patterns = access.settings.roles.monitoring
    of_watchers = {grant.role for grant in access.kinds.living(lambda kind: _is_of_watcher(kind, patterns))}
    for watching in by_role(access.kinds.living(lambda kind: kind.privilege is not Privilege.ADMIN)):
        role = access.role(watching[0].role)
        if role.arn not in of_watchers and not is_meant_for(role, patterns):
            continue
        read = contents_read_by(access, role)
        if read:
            because = f"the role is meant to watch, and may do {listed(read)}"
            yield Evidence(watching, (because, *_difference(access, role)), changes=_swap(access, role))


def _is_of_watcher(kind: Kind, patterns: tuple[str, ...]) -> bool:
    """Whether a vendor is trusted that is there to watch."""
    return kind.party.is_outside and any(matches(one, kind.party_name, ignore_case=True) for one in patterns)


def _swap(access: Access, role: Role) -> tuple[Change, ...]:
    """`SecurityAudit` in place of what AWS's own policies read, where nothing else reads; none where it does."""
    changes: list[Change] = []
    for arn in role.attached:
        policy = access.snapshot.policies_by_arn.get(arn)
        read = contents_read((read_policy(policy.document),), None) if policy and policy.is_aws else ()
        if read:
            audit = f"{arn.partition(':policy/')[0]}:policy/SecurityAudit"
            has_it = audit in role.attached or bool(changes)
            changes.append(replace_managed_policy(arn, "" if has_it else audit, f", which loses {listed(read)}"))
    left = tuple(map(read_policy, identity_texts(access.snapshot, change_role(role, changes))))
    return tuple(changes) if changes and not contents_read(left, access.boundary(role)) else ()


def _difference(access: Access, role: Role) -> tuple[str, ...]:
    """What each managed policy of AWS on the role reads that `SecurityAudit` does not."""
    found = []
    for arn in role.attached:
        policy = access.snapshot.policies_by_arn.get(arn)
        if policy is not None and policy.is_aws and policy.document:
            read = contents_read((read_policy(policy.document),), None)
            if read:
                found.append(f"`{policy.name}` reads {listed(read)}, `SecurityAudit` none of it")
    return tuple(found)
