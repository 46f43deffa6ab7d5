"""Stars under conditions that anybody meets.

A star without conditions is `role-open-to-everyone`; one whose condition would hold but for absent keys is
`absent-key-passes`, which names that mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import holds, is_wild
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import absent_passes, is_about_mfa, is_negated, listed, quote
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, Party
from trustview.analysis.mend import first_of, require_organization, shut_outsiders
from trustview.analysis.mend_by_use import name_those_seen
from trustview.policy import Condition, find_context_key


@check(Severity.CRITICAL)
def wildcard_with_weak_condition(access: Access) -> Iterator[Evidence]:
    """Everyone on AWS can become the role by meeting a condition that is in their own hands.

    Why: the principal is `*`, and what the conditions test is chosen by whoever asks (an ExternalId, a session name, a
    user agent, tags of their own), or true for everybody (0.0.0.0/0, a `*` where an account or organization must be
    named). An ExternalId is no secret: whoever may see the role can read it.

    Fix: name the accounts or roles that need it, or test `aws:PrincipalOrgID` without wildcards.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    for grant in access.kinds.living(lambda kind: kind.party is Party.PUBLIC):
        if is_weak(access, grant):
            because = tuple(_describe(condition) for condition in grant.conditions)
            changes, instead = first_of(
                require_organization(access, grant), name_those_seen(access, grant), shut_outsiders(access, grant)
            )
            yield Evidence((grant,), because, changes=changes, instead=instead)


def is_weak(access: Access, grant: Grant) -> bool:
    """Whether a star has conditions of which none holds, nor would hold but for an absent key."""
    if grant.is_inverted or not grant.conditions:
        return False
    return not any(
        holds(condition, grant.conditions) or absent_passes(access, grant, condition) for condition in grant.conditions
    )


def _describe(condition: Condition) -> str:
    key = find_context_key(condition.key)
    values = listed(condition.values)
    if is_about_mfa(condition):
        return f"`{condition.key}` says how the caller signed in, not who it is"
    if key.is_chosen:
        return f"`{condition.key}` is chosen by the caller; {values} can be sent by anybody"
    if key.is_identifying and is_negated(condition):
        return f"{quote(condition)}: everyone but {values} passes"
    if key.is_identifying and any(is_wild(value) for value in condition.values):
        return f"`{condition.key}` may be anybody's under {values}: a wildcard stands where somebody must be named"
    if condition.key.lower() == "aws:sourceip":
        return f"`{condition.key}` {values} is so wide that it keeps nobody out"
    return f"{quote(condition)} for {values}, which does not say whose principal the caller is"
