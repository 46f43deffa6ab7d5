"""Sets of texts against brute force: short globs all against all, unions, ARN patterns, and what is not interpreted.

`TRUSTVIEW_GLOBS=all` compares every pair of globs up to four characters; every commit takes one pair in eleven.
"""

import itertools
import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustview.policy import (
    OPERATORS_BY_NAME,
    Caller,
    CallerKind,
    Condition,
    Request,
    closed_context,
    evaluate_condition,
)
from trustview.policy.narrowing.automaton import accepts, surely_within
from trustview.policy.narrowing.budget import Budget, BudgetSpentError
from trustview.policy.narrowing.pattern import Mode, Pattern, glob, plain, read_value
from trustview.policy.narrowing.texts import Solver, Texts, none_of, only

STRIDE = 1 if os.environ.get("TRUSTVIEW_GLOBS") == "all" else 11
# `c` stands for every letter that no pattern names.
TEXTS = ["".join(letters) for size in range(7) for letters in itertools.product("abc", repeat=size)]
GLOBS = ["".join(letters) for size in range(5) for letters in itertools.product("ab*?", repeat=size)]


def matches(pattern: str, text: str) -> bool:
    """Whether a glob matches, letter by letter, as the documentation tells it."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return matches(pattern[1:], text) or bool(text and matches(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and matches(pattern[1:], text[1:])


def solver() -> Solver:
    return Solver(Budget())


def as_bits(pattern: str) -> int:
    return sum(1 << index for index, text in enumerate(TEXTS) if matches(pattern, text))


def test_every_pair_of_short_globs_agrees_with_brute_force() -> None:
    bits = {pattern: as_bits(pattern) for pattern in GLOBS}
    read = {pattern: glob(pattern) for pattern in GLOBS}
    counts = {True: 0, False: 0}
    for inner, outer in itertools.islice(itertools.product(GLOBS, GLOBS), 0, None, STRIDE):
        found = solver().member(Texts(only([read[inner]]).within, frozenset([read[outer]])))
        is_within = not bits[inner] & ~bits[outer]
        assert (found is None) == is_within, (inner, outer)
        assert found is None or (matches(inner, found) and not matches(outer, found)), (inner, outer, found)
        assert not surely_within(read[inner], read[outer]) or is_within, (inner, outer)
        counts[is_within] += 1

    assert min(counts.values()) > 1000


@pytest.mark.parametrize("seed", range(8))
def test_unions_and_intersections_of_globs_agree_with_brute_force(seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311 - it must be the same each time
    for _ in range(40):
        groups = [[chosen.choice(GLOBS) for _ in range(chosen.randint(1, 3))] for _ in range(chosen.randint(0, 2))]
        without = [chosen.choice(GLOBS) for _ in range(chosen.randint(0, 3))]
        texts = Texts(tuple(frozenset(map(glob, group)) for group in groups), frozenset(map(glob, without)))

        def is_in(text: str, groups: list[list[str]] = groups, without: list[str] = without) -> bool:
            kept = all(any(matches(pattern, text) for pattern in group) for group in groups)
            return kept and not any(matches(pattern, text) for pattern in without)

        found = solver().member(texts)
        assert found is None or is_in(found)
        assert found is not None or not any(map(is_in, TEXTS))


@given(st.text("ab*?:\U0001f600", max_size=6), st.text("ab*?:\n\U0001f600x", max_size=6))
def test_a_glob_is_run_as_it_is_told(pattern: str, text: str) -> None:
    assert accepts(glob(pattern), text) == matches(pattern, text)


# ── the other operators, against the engine ──────────────────────────────────────────────────────────────────────

_OPERATORS = ("StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnLike", "Bool")
_WRITTEN = st.one_of(
    st.text("ab*?:/K", max_size=5),
    st.lists(st.sampled_from(["", "a", "*", "?", "a*", "b", "k"]), min_size=5, max_size=8).map(":".join),
    st.sampled_from(["true", "false", "TRUE ", "truex", "${*}a", "${?}", "k", "K"]),
)
_GIVEN = st.one_of(
    st.text("abx:*?/kK\u212a", max_size=5),
    st.lists(st.sampled_from(["", "a", "ab", "b", "x", "*", "K"]), min_size=5, max_size=8).map(":".join),
    st.sampled_from(["true", "false", " TRUE\t", "truex", "\u3000true", "*a", "?"]),
)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(_OPERATORS), _WRITTEN, _GIVEN)
def test_a_value_stands_for_the_texts_that_the_engine_matches(operator: str, written: str, given_text: str) -> None:
    request = Request(
        Caller(CallerKind.USER), "sts:AssumeRole", "", "", closed_context({"aws:PrincipalTag/k": given_text})
    )
    condition = Condition(operator, "aws:PrincipalTag/k", (written,))
    answer = evaluate_condition(condition, request, substitutes=True)
    pattern = read_value(written, OPERATORS_BY_NAME[operator.lower()], substitutes=True, holds_arns=False)

    if pattern is None:
        assert answer.is_false
    elif pattern.mode is Mode.OPAQUE:
        assert answer.is_open
    elif answer.is_open:
        assert pattern.mode is Mode.LOOSE_ARN
    else:
        assert accepts(pattern, given_text) == answer.is_true


_PATTERNS = st.builds(
    lambda operator, text: read_value(text, OPERATORS_BY_NAME[operator.lower()], substitutes=True, holds_arns=True),
    st.sampled_from(_OPERATORS),
    _WRITTEN,
).filter(lambda pattern: pattern is not None and pattern.mode is not Mode.OPAQUE)


@settings(max_examples=200, deadline=None)
@given(st.lists(_PATTERNS, min_size=1, max_size=2), st.lists(_PATTERNS, max_size=3), st.lists(_GIVEN, max_size=8))
def test_what_is_found_is_a_member_and_what_is_empty_has_none(
    within: list[Pattern], without: list[Pattern], tried: list[str]
) -> None:
    texts = only(within).meet(none_of(without))
    found = solver().member(texts)

    def is_in(text: str) -> bool:
        return any(accepts(p, text) for p in within) and not any(accepts(p, text) for p in without)

    assert found is None or is_in(found)
    assert found is not None or not any(map(is_in, tried))


@settings(max_examples=200, deadline=None)
@given(_PATTERNS, _PATTERNS, st.lists(_GIVEN, max_size=8))
def test_what_is_surely_within_is_within(inner: Pattern, outer: Pattern, tried: list[str]) -> None:
    if surely_within(inner, outer):
        assert all(accepts(outer, text) for text in tried if accepts(inner, text))


# ── what is not interpreted ──────────────────────────────────────────────────────────────────────────────────────


def variable(text: str, operator: str = "stringequals") -> Pattern:
    pattern = read_value(text, OPERATORS_BY_NAME[operator], substitutes=True, holds_arns=False)
    assert pattern is not None
    assert pattern.mode is Mode.OPAQUE
    return pattern


def test_an_opaque_set_is_the_same_set_wherever_it_is_spelt_the_same() -> None:
    name, other = variable("${aws:username}"), variable("${aws:userid}")

    assert solver().member(only([name]).meet(none_of([name]))) is None
    assert solver().member(only([name]).meet(none_of([other]))) is not None
    assert solver().member(only([name, other]).meet(none_of([name]))) is not None
    assert solver().member(none_of([name])) is not None


def test_an_opaque_set_lies_within_its_envelope() -> None:
    team = variable("team-${aws:username}")

    assert solver().member(only([team]).meet(none_of([glob("team-*")]))) is None
    assert solver().member(only([team]).meet(none_of([glob("team-?*")]))) is not None
    assert solver().member(only([team]).meet(only([plain("x")]))) is None


def test_letter_case_and_arn_patterns_have_no_narrow_envelope() -> None:
    folded = variable("A${aws:username}", "stringequalsignorecase")
    arn = variable("arn:aws:iam::${aws:PrincipalAccount}:role/*", "arnlike")

    assert solver().member(only([folded]).meet(only([plain("ax")]))) is not None
    assert solver().member(only([arn]).meet(only([plain("arn:aws:iam::1:x:role/a")]))) is not None


def test_what_is_no_arn_may_match_an_arn_pattern_or_not() -> None:
    loose = read_value("arn:aws:s3:::a*", OPERATORS_BY_NAME["arnlike"], substitutes=True, holds_arns=False)
    strict = read_value("arn:aws:s3:::a*", OPERATORS_BY_NAME["arnlike"], substitutes=True, holds_arns=True)
    assert loose is not None
    assert strict is not None

    assert solver().member(only([loose]).meet(only([plain("x")]))) is not None
    assert solver().member(only([strict]).meet(only([plain("x")]))) is None
    assert solver().member(only([loose]).meet(none_of([loose]))) is None


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_search_that_explodes_ends_at_the_limit() -> None:
    texts = only([glob("*a????????????????????b")]).meet(none_of([glob("*b????????????????????a*")]))
    deep = none_of([glob(f"*{letter}{'?' * 18}{letter}") for letter in "abcdef"]).meet(only([glob("*a" + "?" * 19)]))

    with pytest.raises(BudgetSpentError):
        Solver(Budget(2000)).member(texts.meet(deep))


def test_letters_beyond_every_preferred_one_are_found() -> None:
    everything = "".join(map(chr, range(32, 127)))
    found = solver().member(only([glob("?")]).meet(none_of(map(plain, everything))))

    assert found is not None
    assert len(found) == 1
    assert found not in everything
