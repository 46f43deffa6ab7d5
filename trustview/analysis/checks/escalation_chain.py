"""Chains of roles that end at an administrator."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator

from trustview.analysis.access import Access
from trustview.analysis.chain import Chain, describe_chain, is_sure, lets_strangers_in, name_of
from trustview.analysis.check import Evidence, check
from trustview.analysis.edge import ASSUME, GROUP, JOINS, POWER, Edge, is_shared
from trustview.analysis.finding import Confidence, Severity
from trustview.analysis.grant import ReachKind
from trustview.analysis.graph import Walk
from trustview.analysis.tier import Tier
from trustview.policy import Privilege, parse_arn
from trustview.snapshot import Role, User


@check(Severity.HIGH, of_all=True)
def escalation_chain(access: Access) -> Iterator[Evidence]:
    """A chain leads from outside, from a less protected account or from many principals to an administrator.

    Why: no single trust policy shows it. Whoever holds the first role holds the last one too, an hour at a time, as
    often as they like; and the first is guarded as if it were worth no more than it seems. A role that may take over an
    administrator (change its trust policy, hand it to a service, make access keys) is one step away from it.

    Fix: cut the chain where one change cuts most: the finding names the role through which every way leads, if there
    is one. Take the right to assume or take over the next role from it, or name somebody else in that role's trust
    policy.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
    """
    yield from find_chains_into(access, access.snapshot.facts_by_account)


def find_chains_into(access: Access, accounts: Iterable[str]) -> Iterator[Evidence]:
    """The chains to administrators of some accounts: what those of the others are told of makes no difference.

    Only principals of its own account take a role over, so that of each chain the last role that is assumed, of which
    it is told, stands in the account of the administrator.
    """
    chains = _Chains(access, accounts)
    yield from chains.from_outside()
    yield from chains.from_lower_tiers()
    yield from chains.from_many()


def accounts_led_to(access: Access, nodes: Collection[str]) -> frozenset[str]:
    """The accounts of the administrators that some nodes are or lead to: what changes there is no other's chain."""
    found: set[str] = set()
    waiting, seen = [*nodes], set(nodes)
    while waiting:
        node = waiting.pop()
        role = access.snapshot.roles_by_arn.get(node)
        is_admin = role is not None and _is_admin(access, role)
        if role is not None and is_admin:
            found.add(role.account)
        for edge in access.graph.edges_out_of(node):
            if edge.target not in seen and is_sure(edge) and (edge.kind in (ASSUME, JOINS) or not is_admin):
                seen.add(edge.target)
                waiting.append(edge.target)
    return frozenset(found)


class _Chains:
    """The chains to administrators. Each role that a chain ends at, or that takes one over, is told of once."""

    def __init__(self, access: Access, accounts: Iterable[str]) -> None:
        self._access = access
        known, numbers = access.snapshot.facts_by_account, access.graph.numbers
        self._goals = [role for one in accounts for role in known[one].roles if _is_admin(access, role)]
        goals = (numbers[role.arn] for role in self._goals if role.arn in numbers)
        # Only what surely leads to an administrator is walked: most of an organization does not.
        self._graph = access.graph.part_leading_to(goals, is_sure)
        self._principals = dict(self._find_principals())
        self._admins = {
            arn for arn, one in self._principals.items() if isinstance(one, Role) and _is_admin(access, one)
        }
        self._told: set[str] = set()

    def _find_principals(self) -> Iterator[tuple[str, Role | User]]:
        """The principals of ours on ways to administrators."""
        snapshot = self._access.snapshot
        for node in self._graph.numbers:
            one = snapshot.roles_by_arn.get(node) or snapshot.users_by_arn.get(node)
            if one:
                yield node, one

    # ── where chains begin ───────────────────────────────────────────────────────────────────────────────────

    def from_outside(self) -> Iterator[Evidence]:
        """What leads from outsiders: an administrator counts one up, so this is critical."""
        nodes = self._graph.nodes
        starts = [number for number, node in enumerate(nodes) if _is_outside(self._access, node)]
        for accept in (self._is_assumption_of_strangers, self._is_for_strangers):
            found = list(self._to_admins(self._graph.walk(starts, accept)))
            goals = [self._graph.numbers[chain.target] for chain in found]
            chokes = self._graph.choke_points(starts, goals, accept) if found else {}
            for goal, chain in zip(goals, found, strict=True):
                before = [nodes[node] for node in chokes[goal] if not is_shared(nodes[node])]
                name = name_of(before[0], self._access.snapshot) if before else ""
                more = (f"every way from outside leads through {name}",) if before else ()
                yield self._evidence(chain, Severity.HIGH, more)

    def from_lower_tiers(self) -> Iterator[Evidence]:
        """What leads from principals of the lowest tier that has such a chain."""
        # Security, log and management accounts stand side by side at the top.
        tiers = {facts.id: min(self._access.tier(facts.id), Tier.SECURITY) for facts in self._access.snapshot.accounts}
        known = sorted({tier for tier in tiers.values() if tier is not Tier.UNKNOWN})[:-1]
        for accept, tier in itertools.product((_is_assumption, self._is_walked), known):
            starts = [self._graph.numbers[arn] for arn, one in self._principals.items() if tiers[one.account] is tier]
            for chain in self._to_admins(self._graph.walk(starts, accept), above=(tier, tiers)):
                higher = self._access.tier(_account_of(chain.target)).name.lower()
                lower = f"{tier.name.lower()} is a lower tier than {higher}"
                yield self._evidence(chain, Severity.MEDIUM, (lower,))

    def from_many(self) -> Iterator[Evidence]:
        """What leads from so many principals at once that each of them is a door."""
        least = self._access.settings.thresholds.many_principals
        crowds = {node: size for node, size in self._crowds() if size >= least}
        starts = [self._graph.numbers[node] for node in crowds]
        for accept in (_is_assumption, self._is_walked):
            for chain in self._to_admins(self._graph.walk(starts, accept)):
                told = f"{crowds[chain.source]} principals that are no administrators can begin it"
                yield self._evidence(chain, Severity.MEDIUM, (told,))

    def _crowds(self) -> Iterator[tuple[str, int]]:
        """The groups and powers, each with how many of its principals are no administrators."""
        graph, sizes = self._graph, dict[int, int]()
        is_counted = bytearray(b"\1") * len(graph.numbers)
        for arn in self._admins:
            is_counted[graph.numbers[arn]] = 0
        for node, number in graph.numbers.items():
            if node.startswith(GROUP):
                sizes[number] = sum(is_counted[graph.sources[edge]] for edge in graph.incoming[number])
                yield node, sizes[number]
        for node, number in graph.numbers.items():
            if node.startswith(POWER):
                yield node, sum(sizes.get(graph.sources[edge], 0) for edge in graph.incoming[number])

    # ── what is walked ───────────────────────────────────────────────────────────────────────────────────────

    def _is_walked(self, edge: Edge) -> bool:
        """Whether somebody surely gets along; of whom an administrator may take over nobody needs to be told."""
        return is_sure(edge) and (edge.kind in (ASSUME, JOINS) or edge.source not in self._admins)

    def _is_for_strangers(self, edge: Edge) -> bool:
        return self._is_walked(edge) and lets_strangers_in(edge)

    def _is_assumption_of_strangers(self, edge: Edge) -> bool:
        return _is_assumption(edge) and lets_strangers_in(edge)

    # ── where chains end ─────────────────────────────────────────────────────────────────────────────────────

    def _to_admins(self, walk: Walk, above: tuple[Tier, dict[str, Tier]] | None = None) -> Iterator[Chain]:
        """The shortest way of a walk to each administrator, once for all whom one role takes over; of a higher tier."""
        for role in self._goals:
            number = self._graph.numbers.get(role.arn)
            if number is None or role.arn in self._told or not walk.reaches(number):
                continue
            if above is not None and not above[0] < above[1][role.account]:
                continue
            chain = Chain(walk.chain(number))
            # One step is what other checks are about.
            subject = _subject_of(chain) if len(chain.steps) > 1 else ""
            if subject and subject not in self._told:
                self._told.add(subject)
                yield chain

    def _evidence(self, chain: Chain, severity: Severity, more: tuple[str, ...]) -> Evidence:
        subject, snapshot = _subject_of(chain), self._access.snapshot
        last = next(step for step in reversed(chain.steps) if step.target == subject and step.kind == ASSUME)
        grant = next(grant for grant in self._access.grants_by_role[subject] if grant.id == last.grant)
        is_admin = grant.privilege is Privilege.ADMIN
        return Evidence(
            (grant,),
            (describe_chain(chain, snapshot), *more),
            # The grade counts an administrator one up: who takes one over is as near.
            severity if is_admin else Severity(severity + 1),
            Confidence.PROVEN if chain.kind is ReachKind.OPEN else Confidence.CONDITIONAL,
        )


def _is_admin(access: Access, role: Role) -> bool:
    return access.privilege(role) is Privilege.ADMIN


def _is_assumption(edge: Edge) -> bool:
    """Whether somebody surely gets along by assuming roles alone."""
    return edge.kind in (ASSUME, JOINS) and is_sure(edge)


def _subject_of(chain: Chain) -> str:
    """The role that a finding hangs on: the last that is assumed; empty where none is."""
    return next((step.target for step in reversed(chain.steps) if step.kind == ASSUME), "")


def _is_outside(access: Access, node: str) -> bool:
    """Whether a node is everybody, or an account or principal that is not ours."""
    if is_shared(node):
        return False
    if node.startswith("account:"):
        return any(access.is_outsider(account) for account in node.removeprefix("account:").split(","))
    parts = node.split(":", 5)
    is_principal = len(parts) == 6 and "-provider/" not in parts[5]
    return node == "everyone" or (is_principal and access.is_outsider(parts[4]))


def _account_of(arn: str) -> str:
    found = parse_arn(arn)
    return found.account if found else ""
