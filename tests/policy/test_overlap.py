"""A text that several patterns match together."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.policy import matches
from trustview.policy.overlap import FILLER, find_common

CASES = [
    (("a",), "a"),
    (("a*",), f"a{FILLER}"),
    (("a?c",), f"a{FILLER}c"),
    (("a", "b"), None),
    (("a", "a"), "a"),
    (("a*", "*b"), f"a{FILLER}b"),
    (("a*", "b*"), None),
    (("ab*", "*bc"), f"ab{FILLER}bc"),
    (("a*", "a"), "a"),
    (("*", "*"), FILLER),
    (("?", "??"), None),
    (("a*c", "?b?"), "abc"),
    (("arn:aws:s3:::a*", "arn:aws:s3:::*b/*", "arn:aws:s3:::*/c"), f"arn:aws:s3:::a{FILLER}b/c"),
    (("", ""), ""),
    (("", "a"), None),
]


@pytest.mark.parametrize(("patterns", "expected"), CASES, ids=[" and ".join(patterns) for patterns, _ in CASES])
def test_the_common_text(patterns: tuple[str, ...], expected: str | None) -> None:
    found = find_common(*patterns)

    assert (found is None) == (expected is None)
    assert found is None or all(matches(pattern, found) for pattern in patterns)
    assert found is None or expected is None or len(found) <= len(expected) + 2


GLOBS = st.lists(st.text(alphabet="ab*?", max_size=5), min_size=1, max_size=3)
TEXTS = ["".join(letters) for length in range(7) for letters in product("ab", repeat=length)]


@given(GLOBS)
def test_a_text_that_is_found_matches_and_none_is_missed(patterns: list[str]) -> None:
    found = find_common(*patterns)

    if found is not None:
        assert all(matches(pattern, found) for pattern in patterns)
    else:
        assert not any(all(matches(pattern, text) for pattern in patterns) for text in TEXTS)


def test_a_search_that_is_too_long_is_left_open() -> None:
    assert find_common(*("*a" * 40 + end for end in ("b", "c", "d"))) == ""
