"""Reasons -> sentences: the one place where the engine's answers get their words."""

from __future__ import annotations

from trustview.policy.evaluation import Evaluation, Outcome, Reason, ReasonKind
from trustview.policy.stack import Layer

_LEVEL_WORDS = {Layer.SCP: "the caller's account", Layer.RCP: "the role's account"}


def describe_reason(reason: Reason) -> str:
    """One reason as a sentence: lower case, no full stop."""
    if reason.note:
        return reason.note
    layer = reason.layer.value
    if reason.kind is ReasonKind.MISSING:
        where = f" at level {reason.level} above {_LEVEL_WORDS[reason.layer]}" if reason.layer in _LEVEL_WORDS else ""
        return f"no statement of the {layer}{where} allows it"
    sid = f" `{reason.sid}`" if reason.sid else ""
    verb = "allows it" if reason.kind is ReasonKind.ALLOWS else "denies it"
    when = f" depending on {', '.join(reason.depends_on)}" if reason.depends_on else ""
    return f"statement {reason.statement}{sid} of the {layer} {verb}{when}"


def describe_evaluation(evaluation: Evaluation) -> str:
    """The whole answer as one sentence."""
    heads = {
        Outcome.ALLOWED: "allowed",
        Outcome.EXPLICIT_DENY: "denied",
        Outcome.IMPLICIT_DENY: "not allowed",
        Outcome.CONDITIONAL: f"depends on {', '.join(evaluation.depends_on)}",
    }
    because = "; ".join(describe_reason(reason) for reason in evaluation.reasons)
    return f"{heads[evaluation.outcome]}: {because}" if because else heads[evaluation.outcome]
