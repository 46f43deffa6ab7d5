"""Operator: how policy values and one context value compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trustview.policy.wildcard import Tokens

# Whether a context value matches one of the policy values; None where AWS documents no answer.
Match = Callable[[str], bool | None]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator in AWS's spelling.

    `match_any` reads the policy values (variables already put in) once and gives the test of a context value.
    `has_wildcards`: `*` and `?` are special in its values. `has_variables`: `${…}` is put in before comparing.
    `is_negated`: it holds when none of its values matches, and when the key is absent. `silence` names what AWS does
    not document when the test answers None.
    """

    name: str
    family: str
    match_any: Callable[[Sequence[Tokens]], Match]
    is_negated: bool = False
    has_wildcards: bool = False
    has_variables: bool = True
    silence: str = ""
