"""Which policies hang on a principal? Its inline and managed ones, its groups' and its boundary: the one place."""

from __future__ import annotations

from dataclasses import dataclass

from trustview.snapshot import Group, Role, Snapshot, User


@dataclass(slots=True)
class Attached:
    """What hangs on a principal, its groups' included.

    `managed` are the ARNs of managed policies, `groups` those that were read; `texts` the identity policies, those that
    were not read left out, and `is_unread` says that there are such.
    """

    managed: tuple[str, ...]
    groups: tuple[Group, ...]
    texts: tuple[str, ...]
    is_unread: bool

    @property
    def owned(self) -> tuple[str, ...]:
        """The ARNs of its managed policies and groups."""
        return (*self.managed, *[group.arn for group in self.groups]) if self.groups else self.managed


def attached_to(snapshot: Snapshot, principal: Role | User) -> Attached:
    """All that hangs on a principal."""
    groups, managed = _groups_of(snapshot, principal), principal.attached
    inline = [policy.document for policy in principal.inline]
    if groups:
        managed += tuple(arn for group in groups for arn in group.attached)
        inline += [policy.document for group in groups for policy in group.inline]
    read = [managed_text(snapshot, arn) for arn in managed]
    is_unread = not all(read) or (isinstance(principal, User) and len(groups) < len(set(principal.groups)))
    return Attached(managed, groups, tuple([text for text in (*inline, *read) if text]), is_unread)


def _groups_of(snapshot: Snapshot, principal: Role | User) -> tuple[Group, ...]:
    """The groups of a user that were read; roles have none."""
    if isinstance(principal, Role):
        return ()
    facts = snapshot.facts_by_account.get(principal.account)
    return tuple(group for group in (facts.groups if facts else ()) if group.name in principal.groups)


def identity_texts(snapshot: Snapshot, principal: Role | User) -> tuple[str, ...]:
    """The texts of its identity policies, its groups' included; those that were not read are left out."""
    return attached_to(snapshot, principal).texts


def managed_text(snapshot: Snapshot, arn: str) -> str:
    """The text of a managed policy; empty when there is none or it was not read."""
    policy = snapshot.policies_by_arn.get(arn)
    return policy.document if policy else ""
