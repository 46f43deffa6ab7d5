"""The case tables of the engine: `tests/cases/evaluate/*.json`, one request each with the outcome that AWS documents.

`conformance.json` holds the numbered conformance cases; those on who is bound by which guardrail (15, 17) are asked of
whoever builds the stack, in `tests/analysis/test_reach.py`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policy.simulation import simulate
from trustview.policy import OPERATORS, Outcome, describe_evaluation

FOLDER = Path(__file__).parents[1] / "cases" / "evaluate"
OUTSIDER = "arn:aws:iam::888877776666:role/outsider"


def read_cases(*names: str) -> list[Any]:
    tables = {name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in names}
    return [pytest.param(case, id=f"{name}: {case['name']}") for name, cases in tables.items() for case in cases]


@pytest.mark.parametrize("case", read_cases("conformance", "mfa", "subtleties"))
def test_the_outcome_of_a_request(case: dict[str, Any]) -> None:
    answer = simulate(case)

    assert answer.outcome.value == case["expect"], describe_evaluation(answer)
    assert answer.reasons
    assert bool(answer.depends_on) == (answer.outcome is Outcome.CONDITIONAL)
    if "depends_on" in case:
        assert list(answer.depends_on) == case["depends_on"]


@pytest.mark.parametrize("case", read_cases("operators"))
def test_whether_a_condition_is_met(case: dict[str, Any]) -> None:
    """The condition stands alone in an Allow to everyone, and an outsider asks."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "sts:AssumeRole",
        "Condition": case["condition"],
    }
    document = {"Version": case.get("version", "2012-10-17"), "Statement": statement}
    answer = simulate({"principal": OUTSIDER, "context": case.get("context", {}), "trust_policy": document})
    expected = {True: Outcome.ALLOWED, False: Outcome.IMPLICIT_DENY, None: Outcome.CONDITIONAL}

    assert answer.outcome is expected[case["expect"]], describe_evaluation(answer)


def test_every_operator_is_cased_for_a_match_a_miss_and_an_absent_key() -> None:
    cases = [param.values[0] for param in read_cases("operators")]
    for operator in OPERATORS:
        alone = [case for case in cases if list(case["condition"]) == [operator.name]]
        assert any(case["expect"] is True for case in alone), operator.name
        assert any(case["expect"] is False for case in alone), operator.name
        assert any(not case.get("context") for case in alone), operator.name


def test_the_conformance_cases_are_complete() -> None:
    numbers = {int(param.values[0]["name"].split(".")[0]) for param in read_cases("conformance")}
    asked_elsewhere, not_of_a_trust_policy = {15, 17}, {24, 26}

    assert numbers == set(range(1, 31)) - asked_elsewhere - not_of_a_trust_policy
