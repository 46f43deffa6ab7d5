"""Services that may use the role for somebody who is not ours."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed
from trustview.analysis.deputies import deputies, foreign_sources
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.mend import add_condition
from trustview.analysis.remediation import Change


@check(Severity.HIGH)
def foreign_source(access: Access) -> Iterator[Evidence]:
    """An AWS service may use the role for an account that is not ours, or for anybody.

    Why: the condition on the source asks for somebody else's account, or has a wildcard where the account stands. That
    account's resources then make the service work in ours.

    Fix: name our own account in `aws:SourceAccount` and in `aws:SourceArn`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceaccount
    """
    for grant in access.kinds.living(lambda kind: kind.party is Party.SERVICE and bool(foreign_sources(access, kind))):
        sources = listed(foreign_sources(access, grant))
        because = f"{sources} is not ours: {grant.principal.value} may act for it here"
        yield Evidence((grant,), (because,), changes=_name_account(grant))


def _name_account(grant: Grant) -> tuple[Change, ...]:
    """Ask for our own account too, where the service is not known to send its source's ARN alone."""
    deputy = deputies().get(grant.principal.value.lower())
    is_tested = any(condition.key.lower() == "aws:sourceaccount" for condition in grant.conditions)
    if is_tested or (deputy is not None and deputy.is_arn_alone):
        return ()
    return (add_condition(grant, "StringEquals", "aws:SourceAccount", (grant.account,)),)
