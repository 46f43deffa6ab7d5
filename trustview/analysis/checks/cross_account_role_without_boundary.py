"""Roles that other accounts use to write, with nothing that caps what they may be given."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.checks.external_role_can_write import who_of
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Party
from trustview.analysis.kinds import Kind, by_role
from trustview.analysis.mend import boundary_in_use, set_boundary
from trustview.analysis.remediation import Change
from trustview.policy import Privilege

_OTHERS = (Party.ORGANIZATION, Party.VENDOR, Party.UNKNOWN_ACCOUNT)


@check(Severity.MEDIUM)
def cross_account_role_without_boundary(access: Access) -> Iterator[Evidence]:
    """Another account can write here by a role without a permissions boundary.

    Why: whoever may attach policies to the role decides what the other account may do. A boundary caps what identity
    policies grant. It is no hard ceiling: it does not cap what resource policies grant to the role's sessions.

    Fix: attach a permissions boundary that holds what the work needs, and let nobody remove it.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    caps: dict[str, tuple[Change, ...]] = {}
    for across in by_role(access.kinds.grants(_comes_across)):
        if not access.role(across[0].role).boundary:
            because = f"{who_of(across)} may write by this role, and no boundary caps it"
            account = across[0].account
            if account not in caps:
                caps[account] = _cap(access, account)
            yield Evidence(across, (because,), changes=caps[account])


def _cap(access: Access, account: str) -> tuple[Change, ...]:
    """The boundary that caps other roles of an account; none where none does."""
    boundary = boundary_in_use(access, account)
    return (set_boundary(boundary, ", which caps other roles of its account"),) if boundary else ()


def _writes(privilege: Privilege) -> bool:
    """Whether it surely writes; of an administrator a boundary is not what it lacks."""
    return privilege.may_write and privilege not in (Privilege.ADMIN, Privilege.UNKNOWN)


def _comes_across(kind: Kind) -> bool:
    return kind.party in _OTHERS and kind.reach.lets_in and _writes(kind.privilege)
