"""Tests of MFA that can be passed without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trustview.analysis.access import Access
from trustview.analysis.audience import passes_when_absent
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_about_mfa, users_may_come
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import replace_condition
from trustview.analysis.mfa import mfa_conditions_of, mfa_denies_of, roles_testing_mfa, without_mfa
from trustview.analysis.reach import Representative, ask_of_grant, callers_of
from trustview.analysis.remediation import Change
from trustview.policy import OPERATORS_BY_NAME, Caller, CallerKind, Condition, Outcome, Statement


@check(Severity.HIGH)
def mfa_not_enforced(access: Access) -> Iterator[Evidence]:
    """MFA is tested, and who has none gets in.

    Why: requests with long-term access keys carry no `aws:MultiFactorAuthPresent` at all. `BoolIfExists` in an Allow
    then passes, as does `Bool` `false` in a Deny, and `Null` lets console sessions pass that carry `false`. The check
    box of the IAM console writes the first of these.

    Fix: `Bool` `true` in an Allow, `BoolIfExists` `false` in a Deny.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
    """
    for role in roles_testing_mfa(access):
        passed = tuple(grant for grant in access.grants_by_role[role] if _is_passed_by(access, grant))
        for grant in passed:
            tests = mfa_conditions_of(grant)
            if tests:
                yield Evidence((grant,), tuple(map(_describe, tests)), changes=tuple(_mends(grant, tests)))
        yield from _in_denies(access, tuple(grant for grant in passed if not mfa_conditions_of(grant)))


def _is_passed_by(access: Access, grant: Grant) -> bool:
    """Whether MFA is tested beside a grant of IAM users, and some caller without MFA gets in all the same."""
    if grant.reach.is_shut_by_itself or not users_may_come(access, grant):
        return False
    if not mfa_conditions_of(grant) and not mfa_denies_of(access, grant):
        return False
    return any(
        ask_of_grant(access, grant, bare).may_be_allowed and not _is_denied_as_user(access, grant, bare)
        for one in callers_of(access, grant)
        if one.caller.kind in (CallerKind.PRINCIPAL, CallerKind.USER)
        for bare in without_mfa(one)
    )


def _is_denied_as_user(access: Access, grant: Grant, one: Representative) -> bool:
    """Whether some Deny stops a user whose name nobody could guess, and so every user; roles never carry MFA."""
    if one.caller.kind is not CallerKind.PRINCIPAL:
        return False
    arn = f"arn:aws:iam::{one.caller.account or _NOBODYS}:user/{_UNGUESSED}"
    user = Caller(CallerKind.USER, one.caller.account, arn)
    named = Representative(user, one.context.with_values({"aws:PrincipalArn": arn}))
    return ask_of_grant(access, grant, named).outcome is Outcome.EXPLICIT_DENY


_NOBODYS = "000000000000"
_UNGUESSED = "k9b0q7zj4x"


def _describe(condition: Condition) -> str:
    key, spelling = condition.key, condition.spelling
    if OPERATORS_BY_NAME.get(condition.operator.lower()) and condition.operator == "Null":
        return f"`{spelling}` asks only whether `{key}` is there: sessions without MFA carry it as `false`"
    if passes_when_absent(condition):
        return f"`{key}` is tested with `{spelling}`: access keys without MFA pass, they carry no such key"
    return f"`{key}` is tested with `{spelling}` for {' or '.join(f'`{v}`' for v in condition.values)}: no MFA passes"


def _mends(grant: Grant, tests: tuple[Condition, ...]) -> Iterator[Change]:
    for condition in tests:
        if condition.key.lower() == "aws:multifactorauthpresent":
            yield replace_condition(grant.statement, condition, "Bool", ("true",))
        elif passes_when_absent(condition) and not condition.operator.endswith("NotEquals"):
            yield replace_condition(grant.statement, condition, condition.operator)


def _in_denies(access: Access, grants: tuple[Grant, ...]) -> Iterator[Evidence]:
    """One piece of evidence per Deny, with the grants that it was meant to narrow."""
    for deny in mfa_denies_of(access, grants[0]) if grants else ():
        tests = tuple(filter(is_about_mfa, deny.conditions))
        because = tuple(
            f"statement {deny.index} denies with `{test.spelling}` on `{test.key}`: {_misses(test)}" for test in tests
        )
        yield Evidence(grants, because, changes=tuple(_mends_of_deny(deny, tests)))


def _misses(condition: Condition) -> str:
    if condition.operator == "Null":
        return "sessions without MFA carry it as `false` and are not denied"
    return "access keys without MFA carry no such key and are not denied"


def _mends_of_deny(deny: Statement, tests: tuple[Condition, ...]) -> Iterator[Change]:
    for condition in tests:
        if condition.operator == "Bool" and not condition.if_exists and not condition.quantifier:
            yield replace_condition(deny.index, condition, replace(condition, if_exists=True).spelling)
