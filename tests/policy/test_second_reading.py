"""The engine against a second reading of the rules, on random closed requests; `TRUSTVIEW_CASES` says how many."""

import json
from collections import Counter
from random import Random

from tests.policy.amount import amount
from tests.policy.random_cases import random_case
from tests.policy.second_reading import decide
from tests.policy.simulation import simulate
from trustview.policy import describe_evaluation


def test_both_readings_agree() -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(amount(3000)):
        case = random_case(Random(seed))  # noqa: S311
        expected, answer = decide(case), simulate(case)
        outcomes[expected] += 1

        assert answer.outcome.value == expected, f"seed {seed}: {describe_evaluation(answer)}\n{json.dumps(case)}"

    assert set(outcomes) == {"allowed", "explicit_deny", "implicit_deny", "conditional"}
    assert min(outcomes.values()) > outcomes.total() / 50, outcomes
