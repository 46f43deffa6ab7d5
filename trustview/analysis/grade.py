"""How bad is a finding, how sure is it, and why? THE ONE PLACE that grades one and says in words what made the grade.

The check has a severity; each modifier moves it one step, and what a check's own condition holds already is not counted
again. Every modifier that applies is told, also where it changes nothing: because it is counted, because another one
outweighs it, or because there is nothing worse.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from trustview.analysis.finding import Confidence, Finding, Modifier, Severity
from trustview.analysis.grant import Reach, ReachKind
from trustview.analysis.tier import Tier
from trustview.policy import Privilege

_Reason = tuple[Modifier | None, str]


def grade(
    given: Severity,
    usual: Severity,
    privilege: Privilege,
    tier: Tier,
    reach: Reach,
    counted: tuple[Modifier, ...] = (),
) -> tuple[Severity, tuple[str, ...]]:
    """The severity after the modifiers of the catalogue, what the check says, and a sentence for each that applies.

    `given` is what the check says of this, `usual` as a rule; `counted` are modifiers that it holds already.
    """
    return _grade(given, usual, privilege, tier, _kept_by(reach), counted)


# Thousands of findings have one grade.
@lru_cache(maxsize=1024)
def _grade(
    severity: Severity, usual: Severity, privilege: Privilege, tier: Tier, kept: str, counted: tuple[Modifier, ...]
) -> tuple[Severity, tuple[str, ...]]:
    above, below = [*_raising(privilege, tier)], [*_lowering(privilege, kept)]
    up = [why for modifier, why in above if modifier not in counted]
    down = [why for modifier, why in below if modifier not in counted]
    wanted = severity + bool(up) - bool(down)
    final = Severity(min(max(wanted, Severity.INFO), Severity.CRITICAL))
    told = [
        *(f"it holds already that {why}" for modifier, why in (*above, *below) if modifier in counted),
        *_step("up", up),
        *_step("down", down),
        *(["but nothing is worse than critical"] if wanted > final else []),
        *(["but nothing is milder than info"] if wanted < final else []),
    ]
    return final, (own_grade(severity, usual), *(told or ["nothing moves it"]))


def _raising(privilege: Privilege, tier: Tier) -> Iterable[_Reason]:
    """What makes it worse, by one step together."""
    if privilege is Privilege.ADMIN:
        yield Modifier.PRIVILEGE, "the role is an administrator"
    if tier.is_sensitive:
        yield Modifier.TIER, f"the role is in a {tier.name.lower()} account"


def _kept_by(reach: Reach) -> str:
    """What keeps a grant shut beside the role's own trust policy; empty where nothing does."""
    if not reach.blocked_by or reach.is_shut_by_itself:
        return ""
    kept = "it shut" if reach.kind is ReachKind.BLOCKED else "outsiders out"
    return f"{' and '.join(reach.blocked_by)} keeps {kept} today"


def _lowering(privilege: Privilege, kept: str) -> Iterable[_Reason]:
    """What makes it milder, by one step together."""
    if kept:
        yield Modifier.LATENT, kept
    if privilege is Privilege.NONE:
        yield None, "the role may do nothing"


def _step(where: str, reasons: list[str]) -> Iterable[str]:
    if reasons:
        yield f"one {where} because {' and '.join(reasons)}"


def own_grade(severity: Severity, usual: Severity) -> str:
    """What to say of the severity that a check gives; `usual` is the one that it gives as a rule."""
    return f"the check says {severity.word}" + ("" if severity is usual else f" of this, {usual.word} as a rule")


def judge_confidence(reach: Reach) -> Confidence:
    """How sure a finding on a grant of this reach is."""
    if reach.kind is ReachKind.CONDITIONAL:
        return Confidence.CONDITIONAL
    return Confidence.UNKNOWN if reach.kind is ReachKind.UNKNOWN else Confidence.PROVEN


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────


def explain_severity(finding: Finding) -> str:
    """Why a finding is as bad as it is: `high: the check says medium, one up because the role is in a prod account`."""
    return f"{finding.severity.word}: {', '.join(finding.graded)}" if finding.graded else finding.severity.word


def explain_confidence(finding: Finding) -> str:
    """Why it is as sure as it is: `conditional: it depends on sts:ExternalId`."""
    match finding.confidence:
        case Confidence.CONDITIONAL if finding.depends_on:
            why = f"it depends on {', '.join(finding.depends_on)}"
        case Confidence.CONDITIONAL:
            why = "it rests on what cannot be told for sure"
        case Confidence.UNKNOWN:
            why = "something that decides it could not be read"
        case Confidence.PROVEN:
            why = "all that decides it was read"
    return f"{finding.confidence.value}: {why}"
