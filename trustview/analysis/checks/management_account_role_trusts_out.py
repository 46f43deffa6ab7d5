"""Ways from outside into the account that no guardrail protects."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Modifier, Severity
from trustview.analysis.grant import Party

_INSIDE = (Party.SAME_ACCOUNT, Party.MANAGEMENT, Party.SERVICE)


@check(Severity.HIGH, Modifier.TIER)
def management_account_role_trusts_out(access: Access) -> Iterator[Evidence]:
    """A role of the management account trusts something outside it.

    Why: neither SCPs nor RCPs bind the management account: what its roles' own policies let in, nothing else stops.
    Whoever holds the account holds the organization.

    Fix: move the role to a member account, delegated administrators included, and keep the management account for what
    only it can do.

    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html
    """
    organization = access.snapshot.organization
    if organization is None:
        return
    for grant in access.kinds.living(lambda kind: kind.party not in _INSIDE):
        if grant.account == organization.management_account:
            name = grant.party_name or grant.principal.value
            yield Evidence((grant,), (f"{name} gets into the management account, where no SCP or RCP applies",))
