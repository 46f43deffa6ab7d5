"""String operators: exact, ignoring case, and with wildcards."""

from __future__ import annotations

from trustview.policy.conditions.operator import Operator, plain_text
from trustview.policy.wildcard import Tokens, matches_tokens


def _equals(tokens: Tokens, value: str) -> bool:
    return plain_text(tokens) == value


def _equals_ignoring_case(tokens: Tokens, value: str) -> bool:
    return plain_text(tokens).lower() == value.lower()


STRING_OPERATORS = (
    Operator("StringEquals", "string", _equals),
    Operator("StringNotEquals", "string", _equals, is_negated=True),
    Operator("StringEqualsIgnoreCase", "string", _equals_ignoring_case),
    Operator("StringNotEqualsIgnoreCase", "string", _equals_ignoring_case, is_negated=True),
    Operator("StringLike", "string", matches_tokens, has_wildcards=True),
    Operator("StringNotLike", "string", matches_tokens, is_negated=True, has_wildcards=True),
)
