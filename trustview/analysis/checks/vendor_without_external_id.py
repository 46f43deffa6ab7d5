"""Outsiders who need no ExternalId. One that is asked for but weak is `weak-external-id`."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.check import Evidence, check
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.mend import AGREED, add_condition, external_id_of
from trustview.analysis.outsiders import (
    external_ids_of,
    name_outsider,
    needs_external_id,
    outsiders_of,
    trusts_all_of,
    ways_of_outsiders,
)
from trustview.analysis.reach import statement_of
from trustview.analysis.remediation import Change


@check(Severity.HIGH)
def vendor_without_external_id(access: Access) -> Iterator[Evidence]:
    """A third party can become the role without an ExternalId.

    Why: another customer of the same vendor can give it our role's ARN, and the vendor's own software will enter our
    account for them (the confused deputy). An ExternalId that the vendor made for us stops that. It protects against
    the vendor's other customers, not against a compromise of the vendor.

    Fix: have the vendor generate an ExternalId for us, and test `sts:ExternalId` with `StringEquals`.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    for grant in ways_of_outsiders(access):
        if not external_ids_of(grant) and not needs_external_id(access, grant):
            names = ", ".join(name_outsider(access, account) for account in outsiders_of(access, grant)[:3])
            severity = Severity.HIGH if trusts_all_of(grant) else Severity.MEDIUM
            because = f"{names} gets in without an `sts:ExternalId`"
            yield Evidence((grant,), (because,), severity, changes=_mend(access, grant))


def _mend(access: Access, grant: Grant) -> tuple[Change, ...]:
    """A value of its own, where every principal of the statement is the same outsider's."""
    elements = statement_of(access, grant).principals
    if {element.account for element in elements} != {grant.principal.account} or not grant.principal.account:
        return ()
    return (add_condition(grant, "StringEquals", "sts:ExternalId", (external_id_of(grant),), AGREED),)
