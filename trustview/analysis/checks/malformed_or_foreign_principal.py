"""Principals that can mean nobody. The bare id of a deleted principal is not among them: AWS put it there."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant, ReachKind
from trustview.analysis.mend import remove_principal
from trustview.policy import PrincipalForm, parse_arn


@check(Severity.LOW)
def malformed_or_foreign_principal(access: Access) -> Iterator[Evidence]:
    """The trust policy names a principal that matches nobody.

    Why: a principal that AWS cannot read, or one of another partition (China, GovCloud), lets nobody in, and whoever
    reads the policy believes otherwise. Somebody meant an access that does not exist.

    Fix: correct the principal if it is needed, or remove it.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    for grant in access.kinds.grants(lambda kind: kind.reach.kind is ReachKind.DEAD):
        because = _describe(grant)
        if because:
            yield Evidence((grant,), (because,), changes=remove_principal(grant))


def _describe(grant: Grant) -> str:
    element = grant.principal
    if element.form is PrincipalForm.MALFORMED:
        return f"`{element.value}` is no principal that AWS documents"
    if element.form is PrincipalForm.CANONICAL_USER:
        return f"`{element.value}` is a canonical user, which no trust policy knows"
    role = parse_arn(grant.role)
    if role and element.partition and element.partition != role.partition:
        return f"`{element.value}` is of the partition `{element.partition}`, the role of `{role.partition}`"
    return ""
