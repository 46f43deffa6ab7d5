"""OIDC grants that look scoped and let nobody in."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.checks.oidc_subject_too_wide import severity_of
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.issuers import Bound
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import first_of, remove_way_in, replace_condition
from trustview.analysis.remediation import Change
from trustview.analysis.subjects import dead_conditions_of, is_dead, issuer_of, read_subject
from trustview.policy import Condition, PrincipalForm


@check(Severity.LOW)
def oidc_subject_never_matches(access: Access) -> Iterator[Evidence]:
    """No token ever meets the conditions.

    Why: `*` is a wildcard under `StringLike` only; under `StringEquals` it is a plain star. A claim that AWS does not
    map for this issuer, or a subject that begins otherwise than the issuer's, never matches either. The pipeline fails,
    and whoever mends it in a hurry opens the role too far.

    Fix: use `StringLike` for a pattern, claims that the issuer sends, and the issuer's form of the subject.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
    """
    for grant in access.kinds.grants(_never_matches):
        dead = dead_conditions_of(grant)
        because = tuple(dict.fromkeys(reason for _, reason in dead))
        mended = _mend(grant, tuple(condition for condition, _ in dead))
        # Nobody comes by it, so that it can go.
        changes, instead = first_of(mended, remove_way_in(access, grant))
        yield Evidence((grant,), because, changes=changes, instead=instead)


def _never_matches(kind: Kind) -> bool:
    return kind.principal.form is PrincipalForm.OIDC_PROVIDER and is_dead(kind)


def _mend(grant: Grant, dead: tuple[Condition, ...]) -> tuple[Change, ...]:
    """Make a pattern of a subject that was written as one, where the pattern is narrow enough for this role."""
    (first, *others) = dead
    tested = [condition for condition in grant.conditions if condition.key.lower() == first.key.lower()]
    if others or len(tested) > 1 or first.operator != "StringEquals" or not first.key.lower().endswith(":sub"):
        return ()
    bound = min((read_subject(issuer_of(grant), value) for value in first.values), default=Bound.NOBODY)
    if not all("*" in value for value in first.values) or severity_of(grant, bound) is not None:
        return ()
    return (replace_condition(grant.statement, first, "StringLike"),)
