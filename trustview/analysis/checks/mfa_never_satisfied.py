"""Tests of MFA that nobody whom the grant means can ever pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_about_mfa, only_roles_may_come
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import first_of, remove_condition, remove_way_in
from trustview.analysis.mfa import mfa_conditions_of, mfa_denies_of, roles_testing_mfa
from trustview.analysis.reach import Representative, callers_of
from trustview.analysis.remediation import Change
from trustview.policy import ACTION_OF_CALLER, ASSUME_ROLE, CallerKind, PrincipalForm, Request, evaluate_condition
from trustview.policy.statement import means_action, prepare
from trustview.snapshot import Role

_NEVER = {
    PrincipalForm.ROLE: "sessions of a role carry no proof of MFA",
    PrincipalForm.SESSION: "sessions of a role carry no proof of MFA",
    PrincipalForm.UNIQUE_ID: "sessions of a role carry no proof of MFA",
    PrincipalForm.SERVICE: "services have no MFA",
    PrincipalForm.SAML_PROVIDER: "IAM does not see the MFA of SAML users",
    PrincipalForm.OIDC_PROVIDER: "IAM does not see the MFA of OIDC users",
}


@check(Severity.MEDIUM)
def mfa_never_satisfied(access: Access) -> Iterator[Evidence]:
    """MFA is demanded of callers who can never show it.

    Why: the proof of MFA is a property of an IAM user's session; it is lost when a role is assumed, and federated users
    and services never have it. The grant lets nobody in, and whoever needs the role finds another way.

    Fix: name the role or provider without the MFA test, and demand MFA where its people sign in.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    for grant in (grant for role in roles_testing_mfa(access) for grant in access.grants_by_role[role]):
        why = _why_never(access, grant)
        if why and _is_demanded(access, grant):
            because = f"`aws:MultiFactorAuthPresent` is demanded of `{grant.principal.value}`: {why}"
            # Nobody comes by it, so that it can go; whoever needs it has to be let in, which widens.
            changes, instead = first_of(remove_way_in(access, grant), _no_longer_demand(access, grant))
            yield Evidence((grant,), (because,), changes=changes, instead=instead)


def _no_longer_demand(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Drop the test, where nobody in the statement can ever pass it, nobody is an outsider and no Deny demands MFA."""
    others = (other for other in access.grants_by_role[grant.role] if other.statement == grant.statement)
    if grant.party.is_outside or mfa_denies_of(access, grant) or not all(_why_never(access, o) for o in others):
        return ()
    return tuple(remove_condition(grant.statement, condition) for condition in mfa_conditions_of(grant))


def _why_never(access: Access, grant: Kind) -> str:
    form = grant.principal.form
    if form is PrincipalForm.UNIQUE_ID:
        return _NEVER[form] if isinstance(access.snapshot.principals_by_id.get(grant.principal.value), Role) else ""
    if form in (PrincipalForm.ACCOUNT, PrincipalForm.EVERYONE) and only_roles_may_come(grant.conditions):
        return _NEVER[PrincipalForm.ROLE]
    return _NEVER.get(form, "")


def _is_demanded(access: Access, grant: Grant) -> bool:
    if not mfa_conditions_of(grant) and not mfa_denies_of(access, grant):
        return False
    requests = [_request(access, grant, one) for one in callers_of(access, grant)]
    return bool(requests) and all(_is_kept_out(access, grant, request) for request in requests)


def _request(access: Access, grant: Grant, one: Representative) -> Request:
    """The request of a caller; whoever is bound to be a role asks as one."""
    role = access.role(grant.role)
    caller = replace(one.caller, kind=CallerKind.ROLE) if one.caller.kind is CallerKind.PRINCIPAL else one.caller
    action = ACTION_OF_CALLER.get(caller.kind, ASSUME_ROLE)
    return Request(caller, action, role.arn, role.account, one.context)


def _is_kept_out(access: Access, grant: Grant, request: Request) -> bool:
    document = access.trust_policy(access.role(grant.role))
    fails = any(
        evaluate_condition(condition, request, substitutes=document.substitutes_variables).is_false
        for condition in grant.conditions
        if is_about_mfa(condition)
    )
    return fails or any(
        means_action(deny, request.action) and prepare(deny, document).applies_to_caller(request).is_true
        for deny in mfa_denies_of(access, grant)
    )
