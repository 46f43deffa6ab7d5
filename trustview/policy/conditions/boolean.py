"""The Bool operator: `true` or `false` in any case."""

from __future__ import annotations

from collections.abc import Sequence

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.wildcard import Tokens, plain_text


def _equals(patterns: Sequence[Tokens]) -> Match:
    wanted = {plain_text(tokens).strip().lower() for tokens in patterns} & {"true", "false"}
    return lambda value: value.strip().lower() in wanted


BOOLEAN_OPERATORS = (Operator("Bool", "boolean", _equals),)
