"""Administrators that their own account can become."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.checks.trusts_account_root import is_self_trust, name_able
from trustview.analysis.finding import Confidence, Modifier, Severity
from trustview.analysis.members import describe_members, members_of
from trustview.analysis.mend import first_of
from trustview.analysis.mend_by_use import name_those_seen


@check(Severity.MEDIUM, Modifier.PRIVILEGE)
def self_trust_by_root(access: Access) -> Iterator[Evidence]:
    """Any principal of its own account that may assume roles can become this administrator.

    Why: `sts:AssumeRole` on `*` looks harmless and is given freely. Together with an administrator that trusts the
    whole account it is everything.

    Fix: name the principals that need it, or bound them with `aws:PrincipalArn`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
    """
    for grant in access.kinds.living(is_self_trust):
        members = members_of(access, grant)
        confidence = None if members.is_known else Confidence.UNKNOWN
        because = f"the role is an administrator of its own account; {describe_members(members)}"
        changes, instead = first_of(name_able(grant, members), name_those_seen(access, grant))
        yield Evidence((grant,), (because,), confidence=confidence, changes=changes, instead=instead)
