"""Conditions that let pass whoever does not send the key.

MFA and the ExternalId have checks of their own, which tell it better; so have keys that the caller chooses.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import (
    absent_passes,
    deny_misses,
    is_negated,
    listed,
    passes_without,
    quote,
    roles_that_deny,
)
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import add_condition, replace_condition, require_organization
from trustview.analysis.remediation import Change
from trustview.policy import OPERATORS_BY_NAME, Condition, find_context_key


@check(Severity.HIGH)
def absent_key_passes(access: Access) -> Iterator[Evidence]:
    """Who does not send a tested key gets in.

    Why: in an Allow, `…IfExists`, `ForAllValues` and negated operators are true when the key is not in the request at
    all: principals in no organization have no `aws:PrincipalOrgID`, untagged ones no `aws:PrincipalTag`. In a Deny the
    other operators are false then, so that the Deny does not bite.

    Fix: in an Allow use a positive operator without `IfExists`, or demand the key with `Null` `false`. In a Deny use
    `IfExists` or a negated operator.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
    """
    for grant in access.kinds.living(_passes_without):
        yield from _in_allow(access, grant)
    for role in roles_that_deny(access):
        grants = tuple(grant for grant in access.grants_by_role[role] if not grant.reach.is_shut_by_itself)
        yield from _in_denies(access, role, grants)


def _passes_without(kind: Kind) -> bool:
    return not kind.is_inverted and any(map(passes_without, kind.conditions))


def _in_allow(access: Access, grant: Grant) -> Iterator[Evidence]:
    found = tuple(condition for condition in grant.conditions if absent_passes(access, grant, condition))
    if not found:
        return
    because = tuple(f"{quote(condition)}: who does not send it gets in" for condition in found)
    # What a service forgets to send is the smaller harm: it still acts for somebody of ours or of its own.
    severity = Severity.MEDIUM if grant.party is Party.SERVICE else None
    yield Evidence((grant,), because, severity, changes=_mend(access, grant, found))


def _mend(access: Access, grant: Grant, found: tuple[Condition, ...]) -> tuple[Change, ...]:
    if grant.party is Party.PUBLIC:
        return require_organization(access, grant)
    changes = []
    for condition in found:
        if OPERATORS_BY_NAME[condition.operator.lower()].family == "null":
            return ()
        # Of a list any value would let in whom all values keep out: there, too, the key is asked for beside.
        if is_negated(condition) or (condition.quantifier and find_context_key(condition.key).is_listed):
            changes.append(add_condition(grant, "Null", condition.key, ("false",)))
        else:
            changes.append(replace_condition(grant.statement, condition, condition.operator))
    return tuple(changes)


def _in_denies(access: Access, role: str, grants: tuple[Grant, ...]) -> Iterator[Evidence]:
    """One piece of evidence per Deny, with the grants that it was meant to narrow."""
    for deny in access.trust_policy(access.role(role)).denies:
        for condition in deny.conditions:
            missed = tuple(grant for grant in grants if deny_misses(access, grant, deny, condition))
            if missed:
                values = listed(condition.values)
                because = (
                    f"statement {deny.index} denies when `{condition.key}` is {values}, with `{condition.spelling}`"
                )
                yield Evidence(missed, (f"{because}: who does not send it is not denied",))
