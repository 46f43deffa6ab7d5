"""Identity providers that are trusted and are not there."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.mend import remove_principal
from trustview.policy import PrincipalForm

_PROVIDERS = (PrincipalForm.OIDC_PROVIDER, PrincipalForm.SAML_PROVIDER)


@check(Severity.LOW)
def missing_identity_provider(access: Access) -> Iterator[Evidence]:
    """The role trusts an identity provider that does not exist.

    Why: nobody gets in until somebody creates a provider of that name. Whoever may create identity providers in the
    account then decides who that is.

    Fix: remove the principal, or restore the provider.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html
    """
    for grant in access.kinds.grants(lambda kind: kind.principal.form in _PROVIDERS):
        element = grant.principal
        is_known = element.value in access.providers_by_arn
        if element.account and not is_known and _are_providers_known(access, element.account):
            because = f"`{element.value}` does not exist in `{element.account}`"
            yield Evidence((grant,), (because,), changes=remove_principal(grant))


def _are_providers_known(access: Access, account: str) -> bool:
    """Whether an account's identity providers were read: a file of its roles and users does not hold them."""
    facts = access.snapshot.facts_by_account.get(account)
    if facts is None or account in access.snapshot.unread_accounts:
        return False
    return bool(facts.providers) or access.snapshot.source == "aws"
