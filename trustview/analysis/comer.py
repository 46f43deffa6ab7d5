"""Comer: principals who come to a door together, because it sees them alike and they have the same power.

THE ONE PLACE that finds who may come at all. Rule: only those may be left out whom the engine would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from trustview.analysis.arn_index import ArnIndex
from trustview.analysis.audience import passes_when_absent
from trustview.analysis.door import Door
from trustview.analysis.edge import GROUP, POWER
from trustview.analysis.find_grants import Ways
from trustview.analysis.grant import Grant
from trustview.analysis.lens import View
from trustview.analysis.power import Group, Power
from trustview.analysis.role_views import RoleViews
from trustview.policy import ASSUME_ROLE, OPERATORS_BY_NAME, Request
from trustview.quick_init import quick_init
from trustview.snapshot import Role, User


@quick_init
@dataclass(frozen=True, slots=True)
class Comer:
    """All who have a power (`power:…`), those of them in one account (`group:…`), or one alone (by ARN)."""

    node: str
    power: Power
    groups: tuple[Group, ...]
    alone: Role | User | None = None

    @property
    def account(self) -> str:
        """The account of them all; empty when they are of more than one."""
        return self.groups[0].account if len(self.groups) == 1 else ""

    @property
    def is_kept_to_own_account(self) -> bool:
        """Whether a Deny surely keeps them from the roles of any other account than their own."""
        return self.power.accounts is not None and self.power.accounts <= {self.account}

    def member(self, apart_from: str) -> Role | User:
        """One of them, of another account than this if there is one."""
        if self.alone is not None:
            return self.alone
        group = self.groups[0]
        return (self.groups[1] if group.account == apart_from and len(self.groups) > 1 else group).members[0]


@dataclass(frozen=True, slots=True)
class Behind:
    """The grants of the roles behind a door, in the order of the snapshot; and by the number of their role.

    `seen_alike` are, by the sight of powers that came so far, those together that such powers see alike.
    """

    grants: list[Grant]
    by_role: dict[int, list[Grant]]
    seen_alike: dict[int, list[list[Grant]]] = field(default_factory=dict)


class Comers:
    """The principals of a snapshot, by what their own policies let them ask for."""

    def __init__(self, ways: Ways) -> None:
        self._access = ways.access
        self._views: dict[tuple[int, str], View] = {}
        self._together: dict[int, dict[int, list[Comer]]] = {}
        self.groups = [_of_group(group) for group in ways.groups_of_callers()]
        self.of_account: dict[str, list[Comer]] = {}
        self.wholes: dict[int, Comer] = {}
        self._gather()
        self._people = [(comer, member) for comer in self.groups for member in comer.groups[0].members]
        self._principals = ArnIndex(member.arn for _, member in self._people)
        self.roles = RoleViews(ways.access, ways.roles)
        self._wide: set[int] = set()
        self._named: dict[int, list[int]] = {}
        self._roles_of: dict[int, frozenset[int]] = {}
        self._index_roles()

    def _gather(self) -> None:
        by_power: dict[Power, list[Group]] = {}
        for comer in self.groups:
            self.of_account.setdefault(comer.groups[0].account, []).append(comer)
            by_power.setdefault(comer.power, []).extend(comer.groups)
        for power, groups in by_power.items():
            self.wholes[power.number] = Comer(f"{POWER}{power.number}", power, tuple(groups))

    def _index_roles(self) -> None:
        """Which roles each power may name, and back; a power that may name any is wide."""
        for number, comer in self.wholes.items():
            power = comer.power
            found = None if power.is_unread or power.allowed is None else self.roles.find(power.allowed)
            if power.accounts is not None:
                within = frozenset[int]().union(*map(self.roles.numbers_of, power.accounts))
                found = within if found is None else found & within
            if found is None:
                self._wide.add(number)
                continue
            self._roles_of[number] = found
            for role in found:
                self._named.setdefault(role, []).append(number)

    # ── who may come ─────────────────────────────────────────────────────────────────────────────────────────

    def behind(self, grants: list[Grant]) -> Behind:
        """The roles of some grants, by number."""
        places: dict[int, list[Grant]] = {}
        for grant in grants:
            places.setdefault(self.roles.number(grant.role), []).append(grant)
        return Behind(grants, places)

    def able(self, behind: Behind) -> set[int]:
        """The powers whose own policies may name one of the roles."""
        return self._wide.union(*[self._named.get(number, ()) for number in behind.by_role])

    def meant(self, comer: Comer, behind: Behind) -> list[Grant]:
        """The grants of roles that a comer's own policies may name, in their order: it costs the fewer of the two."""
        numbers = self._roles_of.get(comer.power.number)
        if numbers is None:
            return behind.grants
        by_role = behind.by_role
        if len(numbers) < len(by_role):
            found = sorted(number for number in numbers if number in by_role)
        else:
            found = [number for number in by_role if number in numbers]
        return [grant for number in found for grant in by_role[number]]

    def at(self, door: Door, powers: Iterable[int]) -> Iterator[Comer]:
        """Everybody who has one of these powers, as far together as the door sees them alike."""
        if door.named or door.is_watchful or door.tells_callers_apart:
            wanted = set(powers)
            yield from (one for one in self._met_by_name(door) if one.power.number in wanted)
        elif door.lens.sees_caller:
            together = self._together.setdefault(door.sight, {})
            for number in powers:
                if number not in together:
                    together[number] = self._parted(self.wholes[number], door)
                yield from together[number]
        else:
            yield from (self.wholes[number] for number in powers)

    def within(self, door: Door, account: str) -> Iterator[Comer]:
        """Everybody of one account, as far together as the door sees them alike."""
        if door.tells_apart(account):
            yield from (one for one in self._met_by_name(door, account) if one.groups[0].account == account)
        else:
            yield from self.of_account.get(account, ())

    def _parted(self, whole: Comer, door: Door) -> list[Comer]:
        """All who have a power together when the door sees their accounts alike, else account by account."""
        views = {self.view(door, group.members[0]) for group in whole.groups}
        return [whole] if len(views) == 1 else [_of_group(group) for group in whole.groups]

    def _met_by_name(self, door: Door, account: str = "") -> list[Comer]:
        """The principals that the conditions on `aws:PrincipalArn` may mean; all when there is none."""
        numbers: frozenset[int] | None = None
        for condition in door.entry.statement.conditions:
            operator = OPERATORS_BY_NAME.get(condition.operator.lower())
            is_bound = operator and operator.family in ("arn", "string") and not operator.is_negated
            if is_bound and condition.key.lower() == "aws:principalarn" and not passes_when_absent(condition):
                found = self._principals.find(condition.values)
                numbers = found if numbers is None or found is None else numbers & found
        if numbers is not None:
            return [_alone(*self._people[number]) for number in sorted(numbers)]
        comers = self.of_account.get(account, ()) if account else self.groups
        return [_alone(comer, member) for comer in comers for member in comer.groups[0].members]

    # ── what a door sees ─────────────────────────────────────────────────────────────────────────────────────

    def view(self, door: Door, principal: Role | User) -> View:
        """All that a door sees of a principal."""
        seen: View = ()
        if door.lens.sees_caller:
            key = (door.sight, principal.arn if door.tells_callers_apart else principal.account)
            known = self._views.get(key)
            if known is None:
                known = self._views[key] = door.lens.view_of_caller(self._request(principal))
            seen = known
        if door.is_watchful or principal.account in door.named:
            return (*seen, *door.elements_for(self._access.caller_of(principal)))
        return seen

    def _request(self, principal: Role | User) -> Request:
        caller = self._access.caller_of(principal)
        return Request(caller, ASSUME_ROLE, "", "", self._access.context_of_caller(caller, principal))


def node_of(group: Group) -> str:
    """The node of a group."""
    return f"{GROUP}{group.power.number}:{group.account}"


def _of_group(group: Group) -> Comer:
    return Comer(node_of(group), group.power, (group,))


def _alone(comer: Comer, member: Role | User) -> Comer:
    """One of a group alone."""
    return Comer(member.arn, comer.power, comer.groups, member)
