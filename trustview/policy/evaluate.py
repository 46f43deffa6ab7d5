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

from collections.abc import Callable, Iterable

from trustview.policy.evaluation import Evaluation, Outcome, Reason, ReasonKind
from trustview.policy.principal import PrincipalForm
from trustview.policy.request import Request
from trustview.policy.service_rules import CLAIM_TO_TEST, CROSS_ACCOUNT_NEEDS, SAME_ACCOUNT_NEEDS, why_refused
from trustview.policy.stack import Layer, Level, PolicyStack
from trustview.policy.statement import PreparedStatement, statements_on
from trustview.policy.truth import FALSE, TRUE, Truth, any_of, depends

# How a kind of policy asks whether a statement applies: a trust policy names callers, an RCP everyone, others nobody.
Applies = Callable[[PreparedStatement, Request], Truth]

# What one statement says, and where it stands: level and document count from 0, -1 where there is none. A text instead
# of a statement: nothing allows, and what is missing where it is not a statement of that layer and level.
_Vote = tuple[Truth, Layer, int, int, PreparedStatement | str]
# Whether something allows, and the votes that say so. Plain tuples: a decision makes many of them.
_Answer = tuple[Truth, tuple[_Vote, ...]]


def evaluate(request: Request, stack: PolicyStack) -> Evaluation:
    """Decide one request; a definite outcome holds for every completion of an open context."""
    refusal = why_refused(request.caller.kind, request.action, request.duration)
    if refusal:
        return Evaluation(Outcome.IMPLICIT_DENY, (Reason(Layer.SERVICE, ReasonKind.MISSING, note=refusal),))
    return _decide(request, stack, _allowed)


def evaluate_permission(request: Request, stack: PolicyStack) -> Evaluation:
    """Decide what a principal's own policies, boundary and SCPs allow it on a resource of its account.

    It may be any action on any resource. Policies of the resource itself are not counted: `stack.trust` is empty.
    """
    return _decide(request, stack, _permitted)


def _decide(request: Request, stack: PolicyStack, find_allow: Callable[[Request, PolicyStack], _Answer]) -> Evaluation:
    denies = _denies(request, stack)
    surely = [vote for vote in denies if vote[0].value is True]
    if surely:
        return Evaluation(Outcome.EXPLICIT_DENY, _reasons(surely))
    allowed, votes = find_allow(request, stack)
    if allowed.value is False:
        return Evaluation(Outcome.IMPLICIT_DENY, _reasons(votes))
    if allowed.value is True and not denies:
        return Evaluation(Outcome.ALLOWED, _reasons(votes))
    keys = allowed.keys.union(*(may_deny.keys for may_deny, *_ in denies))
    return Evaluation(Outcome.CONDITIONAL, _reasons((*votes, *denies)), tuple(sorted(keys)))


def _reasons(votes: Iterable[_Vote]) -> tuple[Reason, ...]:
    return tuple([_reason(*vote) for vote in votes])


def _reason(truth: Truth, layer: Layer, level: int, document: int, prepared: PreparedStatement | str) -> Reason:
    if isinstance(prepared, str):
        return Reason(layer, ReasonKind.MISSING, level, note=prepared)
    statement = prepared.statement
    kind = ReasonKind.ALLOWS if statement.is_allow else ReasonKind.DENIES
    return Reason(layer, kind, level, document, statement.index, statement.sid, tuple(sorted(truth.keys)))


# ── denies ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _denies(request: Request, stack: PolicyStack) -> list[_Vote]:
    """Every Deny statement that applies, or may apply, of every layer that binds this caller."""
    found = _deny_votes(request, Layer.TRUST, ((stack.trust,),), _deny_of_trust(request, stack))
    if stack.rcps and not request.is_service_linked_resource:
        found += _deny_votes(request, Layer.RCP, stack.rcps, PreparedStatement.applies_to_everyone, first=0)
    if not request.caller.kind.is_iam:
        return found
    for layer, documents in stack.own:
        found += _deny_votes(request, layer, (documents,))
    if stack.scps and not request.caller.is_service_linked_role:
        found += _deny_votes(request, Layer.SCP, stack.scps, first=0)
    return found


def _deny_votes(
    request: Request,
    layer: Layer,
    levels: tuple[Level, ...],
    applies: Applies = PreparedStatement.applies,
    first: int = -1,
) -> list[_Vote]:
    """The Deny statements of a layer, save those that surely do not apply; its levels count from `first`."""
    found: list[_Vote] = []
    for level, documents in enumerate(levels, first):
        for number, document in enumerate(documents):
            for prepared in statements_on(request.action, document).denies:
                truth = applies(prepared, request)
                if truth.value is not False:
                    found.append((truth, layer, level, number, prepared))
    return found


def _deny_of_trust(request: Request, stack: PolicyStack) -> Applies:
    """A Deny of the trust policy; one with `NotPrincipal` does not spare whom it names when they have a boundary.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    if stack.boundary is None or not request.caller.kind.is_iam:
        return PreparedStatement.applies_to_caller

    def applies(prepared: PreparedStatement, request: Request) -> Truth:
        is_inverted = prepared.statement.not_principals
        return prepared.applies_to_its_role(request) if is_inverted else prepared.applies_to_caller(request)

    return applies


# ── allows ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _allowed(request: Request, stack: PolicyStack) -> _Answer:
    """Whether the trust policy and everything else that this caller needs allow."""
    unguarded, guard_votes = _allowed_by_scps(request, stack)
    if unguarded.value is False:
        return unguarded, guard_votes
    ways = []
    for prepared in statements_on(request.action, stack.trust).allows:
        way = _way_in(prepared, request, stack)
        if way is not None:
            ways.append(way)
    if not ways:
        return FALSE, ((FALSE, Layer.TRUST, -1, -1, ""),)
    truth, votes = _best(ways)
    return unguarded & truth, votes + guard_votes


def _permitted(request: Request, stack: PolicyStack) -> _Answer:
    """Whether everything that binds the caller itself allows."""
    unguarded, guard_votes = _allowed_by_scps(request, stack)
    if unguarded.value is False:
        return unguarded, guard_votes
    truth, votes = _needed_in(CROSS_ACCOUNT_NEEDS, TRUE, request, stack)
    return unguarded & truth, votes + guard_votes


def _best(options: list[_Answer]) -> _Answer:
    """The option that surely allows, else all that may, else the first that fails."""
    may = []
    for option in options:
        if option[0].value is True:
            return option
        if option[0].is_open:
            may.append(option)
    if not may:
        return options[0]
    # Several options may rest on the same votes.
    return any_of(truth for truth, _ in may), tuple(dict.fromkeys(vote for _, votes in may for vote in votes))


def _way_in(prepared: PreparedStatement, request: Request, stack: PolicyStack) -> _Answer | None:
    """One Allow of the trust policy with what its principal form needs beside it; None if it does not apply."""
    elements = prepared.elements_meaning(request.caller)
    trusted = prepared.applies_to_them(elements, request)
    if trusted.value is False:
        return None
    untested = _untested_claim(prepared, request)
    if untested:
        return FALSE, ((FALSE, Layer.SERVICE, -1, -1, untested),)
    vote = (trusted, Layer.TRUST, -1, 0, prepared)
    if not request.caller.kind.is_iam:
        return trusted, (vote,)
    if prepared.statement.not_principals:
        # AWS no longer accepts it; read it as open to everyone.
        truth, votes = _needed(PrincipalForm.EVERYONE, TRUE, request, stack)
    else:
        truth, votes = _best([_needed(element.form, meant, request, stack) for element, meant in elements])
    return trusted & truth, (vote, *votes)


def _untested_claim(prepared: PreparedStatement, request: Request) -> str:
    """Why STS denies the tokens of this provider by this statement; empty when it does not."""
    claim = CLAIM_TO_TEST.get(request.caller.provider_name)
    if claim is None or any(condition.key.lower() == claim for condition in prepared.statement.conditions):
        return ""
    return f"STS denies tokens of {request.caller.provider_name} where the trust policy does not test `{claim}`"


def _needed(form: PrincipalForm, meant: Truth, request: Request, stack: PolicyStack) -> _Answer:
    """What the caller's own policies must allow where an element of this form means, or may mean, the caller."""
    if not request.caller.account:
        # Whoever it is may be of the role's account, where less is needed.
        same = _needed_in(SAME_ACCOUNT_NEEDS[form], meant & depends("aws:PrincipalAccount"), request, stack)
        return _best([_needed_in(CROSS_ACCOUNT_NEEDS, meant, request, stack), same])
    needs = SAME_ACCOUNT_NEEDS[form] if request.is_same_account else CROSS_ACCOUNT_NEEDS
    return _needed_in(needs, meant, request, stack)


def _needed_in(needs: tuple[Layer, ...], meant: Truth, request: Request, stack: PolicyStack) -> _Answer:
    """Whether each of these layers allows, as far as it is there."""
    if not needs:
        return meant, ()
    found: list[_Vote] = []
    together = meant
    for layer, documents in stack.own:
        if layer in needs:
            truth, votes = _some_allow(request, layer, documents)
            if truth.value is False:
                return truth, votes
            together &= truth
            found += votes
    return together, tuple(found)


def _allowed_by_scps(request: Request, stack: PolicyStack) -> _Answer:
    """Every level needs an Allow; a level with nothing attached denies."""
    if not stack.scps or not request.caller.kind.is_iam or request.caller.is_service_linked_role:
        return TRUE, ()
    found: list[_Vote] = []
    together = TRUE
    for index, level in enumerate(stack.scps):
        truth, votes = _some_allow(request, Layer.SCP, level, index)
        if truth.value is False:
            return truth, votes
        if truth.value is None:
            # Allows at every level are the rule and say nothing; only what stays open is a reason.
            together &= truth
            found += votes
    return together, tuple(found)


def _some_allow(request: Request, layer: Layer, documents: Level, level: int = -1) -> _Answer:
    """Whether some statement of these documents allows: the first that surely does, else all that may."""
    may: list[_Vote] = []
    for number, document in enumerate(documents):
        for prepared in statements_on(request.action, document).allows:
            truth = prepared.applies(request)
            if truth.value is True:
                return truth, ((truth, layer, level, number, prepared),)
            if truth.value is None:
                may.append((truth, layer, level, number, prepared))
    if not may:
        return FALSE, ((FALSE, layer, level, -1, ""),)
    return any_of(truth for truth, *_ in may), tuple(may)
