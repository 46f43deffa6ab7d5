"""Does a proposed trust policy grant anything new, and who loses the way in? Asked of the prover, in words. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html (what AWS asks of a change)
"""

from __future__ import annotations

from dataclasses import dataclass

from trustview.policy import read_policy
from trustview.policy.narrowing import Direction, Facts, Proof, Verdict, find_shifts, narrower
from trustview.policy.narrowing.budget import BudgetSpentError
from trustview.snapshot import Organization


@dataclass(frozen=True, slots=True)
class Effect:
    """What replacing one trust policy by another does.

    `verdict` is `proved`, `wider` or `unknown`, `reason` one sentence about it. `lost` and `gained` are the principals
    whose way in changes, `whole` those of the lost ones that lose all of it.
    """

    verdict: Verdict
    reason: str
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    whole: frozenset[str] = frozenset()


def facts_about(organization: Organization | None, role_account: str) -> Facts:
    """What a proof about a role may take for granted."""
    if organization is None:
        return Facts(role_account=role_account)
    return Facts(organization.id, frozenset(organization.accounts_by_id), role_account)


def prove_effect(current: str, proposed: str, facts: Facts) -> Effect:
    """The effect of replacing one trust policy (JSON text) by another."""
    old, new = read_policy(current), read_policy(proposed)
    proof: Proof = narrower(old, new, facts)
    try:
        shifts = find_shifts(old, new, facts)
    except (BudgetSpentError, RecursionError):
        return Effect(proof.verdict, proof.reason)
    lost = [shift for shift in shifts if shift.direction is Direction.LOST]
    return Effect(
        proof.verdict,
        proof.reason,
        lost=tuple(dict.fromkeys(shift.principal.value for shift in lost)),
        gained=tuple(dict.fromkeys(s.principal.value for s in shifts if s.direction is Direction.GAINED)),
        whole=frozenset(shift.principal.value for shift in lost if shift.is_whole),
    )


def describe_effect(effect: Effect) -> tuple[tuple[str, str], ...]:
    """The effect in labelled sentences: lower case, no full stop."""
    verdicts = {
        Verdict.PROVED: "proved: it grants nothing new",
        Verdict.WIDER: "it lets in whom the policy of today keeps out",
        Verdict.UNKNOWN: f"whether it grants anything new cannot be told: {effect.reason}",
    }
    told = [("proof", verdicts[effect.verdict])]
    told += [("gains", f"`{name}`") for name in effect.gained]
    for name in effect.lost:
        told.append(("loses", f"`{name}` loses {'the way in' if name in effect.whole else 'some of its ways in'}"))
    return tuple(told)
