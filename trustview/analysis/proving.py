"""Does a proposed policy grant anything new, and who loses the way in? Asked of the prover, in words. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html (what AWS asks of a change)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from trustview.analysis.remediation import Change, ChangeKind, Remediation, apply_changes
from trustview.policy import CallerKind, Layer, PolicyDocument, read_policy
from trustview.policy.narrowing import (
    Direction,
    Facts,
    Proof,
    Verdict,
    find_shifts,
    narrower,
    narrower_guardrail,
)
from trustview.policy.narrowing.budget import BudgetSpentError
from trustview.policy.narrowing.proof import WIDER
from trustview.snapshot import GuardrailKind, Organization


@dataclass(frozen=True, slots=True)
class Effect:
    """What replacing one trust policy by another does.

    `verdict` is `proved`, `wider` or `unknown`, `reason` one sentence about it. `lost` and `gained` are the principals
    whose way in changes, `whole` those of the lost ones that lose all of it. `but_for` says of a wider policy what
    alone makes it wider: for whatever else it is proved that nothing new is granted.
    """

    verdict: Verdict
    reason: str
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    whole: frozenset[str] = frozenset()
    but_for: str = ""


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


def prove_change(current: str, changes: Iterable[Change], facts: Facts) -> Effect:
    """The effect of changes on a trust policy (JSON text); ValueError when that is no JSON object.

    A new ExternalId lets in who sends it, which the old policy did not: then the rest is proved, the value apart.
    """
    changes = tuple(changes)
    proposed = apply_changes(current, changes)
    effect = prove_effect(current, proposed, facts)
    renewed = tuple(c for c in changes if c.is_to_be_agreed and c.kind is ChangeKind.REPLACE_CONDITION)
    if effect.verdict is not Verdict.WIDER or not renewed:
        return effect
    either = apply_changes(current, _accept_both(current, renewed))
    is_all = narrower(read_policy(either), read_policy(proposed), facts).is_proved
    return replace(effect, but_for="the new ExternalId", gained=()) if is_all else effect


def _accept_both(current: str, renewed: Iterable[Change]) -> Iterator[Change]:
    """Changes after which the policy takes the new value beside those of today."""
    statements = {statement.index: statement for statement in read_policy(current).statements}
    for change in renewed:
        for condition in statements[change.statement].conditions:
            is_it = condition.spelling.lower() == change.old_operator.lower()
            if is_it and condition.key.lower() == change.key.lower():
                yield replace(change, operator=condition.spelling, values=(*condition.values, *change.values))


# ── guardrails ───────────────────────────────────────────────────────────────────────────────────────────────────

_CALLERS = {
    CallerKind.SERVICE: "an AWS service",
    CallerKind.SAML: "a user of a SAML provider",
    CallerKind.OIDC: "a web identity",
}


def prove_guardrail(one: Remediation, organization: Organization) -> Effect:
    """The effect of what is proposed for a guardrail, or of the RCP that is proposed for the organization.

    It holds on every level that the guardrail hangs on, whatever hangs beside it.
    """
    there = next((policy for policy in organization.guardrails if policy.id == one.subject), None)
    layer = Layer.SCP if there is not None and there.kind is GuardrailKind.SCP else Layer.RCP
    old = read_policy(there.document) if there is not None else PolicyDocument()
    proof = narrower_guardrail(old, read_policy(one.policy), layer, facts_about(organization, ""))
    if proof.witness is None:
        return Effect(proof.verdict, proof.reason)
    request = proof.witness.request
    who = _CALLERS.get(request.caller.kind, f"`{request.caller}`")
    return Effect(proof.verdict, f"{proof.reason}: for example `{request.action}` by {who}")


def describe_guardrail_effect(effect: Effect) -> tuple[tuple[str, str], ...]:
    """The effect of a guardrail's change in labelled sentences: lower case, no full stop."""
    words = {
        Verdict.PROVED: "proved: it lets nothing through that is stopped today",
        Verdict.WIDER: f"it lets through what is stopped today: {effect.reason}",
        Verdict.UNKNOWN: f"whether it lets anything new through cannot be told: {effect.reason}",
    }
    return (("proof", words[effect.verdict]),)


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────


def describe_effect(effect: Effect) -> tuple[tuple[str, str], ...]:
    """The effect in labelled sentences: lower case, no full stop."""
    verdicts = {
        Verdict.PROVED: "proved: it grants nothing new",
        Verdict.WIDER: f"it lets in whom the policy of today keeps out{effect.reason.removeprefix(WIDER)}",
        Verdict.UNKNOWN: f"whether it grants anything new cannot be told: {effect.reason}",
    }
    told = [("proof", verdicts[effect.verdict])]
    if effect.but_for:
        told = [("proof", f"proved but for {effect.but_for}: apart from that value it grants nothing new")]
    told += [("gains", f"`{name}`") for name in effect.gained]
    for name in effect.lost:
        told.append(("loses", f"`{name}` loses {'the way in' if name in effect.whole else 'some of its ways in'}"))
    return tuple(told)
