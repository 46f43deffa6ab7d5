"""Fleet: grants that are equal up to their own account, organization and Region, decided together.

THE ONE PLACE that says when two grants are the same. What is a role's own is taken out (see `own_parts.py`) before
comparing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from trustview.analysis.grant import Grant
from trustview.analysis.own_account import OWN_ACCOUNT
from trustview.analysis.own_parts import Own, own_parts
from trustview.policy import Condition, PrincipalElement, Statement, parse_arn
from trustview.snapshot import Role


@dataclass(frozen=True, slots=True)
class Fleet:
    """Grants of the same role name that say the same in every account.

    `outlier_of` is the id of the larger fleet of the same role name that this one differs from; empty for the majority
    and for roles that stand alone.
    """

    id: str
    role_name: str
    grants: tuple[str, ...]
    accounts: tuple[str, ...]
    outlier_of: str = ""


def own_terms(own: Own, element: PrincipalElement, statement: Statement, actions: tuple[str, ...]) -> str:
    """What a grant says, with what is its own taken out; equal for equal grants of different accounts and Regions."""
    conditions = terms_of_conditions(statement)
    terms = (element.kind, str(statement.not_principals), element.value, *sorted(actions), *conditions)
    return own.take_out("\x00".join(terms))


def terms_of_conditions(statement: Statement) -> tuple[str, ...]:
    """The conditions of a statement, whatever their order."""
    return tuple(sorted(map(_condition_terms, statement.conditions)))


def _condition_terms(condition: Condition) -> str:
    """One condition, whatever the order of its values and the case of its key."""
    return "\x02".join((condition.spelling, condition.key.lower(), *sorted(condition.values)))


def own_name(role: Role, own: Own) -> str:
    """Path and name of a role, with what is its own taken out: grants of equal ones that say the same are a fleet."""
    return f"{role.path}{own.take_out(role.name)}".replace(role.account, OWN_ACCOUNT)


def find_fleets(grants: Iterable[Grant], majority: int = 3) -> tuple[Fleet, ...]:
    """Fleets of grants, in the order in which they are met.

    A fleet is an outlier of the largest fleet of its role name when that one has `majority` accounts and shares none
    with it: other grants of the same roles stand beside it and differ from nothing.
    """
    members: dict[str, list[Grant]] = {}
    for grant in grants:
        members.setdefault(grant.fleet, []).append(grant)
    accounts = {fleet: tuple(dict.fromkeys(g.account for g in found)) for fleet, found in members.items()}
    names = {fleet: role_name_of(found[0]) for fleet, found in members.items()}
    largest = _largest(accounts, names)
    return tuple(
        Fleet(
            fleet,
            names[fleet],
            tuple(grant.id for grant in found),
            accounts[fleet],
            _outlier_of(fleet, largest[names[fleet]], accounts, majority),
        )
        for fleet, found in members.items()
    )


def role_name_of(grant: Grant) -> str:
    """Path and name of a grant's role as fleets tell it."""
    arn = parse_arn(grant.role)
    if arn is None:
        return grant.role
    path, slash, name = arn.path_and_name.replace(grant.account, "<account>").rpartition("/")
    region = own_parts(grant.account, "", name).region
    return f"{path}{slash}{name.replace(region, '<region>') if region else name}"


def _largest(accounts: dict[str, tuple[str, ...]], names: dict[str, str]) -> dict[str, str]:
    sizes = Counter({fleet: len(found) for fleet, found in accounts.items()})
    result: dict[str, str] = {}
    for fleet, _ in sizes.most_common():
        result.setdefault(names[fleet], fleet)
    return result


def _outlier_of(fleet: str, largest: str, accounts: dict[str, tuple[str, ...]], majority: int) -> str:
    is_smaller = len(accounts[fleet]) * 2 < len(accounts[largest])
    stands_apart = not set(accounts[fleet]) & set(accounts[largest])
    return largest if fleet != largest and len(accounts[largest]) >= majority and is_smaller and stands_apart else ""
