"""OIDC subjects that let in more than one project, or more than one place in it."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import listed
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.issuers import Bound
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import first_of, replace_condition
from trustview.analysis.mend_by_use import name_subjects_seen
from trustview.analysis.remediation import Change
from trustview.analysis.subjects import (
    bound_of,
    close_subject,
    is_dead,
    is_oidc,
    issuer_of,
    read_subject,
    tenancy_of,
    tests_of,
)


@check(Severity.CRITICAL)
def oidc_subject_too_wide(access: Access) -> Iterator[Evidence]:
    """The test of the token's subject lets too many in.

    Why: `repo:acme*` also means `acme-evil`, whose owner is anybody. `repo:acme/*` means every repository of acme, so
    that the least guarded one deploys to production; `repo:acme/app:*` means every branch and pull request, so that
    whoever may push anything becomes the role. GitHub has two formats, and one pattern for both is open.

    Fix: name organization and repository in full, in both formats, with the branch or environment that may use the
    role: `repo:acme/app:environment:prod` and `repo:acme@1234/app@5678:environment:prod`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
    """
    for grant in access.kinds.living(_is_too_wide):
        bound, values = bound_of(grant)
        changes, instead = first_of(_close(grant, bound), _name_seen(access, grant))
        because = _describe(grant, bound, values)
        yield Evidence((grant,), (because,), severity_of(grant, bound), changes=changes, instead=instead)


def _is_too_wide(kind: Kind) -> bool:
    if not is_oidc(kind) or not tenancy_of(kind) or is_dead(kind):
        return False
    return severity_of(kind, bound_of(kind)[0]) is not None


def severity_of(grant: Kind, bound: Bound) -> Severity | None:
    """How bad a bound is on this role; None where it is narrow enough."""
    if bound is Bound.NOBODY:
        return Severity.CRITICAL if issuer_of(grant).is_shared else Severity.MEDIUM
    if not grant.privilege.may_write:
        return None
    return {Bound.TENANT: Severity.HIGH, Bound.PROJECT: Severity.MEDIUM}.get(bound)


def _describe(grant: Grant, bound: Bound, values: tuple[str, ...]) -> str:
    shown = listed(values) if values else "no value"
    if bound is Bound.NOBODY:
        who = (
            "tokens of other organizations match too"
            if issuer_of(grant).is_shared
            else "every token of the issuer matches"
        )
        return f"{shown} does not close the organization: {who}"
    if bound is Bound.TENANT:
        return f"{shown} means every project of the organization, on a role that may write"
    return f"{shown} means every branch and pull request of the project, on a role that may write"


def _close(grant: Grant, bound: Bound) -> tuple[Change, ...]:
    """Close GitHub subjects behind the organization's name; which branch or repository is meant nobody can say."""
    tests = tests_of(grant, "sub")
    if bound is not Bound.NOBODY or len(tests) != 1 or len(tenancy_of(grant)) != 1:
        return ()
    closed = {value: close_subject(value) for value in tests[0].values}
    if not all(closed.values()):
        return ()
    return (replace_condition(grant.statement, tests[0], values=tuple(v for group in closed.values() for v in group)),)


def _name_seen(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Ask for the subjects that were seen, where one test of the subject can give way."""
    tests = tests_of(grant, "sub")
    changes = name_subjects_seen(access, grant, "sub", tests[0]) if len(tests) == 1 else ()
    bounds = [read_subject(issuer_of(grant), value) for change in changes for value in change.values]
    return changes if bounds and severity_of(grant, min(bounds)) is None else ()
