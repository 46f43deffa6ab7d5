"""Accounts of ours that are trusted as a whole. An administrator's own account is `self-trust-by-root`."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Confidence, Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.kinds import Kind
from trustview.analysis.members import Members, describe_members, members_of
from trustview.analysis.mend import first_of, name_principals
from trustview.analysis.mend_by_use import name_those_seen
from trustview.analysis.outsiders import trusts_all_of
from trustview.analysis.remediation import Change
from trustview.policy import PrincipalForm, Privilege

_OURS = (Party.SAME_ACCOUNT, Party.ORGANIZATION, Party.MANAGEMENT)
_MOST_NAMED = 5


@check(Severity.INFO)
def trusts_account_root(access: Access) -> Iterator[Evidence]:
    """The role trusts an account of ours as a whole.

    Why: `:root`, or the bare account id, means every principal of that account whose own policies allow
    `sts:AssumeRole`. Whoever may write policies there decides who gets in; nothing in this role's policy shows it.

    Fix: name the roles that need it. Where the account itself must decide, bound them with `aws:PrincipalArn`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts
    """
    for grant in access.kinds.living(lambda kind: trusts_whole_account(kind) and not is_self_trust(kind)):
        members = members_of(access, grant)
        (account,) = grant.party_accounts
        because = f"every principal of `{account}` ({grant.party_name}) is trusted; {describe_members(members)}"
        confidence = None if members.is_known else Confidence.UNKNOWN
        changes, instead = first_of(name_able(grant, members), name_those_seen(access, grant))
        yield Evidence((grant,), (because,), confidence=confidence, changes=changes, instead=instead)


def trusts_whole_account(grant: Kind) -> bool:
    """Whether a grant means any principal of one account of ours, and somebody gets in."""
    is_ours = grant.party in _OURS and grant.principal.form is PrincipalForm.ACCOUNT
    return is_ours and not grant.reach.is_shut_by_itself and trusts_all_of(grant)


def is_self_trust(grant: Kind) -> bool:
    """Whether an administrator trusts its own account as a whole."""
    return grant.party is Party.SAME_ACCOUNT and grant.privilege is Privilege.ADMIN and trusts_whole_account(grant)


def name_able(grant: Grant, members: Members) -> tuple[Change, ...]:
    """Name those who can use it today, where they are few, all known, and keep their names.

    The management account is trusted by design.
    """
    is_few = members.is_known and 1 <= len(members.able) <= _MOST_NAMED
    if not is_few or grant.party is Party.MANAGEMENT:
        return ()
    return name_principals(grant, members.able, f"the {len(members.able)} that can use it")
