"""Scope, Assignment: what a review is about, and who decides on which part of it. THE ONE PLACE that says both.

A fleet belongs to a scope, and to a person, as soon as one of its accounts does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from trustview.analysis import Severity
from trustview.snapshot import Organization


@dataclass(frozen=True, slots=True)
class Scope:
    """What a review is limited to; empty fields limit nothing, and every field that is given must be met.

    `places` are ids of OUs and accounts, `tags` keys and values of accounts, `severity` the least, `checks` ids of
    which one must have found something.
    """

    places: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None
    checks: tuple[str, ...] = ()

    def accounts(self, organization: Organization | None) -> frozenset[str] | None:
        """The accounts that it means; None when it means all."""
        if not self.places and not self.tags:
            return None
        if organization is None:
            return frozenset(self.places)
        return frozenset(
            account.id
            for account in organization.accounts
            if (not self.places or not set(self.places).isdisjoint(organization.path_to(account.id)))
            and set(self.tags) <= set(account.tags)
        )

    def admits(
        self,
        within: frozenset[str] | None,
        accounts: Iterable[str],
        severity: Severity | None,
        checks: Iterable[str],
    ) -> bool:
        """Whether an item is in it; `within` is what `accounts` gave."""
        if within is not None and within.isdisjoint(accounts):
            return False
        if self.severity is not None and (severity is None or severity < self.severity):
            return False
        return not self.checks or not set(self.checks).isdisjoint(checks)

    @property
    def sentence(self) -> str:
        """What it is limited to, in words; empty when it is not."""
        told = [
            f"in {', '.join(self.places)}" if self.places else "",
            f"with the tag {', '.join(f'{key}={value}' for key, value in self.tags)}" if self.tags else "",
            f"{self.severity.word} and worse" if self.severity is not None else "",
            f"found by {', '.join(self.checks)}" if self.checks else "",
        ]
        return ", ".join(filter(None, told))


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who decides on an OU or account and what is below it; an empty reviewer leaves it to whom is above."""

    place: str
    reviewer: str


class Paths(Protocol):
    """What knows where an account stands."""

    def path_to(self, place: str, /) -> tuple[str, ...]:
        """Ids from the root to a place, that included; empty where it is not known."""


def reviewers_of(accounts: Iterable[str], assigned: Mapping[str, str], organization: Paths | None) -> tuple[str, ...]:
    """Who decides on an item: of each account the reviewer of the nearest place; empty when nobody was named."""
    found: dict[str, None] = {}
    for account in accounts:
        path = (organization.path_to(account) if organization else ()) or (account,)
        nearest = next((assigned[place] for place in reversed(path) if assigned.get(place)), "")
        if nearest:
            found[nearest] = None
    return tuple(found)
