"""People who become administrators with a password or an access key alone.

Where MFA is tested but can be passed by, that is `mfa-not-enforced`. Of Identity Center, SAML and OIDC users IAM does
not see whether they used MFA: their identity provider must demand it.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed, users_may_come
from trustview.analysis.edge import JOINS, Edge
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.members import places_of, principals_behind
from trustview.analysis.mend import add_condition, deny_users_without_mfa
from trustview.analysis.mfa import comes_without_mfa, mfa_conditions_of, mfa_denies_of
from trustview.analysis.purpose import is_meant_for
from trustview.analysis.reach import Representative, callers_of, statement_of
from trustview.analysis.remediation import Change
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
    for grant in access.kinds.living(lambda kind: users_may_come(access, kind) and not mfa_conditions_of(kind)):
        if not _is_privileged(access, grant) or mfa_denies_of(access, grant):
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


def _who_comes(access: Access, grant: Grant) -> tuple[str, ...]:
    """The users who get in without MFA: the one that the grant names, or those of the crowd that can use it at all."""
    if grant.principal.form in (PrincipalForm.USER, PrincipalForm.UNIQUE_ID):
        named = callers_of(access, grant)
        return tuple(dict.fromkeys(one.caller.arn for one in named if comes_without_mfa(access, grant, one)))
    ways = (edge for edge in access.graph.edges_into(grant.role) if edge.grant == grant.id)
    found = {user for edge in ways for user in _users_by(access, grant, edge)}
    return tuple(sorted(found, key=places_of(access).__getitem__))


def _users_by(access: Access, grant: Grant, edge: Edge) -> tuple[str, ...]:
    """The users who come by an edge without MFA; what is behind a door is asked once for all roles that it leads to."""
    if edge.kind != JOINS:
        return _users_of(access, grant, edge.source)
    memory = access.memory.setdefault("users without MFA behind doors", {})
    if edge.source not in memory:
        sources = [one.source for one in access.graph.edges_into(edge.source)]
        memory[edge.source] = tuple(user for source in sources for user in _users_of(access, grant, source))
    found: tuple[str, ...] = memory[edge.source]
    return found


def _users_of(access: Access, grant: Grant, node: str) -> tuple[str, ...]:
    """The users whom a node stands for, when they come without MFA: one, of another account if possible, tells of all.

    Whoever is of the role's own account may need less, never more.
    """
    users = _users_behind(access, node)
    if not users:
        return ()
    one = next((user for user in users if user.account != grant.account), users[0])
    is_in = comes_without_mfa(access, grant, _represent(access, access.role(grant.role), one))
    return tuple(user.arn for user in users) if is_in else ()


def _users_behind(access: Access, node: str) -> tuple[User, ...]:
    memory = access.memory.setdefault("users behind", {})
    if node not in memory:
        known = access.snapshot.users_by_arn
        memory[node] = tuple(known[arn] for arn in principals_behind(access, node) if arn in known)
    found: tuple[User, ...] = memory[node]
    return found


def _represent(access: Access, role: Role, user: User) -> Representative:
    caller = Caller(CallerKind.USER, user.account, user.arn)
    return Representative(caller, access.context_of(role, caller, user), user)


def _mend(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Demand MFA of users alone: others could never show it, and come as before."""
    if any(element.form is not PrincipalForm.USER for element in statement_of(access, grant).principals):
        return (deny_users_without_mfa(),)
    return (add_condition(grant, "Bool", "aws:MultiFactorAuthPresent", ("true",)),)
