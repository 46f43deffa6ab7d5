"""Roles that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Modifier, Severity
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.seen import severity_of_power
from trustview.analysis.use import UseState, use_book


@check(Severity.LOW, Modifier.PRIVILEGE)
def unused_role(access: Access) -> Iterator[Evidence]:
    """Nobody has used the role for a long time.

    Why: a role that nobody needs is a way in that nobody watches. It keeps its permissions while the people who knew
    why it is there leave. It is only said where every Region of the account was seen without a hole for
    `thresholds.unused_days`, and where IAM remembers no use either; roles for emergencies are left out.

    Fix: ask its owner, and delete it. Until then let nobody in: a role with a trust policy that denies everyone is
    back in a minute, a deleted one is not.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#remove-credentials
    """
    book = use_book(access)
    for arn, grants in access.grants_by_role.items():
        role = access.role(arn)
        if not book.sees(role):
            continue
        known = book.of_role(role)
        if known.state is UseState.UNUSED and not is_meant_for(role, access.settings.roles.break_glass):
            yield Evidence(grants, known.sentences, severity=severity_of_power(access.privilege(role)))
