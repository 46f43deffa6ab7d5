"""Trust that flows from where less care is taken to where more harm can be done."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.mend import remove_principal
from trustview.analysis.tier import Tier


@check(Severity.HIGH)
def crosses_tier_upward(access: Access) -> Iterator[Evidence]:
    """An account of a lower tier can become a role of a higher one.

    Why: sandbox and development accounts are where people try things: credentials lie in laptops and pipelines, and
    nobody looks. Whoever takes one of them over walks into production this way.

    Fix: let the higher tier pull instead of the lower one push, or move the caller up. Tiers come from tags, OUs and
    names, or from `tiers` in `trustview.toml`.

    See: https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/design-principles-for-your-multi-account-strategy.html
    """
    for grant in access.kinds.living(lambda kind: kind.party is Party.ORGANIZATION):
        tier = access.tier(grant.account)
        lower = {account: found for account in grant.party_accounts if _is_below(found := access.tier(account), tier)}
        if lower:
            because = tuple(_describe(access, grant, account, found, tier) for account, found in lower.items())
            changes = remove_principal(grant) if set(lower) == set(grant.party_accounts) else ()
            yield Evidence((grant,), because, changes=changes)


def _is_below(caller: Tier, role: Tier) -> bool:
    return Tier.UNKNOWN not in (caller, role) and caller.rank < role.rank


def _describe(access: Access, grant: Grant, account: str, caller: Tier, role: Tier) -> str:
    name, own = access.snapshot.account_name(account), access.snapshot.account_name(grant.account)
    return f"`{account}` ({name}) is of tier {caller.name.lower()}, the role's account {own} of {role.name.lower()}"
