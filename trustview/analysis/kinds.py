"""Kinds of grants: what many grants have in common, so that a check asks it once for all of them.

THE ONE PLACE that says which grants are of one kind: those that say the same, mean the same party and reach as far into
roles of the same privilege. Most checks look at few grants, and tell them from the others by that alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, groupby
from operator import attrgetter
from typing import Protocol

from trustview.analysis.grant import Grant, Party, Reach
from trustview.policy import Condition, PrincipalElement, Privilege


class Kind(Protocol):
    """What a grant has in common with the others of its kind: neither the role, nor the account, nor an id."""

    @property
    def principal(self) -> PrincipalElement: ...  # noqa: D102

    @property
    def is_inverted(self) -> bool: ...  # noqa: D102

    @property
    def actions(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def conditions(self) -> tuple[Condition, ...]: ...  # noqa: D102

    @property
    def party(self) -> Party: ...  # noqa: D102

    @property
    def party_accounts(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def party_name(self) -> str: ...  # noqa: D102

    @property
    def reach(self) -> Reach: ...  # noqa: D102

    @property
    def privilege(self) -> Privilege: ...  # noqa: D102


IsMeant = Callable[[Kind], bool]


class Kinds:
    """The grants of a snapshot by kind."""

    def __init__(self, grants: Sequence[Grant]) -> None:
        places: dict[Hashable, list[int]] = {}
        for place, grant in enumerate(grants):
            places.setdefault(kind_of(grant), []).append(place)
        self._grants = grants
        self._all = tuple((grants[found[0]], found) for found in places.values())
        self._living = tuple((kind, found) for kind, found in self._all if not kind.reach.is_shut_by_itself)

    def grants(self, is_meant: IsMeant) -> list[Grant]:
        """The grants of the kinds that are meant, in their order."""
        return self._in_order(self._all, is_meant)

    def living(self, is_meant: IsMeant) -> list[Grant]:
        """The same without those that the role's own trust policy shuts, guardrails or not."""
        return self._in_order(self._living, is_meant)

    def _in_order(self, kinds: tuple[tuple[Grant, list[int]], ...], is_meant: IsMeant) -> list[Grant]:
        meant = [places for kind, places in kinds if is_meant(kind)]
        return [self._grants[place] for place in sorted(chain.from_iterable(meant))]


def by_role(grants: Iterable[Grant]) -> Iterator[tuple[Grant, ...]]:
    """The grants of each role together; they stand role by role."""
    return (tuple(found) for _, found in groupby(grants, key=attrgetter("role")))


def kind_of(grant: Grant) -> Hashable:
    """Equal for grants of one kind. What statements say and how far they reach is one value wherever it is the same."""
    return (
        id(grant.principal), grant.is_inverted, id(grant.actions), id(grant.conditions), id(grant.party),
        grant.party_accounts, grant.party_name, id(grant.reach), id(grant.privilege),
    )  # fmt: skip
