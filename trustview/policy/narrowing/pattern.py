"""Pattern: the set of texts that one policy value stands for.

The one place that says what a policy value means as a language. A value that is not interpreted (one with policy
variables) is an opaque set: nothing is known of it but that the same spelling is the same set in one request, and that
it lies within its envelope, where anything stands for each variable.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from trustview.policy.conditions import Operator
from trustview.policy.wildcard import Tokens, Variable, Wild, tokenize

ANY, ONE = "*", "?"
# Longer texts are not interpreted: no ARN is longer, and no condition value that anybody writes.
LONGEST = 2048
# Five colons part the six segments of an ARN.
COLONS = 5


class Mode(IntEnum):
    """How a pattern's text is read."""

    PLAIN = 0
    # Letters of either case.
    FOLDED = 1
    GLOB = 2
    # A glob whose wildcards stop at the colons between the first five segments.
    ARN = 3
    # The same, for a key that may hold something else than an ARN: what AWS makes of that is not documented.
    LOOSE_ARN = 4
    # A word in letters of either case, with blanks around it.
    WORD = 5
    OPAQUE = 6


class Pattern(NamedTuple):
    """`parts` are plain texts at even places and wildcards (`*`, `?`) between them; `name` names an opaque set.

    The parts of an opaque pattern are its envelope.
    """

    mode: Mode
    parts: tuple[str, ...]
    name: str = ""

    @property
    def spelling(self) -> str:
        """The text as the policy has it."""
        return self.name.partition("|")[2] or "".join(self.parts)

    @property
    def is_plain(self) -> bool:
        """Whether it stands for one text."""
        return self.mode is Mode.PLAIN


def plain(text: str) -> Pattern:
    """The pattern of one text."""
    return Pattern(Mode.PLAIN, (text,))


def glob(text: str) -> Pattern:
    """A pattern in which only `*` and `?` are special."""
    return _globbed(Mode.GLOB, tokenize(text, substitutes=False, has_wildcards=True))


def arn_glob(text: str) -> Pattern:
    """A pattern of ARNs whose wildcards stay in their segments."""
    return _globbed(Mode.ARN, tokenize(text, substitutes=False, has_wildcards=True))


def read_resource(text: str, *, substitutes: bool) -> Pattern:
    """The pattern of a Resource or NotResource."""
    tokens = tokenize(text, substitutes=substitutes, has_wildcards=True)
    if _has_variables(tokens) or len(text) > LONGEST:
        return _opaque("resource", text, tokens, is_bounded=len(text) <= LONGEST)
    return _globbed(Mode.GLOB, tokens)


def read_action(text: str) -> Pattern:
    """The pattern of an action, in lower case: actions ignore it; beyond ASCII nobody knows what that means."""
    lowered = text.lower()
    if not text.isascii() or len(text) > LONGEST:
        return Pattern(Mode.OPAQUE, EVERYTHING.parts, f"action|{lowered}")
    return glob(lowered)


def read_value(text: str, operator: Operator, *, substitutes: bool, holds_arns: bool) -> Pattern | None:
    """The pattern of a condition value under a string, ARN or Bool operator; None when it matches nothing.

    `holds_arns`: the key never holds anything but an ARN.
    """
    tokens = tokenize(
        text, substitutes=substitutes and operator.has_variables, has_wildcards=operator.has_wildcards
    )  # fmt: skip
    ignores_case = "IgnoreCase" in operator.name
    if _has_variables(tokens) or (ignores_case and not text.isascii()) or len(text) > LONGEST:
        is_bounded = not ignores_case and operator.family != "boolean" and len(text) <= LONGEST
        return _opaque(f"{operator.family} {operator.has_wildcards} {is_bounded}", text, tokens, is_bounded=is_bounded)
    if operator.family == "boolean":
        word = _plain_text(tokens).strip().lower()
        return Pattern(Mode.WORD, (word,)) if word in ("true", "false") else None
    if operator.family == "arn":
        return _arn(text, tokens, holds_arns=holds_arns)
    if ignores_case:
        return Pattern(Mode.FOLDED, (_plain_text(tokens).lower(),))
    return _globbed(Mode.GLOB, tokens) if operator.has_wildcards else plain(_plain_text(tokens))


def _arn(text: str, tokens: Tokens, *, holds_arns: bool) -> Pattern:
    colons = sum(token.count(":") for token in tokens if isinstance(token, str))
    if colons < COLONS:
        # AWS documents no answer for fewer than six parts, on whichever side.
        return Pattern(Mode.OPAQUE, EVERYTHING.parts, f"arn|{text}")
    return _globbed(Mode.ARN if holds_arns else Mode.LOOSE_ARN, tokens)


def _has_variables(tokens: Tokens) -> bool:
    return any(isinstance(token, Variable) for token in tokens)


def _opaque(kind: str, text: str, tokens: Iterable[object], *, is_bounded: bool) -> Pattern:
    """Anything may stand for a variable, colons included, and for the wildcards beside it.

    `is_bounded`: the plain text between them is matched as it is written.
    """
    envelope = tuple(token if isinstance(token, str) else Wild.ANY for token in tokens)
    parts = _globbed(Mode.GLOB, envelope).parts if is_bounded else EVERYTHING.parts
    return Pattern(Mode.OPAQUE, parts, f"{kind}|{text}")


def _plain_text(tokens: Tokens) -> str:
    return "".join(str(token) for token in tokens)


def _globbed(mode: Mode, tokens: Tokens) -> Pattern:
    """Plain texts and wildcards by turns; a run of `*` is one, and what has no wildcard is plain."""
    parts = [""]
    for token in tokens:
        if isinstance(token, str):
            parts[-1] += token
        elif token is Wild.ONE:
            parts += [ONE, ""]
        elif not (parts[-1] == "" and len(parts) > 1 and parts[-2] == ANY):
            parts += [ANY, ""]
    if len(parts) == 1 and mode in (Mode.GLOB, Mode.ARN):
        return plain(parts[0])
    return Pattern(mode, tuple(parts))


EVERYTHING = glob("*")
NOTHING_WRITTEN = plain("")
SIX_SEGMENTS = glob(":".join("*" * (COLONS + 1)))
