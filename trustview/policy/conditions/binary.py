"""The BinaryEquals operator: the bytes that base64 texts stand for."""

from __future__ import annotations

import base64
import binascii

from trustview.policy.conditions.operator import Operator, plain_text
from trustview.policy.wildcard import Tokens


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _equals(tokens: Tokens, value: str) -> bool:
    wanted = _decoded(plain_text(tokens))
    return wanted is not None and wanted == _decoded(value)


BINARY_OPERATORS = (Operator("BinaryEquals", "binary", _equals, has_variables=False),)
