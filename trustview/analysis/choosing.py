"""Which of several changes is the best? THE ONE PLACE that ranks them, and says why in sentences.

First what breaks nobody who was seen, then what nobody can say anything against for want of evidence, then what closes
most, then what is proved, then what takes fewest edits. Taking the way in away stands beside the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from trustview.analysis.choices import removal_of
from trustview.analysis.coverage import Coverage
from trustview.analysis.finding import Finding
from trustview.analysis.grant import Grant
from trustview.analysis.proving import Effect, facts_about, prove_change
from trustview.analysis.remediation import REMOVALS, ChangeKind, Remediation, change_role
from trustview.analysis.replay import Replay, count, replay
from trustview.policy.narrowing import Verdict
from trustview.snapshot import Organization, Role, Use


@dataclass(frozen=True, slots=True)
class Choice:
    """One remediation of a role, weighed: the role after it, what it does to who gets in, and to who was seen.

    `reasons` say why it stands where it stands. `is_removal`: it takes the way in away, as a revocation asks.
    """

    remediation: Remediation
    after: Role
    effect: Effect
    replay: Replay
    reasons: tuple[str, ...] = ()
    is_removal: bool = False


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """All that is known of one role: what is found, who may come, who was seen, and the organization around it."""

    role: Role
    findings: tuple[Finding, ...]
    grants: tuple[Grant, ...]
    remediations: tuple[Remediation, ...]
    uses: tuple[Use, ...]
    coverage: Coverage
    organization: Organization | None


def rank_choices(facts: RoleFacts) -> tuple[Choice, ...]:
    """Every change that can be chosen for a role, the best first; those that cannot be applied are left out."""
    removal = _removal(facts)
    known = {one.id for one in facts.remediations}
    offered = [*facts.remediations, *((removal,) if removal is not None and removal.id not in known else ())]
    found = [_weigh(facts, one) for one in offered]
    return tuple(sorted(found, key=lambda choice: _order(facts, choice)))


def choose_narrowing(facts: RoleFacts, findings: Iterable[Finding]) -> Remediation | None:
    """The best change that ends some of these findings, as a decision to narrow takes it; None where none is offered.

    One that leaves a way in, if there is any: to take the last away is what a revocation asks for, unless a finding
    itself offers that.
    """
    wanted = {finding.id for finding in findings}
    ending = [choice for choice in rank_choices(facts) if wanted.intersection(choice.remediation.closes)]
    offered = {one.id for one in facts.remediations}
    leaving = (choice.remediation for choice in ending if not choice.is_removal)
    removing = (choice.remediation for choice in ending if choice.remediation.id in offered)
    return next(leaving, None) or next(removing, None)


def _removal(facts: RoleFacts) -> Remediation | None:
    """Taking away the ways in that the worst finding on some is about."""
    worst = next((finding for finding in facts.findings if finding.grants), None)
    grants = [grant for grant in facts.grants if worst is not None and grant.id in worst.grants]
    return removal_of(facts.role.trust_policy, grants, facts.findings)


def _weigh(facts: RoleFacts, one: Remediation) -> Choice:
    after = change_role(facts.role, one.changes)
    effect = prove_change(facts.role.trust_policy, one.changes, facts_about(facts.organization, facts.role.account))
    told = (value for change in one.changes if change.is_to_be_agreed for value in change.values)
    seen = replay(facts.role, after.trust_policy, facts.uses, facts.coverage, facts.organization, told)
    reasons = tuple(_reasons(facts, one, effect, seen))
    return Choice(one, after, effect, seen, reasons, all(change.kind in REMOVALS for change in one.changes))


# ── the order ────────────────────────────────────────────────────────────────────────────────────────────────────


def _order(facts: RoleFacts, choice: Choice) -> tuple[int, ...]:
    """Less is better."""
    return (
        sum(one.count for one in choice.replay.refused),
        _risk(choice),
        -_weight(facts.findings, choice.remediation),
        choice.is_removal,
        not _is_proved(choice.effect),
        len(choice.remediation.changes),
    )


def _risk(choice: Choice) -> int:
    """Whether somebody may lose the way in of whom the evidence does not tell."""
    if not choice.effect.lost or choice.replay.is_complete:
        return 0
    return 2 if choice.is_removal else 1


def _weight(findings: Iterable[Finding], one: Remediation) -> int:
    """How much it closes: one finding of a severity outweighs several of the one below."""
    return sum(4**finding.severity for finding in findings if finding.id in one.closes)


def _is_proved(effect: Effect) -> bool:
    return effect.verdict is Verdict.PROVED or bool(effect.but_for)


def _reasons(facts: RoleFacts, one: Remediation, effect: Effect, seen: Replay) -> Iterator[str]:
    """Why it stands where it stands, in the order of the ranking."""
    broken = sum(use.count for use in seen.refused)
    if broken:
        yield f"breaks {count(broken, 'call')} that were seen, of {count(len(seen.refused), 'caller')}"
    elif seen.is_complete:
        yield "breaks nobody who was seen, and the evidence is complete"
    else:
        yield "breaks nobody who was seen, but the evidence is not complete"
    if seen.agreed:
        yield f"asks {count(len(seen.agreed), 'caller')} to send a new ExternalId first"
    yield f"closes {len(one.closes)} of {count(len(facts.findings), 'finding')}"
    if not _is_proved(effect):
        yield "is not proved to grant nothing new"
    if any(change.kind in _OF_PERMISSIONS for change in one.changes):
        yield "changes what the role may do, which no replay shows"


_OF_PERMISSIONS = (ChangeKind.REPLACE_MANAGED_POLICY, ChangeKind.SET_BOUNDARY)
