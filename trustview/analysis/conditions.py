"""What a condition is about, and what people spell wrong in one: predicates that several checks share.

Whether a condition keeps outsiders out is decided in `audience.py`; whether it is met, by the engine.
"""

from __future__ import annotations

from trustview.analysis.access import Access
from trustview.analysis.audience import is_demanded, passes_when_absent
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.reach import Representative, ask_of_grant, callers_of, without
from trustview.policy import (
    OPERATORS_BY_NAME,
    Condition,
    PrincipalForm,
    Request,
    Statement,
    evaluate_condition,
    find_context_key,
    parse_arn,
)
from trustview.policy.statement import means_action, prepare
from trustview.snapshot import User

MFA_KEYS = ("aws:multifactorauthpresent", "aws:multifactorauthage")
EXTERNAL_ID = "sts:externalid"

# A request comes either from the internet, with an address, or through a VPC endpoint, with these keys.
_ENDPOINT_KEYS = frozenset(
    {
        "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
    }
)  # fmt: skip


def is_about_mfa(condition: Condition) -> bool:
    """Whether a condition tests multi-factor authentication."""
    return condition.key.lower() in MFA_KEYS


def is_about_external_id(condition: Condition) -> bool:
    """Whether a condition tests the ExternalId."""
    return condition.key.lower() == EXTERNAL_ID


def is_negated(condition: Condition) -> bool:
    """Whether the operator asks that no value match."""
    operator = OPERATORS_BY_NAME.get(condition.operator.lower())
    return operator is not None and operator.is_negated


def quote(condition: Condition) -> str:
    """A condition as evidence names it: its key and its operator."""
    return f"`{condition.key}` is tested with `{condition.spelling}`"


def listed(values: tuple[str, ...], limit: int = 3) -> str:
    """Values for a sentence, the first few of them."""
    shown = ", ".join(f"`{value}`" for value in values[:limit])
    return f"{shown} and {len(values) - limit} more" if len(values) > limit else shown


# ── absent keys ──────────────────────────────────────────────────────────────────────────────────────────────────


def absent_passes(access: Access, grant: Grant, condition: Condition) -> bool:
    """Whether some caller of the grant may lack the key of this condition and gets in because of that.

    Keys whose value the caller chooses are left aside: there absence gives nothing that a value would not.
    """
    if not passes_without(condition) or is_demanded(condition.key, grant.conditions):
        return False
    if _is_complemented(condition, grant.conditions):
        return False
    return any(
        may_lack(one, condition.key) and _gets_in_without(access, grant, one, condition)
        for one in callers_of(access, grant)
    )


def deny_misses(access: Access, grant: Grant, deny: Statement, condition: Condition) -> bool:
    """Whether a Deny of the role's trust policy fails on some caller of the grant who lacks the key of a condition."""
    if passes_when_absent(condition) or not _is_optional(condition):
        return False
    if OPERATORS_BY_NAME[condition.operator.lower()].family == "null":
        return False
    return any(
        may_lack(one, condition.key)
        and _is_meant(access, grant, deny, condition, one)
        and _gets_in_without(access, grant, one, condition)
        for one in callers_of(access, grant)
    )


def passes_without(condition: Condition) -> bool:
    """Whether a condition lets pass who does not send its key, and the key is one that a caller may lack."""
    return passes_when_absent(condition) and _is_optional(condition)


def _is_optional(condition: Condition) -> bool:
    if (
        condition.operator.lower() not in OPERATORS_BY_NAME
        or is_about_mfa(condition)
        or is_about_external_id(condition)
    ):
        return False
    return not find_context_key(condition.key).is_chosen


def _is_complemented(condition: Condition, beside: tuple[Condition, ...]) -> bool:
    """Whether the key is absent exactly when another tested one is there: the address, and the endpoint's keys."""
    keys = {other.key.lower() for other in beside}
    key = condition.key.lower()
    if key == "aws:sourceip":
        return bool(keys & _ENDPOINT_KEYS) and not is_negated(condition)
    return key in _ENDPOINT_KEYS and "aws:sourceip" in keys and not is_negated(condition)


def may_lack(one: Representative, key: str) -> bool:
    """Whether the caller's requests may come without the key."""
    # Whoever is in an organization has a path in it: the one key is never there without the other.
    if key.lower() == "aws:principalorgpaths" and "aws:principalorgid" in one.context.values:
        return False
    given = one.context.look_up(key, one.caller)
    return not given.is_present or None in given.candidates


def _gets_in_without(access: Access, grant: Grant, one: Representative, condition: Condition) -> bool:
    lacking = Representative(one.caller, without(one.context, condition.key), one.principal)
    return ask_of_grant(access, grant, lacking).may_be_allowed


def _is_meant(access: Access, grant: Grant, deny: Statement, condition: Condition, one: Representative) -> bool:
    """Whether a Deny is about the caller at all: its principals, its actions and its other conditions."""
    role = access.role(grant.role)
    document = access.trust_policy(role)
    if prepare(deny, document).means_caller(one.caller).is_false:
        return False
    request = Request(one.caller, grant.actions[0], role.arn, role.account, one.context)
    beside = (other for other in deny.conditions if other is not condition)
    if any(evaluate_condition(other, request, substitutes=document.substitutes_variables).is_false for other in beside):
        return False
    return any(means_action(deny, action) for action in grant.actions)


def roles_that_deny(access: Access) -> tuple[str, ...]:
    """The roles with grants whose trust policy denies anything."""
    memory = access.memory.setdefault("roles that deny", {})
    if "roles" not in memory:
        memory["roles"] = tuple(arn for arn in access.grants_by_role if access.trust_policy(access.role(arn)).denies)
    found: tuple[str, ...] = memory["roles"]
    return found


# ── who comes ────────────────────────────────────────────────────────────────────────────────────────────────────


def users_may_come(access: Access, grant: Kind) -> bool:
    """Whether IAM users, who alone can show MFA to IAM, may be among those whom the grant means."""
    form = grant.principal.form
    if form is PrincipalForm.UNIQUE_ID:
        return isinstance(access.snapshot.principals_by_id.get(grant.principal.value), User)
    if form is PrincipalForm.USER:
        return True
    if form not in (PrincipalForm.ACCOUNT, PrincipalForm.EVERYONE) or grant.principal.kind == "Federated":
        return False
    return not only_roles_may_come(grant.conditions)


def only_roles_may_come(conditions: tuple[Condition, ...]) -> bool:
    """Whether a condition on `aws:PrincipalArn` names nothing but roles."""
    return any(
        condition.key.lower() == "aws:principalarn"
        and not is_negated(condition)
        and not passes_when_absent(condition)
        and bool(condition.values)
        and all(_is_of_a_role(value) for value in condition.values)
        for condition in conditions
    )


def _is_of_a_role(value: str) -> bool:
    arn = parse_arn(value)
    return arn is not None and arn.resource.startswith("role/")
