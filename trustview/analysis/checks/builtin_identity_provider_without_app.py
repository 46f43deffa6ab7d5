"""Sign-in with Google, Facebook or Amazon, whatever the application."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.issuers import APPLICATION_CLAIMS
from trustview.analysis.kinds import Kind
from trustview.analysis.subjects import is_dead, issuer_name, tests_of
from trustview.policy import PrincipalForm


@check(Severity.HIGH)
def builtin_identity_provider_without_app(access: Access) -> Iterator[Evidence]:
    """Everybody with an account at Google, Facebook or Amazon can become the role.

    Why: these providers sign in half the world, for any application. Without a test of the application's id, a token
    that somebody's own application asked for is as good as ours.

    Fix: test the application's id: `accounts.google.com:aud`, `graph.facebook.com:app_id`, `www.amazon.com:app_id`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    for grant in access.kinds.living(_asks_for_no_app):
        name = issuer_name(grant)
        because = f"`{name}` is trusted and `{name}:{APPLICATION_CLAIMS[name][0]}` is not tested"
        # Whoever is named in the subject is one person, whichever application asked.
        severity = Severity.MEDIUM if tests_of(grant, "sub", "id", "user_id") else None
        yield Evidence((grant,), (because,), severity)


def _asks_for_no_app(kind: Kind) -> bool:
    claims = APPLICATION_CLAIMS.get(issuer_name(kind)) if kind.principal.form is PrincipalForm.OIDC_PROVIDER else None
    return claims is not None and not is_dead(kind) and not tests_of(kind, *claims)
