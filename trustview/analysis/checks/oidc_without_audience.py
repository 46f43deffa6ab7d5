"""OIDC grants that do not ask for whom the token was made."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import add_condition
from trustview.analysis.remediation import Change
from trustview.analysis.subjects import is_dead, is_oidc, issuer_name, issuer_of, tests_of


@check(Severity.MEDIUM)
def oidc_without_audience(access: Access) -> Iterator[Evidence]:
    """The role takes tokens that were made for somebody else.

    Why: without a test of the audience, a token that a pipeline made for another service can be used here by whoever
    gets hold of it. The list of client ids of the identity provider is a second gate that the policy does not show.

    Fix: test `aud`, with the audience that the pipeline asks for: `sts.amazonaws.com` for GitHub and EKS.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    for grant in access.kinds.living(_tests_no_audience):
        because = f"`{issuer_name(grant)}:aud` is not tested"
        yield Evidence((grant,), (because,), changes=_mend(access, grant))


def _tests_no_audience(kind: Kind) -> bool:
    # Where the audience names the tenant, its absence is `oidc-without-subject`.
    is_asked_for = is_oidc(kind) and "aud" not in issuer_of(kind).claims
    return is_asked_for and not tests_of(kind, "aud", "oaud") and not is_dead(kind)


def _mend(access: Access, grant: Grant) -> tuple[Change, ...]:
    """The audiences that the identity provider accepts anyway, or else the usual one."""
    provider = access.providers_by_arn.get(grant.principal.value)
    audiences = provider.client_ids if provider and provider.client_ids else (issuer_of(grant).audience,)
    if not all(audiences):
        return ()
    return (add_condition(grant, "StringEquals", f"{grant.principal.name}:aud", tuple(audiences)),)
