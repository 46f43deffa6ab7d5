"""Becoming a role by assuming it.

Every grant is an edge from whom it names. Where it names a crowd, the principals of ours who can really use it lead
there too: by powers and groups on their side, and by doors on the side of the roles, so that there are about as many
edges as principals and roles. One question is asked per power and door, unless the one looks at the other's names.

Rule: principals of the role's own account may need less than others, never more. Where the account makes a difference
they have a door of their own.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import lru_cache

from trustview.analysis.audience import Crowd
from trustview.analysis.comer import Behind, Comer, Comers, node_of
from trustview.analysis.door import Door
from trustview.analysis.edge import ASSUME, DOOR, JOINS, Edge
from trustview.analysis.find_grants import Ways
from trustview.analysis.grant import Grant, Party, Reach
from trustview.analysis.power import Power
from trustview.analysis.reach import ask_reach, represent_principal
from trustview.policy import ASSUME_ROLE, PrincipalForm
from trustview.policy.service_rules import CROSS_ACCOUNT_NEEDS, SAME_ACCOUNT_NEEDS
from trustview.policy.stack import Layer

CROWDS = (PrincipalForm.ACCOUNT, PrincipalForm.EVERYONE)


def find_assume_role_edges(ways: Ways) -> Iterator[Edge]:
    """Edges of all grants, and of the principals of ours who can use those that name a crowd."""
    for grant in ways.grants:
        yield Edge(crowd_of(grant), grant.role, ASSUME, grant.id, grant.reach)
    yield from _Members(ways).edges()


def crowd_of(grant: Grant) -> str:
    """The id of whoever a grant lets come."""
    if grant.party is Party.PUBLIC:
        return "everyone"
    if grant.principal.form in CROWDS:
        return _crowd_of_accounts(grant.party_accounts)
    return grant.principal.value


@lru_cache(maxsize=4096)
def _crowd_of_accounts(accounts: tuple[str, ...]) -> str:
    return f"account:{','.join(accounts)}" if accounts else "organization"


class _Members:
    """Finds who of a crowd gets in; what a door said to a power is not asked again."""

    def __init__(self, ways: Ways) -> None:
        self._access, self._behind = ways.access, ways.behind
        self._comers = Comers(ways)
        self._answers: dict[Hashable, Reach] = {}
        self._used: set[str] = set()

    def edges(self) -> Iterator[Edge]:
        """All edges of members, then those by which principals belong to the groups that were used."""
        for door, grants in self._behind.items():
            if door.entry.element.form not in CROWDS or ASSUME_ROLE not in door.entry.actions:
                continue
            node, behind = f"{DOOR}{door.number}", self._comers.behind(grants)
            if door.audience.crowd is Crowd.ACCOUNTS:
                yield from self._open(door, node, behind, self._of_accounts(door, behind))
            else:
                powers = sorted(self._comers.able(behind))
                # Whom a Deny keeps to the own account comes with those of that account.
                comers = (comer for comer in self._comers.at(door, powers) if not comer.is_kept_to_own_account)
                yield from self._open(door, node, behind, comers)
                yield from self._open_own(door, node, grants)
        yield from self._memberships()

    def _of_accounts(self, door: Door, behind: Behind) -> Iterator[Comer]:
        able = self._comers.able(behind)
        for account in door.audience.accounts:
            needs_identity = _needs_identity(door, account, behind.grants[0])
            for comer in self._comers.within(door, account):
                if not needs_identity or comer.power.number in able:
                    yield comer

    def _open_own(self, door: Door, node: str, grants: list[Grant]) -> Iterator[Edge]:
        """The edges of principals of the roles' own accounts."""
        by_account: dict[str, list[Grant]] = {}
        for grant in grants:
            by_account.setdefault(grant.account, []).append(grant)
        for account, own in by_account.items():
            yield from self._open(
                door, f"{node}:{account}", self._comers.behind(own), self._comers.within(door, account)
            )

    # ── who gets in ──────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, door: Door, node: str, behind: Behind, comers: Iterable[Comer]) -> Iterator[Edge]:
        """The edges of comers to a door or to roles behind it, then those from the door when it was used."""
        is_used = False
        for comer in comers:
            for edge in self._enter(comer, door, node, behind):
                is_used = is_used or edge.target == node
                self._used.add(comer.node)
                yield edge
        if is_used:
            yield from (Edge(node, grant.role, JOINS, grant.id) for grant in behind.grants)

    def _enter(self, comer: Comer, door: Door, node: str, behind: Behind) -> Iterator[Edge]:
        """One edge to the door when all roles behind it answer alike, else one to each role that lets the comer in."""
        grants = behind.grants
        if not comer.power.lens.sees_role:
            reach = self._ask(comer, door, _abroad(comer, grants))
            if reach.lets_in:
                yield Edge(comer.node, node, ASSUME, "", reach)
            return
        needs_identity = _needs_identity(door, comer.member(grants[0].account).account, grants[0])
        meant = self._comers.meant(comer, behind) if needs_identity else grants
        seen = self._seen_alike(comer.power, behind, meant)
        answers = [answer for alike in seen for answer in self._ask_at(comer, door, alike)]
        inside = [(found, reach) for found, reach in answers if reach.lets_in]
        abroad = {id(reach): reach for found, reach in inside if found[0].account != comer.account}
        alike = abroad or {id(reach): reach for _, reach in inside}
        if len(alike) == 1 and sum(len(found) for found, _ in inside) == len(grants):
            yield Edge(comer.node, node, ASSUME, "", *alike.values())
            return
        reaches = {id(grant): reach for found, reach in inside for grant in found}
        for grant in meant if reaches else ():
            if id(grant) in reaches:
                yield Edge(comer.node, grant.role, ASSUME, grant.id, reaches[id(grant)])

    def _seen_alike(self, power: Power, behind: Behind, meant: list[Grant]) -> list[list[Grant]]:
        """Grants of roles behind a door, those together that a power sees alike."""
        if len(meant) <= 1:
            return [meant] if meant else []
        if meant is not behind.grants:
            return self._comers.roles.alike(power, meant)
        found = behind.seen_alike.get(power.sight)
        if found is None:
            found = behind.seen_alike[power.sight] = self._comers.roles.alike(power, meant)
        return found

    def _ask_at(self, comer: Comer, door: Door, grants: list[Grant]) -> Iterator[tuple[list[Grant], Reach]]:
        """What a comer gets at roles that it sees alike: asked once for those abroad, once for its own account's."""
        own = [grant for grant in grants if grant.account == comer.account]
        abroad = [grant for grant in grants if grant.account != comer.account] if own else grants
        yield from ((found, self._ask(comer, door, found[0])) for found in (abroad, own) if found)

    def _ask(self, comer: Comer, door: Door, grant: Grant) -> Reach:
        """What a comer gets at one role: asked once for all callers and roles that see each other alike."""
        power, example = comer.power, comer.member(grant.account)
        key = (
            door.like,
            power.like,
            example.account == grant.account,
            self._comers.view(door, example),
            self._comers.roles.view(power, grant.role) if power.lens.sees_role else (),
        )
        found = self._answers.get(key)
        if found is None:
            role = self._access.role(grant.role)
            one = represent_principal(self._access, role, example)
            found = self._answers[key] = ask_reach(self._access, role, one, door.entry.trust)
        return found

    # ── who belongs together ─────────────────────────────────────────────────────────────────────────────────

    def _memberships(self) -> Iterator[Edge]:
        """Groups join the powers that lead somewhere; principals join the groups that do."""
        for whole in self._comers.wholes.values():
            if whole.node in self._used:
                for group in whole.groups:
                    self._used.add(node_of(group))
                    yield Edge(node_of(group), whole.node, JOINS)
        for comer in self._comers.groups:
            if comer.node in self._used:
                yield from (Edge(member.arn, comer.node, JOINS) for member in comer.groups[0].members)


def _needs_identity(door: Door, account: str, grant: Grant) -> bool:
    """Whether callers of an account need an Allow of their own beside the trust policy."""
    is_own = account == grant.account
    return Layer.IDENTITY in (SAME_ACCOUNT_NEEDS[door.entry.element.form] if is_own else CROSS_ACCOUNT_NEEDS)


def _abroad(comer: Comer, grants: list[Grant]) -> Grant:
    """A grant of a role in another account than the comer's, if there is one."""
    return next((grant for grant in grants if grant.account != comer.account), grants[0])
