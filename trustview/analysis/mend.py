"""The changes that checks offer: each builds the `Change` for one mistake, or none where no mend is surely right."""

from __future__ import annotations

import hashlib

from trustview.analysis.access import Access
from trustview.analysis.conditions import listed
from trustview.analysis.grant import Grant
from trustview.analysis.reach import statement_of
from trustview.analysis.remediation import Change, ChangeKind
from trustview.policy import ASSUME_ROLE, Condition, PrincipalForm


def remove_principal(grant: Grant) -> tuple[Change, ...]:
    """Take the principal element away; none where it stands for more than is wrong."""
    if grant.is_inverted or grant.principal.form is PrincipalForm.EVERYONE:
        return ()
    element = grant.principal
    return (
        Change(
            ChangeKind.REMOVE_PRINCIPAL,
            grant.statement,
            f"remove `{element.value}` from statement {grant.statement}",
            principal_kind=element.kind,
            principal=element.value,
        ),
    )


def name_principals(grant: Grant, arns: tuple[str, ...], what: str) -> Change:
    """Put principals by name in the place of the element; `what` begins the sentence."""
    element = grant.principal
    return Change(
        ChangeKind.REPLACE_PRINCIPAL,
        grant.statement,
        f"{what} instead of `{element.value}` in statement {grant.statement}",
        values=arns,
        principal_kind=element.kind,
        principal=element.value,
    )


def require_organization(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Let only principals of our organization in; none where others, such as services, share the statement."""
    organization = access.snapshot.organization
    statement = statement_of(access, grant)
    is_for_accounts = all(element.kind in ("AWS", "*") for element in statement.principals)
    if organization is None or grant.is_inverted or not is_for_accounts or grant.actions != (ASSUME_ROLE,):
        return ()
    return (add_condition(grant, "StringEquals", "aws:PrincipalOrgID", (organization.id,)),)


def add_condition(grant: Grant, operator: str, key: str, values: tuple[str, ...], note: str = "") -> Change:
    """Test one more key in the grant's statement."""
    summary = f"require `{key}` to be {listed(values)} in statement {grant.statement}"
    return Change(
        ChangeKind.ADD_CONDITION, grant.statement, f"{summary}{note}", operator=operator, key=key, values=values
    )


def replace_condition(
    statement: int, condition: Condition, operator: str = "", values: tuple[str, ...] = (), note: str = ""
) -> Change:
    """Test the same key with another operator, other values, or both."""
    operator, values = operator or condition.spelling, values or condition.values
    summary = f"test `{condition.key}` with `{operator}` for {listed(values)} in statement {statement}"
    return Change(
        ChangeKind.REPLACE_CONDITION,
        statement,
        f"{summary}{note}",
        operator=operator,
        key=condition.key,
        values=values,
        old_operator=condition.spelling,
    )


def remove_condition(statement: int, condition: Condition) -> Change:
    """Test the key no longer."""
    return Change(
        ChangeKind.REMOVE_CONDITION,
        statement,
        f"no longer test `{condition.key}` with `{condition.spelling}` in statement {statement}",
        operator=condition.spelling,
        key=condition.key,
    )


def external_id_of(grant: Grant) -> str:
    """An ExternalId for a role and a principal: the same each time, unlike every other, and 32 characters long."""
    return hashlib.sha256(f"{grant.role}\x00{grant.principal.value}".encode()).hexdigest()[:32]


AGREED = ", to be agreed with the vendor"
