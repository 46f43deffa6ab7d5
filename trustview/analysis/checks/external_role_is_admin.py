"""Outsiders who become administrators."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.checks.external_role_can_write import who_of
from trustview.analysis.finding import Modifier, Severity
from trustview.analysis.kinds import Kind, by_role
from trustview.policy import Privilege


@check(Severity.CRITICAL, Modifier.PRIVILEGE)
def external_role_is_admin(access: Access) -> Iterator[Evidence]:
    """An outsider gets an administrator's role.

    Why: the account is theirs: they can give themselves and others everything, and take away the proof of it. Their
    security is now ours.

    Fix: give them a role of their own with what they document that they need, under a permissions boundary.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    for outside in by_role(access.kinds.living(_is_admin_of_outsiders)):
        yield Evidence(outside, (f"{who_of(outside)} becomes an administrator of the account",))


def _is_admin_of_outsiders(kind: Kind) -> bool:
    return kind.party.is_outside and kind.privilege is Privilege.ADMIN
