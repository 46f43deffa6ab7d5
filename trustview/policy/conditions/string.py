"""String operators: exact, ignoring case, and with wildcards."""

from __future__ import annotations

from collections.abc import Sequence

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.wildcard import Tokens, match_any, plain_text


def _equals(patterns: Sequence[Tokens]) -> Match:
    return frozenset(map(plain_text, patterns)).__contains__


def _equals_ignoring_case(patterns: Sequence[Tokens]) -> Match:
    wanted = frozenset(plain_text(tokens).lower() for tokens in patterns)
    return lambda value: value.lower() in wanted


STRING_OPERATORS = (
    Operator("StringEquals", "string", _equals),
    Operator("StringNotEquals", "string", _equals, is_negated=True),
    Operator("StringEqualsIgnoreCase", "string", _equals_ignoring_case),
    Operator("StringNotEqualsIgnoreCase", "string", _equals_ignoring_case, is_negated=True),
    Operator("StringLike", "string", match_any, has_wildcards=True),
    Operator("StringNotLike", "string", match_any, is_negated=True, has_wildcards=True),
)
