"""Event patterns: the table of what EventBridge documents, and what holds of every pattern."""

import copy
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.analysis.event_pattern import ANYTHING, match_event

CASES = json.loads((Path(__file__).parents[1] / "cases" / "event-pattern" / "filters.json").read_text(encoding="utf-8"))
ABSENT = object()
VALUES = ("x", "y", "X", "", 1, True, None, ["x", "z"], {"c": "x"}, "10.0.0.7", ABSENT)
FIELDS = ("a", "b", "c")

texts = st.sampled_from(["x", "y", "X", "", "xy", "10.0.0.0/8"])
filters = st.one_of(
    texts,
    st.sampled_from([1, True, None]),
    st.builds(lambda value: {"exists": value}, st.booleans()),
    st.builds(lambda name, value: {name: value}, st.sampled_from(["prefix", "suffix", "equals-ignore-case"]), texts),
    st.builds(lambda value: {"wildcard": f"{value}*"}, texts),
    st.builds(lambda value: {"anything-but": value}, st.one_of(texts, st.lists(texts, min_size=1, max_size=2))),
    st.builds(lambda value: {"anything-but": {"prefix": value}}, texts),
    st.just({"cidr": "10.0.0.0/8"}),
    st.just({"numeric": [">", 0]}),
    st.just({"unheard-of": "x"}),
)
leaves = st.lists(filters, min_size=1, max_size=3)
patterns = st.recursive(
    st.dictionaries(st.sampled_from(FIELDS), leaves, min_size=1, max_size=2),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(FIELDS), inner, min_size=1, max_size=2),
        st.builds(lambda one, two: {"$or": [one, two]}, inner, inner),
    ),
    max_leaves=4,
)
events = st.dictionaries(
    st.sampled_from(FIELDS),
    st.sampled_from([*VALUES[:-1], ANYTHING]) | st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES[:-2])),
    max_size=3,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_pattern_matches_as_eventbridge_documents(case: dict[str, Any]) -> None:
    assert match_event(json.dumps(case["pattern"]), case["event"]).value is case["expect"]


@pytest.mark.parametrize("text", ["", "x", "[]", "null", '"x"', "{", "[" * 100_000, "1e999"])
def test_what_is_no_pattern_makes_no_definite_answer(text: str) -> None:
    assert match_event(text, {"a": "x"}).is_open


def completions(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    open_fields = [name for name, value in event.items() if value is ANYTHING]
    for chosen in product(VALUES, repeat=len(open_fields)):
        whole = copy.copy(event) | dict(zip(open_fields, chosen, strict=True))
        yield {name: value for name, value in whole.items() if value is not ABSENT}


@given(patterns, events)
def test_a_definite_answer_holds_whatever_the_unknown_fields_are(
    pattern: dict[str, Any], event: dict[str, Any]
) -> None:
    text = json.dumps(pattern)
    answer = match_event(text, event)

    if not answer.is_open:
        assert {match_event(text, whole).value for whole in completions(event)} == {answer.value}


@given(patterns, events)
def test_more_values_never_match_less(pattern: dict[str, Any], event: dict[str, Any]) -> None:
    wider = {
        name: [*wanted, {"exists": True}] if isinstance(wanted, list) and name != "$or" else wanted
        for name, wanted in pattern.items()
    }

    if match_event(json.dumps(pattern), event).is_true:
        assert match_event(json.dumps(wider), event).is_true


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=12)
            | st.sampled_from(["prefix", "$or", "wildcard", "anything-but", "exists", "numeric", "cidr"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(json_values, json_values)
def test_no_pattern_and_no_event_raises(pattern: object, event: object) -> None:
    match_event(json.dumps(pattern), event if isinstance(event, dict) else {"a": event})
