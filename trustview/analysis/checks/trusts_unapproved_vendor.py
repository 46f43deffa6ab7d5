"""Vendors that the register knows: known is not approved."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.outsiders import outsiders_of, ways_of_outsiders


@check(Severity.MEDIUM)
def trusts_unapproved_vendor(access: Access) -> Iterator[Evidence]:
    """A vendor that nobody has approved for this role can become it.

    Why: that an account is publicly known says who runs it, not that we still work with them; accounts of attackers'
    training labs are publicly known too. Access of vendors outlives their contracts.

    Fix: ask the owner whether the vendor is still in use. Approve the grant in the review, write the
    vendor under `vendors.approved` in `trustview.toml`, or remove the principal.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    for grant in ways_of_outsiders(access):
        for name, accounts in _vendors(access, outsiders_of(access, grant)).items():
            numbers = ", ".join(f"`{account}`" for account in accounts)
            yield Evidence((grant,), (f"the register knows {numbers} as {name}; nobody has approved it here",))


def _vendors(access: Access, accounts: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for account in accounts:
        if account in access.vendors and not access.is_approved(account):
            found.setdefault(access.vendors[account].name, []).append(account)
    return found
