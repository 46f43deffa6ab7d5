"""ARN operators: six parts, each with its own wildcards; `ArnEquals` is `ArnLike`."""

from __future__ import annotations

from collections.abc import Sequence

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.wildcard import Tokens, compile_expression, expression, split_tokens

_ENDS_A_PART = ":"
_COLONS = 5


def _like(patterns: Sequence[Tokens]) -> Match:
    """Part by part: `*` crosses `/` but not `:`; with fewer than six parts AWS documents no answer."""
    split = [split_tokens(tokens, _ENDS_A_PART, _COLONS + 1) for tokens in patterns]
    whole = [compile_expression(_expression(parts)).fullmatch for parts in split if len(parts) > _COLONS]
    otherwise = None if len(whole) < len(split) else False

    def match(value: str) -> bool | None:
        if value.count(_ENDS_A_PART) < _COLONS:
            return None if split else False
        return True if any(like(value) is not None for like in whole) else otherwise

    return match


def _expression(parts: Sequence[Tokens]) -> str:
    """Only the last part may hold colons."""
    *first, last = parts
    return ":".join([*(expression(part, one="[^:]") for part in first), expression(last)])


_SILENCE = "an ARN operator on a value of fewer than six parts"
ARN_OPERATORS = (
    Operator("ArnEquals", "arn", _like, has_wildcards=True, silence=_SILENCE),
    Operator("ArnLike", "arn", _like, has_wildcards=True, silence=_SILENCE),
    Operator("ArnNotEquals", "arn", _like, is_negated=True, has_wildcards=True, silence=_SILENCE),
    Operator("ArnNotLike", "arn", _like, is_negated=True, has_wildcards=True, silence=_SILENCE),
)
