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

_MOST_NAMED = 3


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
    found: dict[str, dict[_Bearer, set[str]]] = {}
    for grant, values in asked:
        for value in values:
            for bearer in _bearers(access, grant):
                found.setdefault(value, {}).setdefault(bearer, set()).add(grant.role)
    bearers = {value: sorted(known.items(), key=lambda one: one[0].name) for value, known in found.items()}
    for grant, values in asked:
        for value in values:
            others = _others(grant.role, _bearers(access, grant), bearers.get(value, []))
            if others and not grant.reach.is_shut_by_itself:
                because = f"`{value}` is also the ExternalId of {', '.join(others)}"
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
    """An outsider of whom we ask an ExternalId: a vendor by name, or an account that nobody knows."""

    name: str
    is_known: bool


def _bearers(access: Access, grant: Grant) -> tuple[_Bearer, ...]:
    known = access.vendors
    names = {
        account: known[account].name if account in known else f"`{account}`" for account in outsiders_of(access, grant)
    }
    return tuple(dict.fromkeys(_Bearer(name, account in known) for account, name in names.items()))


def _others(role: str, own: tuple[_Bearer, ...], bearers: list[tuple[_Bearer, set[str]]]) -> list[str]:
    """The first vendors by name that surely are others: two unknown accounts of one role may be the same party's."""
    others: dict[str, None] = {}
    for other, roles in bearers:
        is_elsewhere = len(roles) > 1 or role not in roles
        if any(other.name != one.name and (is_elsewhere or (other.is_known and one.is_known)) for one in own):
            others[other.name] = None
            if len(others) == _MOST_NAMED:
                break
    return list(others)


def _values(grant: Grant) -> tuple[str, ...]:
    """The ExternalIds that a grant accepts, patterns left out."""
    found = [c for c in external_ids_of(grant) if not is_negated(c) and c.operator.lower().startswith("string")]
    return tuple(
        dict.fromkeys(v for c in found for v in c.values if v and not (c.operator == "StringLike" and is_wild(v)))
    )
