"""Reading policies: nothing raises, every defect is told with its place and what AWS does, and the rest is read.

`tests/cases/parse/*.json`: each case has a policy (or its text), all problems that must be told, and what is read.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.policy import (
    Consequence,
    Layer,
    PolicyDocument,
    find_misplaced,
    parse_policy,
    read_policy,
    read_principal,
)

TABLES = Path(__file__).parents[1] / "cases" / "parse"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(TABLES.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]


def read_case(param: Any) -> dict[str, Any]:  # noqa: ANN401
    case: dict[str, Any] = param.values[0]
    return case


def what_is_read(document: PolicyDocument) -> dict[str, Any]:
    """All that a case may say of a document, as far as its first statement goes."""
    found: dict[str, Any] = {"statements": len(document.statements)}
    for statement in document.statements[:1]:
        found["effect"], found["sid"] = statement.effect.value, statement.sid
        found["actions"] = list(statement.actions)
        found["forms"] = [element.form.value for element in statement.principals]
        found["operators"] = [condition.spelling for condition in statement.conditions]
        found["values"] = [list(condition.values) for condition in statement.conditions]
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_defect_is_told_with_its_place_and_what_aws_does(case: dict[str, Any]) -> None:
    document = parse_policy(case["text"] if "text" in case else case["policy"])
    problems = find_misplaced(document, Layer(case["layer"])) if "layer" in case else document.problems
    told = [(problem.path, problem.consequence.value) for problem in problems]
    read = what_is_read(document)

    assert sorted(told) == sorted((expected["path"], expected["consequence"]) for expected in case["problems"])
    for expected in case["problems"]:
        assert any(expected["path"] == p.path and expected["says"] in p.message for p in problems), expected
    assert {key: read[key] for key in case.get("reads", {})} == case.get("reads", {})


@pytest.mark.parametrize("case", [param for param in CASES if "policy" in read_case(param)])
def test_a_value_and_its_text_say_the_same(case: dict[str, Any]) -> None:
    value, text = parse_policy(case["policy"]), parse_policy(json.dumps(case["policy"]))

    assert value == text
    assert value.problems == text.problems
    assert read_policy(json.dumps(case["policy"])) == value


def test_every_consequence_is_cased() -> None:
    told = {problem["consequence"] for param in CASES for problem in read_case(param)["problems"]}

    assert told == {consequence.value for consequence in Consequence}


def json_values() -> st.SearchStrategy[Any]:
    """Any JSON value, with the words of the policy grammar among its keys and texts."""
    words = st.sampled_from(
        [
            "Version", "Statement", "Effect", "Allow", "Deny", "Principal", "NotPrincipal", "AWS", "Federated", "*",
            "Action", "NotAction", "Resource", "Condition", "StringLike", "ForAllValues:", "IfExists", "Null", "aws:x",
        ]
    )  # fmt: skip
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | words
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.text(max_size=5), inner, max_size=5),
        max_leaves=25,
    )


@given(json_values())
def test_no_json_value_makes_the_parser_raise(value: object) -> None:
    for document in (parse_policy(value), read_policy(json.dumps(value)), parse_policy({"Statement": value})):
        assert isinstance(document, PolicyDocument)
        assert all(problem.path.startswith("$") and problem.message for problem in document.problems)


@given(st.text() | st.binary())
def test_no_text_makes_the_parser_raise(text: str | bytes) -> None:
    assert isinstance(parse_policy(text), PolicyDocument)


@given(st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser", "*", "Foo"]), st.text())
def test_no_principal_makes_the_reader_raise(kind: str, value: str) -> None:
    assert read_principal(kind, value).value == value


def test_a_text_nested_too_deeply_is_told() -> None:
    (problem,) = parse_policy('{"Statement":' + "[" * 100_000).problems

    assert problem.message == "not JSON: it is nested too deeply; AWS refuses the policy"


def test_a_number_of_thousands_of_digits_is_read() -> None:
    digits = "7" * 10_000
    text = '{"Statement": {"Condition": {"NumericEquals": {"a:b": %s}}}}' % digits  # noqa: UP031
    (statement,) = parse_policy(text).statements

    assert statement.conditions[0].values == (digits,)


def test_an_integer_that_python_refuses_to_write_is_read() -> None:
    (statement,) = parse_policy({"Statement": {"Condition": {"NumericEquals": {"a:b": 10**6000}}}}).statements

    assert statement.conditions[0].values == ("1" + "0" * 6000,)


def test_what_is_no_json_at_all_is_told() -> None:
    (problem,) = parse_policy(object()).problems

    assert problem.message == "a policy is a JSON object, this is no JSON; AWS refuses the policy"


def test_bytes_that_are_no_utf8_are_told() -> None:
    (problem,) = parse_policy(b'{"Statement": "\xff"}').problems

    assert problem.message.startswith("not JSON")
    assert problem.is_refused
