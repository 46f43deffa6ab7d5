"""Snapshot -> grants: every way into every role, with its party and reach."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace

from trustview.analysis.access import Access
from trustview.analysis.audience import Audience, Crowd
from trustview.analysis.door import Door, Doors, Entry
from trustview.analysis.finding import fingerprint
from trustview.analysis.fleet import own_name, own_terms
from trustview.analysis.grant import Grant, Party, Reach
from trustview.analysis.own_parts import Own, own_parts
from trustview.analysis.power import Group, Power, Powers
from trustview.analysis.reach import audience_of, find_reach, principal_named
from trustview.policy import ASSUME_ROLE, Caller, CallerKind, PrincipalElement, Privilege, Request, caller_of
from trustview.quick_init import quick_init
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


@quick_init
@dataclass(frozen=True, slots=True)
class _Way:
    """One way in, of all roles of one wording: `said` is what it says with what is each role's own taken out.

    `principal` is the one of ours that it names, `powers` those of whom it means. Door, party and reach are None where
    they are told for each role apart.
    """

    entry: Entry
    audience: Audience
    said: str
    principal: Role | User | None
    powers: tuple[Power, ...]
    door: Door | None = None
    party: _Party | None = None
    reach: Reach | None = None


@dataclass(frozen=True, slots=True)
class _Worded:
    """The ways into roles of one wording in accounts alike, save in those of whom it means: `accounts`."""

    ways: tuple[_Way, ...]
    accounts: tuple[str, ...]


class _Finder:
    """Finds grants; what was asked of one door is not asked again."""

    def __init__(self, ways: Ways) -> None:
        self._access, self._powers, self._doors = ways.access, ways.powers, ways.doors
        organization = self._access.snapshot.organization
        self._organization = organization.id if organization else ""
        self._worded: dict[Hashable, _Worded] = {}
        self._reaches: dict[Hashable, Reach] = {}
        self._parties: dict[int, _Party] = {}
        self._fleets: dict[tuple[str, str], str] = {}

    def grants_of(self, role: Role) -> Iterator[tuple[Door, Grant]]:
        """The grants of one role, each with its door."""
        own = own_parts(role.account, self._organization, role.name)
        name = own_name(role, own)
        seen: set[str] = set()
        for way in self._ways(role, own):
            door = way.door or self._doors.find(role, way.entry, way.audience)
            grant_id = fingerprint(role.arn, way.said)
            if grant_id not in seen:
                seen.add(grant_id)
                behind = way.party or self._party(role, door)
                reach = way.reach or self._reach(role, way, door)
                fleet = self._fleet(name, way.said)
                yield door, _grant(grant_id, role, way.entry, behind, reach, self._access.privilege(role), fleet)

    def _fleet(self, name: str, said: str) -> str:
        """The id of the fleet of grants of roles of a name that say the same."""
        found = self._fleets.get((name, said))
        if found is None:
            found = self._fleets[name, said] = fingerprint(name, said)
        return found

    # ── what roles have in common ────────────────────────────────────────────────────────────────────────────

    def _ways(self, role: Role, own: Own) -> tuple[_Way, ...]:
        """The ways in that a role's trust policy describes, worked out once for all that say the same."""
        text = role.trust_policy
        # Variables stand for the account, and escapes may spell it.
        is_of_account = role.account in text or "${" in text or "\\" in text
        key = (text, self._doors.place_of(role), own.region, role.account if is_of_account else "")
        found = self._worded.get(key)
        if found is None or (not is_of_account and role.account in found.accounts):
            entries = self._doors.entries(role)
            audiences = [audience_of(self._access, role, one.statement, one.element) for one in entries]
            ways = [self._way(role, own, *one) for one in zip(entries, audiences, strict=True)]
            accounts = {one.element.account for one in entries}.union(*[audience.accounts for audience in audiences])
            found = _Worded(tuple(ways), tuple(accounts))
            if is_of_account or role.account not in accounts:
                self._worded[key] = found
        return found.ways

    def _way(self, role: Role, own: Own, entry: Entry, audience: Audience) -> _Way:
        said = own_terms(own, entry.element, entry.statement, entry.actions)
        door = self._doors.find(role, entry, audience)
        principal = principal_named(self._access, entry.element)
        way = _Way(entry, audience, said, principal, tuple(self._powers_of(entry, audience, principal)))
        if door.lens.sees_role:
            return way
        is_same = not any(power.lens.sees_role for power in way.powers)
        return replace(
            way, door=door, party=self._party(role, door), reach=self._reach(role, way, door) if is_same else None
        )

    def _powers_of(self, entry: Entry, audience: Audience, principal: Role | User | None) -> Iterator[Power]:
        """The powers of whom an entry means; services have none."""
        if principal:
            yield self._powers.of(principal)
        elif audience.crowd is not Crowd.SERVICE:
            accounts = audience.accounts or (entry.element.account,)
            yield from map(self._powers.of_anyone, filter(None, accounts))

    # ── what is told of a door ───────────────────────────────────────────────────────────────────────────────

    def _party(self, role: Role, door: Door) -> _Party:
        """Who stands behind a door, which tells roles apart whose account is among them."""
        found = self._parties.get(door.number)
        if found is None:
            party = _party(self._access, role, door.audience)
            name = _party_name(self._access, door.entry.element, party, door.audience)
            found = self._parties[door.number] = (party, door.audience.accounts, name)
        return found

    def _reach(self, role: Role, way: _Way, door: Door) -> Reach:
        """The reach of a grant: the same for roles behind alike doors whom the callers' policies see alike."""
        # Who is named and not there is told by name.
        is_nobody = way.audience.crowd is Crowd.NAMED and way.principal is None
        key = (door.number if is_nobody else door.like, *self._views(role, way, door))
        found = self._reaches.get(key)
        if found is None:
            found = self._reaches[key] = find_reach(self._access, role, door.entry, door.audience)
        return found

    def _views(self, role: Role, way: _Way, door: Door) -> Iterator[Hashable]:
        """What callers see of the role, and what the door sees of them: doors that are alike stand for several.

        Whether they are of the role's account, and whom Denies mean, is the same behind all doors that are alike.
        """
        for power in way.powers:
            lens = power.lens
            yield power.like, self._access.view_of_role(lens, role, lens.accounts) if lens.sees_role else ()
        if door.lens.sees_caller and way.audience.crowd is Crowd.ACCOUNTS:
            yield from (self._seen(door, Caller(CallerKind.PRINCIPAL, one)) for one in way.audience.accounts)
        elif door.lens.sees_caller and way.audience.crowd is Crowd.NAMED:
            yield self._seen(door, caller_of(way.entry.element), way.principal)

    def _seen(self, door: Door, caller: Caller, principal: Role | User | None = None) -> Hashable:
        """What a door sees of a caller."""
        context = self._access.context_of_caller(caller, principal)
        return door.lens.view_of_caller(Request(caller, ASSUME_ROLE, "", "", context))


def _grant(
    grant_id: str, role: Role, entry: Entry, behind: _Party, reach: Reach, privilege: Privilege, fleet: str
) -> Grant:
    statement, (party, accounts, name) = entry.statement, behind
    return Grant(
        id=grant_id,
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
        privilege=privilege,
        fleet=fleet,
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
