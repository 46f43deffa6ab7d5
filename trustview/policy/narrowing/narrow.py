"""Is a policy no wider than another? THE ONE PLACE that decides it.

For every Allow box of the new policy: it must lie within the Allows of the old policy and the Denies of the new one,
and where it meets a Deny of the old policy, within the Denies of the new one. What is left over is a request that the
new policy allows and the old one may not; the engine confirms one, or the answer is that nobody can tell.
Sound: coordinates are independent and whatever is not interpreted may be anything, which only adds requests; so what is
covered here is covered among real requests. Work has a limit, and at the limit nothing is proved.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from trustview.policy.document import Effect, PolicyDocument, Statement
from trustview.policy.narrowing.boxes import Box, Cover, Parts, meet
from trustview.policy.narrowing.budget import Budget, BudgetSpentError
from trustview.policy.narrowing.grounds import Grounds
from trustview.policy.narrowing.proof import NO_FACTS, Facts, Proof, Verdict
from trustview.policy.narrowing.reading import Reading
from trustview.policy.narrowing.texts import Solver
from trustview.policy.narrowing.trial import Trial
from trustview.policy.narrowing.witness import WitnessMaker
from trustview.policy.principal import PrincipalForm
from trustview.policy.stack import Layer

NOTHING_SAID: Parts = {}
# Boxes that are tried for a witness before giving up.
_MOST_TRIES = 24
_PROVED = "every request that the new policy allows, the old one allows too"
_TOO_MUCH = "it takes too many steps to compare them"


def narrower(old: PolicyDocument, new: PolicyDocument, facts: Facts = NO_FACTS, *, layer: Layer | None = None) -> Proof:
    """Prove that `new` allows no request that `old` does not, or give one that it does, or say what stopped it.

    `layer` is TRUST or IDENTITY; when it is not given, policies with a principal are trust policies. Without
    `facts.role_account` the callers' own policies are taken to allow.
    """
    for name, document in (("old", old), ("new", new)):
        unread = next((p for p in document.problems if p.is_refused and p.path == "$"), None)
        if unread is not None:
            return Proof(Verdict.UNKNOWN, f"the {name} policy cannot be read: {unread.found}", None, name, "$")
    if _is_part(new, old):
        return Proof(Verdict.PROVED, _PROVED)
    solver = Solver(Budget())
    try:
        return _prove(Question(old, new, facts, layer or layer_of(old, new), solver))
    except (BudgetSpentError, RecursionError):
        return Proof(Verdict.UNKNOWN, _TOO_MUCH, None, "new", solver.at)


def _prove(question: Question) -> Proof:
    proof = question.answer()
    asked = _accounts_to_ask(question.old, question.new, question.facts) if proof.is_proved else ()
    spared = [account for account in asked if not question.holds_in(account)]
    return replace(proof, reason=f"{_PROVED}, {_UNLESS.format(_listed(spared))}") if spared else proof


def layer_of(old: PolicyDocument, new: PolicyDocument) -> Layer:
    """Trust policies name principals, identity policies do not."""
    statements = (*old.statements, *new.statements)
    is_trust = not statements or any(statement.has_principal for statement in statements)
    return Layer.TRUST if is_trust else Layer.IDENTITY


def _is_part(new: PolicyDocument, old: PolicyDocument) -> bool:
    """Whether it is plain to see: every Allow stands in the old policy too, and every Deny of that in the new one."""
    told = [{problem.found for problem in document.problems if problem.is_refused} for document in (new, old)]
    # What stood there before a key that stands twice is lost: nobody can see whether it is the same.
    is_lost = any("twice" in found for found in told[0])
    if is_lost or told[0] != told[1] or new.version != old.version:
        return False
    return {*map(_said, new.allows)} <= {*map(_said, old.allows)} and {*map(_said, old.denies)} <= {
        *map(_said, new.denies)
    }


def _said(statement: Statement) -> Hashable:
    """All that a statement says, wherever it stands."""
    conditions = ((c.spelling, c.key.lower(), frozenset(c.values)) for c in statement.conditions)
    return (
        (frozenset(statement.principals), statement.not_principals, statement.has_principal),
        (frozenset(statement.actions), statement.not_actions),
        (frozenset(statement.resources), statement.not_resources, statement.has_resource),
        frozenset(conditions),
    )


class Question:
    """One pair of policies, and how far the answer has come."""

    def __init__(self, old: PolicyDocument, new: PolicyDocument, facts: Facts, layer: Layer, solver: Solver) -> None:
        self.old, self.new, self.facts, self.layer, self.solver = old, new, facts, layer, solver
        self.reading = Reading((old, new), layer, facts, solver)
        self._grounds = Grounds(self.reading)
        self._maker = WitnessMaker(self.reading, self._grounds)
        self._cover = Cover(self.reading.whole, solver)

    def answer(self, within: Parts = NOTHING_SAID) -> Proof:
        """The proof, as far as requests within these parts go; BudgetSpentError when it costs too much."""
        trial = Trial(self.old, self.new, self.reading, self._maker)
        try:
            for left in islice(self._left_over(within), _MOST_TRIES):
                trial.put(left)
                if trial.is_shown:
                    break
        except BudgetSpentError:
            if trial.so_far() is None:
                raise
        return trial.outcome() or Proof(Verdict.PROVED, _PROVED)

    def holds_in(self, account: str) -> bool:
        """Whether what was proved holds when the role is of this account too."""
        facts = replace(self.facts, role_account=account)
        return Question(self.old, self.new, facts, self.layer, self.solver).answer().is_proved

    def lets_in(self, policy: PolicyDocument, within: Parts) -> bool:
        """Whether one of the two policies may allow some request within these parts."""
        denies = self._boxes(policy, Effect.DENY)
        allowed = (meet(box, within, self.solver) for box in self._boxes(policy, Effect.ALLOW))
        return any(True for box in allowed if box for _ in self._cover.uncovered(box, denies))

    def _boxes(self, policy: PolicyDocument, effect: Effect) -> list[Box]:
        statements = policy.allows if effect is Effect.ALLOW else policy.denies
        return [box for statement in statements for box in self.reading.read(statement, policy)]

    def _left_over(self, within: Parts) -> Iterator[Box]:
        """Requests that the new policy allows and the old one may not, as boxes."""
        old_allows, old_denies = self._boxes(self.old, Effect.ALLOW), self._boxes(self.old, Effect.DENY)
        new_denies = self._boxes(self.new, Effect.DENY)
        for allow in self._boxes(self.new, Effect.ALLOW):
            self.solver.at = allow.path
            asked = meet(allow, within, self.solver)
            for box in self._grounds.grounded(asked) if asked else ():
                yield from self._cover.uncovered(box, [*old_allows, *new_denies])
                for deny in old_denies:
                    denied = meet(box, deny.parts, self.solver)
                    if denied is not None:
                        yield from self._cover.uncovered(denied, new_denies)


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


# ── the role's own account ───────────────────────────────────────────────────────────────────────────────────────

_UNLESS = (
    "unless the role is of account {}: there an account needs the caller's own policies to allow, and who is named "
    "needs none"
)


def _accounts_to_ask(old: PolicyDocument, new: PolicyDocument, facts: Facts) -> list[str]:
    """Accounts of which the old policy trusts the whole and the new one names principals."""
    if facts.role_account:
        return []
    whole = {e.account for s in old.allows for e in s.principals if e.form is PrincipalForm.ACCOUNT}
    others = [e for s in new.allows for e in s.principals if e.form is not PrincipalForm.ACCOUNT]
    if any(element.form is PrincipalForm.EVERYONE for element in others):
        return sorted(whole)
    return sorted(whole & {element.account for element in others})
