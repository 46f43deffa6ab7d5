"""The BinaryEquals operator: the bytes that base64 texts stand for."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from trustview.policy.conditions.operator import Match, Operator
from trustview.policy.wildcard import Tokens, plain_text


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _equals(patterns: Sequence[Tokens]) -> Match:
    wanted = {_decoded(plain_text(tokens)) for tokens in patterns} - {None}
    return lambda value: _decoded(value) in wanted


BINARY_OPERATORS = (Operator("BinaryEquals", "binary", _equals, has_variables=False),)
