"""Snapshot -> grants: every way into every role, with its party and reach."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from trustview.analysis.access import Access
from trustview.analysis.audience import Audience, Crowd
from trustview.analysis.door import Door, Doors, Entry
from trustview.analysis.finding import fingerprint
from trustview.analysis.fleet import fleet_id, own_terms
from trustview.analysis.grant import Grant, Party, Reach
from trustview.analysis.own_parts import Own, own_parts
from trustview.analysis.power import Group, Power, Powers
from trustview.analysis.reach import audience_of, find_reach, principal_named
from trustview.policy import ASSUME_ROLE, Caller, CallerKind, PrincipalElement, Request
from trustview.snapshot import Role, User

# Who stands behind a grant, their accounts, and what people call them.
_Party = tuple[Party, tuple[str, ...], str]


@dataclass(slots=True)
class Ways:
    """Every way into some roles: the grants, and the doors that they lead through with the roles behind each.

    `powers` are those of the principals; the graph is made of the three. `callers` are the principals that are looked
    for alone; None for all.
    """

    access: Access
    roles: tuple[Role, ...]
    powers: Powers
    doors: Doors
    grants: list[Grant] = field(default_factory=list)
    behind: dict[Door, list[Grant]] = field(default_factory=dict)
    callers: tuple[Role | User, ...] | None = None

    def groups_of_callers(self) -> Iterator[Group]:
        """The groups of principals of the snapshot who are looked for, account by account."""
        for account in self.accounts_of_callers():
            if self.callers is None:
                yield from self.powers.groups_of(account)
            else:
                yield from self.powers.group(account, tuple(one for one in self.callers if one.account == account))

    def accounts_of_callers(self) -> tuple[str, ...]:
        """The accounts of the snapshot of which some principal may be meant: where all of a crowd are, all."""
        known = self.access.snapshot.facts_by_account
        own = dict.fromkeys(role.account for role in self.roles)
        for door in self.behind:
            if door.audience.crowd in (Crowd.EVERYONE, Crowd.ORGANIZATION):
                return tuple(known)
            own |= dict.fromkeys(door.audience.accounts)
        return tuple(account for account in known if account in own)

    def free_number(self, first: int) -> int:
        """A number from which on no power and no door is called by one, where they were numbered from `first`."""
        return first + 1 + max(len(self.powers), len(self.doors))

    def doors_of_grants(self) -> dict[str, int]:
        """The number of the door that each grant leads through."""
        return {grant.id: door.number for door, grants in self.behind.items() for grant in grants}


def find_ways(access: Access, roles: tuple[Role, ...] | None = None, first: int = 0) -> Ways:
    """Every grant of every role, or of these, role by role, statement by statement.

    Powers and doors are numbered from `first`, so that they stand for none of another search with smaller numbers.
    """
    ways = Ways(access, access.snapshot.roles if roles is None else roles, Powers(access, first), Doors(access, first))
    finder = _Finder(ways)
    for role in ways.roles:
        for door, grant in finder.grants_of(role):
            ways.grants.append(grant)
            ways.behind.setdefault(door, []).append(grant)
    return ways


class _Finder:
    """Finds grants; what was asked of one door is not asked again."""

    def __init__(self, ways: Ways) -> None:
        self._access, self._powers, self._doors = ways.access, ways.powers, ways.doors
        self._reaches: dict[Hashable, Reach] = {}
        self._parties: dict[int, _Party] = {}
        # By the entry's id: entries live as long as the doors.
        self._terms: dict[tuple[int, str, str], tuple[str, ...]] = {}
        self._audiences: dict[tuple[int, str], Audience] = {}
        self._named: dict[int, Role | User | None] = {}

    def grants_of(self, role: Role) -> Iterator[tuple[Door, Grant]]:
        """The grants of one role, each with its door."""
        seen: set[str] = set()
        organization = self._access.snapshot.organization
        own = own_parts(role.account, organization.id if organization else "", role.name)
        for entry in self._doors.entries(role):
            door = self._doors.find(role, entry, self._audience(role, entry))
            terms = self._terms_of(role, own, entry)
            grant = _grant(self._access, role, entry, self._party(role, door), self._reach(role, door), (own, terms))
            if grant.id not in seen:
                seen.add(grant.id)
                yield door, grant

    def _terms_of(self, role: Role, own: Own, entry: Entry) -> tuple[str, ...]:
        """What the entry says with what is the role's own taken out, worked out once where it names none of that."""
        key = (id(entry), role.account if role.account in role.trust_policy else "", own.region)
        found = self._terms.get(key)
        if found is None:
            found = own_terms(own, entry.element, entry.statement, entry.actions)
            self._terms[key] = found
        return found

    def _audience(self, role: Role, entry: Entry) -> Audience:
        """Who an entry lets come: the same for all roles where no variable stands for their account."""
        key = (id(entry), role.account if "${" in role.trust_policy else "")
        found = self._audiences.get(key)
        if found is None:
            found = self._audiences[key] = audience_of(self._access, role, entry.statement, entry.element)
        return found

    def _party(self, role: Role, door: Door) -> _Party:
        """Who stands behind a door, which tells roles apart whose account is among them."""
        found = self._parties.get(door.number)
        if found is None:
            party = _party(self._access, role, door.audience)
            name = _party_name(self._access, door.entry.element, party, door.audience)
            found = self._parties[door.number] = (party, door.audience.accounts, name)
        return found

    def _reach(self, role: Role, door: Door) -> Reach:
        """The reach of a grant: the same for roles behind alike doors whom the callers' policies see alike."""
        is_service = door.audience.crowd is Crowd.SERVICE
        key: Hashable = door.like if is_service else (door.like, *self._views(role, door))
        found = self._reaches.get(key)
        if found is None:
            found = self._reaches[key] = find_reach(self._access, role, door.entry, door.audience)
        return found

    def _views(self, role: Role, door: Door) -> Iterator[Hashable]:
        principal = self._principal(door.entry)
        accounts = door.audience.accounts or (door.entry.element.account,)
        powers = [self._powers.of(principal)] if principal else map(self._powers.of_anyone, filter(None, accounts))
        for power in powers:
            yield power.like, power.caller.account == role.account, self._view_of(power, role)
        if door.audience.crowd is Crowd.ACCOUNTS and door.lens.sees_caller:
            # Doors that are alike stand for several accounts: what they see of each is told apart.
            yield from (self._view_of_account(door, account) for account in door.audience.accounts)

    def _view_of(self, power: Power, role: Role) -> Hashable:
        lens = power.lens
        return lens.view_of_role(self._access.asked_by_anyone(role), lens.accounts) if lens.sees_role else ()

    def _principal(self, entry: Entry) -> Role | User | None:
        if id(entry) not in self._named:
            self._named[id(entry)] = principal_named(self._access, entry.element)
        return self._named[id(entry)]

    def _view_of_account(self, door: Door, account: str) -> Hashable:
        caller = Caller(CallerKind.PRINCIPAL, account)
        return door.lens.view_of_caller(Request(caller, ASSUME_ROLE, "", "", self._access.context_of_caller(caller)))


def _grant(
    access: Access, role: Role, entry: Entry, behind: _Party, reach: Reach, said: tuple[Own, tuple[str, ...]]
) -> Grant:
    statement, (party, accounts, name) = entry.statement, behind
    return Grant(
        id=fingerprint(role.arn, *said[1]),
        role=role.arn,
        account=role.account,
        statement=statement.index,
        sid=statement.sid,
        principal=entry.element,
        is_inverted=statement.not_principals,
        actions=entry.actions,
        conditions=statement.conditions,
        party=party,
        party_accounts=accounts,
        party_name=name,
        reach=reach,
        privilege=access.privilege(role),
        fleet=fleet_id(role, *said),
    )


def _party(access: Access, role: Role, audience: Audience) -> Party:
    parties = {
        Crowd.EVERYONE: Party.PUBLIC,
        Crowd.ORGANIZATION: Party.ORGANIZATION,
        Crowd.SERVICE: Party.SERVICE,
        Crowd.PROVIDER: Party.IDENTITY_PROVIDER,
    }
    if audience.crowd in parties:
        return parties[audience.crowd]
    found = [_party_of_account(access, role, account) for account in audience.accounts]
    return max(found, key=_RANKS.index) if found else Party.UNKNOWN_ACCOUNT


# From the closest to the most foreign: a grant to several accounts counts as its most foreign one.
_RANKS = (
    Party.SAME_ACCOUNT, Party.MANAGEMENT, Party.ORGANIZATION, Party.VENDOR, Party.UNKNOWN_ACCOUNT, Party.PUBLIC,
)  # fmt: skip


def _party_of_account(access: Access, role: Role, account: str) -> Party:
    organization = access.snapshot.organization
    if account == role.account:
        return Party.SAME_ACCOUNT
    if organization and account == organization.management_account:
        return Party.MANAGEMENT
    if access.snapshot.is_ours(account):
        return Party.ORGANIZATION
    return Party.VENDOR if account in access.vendors else Party.UNKNOWN_ACCOUNT


def _party_name(access: Access, element: PrincipalElement, party: Party, audience: Audience) -> str:
    """What people call whoever stands behind a grant."""
    if party is Party.PUBLIC:
        return "everyone"
    if party in (Party.SERVICE, Party.IDENTITY_PROVIDER):
        return element.name or element.value
    if not audience.accounts:
        return "the organization" if party is Party.ORGANIZATION else element.value
    names = [
        access.vendors[account].name
        if access.is_outsider(account) and account in access.vendors
        else access.snapshot.account_name(account)
        for account in audience.accounts
    ]
    return ", ".join(names)
