"""People who become administrators with a password or an access key alone.

Where MFA is tested but can be passed by, that is `mfa-not-enforced`. Of Identity Center, SAML and OIDC users IAM does
not see whether they used MFA: their identity provider must demand it.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import Crowd
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed, users_may_come
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import add_condition, deny_users_without_mfa
from trustview.analysis.mfa import comes_without_mfa, mfa_conditions_of, mfa_denies_of
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.reach import Representative, audience_of, callers_of, statement_of
from trustview.analysis.remediation import Change
from trustview.analysis.terms import speaks_of_assuming
from trustview.policy import Caller, CallerKind, PrincipalForm, Privilege
from trustview.snapshot import Role, User


@check(Severity.HIGH)
def human_admin_without_mfa(access: Access) -> Iterator[Evidence]:
    """An IAM user can become an administrator without MFA.

    Why: an access key in a file or a password that was used twice is then enough to own the account. IAM users are the
    only callers of whom IAM can see whether they used MFA.

    Fix: test `aws:MultiFactorAuthPresent` with `Bool` `true`, or let people come through Identity Center.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    for grant in access.grants:
        if grant.reach.is_shut_by_itself or not _is_privileged(access, grant) or not users_may_come(access, grant):
            continue
        if mfa_conditions_of(grant) or mfa_denies_of(access, grant):
            continue
        users = _who_comes(access, grant)
        if users:
            because = (
                f"IAM {'users' if len(users) > 1 else 'user'} {listed(users)} can become it, and MFA is not tested"
            )
            yield Evidence((grant,), (because,), changes=_mend(access, grant))


def _is_privileged(access: Access, grant: Grant) -> bool:
    """Whether the role is an administrator's, or is kept for emergencies by its name or tags."""
    if grant.privilege is Privilege.ADMIN:
        return True
    return is_meant_for(access.role(grant.role), access.settings.roles.break_glass)


def _users_able_to_assume(access: Access, account: str) -> tuple[User, ...]:
    """The users of an account of which some policy speaks of assuming roles."""
    memory = access.memory.setdefault("users able to assume", {})
    if account not in memory:
        facts = access.snapshot.facts_by_account.get(account)
        users = facts.users if facts else ()
        memory[account] = tuple(u for u in users if any(map(speaks_of_assuming, access.identity_policies(u))))
    found: tuple[User, ...] = memory[account]
    return found


def _who_comes(access: Access, grant: Grant) -> tuple[str, ...]:
    """The users who get in without MFA: the one that the grant names, or those of the accounts that it means."""
    if grant.principal.form in (PrincipalForm.USER, PrincipalForm.UNIQUE_ID):
        named = callers_of(access, grant)
        return tuple(dict.fromkeys(one.caller.arn for one in named if comes_without_mfa(access, grant, one)))
    role = access.role(grant.role)
    audience = audience_of(access, role, statement_of(access, grant), grant.principal)
    accounts = audience.accounts if audience.crowd is Crowd.ACCOUNTS else tuple(access.snapshot.facts_by_account)
    return tuple(
        user.arn
        for account in accounts
        for user in _users_able_to_assume(access, account)
        if comes_without_mfa(access, grant, _represent(access, role, user))
    )


def _represent(access: Access, role: Role, user: User) -> Representative:
    caller = Caller(CallerKind.USER, user.account, user.arn)
    return Representative(caller, access.context_of(role, caller, user), user)


def _mend(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Demand MFA of users alone: others could never show it, and come as before."""
    if any(element.form is not PrincipalForm.USER for element in statement_of(access, grant).principals):
        return (deny_users_without_mfa(),)
    return (add_condition(grant, "Bool", "aws:MultiFactorAuthPresent", ("true",)),)
