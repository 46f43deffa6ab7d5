"""Kinds of grants: what many grants have in common, so that a check asks it once for all of them.

THE ONE PLACE that says which grants are of one kind: those that say the same, mean the same party and reach as far into
roles of the same privilege. Most checks look at few grants, and tell them from the others by that alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NoReturn, Protocol, cast

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
        alike: dict[Hashable, _Alike] = {}
        for found in places.values():
            kind = grants[found[0]]
            outline = _outline(kind)
            if outline not in alike:
                alike[outline] = _Alike(_sketch(kind), [])
            alike[outline].kinds.append((kind, found))
        self._grants = grants
        self._all = tuple(alike.values())
        self._living = tuple(one for one in self._all if not one.sketch.reach.is_shut_by_itself)

    def grants(self, is_meant: IsMeant) -> list[Grant]:
        """The grants of the kinds that are meant, in their order."""
        return self._in_order(self._all, is_meant)

    def living(self, is_meant: IsMeant) -> list[Grant]:
        """The same without those that the role's own trust policy shuts, guardrails or not."""
        return self._in_order(self._living, is_meant)

    def _in_order(self, alike: Iterable[_Alike], is_meant: IsMeant) -> list[Grant]:
        meant = chain.from_iterable(one.meant(is_meant) for one in alike)
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


# ── kinds that look alike ────────────────────────────────────────────────────────────────────────────────────────

# What a sketch shows of a kind: most questions ask for no more, and there are few sketches.
_SHOWN = ("is_inverted", "actions", "party", "privilege")
_SHOWN_OF_PRINCIPAL = ("form", "kind")
_SHOWN_OF_REACH = ("kind", "lets_in", "is_shut_by_itself")
_outline_of_kind, _outline_of_principal, _outline_of_reach = (
    attrgetter(*names) for names in (_SHOWN, _SHOWN_OF_PRINCIPAL, _SHOWN_OF_REACH)
)


class _UnseenError(Exception):
    """A question asks for more than a sketch shows."""


class _Sketch:
    """Some attributes of a value; whatever asks it for more, were it whether it equals another one, gets no answer."""

    __slots__ = ("_shown",)

    def __init__(self, shown: Mapping[str, object]) -> None:
        self._shown = shown

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- as the value that it sketches
        try:
            return self._shown[name]
        except KeyError:
            raise _UnseenError(name) from None

    def _refuse(self, *_: object) -> NoReturn:
        raise _UnseenError

    __eq__ = __hash__ = __bool__ = _refuse


def _outline(kind: Kind) -> Hashable:
    """Equal for kinds of which there is one sketch."""
    reach = _outline_of_reach(kind.reach)
    return _outline_of_kind(kind), _outline_of_principal(kind.principal), reach, bool(kind.conditions)


def _sketch(kind: Kind) -> _Sketch:
    shown = {name: getattr(kind, name) for name in _SHOWN} | ({} if kind.conditions else {"conditions": ()})
    principal = _Sketch({name: getattr(kind.principal, name) for name in _SHOWN_OF_PRINCIPAL})
    reach = _Sketch({name: getattr(kind.reach, name) for name in _SHOWN_OF_REACH})
    return _Sketch({**shown, "principal": principal, "reach": reach})


@dataclass(frozen=True, slots=True)
class _Alike:
    """The kinds of one sketch, each as one of its grants and the places of all."""

    sketch: _Sketch
    kinds: list[tuple[Grant, list[int]]]

    def meant(self, is_meant: IsMeant) -> list[list[int]]:
        """The places of the kinds that are meant: all or none where the sketch tells, else each is asked."""
        try:
            is_whole = is_meant(cast(Kind, self.sketch))
        except _UnseenError:
            return [places for kind, places in self.kinds if is_meant(kind)]
        return [places for _, places in self.kinds] if is_whole else []
