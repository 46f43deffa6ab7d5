"""Chains of roles that end at an administrator."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis.access import Access
from trustview.analysis.chain import Chain, is_sure, lets_strangers_in, name_of
from trustview.analysis.check import Evidence, check
from trustview.analysis.edge import Edge, is_shared
from trustview.analysis.finding import Confidence, Severity
from trustview.analysis.grant import ReachKind
from trustview.analysis.graph import Walk
from trustview.analysis.tier import Tier
from trustview.policy import Privilege
from trustview.snapshot import Role


@check(Severity.HIGH)
def escalation_chain(access: Access) -> Iterator[Evidence]:
    """A chain of roles leads from outside, or from a less protected account, to an administrator.

    Why: no single trust policy shows it. Whoever holds the first role holds the last one too, an hour at a time, as
    often as they like; and the first is guarded as if it were worth no more than it seems.

    Fix: cut the chain where one change cuts most: the finding names the role through which every way leads, if there
    is one. Take the right to assume the next role from it, or name somebody else in that role's trust policy.

    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
    """
    admins = [role for role in access.snapshot.roles if access.privilege(role) is Privilege.ADMIN]
    found = _from_outside(access, admins)
    yield from found.values()
    yield from _from_lower_tiers(access, [role for role in admins if role.arn not in found])


def _from_outside(access: Access, admins: list[Role]) -> dict[str, Evidence]:
    """By role, what leads there from outsiders: an administrator counts one up, so this is critical."""
    graph = access.graph
    starts = [number for number, node in enumerate(graph.nodes) if _is_outside(access, node)]
    walk = graph.walk(starts, _is_for_strangers)
    reached = {role.arn: chain for role in admins if (chain := _chain_to(walk, role.arn))}
    chokes = graph.choke_points(starts, [graph.numbers[arn] for arn in reached], _is_for_strangers)
    found = {}
    for arn, chain in reached.items():
        before = [graph.nodes[node] for node in chokes[graph.numbers[arn]] if not is_shared(graph.nodes[node])]
        through = (f"every way from outside leads through {name_of(before[0], access.snapshot)}",) if before else ()
        found[arn] = _evidence(access, chain, Severity.HIGH, through)
    return found


def _is_for_strangers(edge: Edge) -> bool:
    return is_sure(edge) and lets_strangers_in(edge)


def _is_outside(access: Access, node: str) -> bool:
    """Whether a node is everybody, or an account or principal that is not ours."""
    if node.startswith("account:"):
        return any(access.is_outsider(account) for account in node.removeprefix("account:").split(","))
    parts = node.split(":", 5)
    is_principal = len(parts) == 6 and "-provider/" not in parts[5]
    return node == "everyone" or (is_principal and access.is_outsider(parts[4]))


def _from_lower_tiers(access: Access, admins: list[Role]) -> Iterator[Evidence]:
    """Once per role, what leads there from principals of the lowest tier that has such a chain."""
    # Security, log and management accounts stand side by side at the top.
    tiers = {facts.id: min(access.tier(facts.id), Tier.SECURITY) for facts in access.snapshot.accounts}
    left = {role.arn: role for role in admins if tiers[role.account] is not Tier.UNKNOWN}
    for tier in sorted({tier for tier in tiers.values() if tier is not Tier.UNKNOWN})[:-1]:
        walk = access.graph.walk(_principals_of(access, {a for a, own in tiers.items() if own is tier}), is_sure)
        for arn, role in list(left.items()):
            chain = _chain_to(walk, arn) if tiers[role.account] > tier else None
            if chain:
                del left[arn]
                lower = f"{tier.name.lower()} is a lower tier than {access.tier(role.account).name.lower()}"
                yield _evidence(access, chain, Severity.MEDIUM, (lower,))


def _principals_of(access: Access, accounts: set[str]) -> list[int]:
    numbers = access.graph.numbers
    arns: list[str] = []
    for facts in access.snapshot.accounts:
        if facts.id in accounts:
            arns += [*(role.arn for role in facts.roles), *(user.arn for user in facts.users)]
    return [numbers[arn] for arn in arns if arn in numbers]


def _chain_to(walk: Walk, role: str) -> Chain | None:
    """The shortest way of a walk to a role; None when there is none, or when it is one step: others report that."""
    number = walk.graph.numbers.get(role)
    steps = walk.chain(number) if number is not None and walk.reaches(number) else ()
    return Chain(steps) if len(steps) > 1 else None


def _evidence(access: Access, chain: Chain, severity: Severity, more: tuple[str, ...]) -> Evidence:
    last = chain.steps[-1]
    grant = next(grant for grant in access.grants_by_role[last.target] if grant.id == last.grant)
    places = " -> ".join(name_of(node, access.snapshot) for node in (chain.source, *(s.target for s in chain.steps)))
    is_open = chain.kind is ReachKind.OPEN
    return Evidence(
        (grant,),
        (f"{places}, in {len(chain.steps)} steps", *more),
        severity,
        Confidence.PROVEN if is_open else Confidence.CONDITIONAL,
    )
