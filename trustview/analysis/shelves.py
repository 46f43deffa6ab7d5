"""Grants and findings by account, so that what one role bears on is found without looking at all there is.

THE ONE PLACE that says on which shelf a value stands.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from trustview.analysis.edges.assume_role import CROWDS
from trustview.analysis.grant import Grant
from trustview.analysis.kinds import by_role
from trustview.snapshot import Role

_K = TypeVar("_K", bound=Hashable)
_T = TypeVar("_T")

# Where crowds stand of whom no account is known.
ANYWHERE = ""


def shelf_of(subject: str) -> str:
    """The account in an ARN; anything else that findings hang on stands alone."""
    parts = subject.split(":", 5)
    return parts[4] if len(parts) > 5 else subject


def shelve(values: Iterable[_T], shelf: Callable[[_T], _K]) -> dict[_K, tuple[_T, ...]]:
    """The values of each shelf, in their order."""
    found: dict[_K, list[_T]] = {}
    for value in values:
        found.setdefault(shelf(value), []).append(value)
    return {name: tuple(listed) for name, listed in found.items()}


def places_by_whom(grants: Sequence[Grant]) -> dict[str, array[int]]:
    """The places of grants by the accounts of the crowd, or the account or else the name, of whom they let come."""
    found: dict[str, array[int]] = {}
    for place, grant in enumerate(grants):
        is_crowd = grant.principal.form in CROWDS
        whom = grant.party_accounts or (ANYWHERE,) if is_crowd else (grant.principal.account or grant.principal.value,)
        for name in whom:
            found.setdefault(name, array("I")).append(place)
    return found


class GrantsByRole(Mapping[str, tuple[Grant, ...]]):
    """The grants of each role; those of an account are told apart when one of its roles is asked for."""

    def __init__(self, by_account: Mapping[str, tuple[Grant, ...]], roles: Mapping[str, Role]) -> None:
        self._by_account, self._roles = by_account, roles
        self._known: dict[str, dict[str, tuple[Grant, ...]]] = {}

    def __getitem__(self, role: str) -> tuple[Grant, ...]:
        return self._of(self._roles[role].account)[role]

    def __iter__(self) -> Iterator[str]:
        return (role for account in self._by_account for role in self._of(account))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _of(self, account: str) -> dict[str, tuple[Grant, ...]]:
        if account not in self._known:
            grants = self._by_account.get(account, ())
            self._known[account] = {found[0].role: found for found in by_role(grants)}
        return self._known[account]
