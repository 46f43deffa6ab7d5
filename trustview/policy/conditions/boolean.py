"""The Bool operator: `true` or `false` in any case."""

from __future__ import annotations

from trustview.policy.conditions.operator import Operator, plain_text
from trustview.policy.wildcard import Tokens


def _equals(tokens: Tokens, value: str) -> bool:
    wanted, given = plain_text(tokens).strip().lower(), value.strip().lower()
    return wanted in ("true", "false") and wanted == given


BOOLEAN_OPERATORS = (Operator("Bool", "boolean", _equals),)
