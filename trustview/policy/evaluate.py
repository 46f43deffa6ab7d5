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
from typing import NamedTuple

from trustview.policy.evaluation import Evaluation, Outcome, Reason, ReasonKind
from trustview.policy.principal import PrincipalForm
from trustview.policy.request import Request
from trustview.policy.service_rules import CLAIM_TO_TEST, CROSS_ACCOUNT_NEEDS, SAME_ACCOUNT_NEEDS, why_refused
from trustview.policy.stack import Layer, Level, PolicyStack
from trustview.policy.statement import PreparedStatement, statements_on
from trustview.policy.truth import FALSE, TRUE, Truth, all_of, any_of, depends

# How a kind of policy asks whether a statement applies: a trust policy names callers, an RCP everyone, others nobody.
Applies = Callable[[PreparedStatement, Request], Truth]


class _Vote(NamedTuple):
    """What one statement says, and where it stands; without a statement: that none of a layer allows.

    `level` and `document` count from 0, -1 where the layer has no levels or no document is meant. `note` says what
    is missing where no policy is to blame.
    """

    truth: Truth
    layer: Layer
    level: int = -1
    document: int = -1
    prepared: PreparedStatement | None = None
    note: str = ""

    @property
    def reason(self) -> Reason:
        """The vote as a reason of the answer."""
        if self.prepared is None:
            return Reason(self.layer, ReasonKind.MISSING, self.level, note=self.note)
        statement = self.prepared.statement
        kind = ReasonKind.ALLOWS if statement.is_allow else ReasonKind.DENIES
        keys = tuple(sorted(self.truth.keys))
        return Reason(self.layer, kind, self.level, self.document, statement.index, statement.sid, keys)


class _Answer(NamedTuple):
    """Whether something allows, and the votes that say so."""

    truth: Truth
    votes: tuple[_Vote, ...]


def evaluate(request: Request, stack: PolicyStack) -> Evaluation:
    """Decide one request; a definite outcome holds for every completion of an open context."""
    refusal = why_refused(request.caller.kind, request.action)
    if refusal:
        return Evaluation(Outcome.IMPLICIT_DENY, (Reason(Layer.SERVICE, ReasonKind.MISSING, note=refusal),))
    denies = _denies(request, stack)
    surely = [vote for vote in denies if vote.truth.is_true]
    if surely:
        return Evaluation(Outcome.EXPLICIT_DENY, _reasons(surely))
    allowed = _allowed(request, stack)
    if allowed.truth.is_false:
        return Evaluation(Outcome.IMPLICIT_DENY, _reasons(allowed.votes))
    keys = allowed.truth.keys.union(*(vote.truth.keys for vote in denies))
    outcome = Outcome.CONDITIONAL if keys else Outcome.ALLOWED
    return Evaluation(outcome, _reasons((*allowed.votes, *denies)), tuple(sorted(keys)))


def _reasons(votes: Iterable[_Vote]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(vote.reason for vote in votes))


# ── denies ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _denies(request: Request, stack: PolicyStack) -> list[_Vote]:
    """Every Deny statement that applies, or may apply, of every layer that binds this caller."""
    found = _votes(request, Layer.TRUST, ((stack.trust,),), _deny_of_trust(request, stack), is_allow=False)
    if stack.rcps and not request.is_service_linked_resource:
        applies = PreparedStatement.applies_to_everyone
        found += _votes(request, Layer.RCP, stack.rcps, applies, is_allow=False, first=0)
    if not request.caller.kind.is_iam:
        return found
    for layer, documents in _own_policies(stack):
        found += _votes(request, layer, (documents,), PreparedStatement.applies, is_allow=False)
    if stack.scps and not request.caller.is_service_linked_role:
        found += _votes(request, Layer.SCP, stack.scps, PreparedStatement.applies, is_allow=False, first=0)
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


def _own_policies(stack: PolicyStack) -> list[tuple[Layer, Level]]:
    """The layers that the caller itself brings, as far as they are there and in sight."""
    found = [] if stack.identity is None else [(Layer.IDENTITY, stack.identity)]
    if stack.boundary is not None:
        found.append((Layer.BOUNDARY, (stack.boundary,)))
    if stack.session is not None:
        found.append((Layer.SESSION, (stack.session,)))
    return found


# ── allows ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _allowed(request: Request, stack: PolicyStack) -> _Answer:
    """Whether the trust policy and everything else that this caller needs allow."""
    guardrail = _allowed_by_scps(request, stack)
    if guardrail.truth.is_false:
        return guardrail
    statements = statements_on(request.action, stack.trust).allows
    ways = [way for prepared in statements if (way := _way_in(prepared, request, stack)) is not None]
    if not ways:
        return _Answer(FALSE, (_Vote(FALSE, Layer.TRUST),))
    chosen = _best(ways)
    if chosen.truth.is_false:
        return chosen
    return _Answer(all_of((guardrail.truth, chosen.truth)), chosen.votes + guardrail.votes)


def _best(options: list[_Answer]) -> _Answer:
    """The option that surely allows, else all that may, else the first that fails."""
    for option in options:
        if option.truth.is_true:
            return option
    may = [option for option in options if option.truth.is_open]
    if may:
        return _Answer(any_of(option.truth for option in may), tuple(vote for option in may for vote in option.votes))
    return options[0]


def _way_in(prepared: PreparedStatement, request: Request, stack: PolicyStack) -> _Answer | None:
    """One Allow of the trust policy with what its principal form needs beside it; None if it does not apply."""
    elements = prepared.elements_meaning(request)
    trusted = prepared.applies_to_them(elements, request)
    if trusted.is_false:
        return None
    untested = _untested_claim(prepared, request)
    if untested:
        return _Answer(FALSE, (_Vote(FALSE, Layer.SERVICE, note=untested),))
    vote = _Vote(trusted, Layer.TRUST, document=0, prepared=prepared)
    if not request.caller.kind.is_iam:
        return _Answer(trusted, (vote,))
    if prepared.statement.not_principals:
        # AWS no longer accepts it; read it as open to everyone.
        needed = _needed(PrincipalForm.EVERYONE, TRUE, request, stack)
    else:
        needed = _best([_needed(element.form, meant, request, stack) for element, meant in elements])
    return _Answer(all_of((trusted, needed.truth)), (vote, *needed.votes))


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
        same = _needed_in(SAME_ACCOUNT_NEEDS[form], all_of((meant, depends("aws:PrincipalAccount"))), request, stack)
        return _best([_needed_in(CROSS_ACCOUNT_NEEDS, meant, request, stack), same])
    needs = SAME_ACCOUNT_NEEDS[form] if request.is_same_account else CROSS_ACCOUNT_NEEDS
    return _needed_in(needs, meant, request, stack)


def _needed_in(needs: tuple[Layer, ...], meant: Truth, request: Request, stack: PolicyStack) -> _Answer:
    """Whether each of these layers allows, as far as it is there."""
    truths, votes = [meant], list[_Vote]()
    for layer, documents in _own_policies(stack):
        if layer in needs:
            answer = _some_allow(request, layer, documents)
            if answer.truth.is_false:
                return answer
            truths.append(answer.truth)
            votes += answer.votes
    return _Answer(all_of(truths), tuple(votes))


def _some_allow(request: Request, layer: Layer, documents: Level, level: int = -1) -> _Answer:
    """Whether some statement of these documents allows."""
    votes = _votes(request, layer, (documents,), PreparedStatement.applies, is_allow=True, first=level)
    if not votes:
        return _Answer(FALSE, (_Vote(FALSE, layer, level),))
    if votes[-1].truth.is_true:
        return _Answer(TRUE, (votes[-1],))
    return _Answer(any_of(vote.truth for vote in votes), tuple(votes))


def _allowed_by_scps(request: Request, stack: PolicyStack) -> _Answer:
    """Every level needs an Allow; a level with nothing attached denies."""
    if not stack.scps or not request.caller.kind.is_iam or request.caller.is_service_linked_role:
        return _Answer(TRUE, ())
    # Allows at every level are the rule and say nothing; only what stays open is a reason.
    still_open = []
    for index, level in enumerate(stack.scps):
        answer = _some_allow(request, Layer.SCP, level, index)
        if answer.truth.is_false:
            return answer
        if answer.truth.is_open:
            still_open.append(answer)
    return _Answer(all_of(a.truth for a in still_open), tuple(vote for a in still_open for vote in a.votes))


# ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────


def _votes(
    request: Request, layer: Layer, levels: Iterable[Level], applies: Applies, *, is_allow: bool, first: int = -1
) -> list[_Vote]:
    """What the statements of one effect in a layer say, save those that surely do not apply; levels count from `first`.

    The first Allow that is sure is enough: it comes last.
    """
    found = []
    for level, documents in enumerate(levels, first):
        for number, document in enumerate(documents):
            statements = statements_on(request.action, document)
            for prepared in statements.allows if is_allow else statements.denies:
                answer = applies(prepared, request)
                if answer.value is not False:
                    found.append(_Vote(answer, layer, level, number, prepared))
                    if is_allow and answer.value:
                        return found
    return found
