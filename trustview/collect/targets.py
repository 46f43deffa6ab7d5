"""Which accounts of the organization a scope asks for, and a gap for each of the others. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trustview.collect.scope import Scope
from trustview.errors import UsageError
from trustview.snapshot import Account, AccountStatus, Gap, GapKind, Organization

ENTERABLE = (AccountStatus.ACTIVE, AccountStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Targets:
    """The accounts to enter, those to ask about from outside, and the gaps that the choice leaves."""

    enter: tuple[Account, ...]
    about: tuple[Account, ...]
    gaps: tuple[Gap, ...]


def choose_targets(organization: Organization | None, own: str, scope: Scope) -> Targets:
    """The accounts that the scope names, the caller's own first; a suspended one is not entered.

    Without an organization it is the caller's own account alone. Raises UsageError for a name that is not there.
    """
    if organization is None:
        return _alone(own, scope)
    wanted = _wanted(organization, scope)
    asked = [account for account in organization.accounts if account.id in wanted]
    asked.sort(key=lambda account: (account.id != own, account.id))
    enter = tuple(account for account in asked if account.status in ENTERABLE)
    gaps = [_suspended(account) for account in asked if account.status not in ENTERABLE]
    gaps += [_left_out(account) for account in organization.accounts if account.id not in wanted]
    return Targets(enter, tuple(asked), tuple(gaps))


def _alone(own: str, scope: Scope) -> Targets:
    missing = [name for name in (*scope.accounts, *scope.units) if name != own]
    if missing:
        raise UsageError(f"`{missing[0]}` cannot be read: without an organization there is only account {own}")
    account = Account(own, own)
    return Targets((account,), (), ())


def _wanted(organization: Organization, scope: Scope) -> set[str]:
    """Ids of the accounts that the scope names, by themselves or by an OU above them."""
    everyone = {account.id for account in organization.accounts}
    if not scope.accounts and not scope.units:
        return everyone
    accounts = [(account.id, account.name) for account in organization.accounts]
    ous = [(unit.id, unit.name) for unit in organization.units]
    wanted = {found for name in scope.accounts for found in _named(name, accounts, "account", "--account")}
    units = {found for name in scope.units for found in _named(name, ous, "OU", "--ou")}
    return wanted | {account for account in everyone if units.intersection(organization.path_to(account))}


def _named(name: str, known: Iterable[tuple[str, str]], kind: str, option: str) -> set[str]:
    found = {one_id for one_id, one_name in known if name in (one_id, one_name)}
    if not found:
        raise UsageError(f"`{name}` is no {kind} of the organization: give an id or a whole name to {option}")
    return found


def _suspended(account: Account) -> Gap:
    status = account.status.value.lower().replace("_", " ")
    return Gap(account.id, "", "", GapKind.SUSPENDED, f"the account is {status} and cannot be entered")


def _left_out(account: Account) -> Gap:
    return Gap(account.id, "", "", GapKind.NOT_ASKED, "the account was left out of the scope")
