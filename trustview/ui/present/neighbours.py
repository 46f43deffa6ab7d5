"""Which neighbours of a role stand together in its graph, and which are drawn as one until that is opened. Pure.

Who comes in stands by party, what it can become by privilege, the worst part first. Of a part, many principals of one
account are one row, and what is still too much is one row for the whole part; whoever a finding of weight is about by
name is never folded away.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from trustview.analysis import Edge, Grant, Party, ReachKind, Severity
from trustview.policy import parse_arn
from trustview.ui.places import Places
from trustview.ui.state import GROUP

GROUPED_FROM = 4
"""From how many of one account, or of one name, on they are drawn as one."""
FOLDED_OVER = 12
"""A part with more rows than these is folded further."""

_WIDTHS = (ReachKind.OPEN, ReachKind.CONDITIONAL, ReachKind.UNKNOWN, ReachKind.BLOCKED, ReachKind.DEAD)

T = TypeVar("T")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One end of an edge: who, over which grant, and how bad the worst finding on it is."""

    edge: Edge
    id: str
    grant: Grant | None
    severity: Severity | None = None
    is_on_way: bool = False
    """Whether one came from it to the role in the centre."""

    @property
    def is_member(self) -> bool:
        """Whether it is one of a crowd that the grant means, not the crowd or principal that the grant names."""
        return self.grant is not None and self.id.startswith("arn:") and self.grant.principal.value != self.id

    @property
    def is_marked(self) -> bool:
        """Whether a finding of weight is about it by name, or one came from it."""
        return self.is_on_way or (not self.is_member and self.severity is not None and self.severity >= Severity.HIGH)

    @property
    def account(self) -> str:
        """The account of a principal; empty for whoever is none."""
        arn = parse_arn(self.id)
        return arn.account if arn else ""

    @property
    def name(self) -> str:
        """The name of a principal, or the id."""
        arn = parse_arn(self.id)
        return arn.name if arn else self.id

    @property
    def rank(self) -> tuple[bool, int, int, bool, str]:
        """Where one came from, then the worst, then the widest; `everyone` before each of ours whom it means too."""
        severity = -self.severity if self.severity is not None else 1
        return not self.is_on_way, severity, _WIDTHS.index(self.edge.reach.kind), self.is_member, self.id


@dataclass(frozen=True, slots=True)
class Crowd:
    """Several neighbours in one row, the first of them the worst: of an account or a name, or of a whole part."""

    id: str
    members: tuple[Neighbour, ...]
    account: str = ""
    name: str = ""

    @property
    def first(self) -> Neighbour:
        """The worst of them, which the row is drawn after."""
        return self.members[0]

    @property
    def accounts(self) -> int:
        """In how many accounts they are."""
        return len({member.account for member in self.members})


Row = Neighbour | Crowd


def widest(neighbours: Iterable[Neighbour]) -> list[Neighbour]:
    """Each neighbour once, over the edge that lets most in."""
    best: dict[str, Neighbour] = {}
    for neighbour in neighbours:
        if neighbour.id not in best or neighbour.rank < best[neighbour.id].rank:
            best[neighbour.id] = neighbour
    return sorted(best.values(), key=lambda one: one.rank)


def party_of(neighbour: Neighbour, own_account: str, places: Places) -> Party:
    """Whose somebody is: a member of ours stays ours, also where the grant means everybody."""
    if neighbour.account and (neighbour.is_member or neighbour.grant is None):
        if neighbour.account == own_account:
            return Party.SAME_ACCOUNT
        if neighbour.account in places.by_id:
            return Party.ORGANIZATION
    return neighbour.grant.party if neighbour.grant is not None else Party.UNKNOWN_ACCOUNT


def parts_in(
    neighbours: Iterable[Neighbour], part_of: Callable[[Neighbour], Party], opened: Iterable[str]
) -> list[tuple[Party, list[Row]]]:
    """Who comes in: by party, large ones of an account as one row, then large parts as one row."""
    found = []
    for party, listed in _grouped(neighbours, part_of).items():
        rows = _by_account(listed, frozenset(opened), "")
        id_ = f"{GROUP}{party.value}"
        if len(_by_account(listed, frozenset(), "")) > FOLDED_OVER and id_ not in opened:
            apart: list[Row] = [one for one in listed if one.is_marked]
            rest = tuple(one for one in listed if not one.is_marked)
            rows = [*apart, *([Crowd(id_, rest)] if rest else [])]
        found.append((party, rows))
    return found


def parts_out(
    neighbours: Iterable[Neighbour], part_of: Callable[[Neighbour], Key], opened: Iterable[str]
) -> list[tuple[Key, list[Row]]]:
    """What it can become: by a part of the caller's, roles of one name as one row, then many of an account."""
    known, found = frozenset(opened), []
    for part, listed in _grouped(neighbours, part_of).items():
        rows: list[Row] = []
        for name, alike in _grouped(listed, lambda one: one.name).items():
            id_ = f"{GROUP}{name}"
            is_one = len(alike) >= GROUPED_FROM and id_ not in known
            rows += [Crowd(id_, tuple(alike), name=name)] if is_one else alike
        if len(rows) > FOLDED_OVER:
            crowds = [row for row in rows if isinstance(row, Crowd)]
            rows = [*crowds, *_by_account([row for row in rows if isinstance(row, Neighbour)], known, "out:")]
        found.append((part, rows))
    return found


def _by_account(neighbours: Iterable[Neighbour], opened: frozenset[str], side: str) -> list[Row]:
    rows: list[Row] = [one for one in neighbours if one.is_marked or not one.account]
    rest = [one for one in neighbours if not one.is_marked and one.account]
    for account, listed in _grouped(rest, lambda one: one.account).items():
        id_ = f"{GROUP}{side}{account}"
        is_one = len(listed) >= GROUPED_FROM and id_ not in opened
        rows += [Crowd(id_, tuple(listed), account)] if is_one else listed
    return rows


def _grouped(listed: Iterable[T], key: Callable[[T], Key]) -> dict[Key, list[T]]:
    """In the order of their first members."""
    groups: dict[Key, list[T]] = {}
    for one in listed:
        groups.setdefault(key(one), []).append(one)
    return groups
