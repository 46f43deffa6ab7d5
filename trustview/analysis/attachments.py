"""Which policies hang on a principal? Its inline and managed ones, its groups' and its boundary: the one place."""

from __future__ import annotations

from trustview.snapshot import Group, Role, Snapshot, User


def groups_of(snapshot: Snapshot, principal: Role | User) -> tuple[Group, ...]:
    """The groups of a user that were read; roles have none."""
    if isinstance(principal, Role):
        return ()
    facts = snapshot.facts_by_account.get(principal.account)
    return tuple(group for group in (facts.groups if facts else ()) if group.name in principal.groups)


def managed_policies_of(snapshot: Snapshot, principal: Role | User) -> tuple[str, ...]:
    """The ARNs of its managed policies, then of its groups'."""
    if isinstance(principal, Role):
        return principal.attached
    of_groups = (arn for group in groups_of(snapshot, principal) for arn in group.attached)
    return (*principal.attached, *of_groups)


def identity_texts(snapshot: Snapshot, principal: Role | User) -> tuple[str, ...]:
    """The texts of its identity policies, its groups' included; those that were not read are left out."""
    texts = [policy.document for policy in principal.inline]
    texts += [policy.document for group in groups_of(snapshot, principal) for policy in group.inline]
    texts += [managed_text(snapshot, arn) for arn in managed_policies_of(snapshot, principal)]
    return tuple([text for text in texts if text])


def managed_text(snapshot: Snapshot, arn: str) -> str:
    """The text of a managed policy; empty when there is none or it was not read."""
    policy = snapshot.policies_by_arn.get(arn)
    return policy.document if policy else ""


def has_unread_policies(snapshot: Snapshot, principal: Role | User) -> bool:
    """Whether some identity policy of the principal was not read."""
    if isinstance(principal, User) and len(groups_of(snapshot, principal)) < len(set(principal.groups)):
        return True
    return not all(managed_text(snapshot, arn) for arn in managed_policies_of(snapshot, principal))
