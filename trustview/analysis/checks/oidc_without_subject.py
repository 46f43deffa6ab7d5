"""OIDC grants that do not ask whose token it is. A subject that is asked for but open is `oidc-subject-too-wide`.

The built-in providers of Google, Facebook and Amazon are `builtin-identity-provider-without-app`, Cognito's identity
pools `cognito-guest-role`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.checks.cognito_guest_role import is_cognito
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.mend_by_use import name_subjects_seen
from trustview.analysis.subjects import asks_for_a_value, claims_of, is_dead, is_oidc, issuer_of, tenancy_of

_NOT_ABOUT_WHO = ("aud", "oaud")


@check(Severity.CRITICAL)
def oidc_without_subject(access: Access) -> Iterator[Evidence]:
    """The role does not ask whose token it is.

    Why: GitHub, GitLab, Buildkite and others give tokens of the same issuer to all their customers. Without a test
    of the claim that names the customer, everybody's pipelines become the role. Policies older than IAM's own check of
    this live on. An issuer of our own gives tokens to every workload of ours.

    Fix: test the subject, or the claim that names the organization, down to the repository or workspace.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
    """
    for grant in access.kinds.living(_asks_for_nobody):
        changes = name_subjects_seen(access, grant, "sub")
        if issuer_of(grant).is_shared:
            yield Evidence((grant,), (_describe(grant),), changes=changes)
        else:
            because = f"nothing but the issuer `{grant.principal.name}` is tested: any identity that it knows gets in"
            yield Evidence((grant,), (because,), Severity.MEDIUM, changes=changes)


def _asks_for_nobody(kind: Kind) -> bool:
    if not is_oidc(kind) or is_cognito(kind) or is_dead(kind):
        return False
    return not (tenancy_of(kind) if issuer_of(kind).is_shared else _asks_who(kind))


def _describe(grant: Grant) -> str:
    issuer = issuer_of(grant)
    claims = " or ".join(
        f"`{claim if ':' in claim else f'{issuer.pattern}:{claim}'}`" for claim in list(issuer.claims)[:1]
    )
    return f"{issuer.name} serves everybody, and {claims} is not tested: any customer's token gets in"


def _asks_who(grant: Kind) -> bool:
    return any(
        claim != condition.key.lower() and claim not in _NOT_ABOUT_WHO and _is_test(claim, grant)
        for claim, condition in claims_of(grant)
    )


def _is_test(claim: str, grant: Kind) -> bool:
    """A subject that is tested for anything at all is another check's."""
    return claim == "sub" or any(asks_for_a_value(c, condition) for c, condition in claims_of(grant) if c == claim)
