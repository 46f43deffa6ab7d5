"""ARN operators: six parts, each with its own wildcards; `ArnEquals` is `ArnLike`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.wildcard import Tokens, match_any, matches_whatever, split_tokens

PARTS = 6


def _like(patterns: Sequence[Tokens]) -> Match:
    """Part by part: `*` crosses `/` but not `:`; with fewer than six parts AWS documents no answer."""
    split = [split_tokens(tokens, ":", PARTS) for tokens in patterns]
    whole = [_match_parts(parts) for parts in split if len(parts) == PARTS]
    otherwise = None if len(whole) < len(split) else False

    def match(value: str) -> bool | None:
        parts = value.split(":", PARTS - 1)
        if len(parts) < PARTS:
            return None if split else False
        return True if any(like(parts) for like in whole) else otherwise

    return match


def _match_parts(patterns: Sequence[Tokens]) -> Callable[[list[str]], bool]:
    """The test of an ARN in its parts; the resource, which differs most, comes first."""
    tests = [(index, match_any([pattern])) for index, pattern in enumerate(patterns)][::-1]
    asked = [(index, test) for index, test in tests if test is not matches_whatever]
    return lambda parts: all(test(parts[index]) for index, test in asked)


_SILENCE = "an ARN operator on a value of fewer than six parts"
ARN_OPERATORS = (
    Operator("ArnEquals", "arn", _like, has_wildcards=True, silence=_SILENCE),
    Operator("ArnLike", "arn", _like, has_wildcards=True, silence=_SILENCE),
    Operator("ArnNotEquals", "arn", _like, is_negated=True, has_wildcards=True, silence=_SILENCE),
    Operator("ArnNotLike", "arn", _like, is_negated=True, has_wildcards=True, silence=_SILENCE),
)
