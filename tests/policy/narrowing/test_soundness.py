"""What always holds of a proof: no request contradicts it, and the engine confirms every witness.

`TRUSTVIEW_PAIRS` and `TRUSTVIEW_REQUESTS` set how many pairs are made and how many requests are put to each; the
defaults are what every commit can afford.
"""

import os
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.policy.narrowing.random_pairs import FACTS, pairs_of_policies
from tests.policy.narrowing.seeking import find_violation
from tests.policy.narrowing.test_cases import assert_shown
from trustview.policy import Effect, PolicyDocument
from trustview.policy.narrowing import Facts, Proof, Verdict, narrower

PAIRS = int(os.environ.get("TRUSTVIEW_PAIRS", "80"))
REQUESTS = int(os.environ.get("TRUSTVIEW_REQUESTS", "100"))
Pair = tuple[PolicyDocument, PolicyDocument]


def many(examples: int = PAIRS) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(max_examples=examples, suppress_health_check=checks, deadline=None)


def check(old: PolicyDocument, new: PolicyDocument, facts: Facts, *, count: int, seed: int = 0) -> Proof:
    """The proof of a pair, held against the engine."""
    proof = narrower(old, new, facts)
    assert proof.reason
    if proof.is_proved:
        assert find_violation(old, new, facts, count=count, seed=seed) is None
        assert proof.witness is None
    elif proof.verdict is Verdict.WIDER:
        assert_shown(proof, old, new)
    else:
        assert proof.path.startswith("$")
    return proof


@many()
@given(pairs_of_policies(), FACTS, st.integers(0, 1 << 16))
def test_no_request_contradicts_a_proof_and_the_engine_confirms_a_witness(pair: Pair, facts: Facts, seed: int) -> None:
    check(*pair, facts, count=REQUESTS, seed=seed)


@many(3)
@given(pairs_of_policies(), FACTS)
def test_ten_thousand_requests_contradict_no_proof(pair: Pair, facts: Facts) -> None:
    check(*pair, facts, count=10_000)


@many()
@given(pairs_of_policies(), FACTS)
def test_a_policy_is_no_wider_than_itself(pair: Pair, facts: Facts) -> None:
    assert all(narrower(policy, policy, facts).is_proved for policy in pair)


@many()
@given(pairs_of_policies(), FACTS, st.data())
def test_a_policy_without_one_of_its_allows_is_no_wider(pair: Pair, facts: Facts, data: st.DataObject) -> None:
    old, _ = pair
    dropped = data.draw(st.sampled_from(old.statements))
    kept = tuple(s for s in old.statements if s is not dropped or s.effect is Effect.DENY)

    assert narrower(old, replace(old, statements=kept), facts).is_proved


@many()
@given(pairs_of_policies(), FACTS)
def test_a_policy_with_more_denies_is_no_wider(pair: Pair, facts: Facts) -> None:
    old, other = pair
    count = len(old.statements)
    more = (replace(s, index=count + s.index, path=f"$.Statement[{count + s.index}]") for s in other.denies)

    assert narrower(old, replace(old, statements=(*old.statements, *more)), facts).is_proved


@many()
@given(pairs_of_policies(), pairs_of_policies(), FACTS)
def test_what_is_no_wider_than_the_narrower_one_is_no_wider_than_the_first(one: Pair, two: Pair, facts: Facts) -> None:
    """Of three policies in a row: a proof that follows from two others is not refuted."""
    first, second, third = *one, two[0]
    if narrower(first, second, facts).is_proved and narrower(second, third, facts).is_proved:
        assert narrower(first, third, facts).verdict is not Verdict.WIDER
