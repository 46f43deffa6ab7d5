"""Patterns against texts: every short pattern by brute force, and patterns that were made to be slow."""

from functools import cache
from itertools import product

import pytest

from trustview.policy import matches
from trustview.policy.conditions import OPERATORS_BY_NAME
from trustview.policy.wildcard import match_texts, tokenize


@cache
def is_like(pattern: str, text: str) -> bool:
    """The definition, letter by letter."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return is_like(pattern[1:], text) or (bool(text) and is_like(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and is_like(pattern[1:], text[1:])


def words(letters: str, longest: int) -> list[str]:
    return ["".join(word) for size in range(longest + 1) for word in product(letters, repeat=size)]


def test_every_short_pattern_matches_what_it_means() -> None:
    texts = words("ab", 4)
    for pattern in words("ab*?", 5):
        assert [text for text in texts if matches(pattern, text)] == [text for text in texts if is_like(pattern, text)]


def test_one_of_several_patterns_is_enough() -> None:
    texts = words("ab", 3)
    for patterns in product(words("ab*?", 2), repeat=2):
        is_one = match_texts(patterns)
        expected = [text for text in texts if any(is_like(pattern, text) for pattern in patterns)]
        assert [text for text in texts if is_one(text)] == expected


def test_letter_case_is_ignored_where_it_is_asked() -> None:
    texts = words("aB", 3)
    for pattern in words("Ab*?", 4):
        expected = [text for text in texts if is_like(pattern.lower(), text.lower())]
        assert [text for text in texts if matches(pattern, text, ignore_case=True)] == expected


@pytest.mark.parametrize("pattern", ["*a" * 2000 + "b", "*?" * 2000 + "b", "*" * 4000 + "b", "*a?" * 1000 + "b"])
def test_no_pattern_makes_matching_slow(pattern: str) -> None:
    assert not matches(pattern, "a" * 5000)
    assert matches(pattern, "a" * 5000 + "b")


def test_a_star_of_an_arn_stays_in_its_part() -> None:
    like = OPERATORS_BY_NAME["arnlike"].match_any
    parts = ["*", "a", "a*", "?"]
    for first, last in product(parts, parts):
        test = like([tokenize(f"arn:{first}:iam::1:{last}", substitutes=False, has_wildcards=True)])
        for here, there in product(["", "a", "ab", "b"], ["a", "a:b", "a/b"]):
            assert test(f"arn:{here}:iam::1:{there}") == (is_like(first, here) and is_like(last, there))
