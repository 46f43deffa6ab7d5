"""Operator: how one policy value and one context value compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trustview.policy.wildcard import Tokens

# Tokens of the policy value (variables already put in) and the context value; None where AWS documents no answer.
Compare = Callable[[Tokens, str], bool | None]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator in AWS's spelling.

    `has_wildcards`: `*` and `?` are special in its values. `has_variables`: `${…}` is put in before comparing.
    `is_negated`: it holds when none of its values matches, and when the key is absent.
    """

    name: str
    family: str
    compare: Compare
    is_negated: bool = False
    has_wildcards: bool = False
    has_variables: bool = True


def plain_text(tokens: Tokens) -> str:
    """The text of tokens in an operator that knows no wildcards."""
    return "".join(str(token) for token in tokens)
