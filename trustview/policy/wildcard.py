"""Patterns with `*`, `?` and `${policy:variables}`: does this text match?

The one place that decides it. `${*}`, `${?}` and `${$}` are the characters themselves; a `*` that comes in through a
variable's value is a plain character. Matching takes time in proportion to the text, whatever the pattern.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from trustview.policy.memory import remember


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
Match = Callable[[str], bool]

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"(?P<key>[^,]+?)\s*,\s*'(?P<default>.*)'\s*")
_WILD = re.compile(r"([*?])")

# ── a policy text as tokens ──────────────────────────────────────────────────────────────────────────────────────


def tokenize(text: str, *, substitutes: bool, has_wildcards: bool) -> Tokens:
    """Cut a policy text into plain text, wildcards and variables.

    `substitutes`: the policy's version knows variables; otherwise `${…}` is plain text.
    """
    if not substitutes or "${" not in text:
        return tuple(_plain(text, has_wildcards=has_wildcards))
    tokens: list[Token] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        tokens += _plain(text[end : match.start()], has_wildcards=has_wildcards)
        tokens.append(_variable(match[1]))
        end = match.end()
    tokens += _plain(text[end:], has_wildcards=has_wildcards)
    return tuple(tokens)


def _plain(text: str, *, has_wildcards: bool) -> list[Token]:
    if not has_wildcards:
        return [text] if text else []
    return [Wild.ANY if part == "*" else Wild.ONE if part == "?" else part for part in _WILD.split(text) if part]


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


def plain_text(tokens: Tokens) -> str:
    """The text of tokens among which there is neither a wildcard nor a variable."""
    return "".join(str(token) for token in tokens)


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


# ── tokens as a test ─────────────────────────────────────────────────────────────────────────────────────────────


def matches_whatever(text: str) -> bool:
    """What `*` alone means: every text."""
    return True


def match_any(patterns: Iterable[Tokens], *, ignore_case: bool = False) -> Match:
    """A test whether a text matches one of these patterns, none of which has variables."""
    exact: set[str] = set()
    starts: list[str] = []
    inside: list[str] = []
    others: list[Match] = []
    for written in patterns:
        tokens = tuple(t.lower() if isinstance(t, str) else t for t in written) if ignore_case else written
        *before, last = tokens or ("",)
        if all(isinstance(token, str) for token in tokens):
            exact.add(plain_text(tokens))
        elif last is Wild.ANY and all(isinstance(token, str) for token in before):
            starts.append(plain_text(tuple(before)))
        elif tokens[0] is last is Wild.ANY and Wild.ANY not in tokens[1:-1]:
            inside.append("".join("." if token is Wild.ONE else re.escape(str(token)) for token in tokens[1:-1]))
        else:
            others.append(_match_runs(tokens))
    if inside:
        others.append(_match_inside(inside))
    match = matches_whatever if "" in starts else _match(frozenset(exact), tuple(starts), tuple(others))
    return (lambda text: match(text.lower())) if ignore_case and match is not matches_whatever else match


def _match(exact: frozenset[str], starts: tuple[str, ...], others: tuple[Match, ...]) -> Match:
    if not starts and not others:
        return exact.__contains__
    if not others:
        return lambda text: text in exact or text.startswith(starts)
    return lambda text: text in exact or text.startswith(starts) or any(other(text) for other in others)


def _match_inside(parts: list[str]) -> Match:
    """Whether a text holds one of these expressions: each is of one length, so that no search goes back."""
    search = re.compile("|".join(parts), re.DOTALL).search
    return lambda text: search(text) is not None


def _match_runs(tokens: Tokens) -> Match:
    """The test of one pattern: what stands between its stars, run by run.

    The first run begins the text and the last one ends it. Each other is taken where it is first met: that leaves most
    for those behind it, so no other place has to be tried, and no pattern makes the test slow.
    """
    first, *middle = [_Run(run) for run in _cut_at_stars(tokens)]
    if not middle:
        return lambda text: len(text) == first.size and first.is_at(text, 0)
    last = middle.pop()
    middle = [run for run in middle if run.size]

    def match(text: str) -> bool:
        at, end = first.size, len(text) - last.size
        if end < at or not first.is_at(text, 0) or not last.is_at(text, end):
            return False
        for run in middle:
            found = run.find(text, at, end)
            if found < 0:
                return False
            at = found + run.size
        return True

    return match


def _cut_at_stars(tokens: Tokens) -> list[list[Token]]:
    runs: list[list[Token]] = [[]]
    for token in tokens:
        if token is Wild.ANY:
            runs.append([])
        else:
            runs[-1].append(token)
    return runs


class _Run:
    """Plain text and `?` between two stars: `size` characters, of which the pieces are known."""

    __slots__ = ("_pieces", "_plain", "size")

    def __init__(self, tokens: Iterable[Token]) -> None:
        self.size, pieces = 0, list[tuple[int, str]]()
        for token in tokens:
            text = "?" if token is Wild.ONE else str(token)
            if token is not Wild.ONE:
                pieces.append((self.size, text))
            self.size += len(text)
        self._pieces = tuple(pieces)
        text = "".join(piece for _, piece in pieces)
        self._plain = text if len(text) == self.size else None

    def is_at(self, text: str, at: int) -> bool:
        """Whether it stands here, where the text is long enough for it."""
        if self._plain is not None:
            return text.startswith(self._plain, at)
        return all(text.startswith(piece, at + offset) for offset, piece in self._pieces)

    def find(self, text: str, at: int, end: int) -> int:
        """Where it first stands between these places; -1 when it does not."""
        if self._plain is not None:
            return text.find(self._plain, at, end)
        return next((here for here in range(at, end - self.size + 1) if self.is_at(text, here)), -1)


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a text matches a pattern in which only `*` and `?` are special."""
    return (_ignoring_case if ignore_case else _exactly)(pattern)(text)


def match_texts(patterns: Iterable[str]) -> Match:
    """A test whether a text matches one of several patterns in which only `*` and `?` are special."""
    return match_any(tokenize(pattern, substitutes=False, has_wildcards=True) for pattern in patterns)


@remember
def _exactly(pattern: str) -> Match:
    return match_any([tokenize(pattern, substitutes=False, has_wildcards=True)])


@remember
def _ignoring_case(pattern: str) -> Match:
    return match_any([tokenize(pattern, substitutes=False, has_wildcards=True)], ignore_case=True)
