"""Principals that are there no more: AWS shows their unique id in place of their ARN."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Confidence, Severity
from trustview.analysis.mend import remove_principal
from trustview.policy import PrincipalForm


@check(Severity.LOW)
def deleted_principal(access: Access) -> Iterator[Evidence]:
    """The role trusts a principal that was deleted.

    Why: it matches nobody, not even a new principal of the old name; but nobody who reads the policy can tell whom it
    once meant, and one of them may be looking for the reason why a job fails.

    Fix: remove the principal, or name the one that took its place.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
    """
    unread = access.snapshot.unread_accounts
    known = access.snapshot.principals_by_id
    for grant in access.kinds.grants(lambda kind: kind.principal.form is PrincipalForm.UNIQUE_ID):
        if grant.principal.value in known:
            continue
        because = [f"`{grant.principal.value}` is the id of no principal that was read"]
        if unread:
            because.append(f"it may be one of the {len(unread)} accounts that could not be read in full")
        confidence = Confidence.UNKNOWN if unread or access.snapshot.organization is None else Confidence.PROVEN
        yield Evidence((grant,), tuple(because), confidence=confidence, changes=remove_principal(grant))
