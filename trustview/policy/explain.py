"""Reasons -> sentences: the one place where the engine's answers get their words."""

from __future__ import annotations

from trustview.policy.evaluation import Evaluation, Outcome, Reason, ReasonKind
from trustview.policy.permission import Permission, Scope
from trustview.policy.privilege import PrivilegeVerdict
from trustview.policy.privilege_class import PRIVILEGE_WORDS, Privilege
from trustview.policy.stack import Layer
from trustview.policy.truth import UNDOCUMENTED

# What each layer is called, and for one of several policies, which; levels are those above an account.
_WORDS = {layer: (f"the {layer.value}", "") for layer in Layer} | {
    Layer.IDENTITY: ("identity policy {}", ""),
    Layer.SCP: ("service control policy {}", " at level {} above the caller's account"),
    Layer.RCP: ("resource control policy {}", " at level {} above the role's account"),
}
_VERBS = {ReasonKind.ALLOWS: "allows it", ReasonKind.DENIES: "denies it"}


def describe_reason(reason: Reason) -> str:
    """One reason as a sentence: lower case, no full stop; levels, policies and statements count from 0."""
    if reason.note:
        return reason.note
    policy, level = _WORDS[reason.layer]
    level = level.format(reason.level)
    if reason.kind is ReasonKind.MISSING:
        return f"no statement of the {reason.layer.value}{level} allows it"
    sid = f" `{reason.sid}`" if reason.sid else ""
    when = f" depending on {', '.join(reason.depends_on)}" if reason.depends_on else ""
    place = f"{policy.format(reason.document)}{level}"
    return f"statement {reason.statement}{sid} of {place} {_VERBS[reason.kind]}{when}"


def describe_open_question(evaluation: Evaluation) -> str:
    """Why a conditional answer must count as a way in: on what it depends, or what AWS does not document."""
    silences = [key.removeprefix(UNDOCUMENTED) for key in evaluation.depends_on if key.startswith(UNDOCUMENTED)]
    keys = [key for key in evaluation.depends_on if not key.startswith(UNDOCUMENTED)]
    parts = [f"AWS does not document {', '.join(silences)}"] if silences else []
    parts += [f"it depends on {', '.join(keys)}"] if keys else []
    return f"not settled, counted as allowed: {'; '.join(parts)}"


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


def describe_privilege(verdict: PrivilegeVerdict) -> tuple[str, ...]:
    """The class with what decided it, as sentences: lower case, no full stop."""
    by = ", ".join(_describe_permission(permission) for permission in verdict.permissions)
    words = PRIVILEGE_WORDS[verdict.privilege]
    sentences = [f"{words}, by {by}" if by else words]
    if verdict.depends_on:
        sentences.append(f"depends on {', '.join(verdict.depends_on)}")
    if verdict.privilege is Privilege.ESCALATING:
        first, *others = verdict.escalations
        sentences += [f"given {first.path.given}"] if first.path.given else []
        sentences += [f"also by {', '.join(found.path.id for found in others)}"] if others else []
    sentences += [f"also {found.path.name}, on named resources alone" for found in verdict.limited]
    sentences += [f"`{pattern}` is no action that AWS documents; it counts as writing" for pattern in verdict.unknown]
    return tuple(sentences)


def _describe_permission(permission: Permission) -> str:
    if permission.scope is Scope.ANYWHERE:
        return permission.action
    own = f"its own {permission.resource.split(':', 5)[-1].partition('/')[0]}"
    where = own if permission.scope is Scope.ITSELF else " and ".join(permission.limits)
    return f"{permission.action} on {where}"
