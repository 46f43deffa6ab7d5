"""SAML providers whose assertions are taken wherever they were meant for, or that belong to another account."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import add_condition
from trustview.analysis.remediation import Change
from trustview.analysis.subjects import asks_for_a_value
from trustview.policy import Condition, PrincipalForm, parse_arn

# The sign-in endpoint to which an assertion is addressed, by partition.
_ENDPOINTS = {
    "aws": "https://signin.aws.amazon.com/saml",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/saml",
    "aws-cn": "https://signin.amazonaws.cn/saml",
}


@check(Severity.MEDIUM)
def saml_without_audience(access: Access) -> Iterator[Evidence]:
    """The role takes SAML assertions that were meant for somebody else, or of another account's provider.

    Why: without a test of `SAML:aud`, an assertion that the identity provider made for another service can be used
    here. A provider of another account is looked after by people of that account.

    Fix: test `SAML:aud` for the sign-in endpoint of AWS, and create the provider in the role's own account.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
    """
    for grant in access.kinds.living(lambda kind: kind.principal.form is PrincipalForm.SAML_PROVIDER):
        is_open = not any(_is_test_of_audience(condition) for condition in grant.conditions)
        is_foreign = grant.principal.account != grant.account
        because = ["`SAML:aud` is not tested"] if is_open else []
        if is_foreign:
            because.append(f"`{grant.principal.value}` is a provider of another account")
        if because:
            yield Evidence((grant,), tuple(because), changes=() if is_foreign else _mend(grant))


def _is_test_of_audience(condition: Condition) -> bool:
    return condition.key.lower() == "saml:aud" and not is_negated(condition) and asks_for_a_value("aud", condition)


def _mend(grant: Grant) -> tuple[Change, ...]:
    arn = parse_arn(grant.role)
    endpoint = _ENDPOINTS.get(arn.partition) if arn else None
    return (add_condition(grant, "StringEquals", "SAML:aud", (endpoint,)),) if endpoint else ()
