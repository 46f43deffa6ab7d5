"""Roles open to every AWS account. A star with any condition, however weak, is told by another check."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Party
from trustview.analysis.mend import first_of, require_organization, shut_outsiders
from trustview.analysis.mend_by_use import name_those_seen


@check(Severity.CRITICAL)
def role_open_to_everyone(access: Access) -> Iterator[Evidence]:
    """Everyone on AWS can become the role.

    Why: an Allow to `*` without conditions, or to everyone but a few with `NotPrincipal`, trusts every principal of
    every AWS account. Whoever learns the role's ARN gets in with an account of their own.

    Fix: name the accounts or roles that need it. Where the whole organization needs it, test `aws:PrincipalOrgID`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous
    """
    for grant in access.kinds.living(lambda kind: kind.party is Party.PUBLIC):
        changes, instead = first_of(
            require_organization(access, grant), name_those_seen(access, grant), shut_outsiders(access, grant)
        )
        if grant.is_inverted:
            because = f"`NotPrincipal` in an Allow means {grant.principal.value}"
            yield Evidence((grant,), (because,), changes=changes, instead=instead)
        elif not grant.conditions:
            because = "the principal is `*` and there is no condition"
            yield Evidence((grant,), (because,), changes=changes, instead=instead)
