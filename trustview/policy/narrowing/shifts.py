"""Who lost the way in and who gained one, between two policies: principal by principal, with a request that shows it.

The one place that tells it. A principal is an element of one of the two policies; what it loses is what is left over
when the old policy is to be proved no wider than the new one for its requests alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from trustview.policy.document import PolicyDocument
from trustview.policy.narrowing.boxes import Parts
from trustview.policy.narrowing.budget import Budget
from trustview.policy.narrowing.callers import IDENTITY
from trustview.policy.narrowing.narrow import Question, layer_of
from trustview.policy.narrowing.parts import NO, Choice
from trustview.policy.narrowing.proof import NO_FACTS, Facts, Verdict, Witness
from trustview.policy.narrowing.reading import CALLER
from trustview.policy.narrowing.texts import Solver
from trustview.policy.principal import PrincipalElement, PrincipalForm


class Direction(StrEnum):
    """LOST: a request of theirs is no longer allowed; GAINED: one is that was not."""

    LOST = "lost"
    GAINED = "gained"


@dataclass(frozen=True, slots=True)
class Shift:
    """What changes for one principal element.

    `is_whole`: nothing of theirs is allowed any more (LOST), or nothing was before (GAINED). `witness` is one of the
    requests, None when none could be confirmed, and `reason` then says what stopped it; otherwise `path` is the
    statement that lets it in, of the old policy (LOST) or of the new one (GAINED).
    """

    principal: PrincipalElement
    direction: Direction
    is_whole: bool
    witness: Witness | None = None
    path: str = ""
    reason: str = ""


def find_shifts(old: PolicyDocument, new: PolicyDocument, facts: Facts = NO_FACTS) -> tuple[Shift, ...]:
    """What two trust policies change for each principal that they name, in the order in which they are named.

    Raises BudgetSpentError when it takes more steps than a proof may.
    """
    solver, layer = Solver(Budget()), layer_of(old, new)
    gains, losses = Question(old, new, facts, layer, solver), Question(new, old, facts, layer, solver)
    elements = dict.fromkeys(e for policy in (old, new) for s in policy.statements for e in s.principals)
    # Whoever is named by a unique id alone is nobody else.
    nameless = {f"{IDENTITY}{e.value}": NO for e in elements if e.form is PrincipalForm.UNIQUE_ID}
    return tuple(
        shift
        for element in elements
        for direction, question in ((Direction.LOST, losses), (Direction.GAINED, gains))
        for shift in _shift(element, direction, question, nameless)
    )


def _shift(element: PrincipalElement, direction: Direction, question: Question, nameless: Parts) -> Iterator[Shift]:
    """What one direction holds for one principal; nothing when it is proved to hold nothing."""
    mask = 0
    for meaning in question.reading.callers.meanings(element):
        mask |= 0 if meaning.if_open else meaning.mask
    within = {CALLER: Choice(mask), **nameless}
    proof = question.answer(within) if mask else None
    if proof is None or proof.verdict is Verdict.PROVED:
        return
    is_whole = not question.lets_in(question.old, within)
    if proof.witness is None or proof.depends_on:
        yield Shift(element, direction, is_whole, reason=proof.reason)
    else:
        yield Shift(element, direction, is_whole, proof.witness, proof.path)
