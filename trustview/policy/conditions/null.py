"""The Null operator: `true` asks that the key be absent, `false` that it be there.

It never compares values: `policy/condition.py` answers it from the presence of the key.
"""

from __future__ import annotations

from trustview.policy.conditions.operator import Operator, plain_text
from trustview.policy.wildcard import Tokens


def _asks_presence(tokens: Tokens, value: str) -> bool:
    return plain_text(tokens).strip().lower() == value


NULL_OPERATORS = (Operator("Null", "null", _asks_presence, has_variables=False),)
