"""ExternalIds that several vendors share."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.audience import is_wild
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.outsiders import external_ids_of, outsiders_of


@check(Severity.LOW)
def reused_external_id(access: Access) -> Iterator[Evidence]:
    """Several vendors have the same ExternalId from us.

    Why: each of them knows what the others must send for us. That the value was shared shows that we made it up: a
    vendor that generates its ExternalIds never gives out another's.

    Fix: have each vendor generate a value for us alone.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    bearers: dict[str, set[str]] = {}
    asked = [(grant, _vendors(access, grant), _values(grant)) for grant in access.grants if external_ids_of(grant)]
    for _, vendors, values in asked:
        for value in values:
            bearers.setdefault(value, set()).update(vendors)
    for grant, vendors, values in asked:
        for value in values:
            others = sorted(bearers[value] - vendors)
            if vendors and others and not grant.reach.is_shut_by_itself:
                yield Evidence((grant,), (f"`{value}` is also the ExternalId of {', '.join(others[:3])}",))


def _vendors(access: Access, grant: Grant) -> set[str]:
    return {access.vendors[a].name if a in access.vendors else f"`{a}`" for a in outsiders_of(access, grant)}


def _values(grant: Grant) -> tuple[str, ...]:
    """The ExternalIds that a grant accepts, patterns left out."""
    found = [c for c in external_ids_of(grant) if not is_negated(c) and c.operator.lower().startswith("string")]
    return tuple(
        dict.fromkeys(v for c in found for v in c.values if v and not (c.operator == "StringLike" and is_wild(v)))
    )
