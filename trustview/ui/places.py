"""Places: the tree of OUs and accounts with names, so that an account id can be shown, counted and filtered by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from trustview.store import PlaceRow


@dataclass(frozen=True)
class Places:
    """All places; accounts in no OU stand at the top."""

    places: tuple[PlaceRow, ...]

    @cached_property
    def by_id(self) -> Mapping[str, PlaceRow]:
        """Places by id."""
        return {place.id: place for place in self.places}

    @cached_property
    def _children(self) -> Mapping[str, tuple[str, ...]]:
        below: dict[str, list[str]] = {}
        for place in self.places:
            parent = place.parent if place.parent in self.by_id and place.parent != place.id else ""
            below.setdefault(parent, []).append(place.id)
        return {
            parent: tuple(sorted(found, key=lambda id_: (self.by_id[id_].is_account, self.by_id[id_].name.lower())))
            for parent, found in below.items()
        }

    def children(self, place: str) -> tuple[str, ...]:
        """Ids below a place, OUs before accounts; of the empty text those at the top."""
        return self._children.get(place, ())

    def parent(self, place: str) -> str:
        """The id above a place; empty at the top."""
        found = self.by_id.get(place)
        return found.parent if found and found.parent in self.by_id else ""

    def name(self, place: str) -> str:
        """What people call a place; its id where nothing is known."""
        found = self.by_id.get(place)
        return found.name if found and found.name else place

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        return {}

    def path(self, place: str) -> tuple[str, ...]:
        """Ids from the top down to the place itself."""
        if place not in self._paths:
            path = [place]
            while (above := self.parent(path[-1])) and above not in path:
                path.append(above)
            self._paths[place] = tuple(reversed(path))
        return self._paths[place]

    def path_to(self, place: str, /) -> tuple[str, ...]:
        """The same, as an organization tells it."""
        return self.path(place)

    def path_names(self, place: str) -> tuple[str, ...]:
        """Names of the OUs above a place, from the top, without the root."""
        return tuple(self.name(above) for above in self.path(place)[1:-1])

    def all_below(self, place: str) -> frozenset[str]:
        """The ids of a place, and of all OUs and accounts in it."""
        return frozenset((place,)).union(*(self.all_below(below) for below in self.children(place)))

    def around(self, accounts: Iterable[str]) -> frozenset[str]:
        """Every place in which one of the accounts stands, the accounts included."""
        return frozenset(place for account in accounts for place in self.path(account))
