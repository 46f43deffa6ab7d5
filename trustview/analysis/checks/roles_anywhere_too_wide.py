"""Roles for machines outside AWS that show a certificate."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import is_wild, passes_when_absent
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import add_condition
from trustview.analysis.remediation import Change
from trustview.policy import Condition

SERVICE = "rolesanywhere.amazonaws.com"
_MOST_NAMED = 5
_ATTRIBUTES = ("aws:principaltag/x509subject/", "aws:principaltag/x509issuer/", "aws:principaltag/x509san/")


@check(Severity.HIGH)
def roles_anywhere_too_wide(access: Access) -> Iterator[Evidence]:
    """Any certificate, or any trust anchor, of the account will do for Roles Anywhere.

    Why: a trust anchor is a certificate authority. Without `aws:SourceArn` every anchor of the account counts, also one
    that somebody adds tomorrow; without an attribute of the certificate every certificate that the authority ever
    issued. A common name is unique within one authority only.

    Fix: test `aws:SourceArn` for the trust anchor, and an attribute of the certificate:
    `aws:PrincipalTag/x509Subject/CN`, `x509SAN` or `sts:SourceIdentity`.

    See: https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    """
    for grant in access.kinds.living(lambda kind: kind.principal.value.lower() == SERVICE):
        because = tuple(_missing(grant))
        if because:
            yield Evidence((grant,), because, changes=_pin(access, grant) if len(because) == 1 else ())


def _pin(access: Access, grant: Grant) -> tuple[Change, ...]:
    """Name the trust anchors that are enabled in the account today; which certificate is meant nobody can say."""
    own = [a for a in access.snapshot.trust_anchors if a.account == grant.account and a.is_enabled]
    tested = any(condition.key.lower() == "aws:sourcearn" for condition in grant.conditions)
    if not own or len(own) > _MOST_NAMED or tested or not any(map(_asks_attribute, grant.conditions)):
        return ()
    anchors = tuple(sorted(anchor.arn for anchor in own))
    return (add_condition(grant, "ArnEquals", "aws:SourceArn", anchors, ", the trust anchors of today"),)


def _missing(grant: Grant) -> Iterator[str]:
    if not any(_pins_anchor(condition) for condition in grant.conditions):
        yield "no trust anchor is named in `aws:SourceArn`: every anchor of the account counts"
    if not any(_asks_attribute(condition) for condition in grant.conditions):
        yield "no attribute of the certificate is tested: every certificate of the authority gets in"


def _pins_anchor(condition: Condition) -> bool:
    """Whether one trust anchor, or some, are named and not merely `trust-anchor/*`."""
    if condition.key.lower() != "aws:sourcearn" or not _is_test(condition):
        return False
    return all(not is_wild(value.rpartition("trust-anchor/")[2]) for value in condition.values)


def _asks_attribute(condition: Condition) -> bool:
    key = condition.key.lower()
    is_attribute = key.startswith(_ATTRIBUTES) or key == "sts:sourceidentity"
    return is_attribute and _is_test(condition) and all(set(value) - set("*?") for value in condition.values)


def _is_test(condition: Condition) -> bool:
    return bool(condition.values) and not is_negated(condition) and not passes_when_absent(condition)
