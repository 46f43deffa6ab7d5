"""Is the suite sharp enough? Bugs are seeded into the prover, one at a time, and each must be caught.

A prover is held to the case tables, to brute force over short globs, to pairs of real policies, and to requests that
seek boundaries: the same tests as of the one that is shipped, as far as one of them fails.
"""

import itertools
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from tests.policy.narrowing.mutations import FOLDER, Mutation, read_mutations, seeded
from tests.policy.narrowing.seeking import find_violation
from tests.policy.narrowing.test_cases import COSTLY, facts_of, policy, read_cases
from tests.policy.narrowing.test_guardrail import CASES as GUARDRAILS
from tests.policy.narrowing.test_guardrail import guardrail
from tests.policy.narrowing.test_texts import GLOBS, TEXTS, matches
from trustview.policy import PolicyDocument, evaluate, parse_policy

# Files that hold values, formats and sentences: bugs in them are caught by tests of their own.
_TOLD_ELSEWHERE = {"__init__", "proof", "budget", "stopped", "witness", "comparison", "shifts"}
# One pair of globs in so many.
_STRIDE = 331
_CASES: list[tuple[str, dict[str, Any]]] = [(param.values[0], param.values[1]) for param in read_cases()]


def defects(prover: ModuleType) -> Iterator[str]:
    """What is wrong with a prover, as it is found."""
    yield from _wrong_verdicts(prover)
    yield from _wrong_guardrails(prover)
    yield from _wrong_globs(prover)
    yield from _wrong_at_the_limit(prover)


def _wrong_verdicts(prover: ModuleType) -> Iterator[str]:
    for table, case in _CASES:
        old, new, given = policy(table, case, "old"), policy(table, case, "new"), facts_of(case)
        facts = prover.Facts(given.organization, given.accounts, given.role_account)
        proof = prover.narrower(old, new, facts)
        if proof.verdict.value != case["expect"]:
            yield f"{table}: {case['name']}: {proof.verdict.value}"
        elif proof.witness is not None:
            request = proof.witness.request
            if bool(proof.depends_on) != ("if" in case):
                yield f"{case['name']}: it depends on {proof.depends_on}"
            if not evaluate(request, proof.witness.stack(new)).may_be_allowed:
                yield f"{case['name']}: the witness is refused"
            if evaluate(request, proof.witness.stack(old)).may_be_allowed:
                yield f"{case['name']}: the witness was allowed"
        elif proof.is_proved and table != "identity" and find_violation(old, new, given, count=40, seed=1):
            yield f"{case['name']}: a request contradicts the proof"


def _wrong_guardrails(prover: ModuleType) -> Iterator[str]:
    for case in GUARDRAILS:
        proof = prover.narrower_guardrail(guardrail(case.old), guardrail(case.new), case.layer)
        if proof.verdict.value != case.expect.value:
            yield f"{case.name}: {proof.verdict.value}"


def _wrong_globs(prover: ModuleType) -> Iterator[str]:
    narrowing = prover.narrower.__globals__
    solver, budget = narrowing["Solver"], narrowing["Budget"]
    pattern, texts = sys.modules[f"{prover.__name__}.pattern"], sys.modules[f"{prover.__name__}.texts"]
    for inner, outer in itertools.islice(itertools.product(GLOBS, GLOBS), 0, None, _STRIDE):
        difference = texts.Texts(texts.only([pattern.glob(inner)]).within, frozenset([pattern.glob(outer)]))
        found = solver(budget()).member(difference)
        if found is None and any(matches(inner, text) and not matches(outer, text) for text in TEXTS):
            yield f"`{inner}` lies within `{outer}`"
        if found is not None and not (matches(inner, found) and not matches(outer, found)):
            yield f"`{found}` matches `{inner}` and not `{outer}`"


def _wrong_at_the_limit(prover: ModuleType) -> Iterator[str]:
    """A pair that nobody can decide in time is not proved."""
    old, new = costly_pair()
    if prover.narrower(old, new).verdict.value != "unknown":
        yield "a pair that costs too much is not left open"


def costly_pair() -> tuple[PolicyDocument, PolicyDocument]:
    """Two policies that take more steps to compare than a proof may take."""
    old, new = (parse_policy({"Statement": statement}) for statement in COSTLY)
    return old, new


def test_the_prover_that_is_shipped_has_no_defect() -> None:
    with seeded(None) as prover:
        assert list(defects(prover)) == []


def test_enough_bugs_are_seeded_in_every_step() -> None:
    modules = {mutation.module for mutation in read_mutations()}
    steps = {path.stem for path in FOLDER.glob("*.py")} - _TOLD_ELSEWHERE

    assert len(read_mutations()) >= 60
    assert modules == steps


@pytest.mark.parametrize("mutation", read_mutations(), ids=lambda mutation: mutation.bug)
def test_a_seeded_bug_is_caught(mutation: Mutation) -> None:
    source = (FOLDER / f"{mutation.module}.py").read_text(encoding="utf-8")
    assert source.count(mutation.there) == 1, "the source moved: seed this bug anew"

    with seeded(mutation) as prover:
        assert next(_until_it_breaks(prover), None) is not None


def _until_it_breaks(prover: ModuleType) -> Iterator[str]:
    """A bug that makes the prover raise is caught too."""
    try:
        yield from defects(prover)
    except Exception as error:
        yield f"{type(error).__name__}: {error}"
