"""Numeric operators: values compare as numbers, whatever their spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.memory import remember
from trustview.policy.wildcard import Tokens, plain_text

# What Python takes for a number beside these (`1_0`, `NaN`, digits of other scripts) is none to AWS.
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


@remember
def _number(text: str) -> Decimal | None:
    text = text.strip()
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        # An exponent of more digits than fit in memory.
        return None


def _compare(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[Sequence[Tokens]], Match]:
    def read(patterns: Sequence[Tokens]) -> Match:
        limits = [limit for tokens in patterns if (limit := _number(plain_text(tokens))) is not None]

        def match(value: str) -> bool:
            number = _number(value)
            return number is not None and any(holds(number, limit) for limit in limits)

        return match

    return read


_EQUALS = _compare(lambda number, limit: number == limit)

NUMERIC_OPERATORS = (
    Operator("NumericEquals", "numeric", _EQUALS, has_variables=False),
    Operator("NumericNotEquals", "numeric", _EQUALS, is_negated=True, has_variables=False),
    Operator("NumericLessThan", "numeric", _compare(lambda n, limit: n < limit), has_variables=False),
    Operator("NumericLessThanEquals", "numeric", _compare(lambda n, limit: n <= limit), has_variables=False),
    Operator("NumericGreaterThan", "numeric", _compare(lambda n, limit: n > limit), has_variables=False),
    Operator("NumericGreaterThanEquals", "numeric", _compare(lambda n, limit: n >= limit), has_variables=False),
)
