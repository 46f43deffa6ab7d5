"""The Null operator: `true` asks that the key be absent, `false` that it be there.

It never compares values: `policy/condition.py` answers it from the presence of the key.
"""

from __future__ import annotations

from collections.abc import Sequence

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.wildcard import Tokens, plain_text


def _asks_presence(patterns: Sequence[Tokens]) -> Match:
    return {plain_text(tokens).strip().lower() for tokens in patterns}.__contains__


NULL_OPERATORS = (Operator("Null", "null", _asks_presence, has_variables=False),)
