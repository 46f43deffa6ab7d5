"""The case tables of the engine: `tests/cases/evaluate/*.json`, one table per rule, with what AWS documents.

A case with a `condition` asks whether it is met, every other one asks for an outcome. Each names the fact it cases;
`tests/cases/facts.json` lists all facts, so that none can be dropped silently.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.policy.simulation import OWN, simulate
from trustview.policy import OPERATORS, Outcome, describe_evaluation, evaluate_condition, read_caller
from trustview.policy.document import Condition
from trustview.policy.request import Request, open_context

CASES = Path(__file__).parents[1] / "cases"
OUTSIDER = "arn:aws:iam::888877776666:role/outsider"
TABLES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((CASES / "evaluate").glob("*.json"))}
KEYS = TABLES.pop("context-keys")
FACTS = json.loads((CASES / "facts.json").read_text("utf-8"))


def cases(*, with_condition: bool) -> list[Any]:
    return [
        pytest.param(case, id=f"{name}: {case['name']}")
        for name, table in TABLES.items()
        for case in table
        if ("condition" in case) is with_condition
    ]


@pytest.mark.parametrize("case", cases(with_condition=False))
def test_the_outcome_of_a_request(case: dict[str, Any]) -> None:
    answer = simulate(case)

    assert answer.outcome.value == case["expect"], describe_evaluation(answer)
    assert answer.reasons
    assert bool(answer.depends_on) == (answer.outcome is Outcome.CONDITIONAL)
    if "depends_on" in case:
        assert list(answer.depends_on) == case["depends_on"]


@pytest.mark.parametrize("case", cases(with_condition=True))
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


# ── which keys a request carries ─────────────────────────────────────────────────────────────────────────────────

CALLERS = {
    "user": f"arn:aws:iam::{OWN}:user/ann",
    "role": f"arn:aws:sts::{OWN}:assumed-role/ci/build",
    "service": "ec2.amazonaws.com",
    "SAML": f"arn:aws:iam::{OWN}:saml-provider/Okta",
    "OIDC": f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com",
}
KEY_CASES = [
    pytest.param(row["key"], kind, row.get("issuer", ""), row[kind], id=f"{row['key']} for {kind} callers")
    for row in KEYS
    for kind in CALLERS
    if kind in row
]


@pytest.mark.parametrize(("key", "kind", "issuer", "presence"), KEY_CASES)
def test_which_callers_send_a_key(key: str, kind: str, issuer: str, presence: str) -> None:
    """Whether the key is there must be as sure, in an open context, as AWS's documentation is."""
    principal = f"arn:aws:iam::{OWN}:oidc-provider/{issuer}" if issuer else CALLERS[kind]
    if issuer in ("accounts.google.com",):
        principal = issuer
    request = Request(read_caller(principal), "sts:AssumeRole", "", OWN, open_context({}))
    answers = {
        asked: evaluate_condition(Condition("Null", key, (asked,)), request, substitutes=True).value
        for asked in ("true", "false")
    }
    is_absent = {"always": False, "maybe": None, "never": True}[presence]

    assert answers == {"true": is_absent, "false": None if is_absent is None else not is_absent}


# ── the tables themselves ────────────────────────────────────────────────────────────────────────────────────────


def test_every_operator_is_cased_for_a_match_a_miss_and_an_absent_key() -> None:
    conditions = [param.values[0] for param in cases(with_condition=True)]
    for operator in OPERATORS:
        alone = [case for case in conditions if list(case["condition"]) == [operator.name]]
        assert any(case["expect"] is True for case in alone), operator.name
        assert any(case["expect"] is False for case in alone), operator.name
        assert any(not case.get("context") for case in alone), operator.name


def test_every_fact_is_cased() -> None:
    cased = {case["fact"] for table in TABLES.values() for case in table} | {row["fact"] for row in KEYS}
    listed = {fact for facts in FACTS["cased"].values() for fact in facts}

    assert sorted(listed - cased) == []
    assert sorted(cased - listed) == []


def test_what_is_proved_elsewhere_is_there() -> None:
    for fact, place in FACTS["elsewhere"].items():
        path, _, name = place.partition("::")
        assert name in (CASES.parents[1] / path).read_text("utf-8"), fact


def test_the_conformance_cases_are_complete() -> None:
    numbers = {case["fact"] for case in TABLES["conformance"]} | set(FACTS["elsewhere"])

    assert {f"9.{number}" for number in range(1, 31)} <= numbers


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_room_for_what_must_not_match(name: str) -> None:
    """No table is won by an engine that always gives the same answer, and no name stands twice."""
    expected = [case["expect"] for case in TABLES[name]]
    most_frequent = max(expected.count(value) for value in expected)

    assert len({case["name"] for case in TABLES[name]}) == len(expected)
    assert most_frequent < len(expected) * 0.8
