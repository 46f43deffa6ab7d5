"""Roles that all of the organization can become."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Party
from trustview.analysis.kinds import Kind
from trustview.analysis.mend_by_use import name_those_seen
from trustview.analysis.outsiders import trusts_all_of


@check(Severity.MEDIUM)
def trusts_whole_organization(access: Access) -> Iterator[Evidence]:
    """Any principal of any account of the organization, or of an OU, can become the role.

    Why: the organization is as strong as its weakest sandbox. One stolen key there, with `sts:AssumeRole`, is enough.

    Fix: name the accounts or roles that need it, and keep `aws:PrincipalOrgID` beside them.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid
    """
    organization = access.snapshot.organization
    count = len(organization.accounts) if organization else 0
    for grant in access.kinds.living(_means_all_of_us):
        keys = sorted({condition.key for condition in grant.conditions})
        tested = " and ".join(f"`{key}`" for key in keys)
        because = f"everyone is trusted and only {tested} is tested, in {count} accounts"
        yield Evidence((grant,), (because,), changes=name_those_seen(access, grant))


def _means_all_of_us(kind: Kind) -> bool:
    return kind.party is Party.ORGANIZATION and not kind.party_accounts and trusts_all_of(kind)
