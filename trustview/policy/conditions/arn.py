"""ARN operators: six parts, each with its own wildcards; `ArnEquals` is `ArnLike`."""

from __future__ import annotations

from trustview.policy.conditions.operator import Operator
from trustview.policy.wildcard import Tokens, matches_tokens, split_tokens


def _like(tokens: Tokens, value: str) -> bool | None:
    """Part by part: `*` crosses `/` but not `:`; with fewer than six parts AWS documents no answer."""
    pattern, parts = split_tokens(tokens, ":", 6), value.split(":", 5)
    if len(pattern) < 6 or len(parts) < 6:
        return None
    return all(matches_tokens(part, text) for part, text in zip(pattern, parts, strict=True))


ARN_OPERATORS = (
    Operator("ArnEquals", "arn", _like, has_wildcards=True),
    Operator("ArnLike", "arn", _like, has_wildcards=True),
    Operator("ArnNotEquals", "arn", _like, is_negated=True, has_wildcards=True),
    Operator("ArnNotLike", "arn", _like, is_negated=True, has_wildcards=True),
)
