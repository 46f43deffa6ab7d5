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
from trustview.policy.request import Caller, Request
from trustview.policy.service_rules import CLAIM_TO_TEST, CROSS_ACCOUNT_NEEDS, SAME_ACCOUNT_NEEDS, why_refused
from trustview.policy.stack import Layer, PolicyStack
from trustview.policy.stack_on import Allows, Placed, StackOn, stack_on
from trustview.policy.statement import PreparedStatement
from trustview.policy.truth import FALSE, TRUE, Truth, any_of, depends

# How a kind of policy asks whether a statement applies: a trust policy names callers, an RCP everyone, others nobody.
Applies = Callable[[PreparedStatement, Request], Truth]

# What one statement says. A reason instead of a statement: nothing allows, and what is missing.
_Vote = tuple[Truth, Placed | Reason]
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


def _decide(request: Request, stack: PolicyStack, find_allow: Callable[[Request, StackOn], _Answer]) -> Evaluation:
    on = stack_on(request.action, stack)
    denies = _denies(request, stack, on)
    surely = [vote for vote in denies if vote[0].value is True]
    if surely:
        return Evaluation(Outcome.EXPLICIT_DENY, _reasons(surely))
    allowed, votes = find_allow(request, on)
    if allowed.value is False:
        return Evaluation(Outcome.IMPLICIT_DENY, _reasons(votes))
    if allowed.value is True and not denies:
        return Evaluation(Outcome.ALLOWED, _reasons(votes))
    keys = allowed.keys.union(*(may_deny.keys for may_deny, _ in denies))
    return Evaluation(Outcome.CONDITIONAL, _reasons((*votes, *denies)), tuple(sorted(keys)))


def _reasons(votes: Iterable[_Vote]) -> tuple[Reason, ...]:
    return tuple([said if isinstance(said, Reason) else _reason(truth, *said) for truth, said in votes])


def _reason(truth: Truth, prepared: PreparedStatement, layer: Layer, level: int, document: int) -> Reason:
    statement = prepared.statement
    kind = ReasonKind.ALLOWS if statement.is_allow else ReasonKind.DENIES
    keys = tuple(sorted(truth.keys)) if truth.keys else ()
    return Reason(layer, kind, level, document, statement.index, statement.sid, keys)


# ── denies ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _denies(request: Request, stack: PolicyStack, on: StackOn) -> list[_Vote]:
    """Every Deny statement that applies, or may apply, of every layer that binds this caller."""
    found: list[_Vote] = []
    if on.trust_denies:
        found += _deny_votes(request, on.trust_denies, _deny_of_trust(request, stack))
    if on.rcp_denies and not request.is_service_linked_resource:
        found += _deny_votes(request, on.rcp_denies, PreparedStatement.applies_to_everyone)
    if on.own_denies and request.caller.kind.is_iam:
        found += _deny_votes(request, on.own_denies, PreparedStatement.applies)
    if on.scp_denies and _is_bound_by_scps(request.caller):
        found += _deny_votes(request, on.scp_denies, PreparedStatement.applies)
    return found


def _deny_votes(request: Request, statements: tuple[Placed, ...], applies: Applies) -> list[_Vote]:
    """These Deny statements, save those that surely do not apply."""
    votes = [(applies(placed[0], request), placed) for placed in statements]
    return [vote for vote in votes if vote[0].value is not False]


def _is_bound_by_scps(caller: Caller) -> bool:
    return caller.kind.is_iam and not caller.is_service_linked_role


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


def _allowed(request: Request, on: StackOn) -> _Answer:
    """Whether the trust policy and everything else that this caller needs allow."""
    unguarded, guard_votes = _allowed_by_scps(request, on)
    if unguarded.value is False:
        return unguarded, guard_votes
    ways = [way for placed in on.trust.statements if (way := _way_in(placed, request, on))]
    if not ways:
        return _none_of(on.trust)
    truth, votes = _best(ways)
    return unguarded & truth, votes + guard_votes


def _permitted(request: Request, on: StackOn) -> _Answer:
    """Whether everything that binds the caller itself allows."""
    unguarded, guard_votes = _allowed_by_scps(request, on)
    if unguarded.value is False:
        return unguarded, guard_votes
    truth, votes = _needed_in(CROSS_ACCOUNT_NEEDS, TRUE, request, on)
    return unguarded & truth, votes + guard_votes


def _best(options: list[_Answer]) -> _Answer:
    """The option that surely allows, else all that may, else the first that fails."""
    may = []
    for option in options:
        if option[0].value is True:
            return option
        if option[0].value is None:
            may.append(option)
    if not may:
        return options[0]
    # Several options may rest on the same votes.
    return any_of(truth for truth, _ in may), tuple(dict.fromkeys(vote for _, votes in may for vote in votes))


def _way_in(placed: Placed, request: Request, on: StackOn) -> _Answer | None:
    """One Allow of the trust policy with what its principal form needs beside it; None if it does not apply."""
    prepared, caller = placed[0], request.caller
    elements = prepared.elements_meaning(caller)
    trusted = prepared.applies_to_them(elements, request)
    if trusted.value is False:
        return None
    vote = (trusted, placed)
    if not caller.kind.is_iam:
        untested = _untested_claim(prepared, caller)
        return (FALSE, ((FALSE, untested),)) if untested else (trusted, (vote,))
    if prepared.statement.not_principals:
        # AWS no longer accepts it; read it as open to everyone.
        truth, votes = _needed(PrincipalForm.EVERYONE, TRUE, request, on)
    else:
        truth, votes = _best([_needed(element.form, meant, request, on) for element, meant in elements])
    return trusted & truth, (vote, *votes)


def _untested_claim(prepared: PreparedStatement, caller: Caller) -> Reason | None:
    """Why STS denies the tokens of this provider by this statement; None when it does not."""
    provider = caller.provider_name
    claim = CLAIM_TO_TEST.get(provider)
    if claim is None or any(condition.key.lower() == claim for condition in prepared.statement.conditions):
        return None
    why = f"STS denies tokens of {provider} where the trust policy does not test `{claim}`"
    return Reason(Layer.SERVICE, ReasonKind.MISSING, note=why)


def _needed(form: PrincipalForm, meant: Truth, request: Request, on: StackOn) -> _Answer:
    """What the caller's own policies must allow where an element of this form means, or may mean, the caller."""
    if not request.caller.account:
        # Whoever it is may be of the role's account, where less is needed.
        same = _needed_in(SAME_ACCOUNT_NEEDS[form], meant & depends("aws:PrincipalAccount"), request, on)
        return _best([_needed_in(CROSS_ACCOUNT_NEEDS, meant, request, on), same])
    needs = SAME_ACCOUNT_NEEDS[form] if request.is_same_account else CROSS_ACCOUNT_NEEDS
    return _needed_in(needs, meant, request, on)


def _needed_in(needs: tuple[Layer, ...], meant: Truth, request: Request, on: StackOn) -> _Answer:
    """Whether each of these layers allows, as far as it is there."""
    together, found = meant, list[_Vote]()
    for allows in on.own if needs else ():
        if allows.layer in needs:
            truth, votes = _some_allow(request, allows)
            if truth.value is False:
                return truth, votes
            together &= truth
            found += votes
    return together, tuple(found)


def _allowed_by_scps(request: Request, on: StackOn) -> _Answer:
    """Every level needs an Allow; a level with nothing attached denies."""
    if not on.scps or not _is_bound_by_scps(request.caller):
        return TRUE, ()
    together, found = TRUE, list[_Vote]()
    for allows in on.scps:
        truth, votes = _some_allow(request, allows)
        if truth.value is False:
            return truth, votes
        if truth.value is None:
            # Allows at every level are the rule and say nothing; only what stays open is a reason.
            together &= truth
            found += votes
    return together, tuple(found)


def _some_allow(request: Request, allows: Allows) -> _Answer:
    """Whether some of these statements allows: the first that surely does, else all that may."""
    may: list[_Vote] = []
    for placed in allows.statements:
        truth = placed[0].applies(request)
        if truth.value is True:
            return truth, ((truth, placed),)
        if truth.value is None:
            may.append((truth, placed))
    if not may:
        return _none_of(allows)
    return any_of(truth for truth, _ in may), tuple(may)


def _none_of(allows: Allows) -> _Answer:
    return FALSE, ((FALSE, Reason(allows.layer, ReasonKind.MISSING, allows.level)),)
