"""ExternalIds that several vendors share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trustview.analysis.access import Access
from trustview.analysis.audience import is_wild
from trustview.analysis.check import Evidence, check
from trustview.analysis.conditions import is_negated
from trustview.analysis.finding import Severity
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import Kind
from trustview.analysis.mend import AGREED, external_id_of, replace_condition
from trustview.analysis.outsiders import external_ids_of, outsiders_of
from trustview.analysis.reach import statement_of
from trustview.analysis.remediation import Change


def _asks_for_id(kind: Kind) -> bool:
    return bool(external_ids_of(kind))


@check(Severity.LOW, of_all=True, looks_at=_asks_for_id)
def reused_external_id(access: Access) -> Iterator[Evidence]:
    """Several vendors have the same ExternalId from us.

    Why: each of them knows what the others must send for us. That the value was shared shows that we made it up: a
    vendor that generates its ExternalIds never gives out another's.

    Fix: have each vendor generate a value for us alone.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    asked = [(grant, _values(grant)) for grant in access.kinds.grants(_asks_for_id)]
    bearers: dict[str, set[_Bearer]] = {}
    for grant, values in asked:
        for value in values:
            bearers.setdefault(value, set()).update(_bearers(access, grant))
    for grant, values in asked:
        for value in values:
            others = _others(_bearers(access, grant), bearers[value])
            if others and not grant.reach.is_shut_by_itself:
                because = f"`{value}` is also the ExternalId of {', '.join(others[:3])}"
                yield Evidence((grant,), (because,), changes=_renew(access, grant))


def _renew(access: Access, grant: Grant) -> tuple[Change, ...]:
    """A value of its own, where one is asked for and no other, of one outsider alone."""
    asked = external_ids_of(grant)
    bearers = {element.account for element in statement_of(access, grant).principals}
    if len(asked) != 1 or is_negated(asked[0]) or len(asked[0].values) != 1 or len(bearers) != 1:
        return ()
    return (replace_condition(grant.statement, asked[0], "StringEquals", (external_id_of(grant),), AGREED),)


@dataclass(frozen=True, slots=True)
class _Bearer:
    """An outsider of whom a role asks an ExternalId: a vendor by name, or an account that nobody knows."""

    name: str
    role: str
    is_known: bool


def _bearers(access: Access, grant: Grant) -> set[_Bearer]:
    known = access.vendors
    return {
        _Bearer(known[account].name if account in known else f"`{account}`", grant.role, account in known)
        for account in outsiders_of(access, grant)
    }


def _others(own: set[_Bearer], bearers: set[_Bearer]) -> list[str]:
    """Vendors that surely are others: two unknown accounts of one role may be the same party's."""
    return sorted(
        {
            other.name
            for other in bearers
            for one in own
            if other.name != one.name and (other.role != one.role or (other.is_known and one.is_known))
        }
    )


def _values(grant: Grant) -> tuple[str, ...]:
    """The ExternalIds that a grant accepts, patterns left out."""
    found = [c for c in external_ids_of(grant) if not is_negated(c) and c.operator.lower().startswith("string")]
    return tuple(
        dict.fromkeys(v for c in found for v in c.values if v and not (c.operator == "StringLike" and is_wild(v)))
    )
