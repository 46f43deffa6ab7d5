"""Accounts of ours that are closed or about to be."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import remove_principal
from trustview.snapshot import AccountStatus

_DEPARTED = {
    AccountStatus.SUSPENDED: "suspended",
    AccountStatus.PENDING_CLOSURE: "about to be closed",
    AccountStatus.CLOSED: "closed",
}


@check(Severity.HIGH)
def trusts_departed_account(access: Access) -> Iterator[Evidence]:
    """The role trusts an account that is suspended or closed.

    Why: nobody looks after a suspended account any more, and it can be brought back within 90 days by whoever holds its
    root user. No review reads what is in it.

    Fix: remove the principal.

    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_close.html
    """
    for grant in access.kinds.grants(lambda kind: any(_departure(access, one) for one in kind.party_accounts)):
        departed = {account: word for account in _accounts(grant) if (word := _departure(access, account))}
        if departed:
            because = tuple(
                f"`{account}` ({access.snapshot.account_name(account)}) is {word}" for account, word in departed.items()
            )
            changes = remove_principal(grant) if set(departed) == set(_accounts(grant)) else ()
            yield Evidence((grant,), because, changes=changes)


def _accounts(grant: Grant) -> tuple[str, ...]:
    """The accounts behind a grant, its own aside: nobody can read a role of an account that is gone."""
    return tuple(account for account in grant.party_accounts if account != grant.account)


def _departure(access: Access, account_id: str) -> str:
    account = access.snapshot.account(account_id)
    return _DEPARTED.get(account.status, "") if account else ""
