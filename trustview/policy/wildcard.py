"""Patterns with `*`, `?` and `${policy:variables}`: does this text match?

The one place that decides it. `${*}`, `${?}` and `${$}` are the characters themselves; a `*` that comes in through a
variable's value is a plain character.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Wild(Enum):
    """The two wildcards."""

    ANY = "*"
    ONE = "?"


@dataclass(frozen=True, slots=True)
class Variable:
    """A `${key}` or `${key, 'default'}` in a policy text."""

    key: str
    default: str | None = None


Token = str | Wild | Variable
Tokens = tuple[Token, ...]

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"(?P<key>[^,]+?)\s*,\s*'(?P<default>.*)'\s*")


@lru_cache(maxsize=65536)
def tokenize(text: str, *, substitutes: bool, has_wildcards: bool) -> Tokens:
    """Cut a policy text into plain text, wildcards and variables.

    `substitutes`: the policy's version knows variables; otherwise `${…}` is plain text.
    """
    tokens: list[Token] = []
    end = 0
    if substitutes:
        for match in _VARIABLE.finditer(text):
            tokens += _plain(text[end : match.start()], has_wildcards=has_wildcards)
            tokens.append(_variable(match[1]))
            end = match.end()
    tokens += _plain(text[end:], has_wildcards=has_wildcards)
    return tuple(tokens)


def _plain(text: str, *, has_wildcards: bool) -> list[Token]:
    if not has_wildcards:
        return [text] if text else []
    return [
        Wild.ANY if part == "*" else Wild.ONE if part == "?" else part for part in re.split(r"([*?])", text) if part
    ]


def _variable(inside: str) -> Token:
    if inside in ("*", "?", "$"):
        return inside
    match = _DEFAULT.fullmatch(inside)
    return Variable(match["key"].strip(), match["default"]) if match else Variable(inside.strip())


def substitute(tokens: Tokens, look_up: Callable[[Variable], str | None]) -> Tokens | None:
    """Put values for variables; None when one of them has no value: the text is then null and equals nothing."""
    result: list[Token] = []
    for token in tokens:
        if isinstance(token, Variable):
            value = look_up(token)
            if value is None:
                return None
            result.append(value)
        else:
            result.append(token)
    return tuple(result)


def variables(tokens: Tokens) -> tuple[Variable, ...]:
    """The variables in a text."""
    return tuple(token for token in tokens if isinstance(token, Variable))


@lru_cache(maxsize=65536)
def _compiled(tokens: Tokens, *, ignore_case: bool) -> re.Pattern[str]:
    parts: list[str] = []
    for token in tokens:
        if token is Wild.ANY:
            # Runs of * mean one; more would make the match exponential.
            if not parts or parts[-1] != ".*":
                parts.append(".*")
        elif token is Wild.ONE:
            parts.append(".")
        else:
            parts.append(re.escape(str(token)))
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def matches_tokens(tokens: Tokens, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a text matches tokens without variables."""
    if len(tokens) == 1 and tokens[0] is Wild.ANY:
        return True
    return _compiled(tokens, ignore_case=ignore_case).fullmatch(text) is not None


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a text matches a pattern in which only `*` and `?` are special."""
    return matches_tokens(tokenize(pattern, substitutes=False, has_wildcards=True), text, ignore_case=ignore_case)


def split_tokens(tokens: Tokens, separator: str, parts: int) -> tuple[Tokens, ...]:
    """Cut tokens at the first `parts - 1` separators in their plain text."""
    result: list[list[Token]] = [[]]
    for token in tokens:
        if not isinstance(token, str):
            result[-1].append(token)
            continue
        first, *rest = token.split(separator, parts - len(result))
        for index, piece in enumerate([first, *rest]):
            if index:
                result.append([])
            if piece:
                result[-1].append(piece)
    return tuple(tuple(part) for part in result)
