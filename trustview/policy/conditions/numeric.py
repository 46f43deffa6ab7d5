"""Numeric operators: values compare as numbers, whatever their spelling."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from trustview.policy.conditions.operator import Compare, Operator, plain_text
from trustview.policy.wildcard import Tokens


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _compare(holds: Callable[[Decimal, Decimal], bool]) -> Compare:
    def compare(tokens: Tokens, value: str) -> bool:
        limit, number = _number(plain_text(tokens)), _number(value)
        return limit is not None and number is not None and holds(number, limit)

    return compare


_EQUALS = _compare(lambda number, limit: number == limit)

NUMERIC_OPERATORS = (
    Operator("NumericEquals", "numeric", _EQUALS, has_variables=False),
    Operator("NumericNotEquals", "numeric", _EQUALS, is_negated=True, has_variables=False),
    Operator("NumericLessThan", "numeric", _compare(lambda n, limit: n < limit), has_variables=False),
    Operator("NumericLessThanEquals", "numeric", _compare(lambda n, limit: n <= limit), has_variables=False),
    Operator("NumericGreaterThan", "numeric", _compare(lambda n, limit: n > limit), has_variables=False),
    Operator("NumericGreaterThanEquals", "numeric", _compare(lambda n, limit: n >= limit), has_variables=False),
)
