"""Outsiders of whom any principal gets in."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.mend_by_use import name_those_seen
from trustview.analysis.outsiders import name_outsider, outsiders_of, trusts_all_of, ways_of_outsiders


@check(Severity.HIGH)
def trusts_whole_external_account(access: Access) -> Iterator[Evidence]:
    """Any principal of somebody else's account can become the role.

    Why: `root` in a principal means the whole account, not its root user: everybody to whom that account's
    administrators ever give `sts:AssumeRole` gets in, and whoever breaks into any machine there.

    Fix: ask the other side for the role it calls with, and name that role, or test `aws:PrincipalArn`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
    """
    for grant in ways_of_outsiders(access):
        if trusts_all_of(grant):
            names = ", ".join(name_outsider(access, account) for account in outsiders_of(access, grant)[:3])
            because = f"`{grant.principal.value}` lets any principal of {names} in"
            yield Evidence((grant,), (because,), changes=name_those_seen(access, grant))
