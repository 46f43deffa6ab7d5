"""Is this request allowed? THE ONE PLACE that decides it.

Rule 1: a Deny that applies in any layer decides, whatever allows.
Rule 2: the trust policy must allow, even inside one account; services and federated callers need nothing else.
Rule 3: callers from another account need their identity policies, boundary and session policy too; callers of the same
        account what `service_rules.SAME_ACCOUNT_RULES` says of the form that names them.
Rule 4: every SCP level of the caller's account needs an Allow; RCPs only deny. Service-linked roles are exempt.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from trustview.policy.document import PolicyDocument, Statement
from trustview.policy.evaluation import Evaluation, Outcome, Reason, ReasonKind
from trustview.policy.principal import PrincipalForm
from trustview.policy.request import Request
from trustview.policy.service_rules import CROSS_ACCOUNT_RULE, REFUSED_CALLERS, SAME_ACCOUNT_RULES, SameAccountRule
from trustview.policy.stack import Layer, Level, PolicyStack
from trustview.policy.statement import (
    IDENTITY_MATCHERS,
    RCP_MATCHERS,
    TRUST_MATCHERS,
    Matcher,
    apply_matchers,
    matches_element,
)
from trustview.policy.truth import FALSE, TRUE, Truth, all_of, any_of


@dataclass(frozen=True, slots=True)
class _Vote:
    """What one statement says, with the reason to give for it."""

    truth: Truth
    reason: Reason


def evaluate(request: Request, stack: PolicyStack) -> Evaluation:
    """Decide one request; a definite outcome holds for every completion of an open context."""
    if request.caller.kind in REFUSED_CALLERS:
        note = REFUSED_CALLERS[request.caller.kind]
        return Evaluation(Outcome.IMPLICIT_DENY, (Reason(Layer.SERVICE, ReasonKind.MISSING, note=note),))
    denies = [vote for vote in _denies(request, stack) if not vote.truth.is_false]
    surely = tuple(vote.reason for vote in denies if vote.truth.is_true)
    if surely:
        return Evaluation(Outcome.EXPLICIT_DENY, surely)
    allowed = _allowed(request, stack)
    if allowed.truth.is_false:
        return Evaluation(Outcome.IMPLICIT_DENY, allowed.reasons)
    reasons = allowed.reasons + tuple(vote.reason for vote in denies)
    keys = allowed.truth.keys.union(*(vote.truth.keys for vote in denies))
    if keys:
        return Evaluation(Outcome.CONDITIONAL, reasons, tuple(sorted(keys)))
    return Evaluation(Outcome.ALLOWED, reasons)


# ── denies ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _denies(request: Request, stack: PolicyStack) -> Iterator[_Vote]:
    """Every Deny statement of every layer that binds this caller."""
    yield from _trust_denies(request, stack)
    if not request.is_service_linked_resource:
        for index, level in enumerate(stack.rcps):
            yield from _votes(request, Layer.RCP, level, RCP_MATCHERS, is_allow=False, level=index)
    if not request.caller.kind.is_iam:
        return
    for layer, documents in _identity_layers(stack):
        yield from _votes(request, layer, documents, IDENTITY_MATCHERS, is_allow=False)
    if not request.caller.is_service_linked_role:
        for index, level in enumerate(stack.scps):
            yield from _votes(request, Layer.SCP, level, IDENTITY_MATCHERS, is_allow=False, level=index)


def _trust_denies(request: Request, stack: PolicyStack) -> Iterator[_Vote]:
    """The Denies of the trust policy; one with `NotPrincipal` does not spare whom it names when they have a boundary.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    inverted = tuple(deny for deny in stack.trust.denies if deny.not_principals) if stack.boundary else ()
    if not inverted:
        yield from _votes(request, Layer.TRUST, (stack.trust,), TRUST_MATCHERS, is_allow=False)
        return
    plain = tuple(deny for deny in stack.trust.denies if not deny.not_principals)
    for statements, matchers in ((plain, TRUST_MATCHERS), (inverted, IDENTITY_MATCHERS)):
        document = replace(stack.trust, statements=statements)
        yield from _votes(request, Layer.TRUST, (document,), matchers, is_allow=False)


def _identity_layers(stack: PolicyStack) -> tuple[tuple[Layer, Level], ...]:
    return (
        (Layer.IDENTITY, stack.identity or ()),
        (Layer.BOUNDARY, (stack.boundary,) if stack.boundary else ()),
        (Layer.SESSION, (stack.session,) if stack.session else ()),
    )


# ── allows ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Allowed:
    truth: Truth
    reasons: tuple[Reason, ...]


def _allowed(request: Request, stack: PolicyStack) -> _Allowed:
    """Whether the trust policy and everything else that this caller needs allow."""
    guardrail = _allowed_by_scps(request, stack)
    if guardrail.truth.is_false:
        return guardrail
    ways = [way for s in stack.trust.allows if (way := _way_in(s, request, stack)) is not None]
    if not ways:
        return _Allowed(FALSE, (Reason(Layer.TRUST, ReasonKind.MISSING),))
    open_ways = [way for way in ways if not way.truth.is_false]
    if not open_ways:
        return ways[0]
    sure = [way for way in open_ways if way.truth.is_true]
    chosen = sure[:1] or open_ways
    together = all_of((guardrail.truth, any_of(way.truth for way in chosen)))
    return _Allowed(together, tuple(dict.fromkeys(r for way in chosen for r in way.reasons)) + guardrail.reasons)


def _way_in(statement: Statement, request: Request, stack: PolicyStack) -> _Allowed | None:
    """One Allow of the trust policy with what its principal form needs beside it; None if it does not apply."""
    trusted = apply_matchers(statement, request, stack.trust, TRUST_MATCHERS)
    if trusted.is_false:
        return None
    reason = Reason(Layer.TRUST, ReasonKind.ALLOWS, 0, 0, statement.index, statement.sid, tuple(sorted(trusted.keys)))
    if not request.caller.kind.is_iam:
        return _Allowed(trusted, (reason,))
    options = [
        _Allowed(all_of((meant, needed.truth)), needed.reasons)
        for meant, rule in _rules(statement, request)
        for needed in [_needed(rule, request, stack)]
    ]
    best = _best(options)
    return _Allowed(all_of((trusted, best.truth)), (reason, *best.reasons))


def _best(options: list[_Allowed]) -> _Allowed:
    """The option that surely allows, else all that may, else the first that fails."""
    sure = next((option for option in options if option.truth.is_true), None)
    if sure:
        return sure
    may = [option for option in options if option.truth.is_open]
    if may:
        return _Allowed(any_of(option.truth for option in may), tuple(r for option in may for r in option.reasons))
    return options[0]


def _rules(statement: Statement, request: Request) -> list[tuple[Truth, SameAccountRule]]:
    """Each element that may mean the caller, with the rule of its form; the loosest of them decides."""
    if statement.not_principals:
        # AWS no longer accepts it; read it as open to everyone.
        form = PrincipalForm.EVERYONE
        return [(TRUE, SAME_ACCOUNT_RULES[form] if request.is_same_account else CROSS_ACCOUNT_RULE)]
    means = [(element, matches_element(element, request)) for element in statement.principals]
    return [
        (
            meant,
            SAME_ACCOUNT_RULES.get(element.form, CROSS_ACCOUNT_RULE) if request.is_same_account else CROSS_ACCOUNT_RULE,
        )
        for element, meant in means
        if not meant.is_false
    ]


def _needed(rule: SameAccountRule, request: Request, stack: PolicyStack) -> _Allowed:
    """What the caller's own policies must allow under a rule."""
    needs = (
        (Layer.IDENTITY, stack.identity, rule.needs_identity),
        (Layer.BOUNDARY, (stack.boundary,) if stack.boundary else None, rule.limited_by_boundary),
        (Layer.SESSION, (stack.session,) if stack.session else None, rule.limited_by_session),
    )
    answers = [_some_allow(request, layer, docs) for layer, docs, is_needed in needs if is_needed and docs is not None]
    failed = next((answer for answer in answers if answer.truth.is_false), None)
    if failed:
        return failed
    return _Allowed(all_of(a.truth for a in answers), tuple(reason for a in answers for reason in a.reasons))


def _some_allow(request: Request, layer: Layer, documents: Level, level: int = -1) -> _Allowed:
    """Whether some statement of these documents allows."""
    votes = [
        vote
        for vote in _votes(request, layer, documents, IDENTITY_MATCHERS, is_allow=True, level=level)
        if not vote.truth.is_false
    ]
    if not votes:
        return _Allowed(FALSE, (Reason(layer, ReasonKind.MISSING, level),))
    sure = next((vote for vote in votes if vote.truth.is_true), None)
    chosen = [sure] if sure else votes
    return _Allowed(any_of(vote.truth for vote in chosen), tuple(vote.reason for vote in chosen))


def _allowed_by_scps(request: Request, stack: PolicyStack) -> _Allowed:
    """Every level needs an Allow; a level with nothing attached denies."""
    if not request.caller.kind.is_iam or request.caller.is_service_linked_role:
        return _Allowed(TRUE, ())
    levels = [_some_allow(request, Layer.SCP, level, index) for index, level in enumerate(stack.scps)]
    failed = next((level for level in levels if level.truth.is_false), None)
    if failed:
        return failed
    # Allows at every level are the rule and say nothing; only what stays open is a reason.
    reasons = tuple(reason for level in levels if level.truth.is_open for reason in level.reasons)
    return _Allowed(all_of(level.truth for level in levels), reasons)


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────


def _votes(
    request: Request,
    layer: Layer,
    documents: Level,
    matchers: tuple[Matcher, ...],
    *,
    is_allow: bool,
    level: int = -1,
) -> Iterator[_Vote]:
    """What each statement of one effect says in a layer."""
    kind = ReasonKind.ALLOWS if is_allow else ReasonKind.DENIES
    for number, document in enumerate(documents):
        for statement in _of_effect(document, is_allow=is_allow):
            answer = apply_matchers(statement, request, document, matchers)
            keys = tuple(sorted(answer.keys))
            yield _Vote(answer, Reason(layer, kind, level, number, statement.index, statement.sid, keys))


def _of_effect(document: PolicyDocument, *, is_allow: bool) -> tuple[Statement, ...]:
    return document.allows if is_allow else document.denies
