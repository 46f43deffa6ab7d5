"""What outsiders may change. Administrators are `external-role-is-admin`."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Confidence, Severity
from trustview.analysis.grant import Grant
from trustview.policy import Privilege


@check(Severity.HIGH)
def external_role_can_write(access: Access) -> Iterator[Evidence]:
    """An outsider gets a role that may change things.

    Why: most third parties look and report. One that may write can be used to destroy, to plant or to dig deeper, by
    whoever gets hold of its credentials.

    Fix: give it what it documents that it needs, on the resources that it needs; `SecurityAudit` or `ViewOnlyAccess`
    where it only looks.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    for grants in access.grants_by_role.values():
        outside = outsiders_in(grants)
        if outside and outside[0].privilege.may_write and outside[0].privilege is not Privilege.ADMIN:
            is_unknown = outside[0].privilege is Privilege.UNKNOWN
            what = "may write, as far as its policies were read" if is_unknown else "may write"
            yield Evidence(
                outside, (f"{who_of(outside)} gets in, and the role {what}",),
                confidence=Confidence.UNKNOWN if is_unknown else None,
            )  # fmt: skip


def outsiders_in(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    """The grants of a role by which outsiders come."""
    return tuple(grant for grant in grants if grant.party.is_outside and not grant.reach.is_shut_by_itself)


def who_of(grants: tuple[Grant, ...]) -> str:
    """Who comes by some grants, for a sentence."""
    return ", ".join(dict.fromkeys(grant.party_name or grant.principal.value for grant in grants))
