"""What outsiders may change. Administrators are `external-role-is-admin`."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Confidence, Severity
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind, by_role
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
    for outside in by_role(access.kinds.living(_writes_for_outsiders)):
        is_unknown = outside[0].privilege is Privilege.UNKNOWN
        what = "may write, as far as its policies were read" if is_unknown else "may write"
        because = f"{who_of(outside)} gets in, and the role {what}"
        yield Evidence(outside, (because,), confidence=Confidence.UNKNOWN if is_unknown else None)


def _writes_for_outsiders(kind: Kind) -> bool:
    return kind.party.is_outside and kind.privilege.may_write and kind.privilege is not Privilege.ADMIN


def who_of(grants: tuple[Grant, ...]) -> str:
    """Who comes by some grants, for a sentence."""
    return ", ".join(dict.fromkeys(grant.party_name or grant.principal.value for grant in grants))
