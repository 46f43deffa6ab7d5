"""Shape: what policies say on privileges, whatever their buckets, tables and roles are called.

THE ONE PLACE that says which names make no difference to a class. A verdict that was found for one bears on all of its
shape once it is told in their names (`rename`).

Rule: the patterns of a principal's own policies that are about things of one service, Region and account begin with one
      text, without wildcards, and mean nothing that is asked about or named elsewhere. A resource that is asked about
      then begins with that text or does not, whatever the text is. What the paths of the catalogue ask of a name
      (`function:`) stays. An account is part of the name of a role or user when it is not the own one.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from trustview.policy import (
    Escalation,
    Holder,
    Permission,
    PolicyStack,
    PrivilegeVerdict,
    Statement,
    is_account_id,
    matches,
)
from trustview.policy.catalog import escalation_paths
from trustview.policy.document import PolicyDocument
from trustview.policy.overlap import find_common, shared_start

_WILD = re.compile(r"[*?$]")
_LITERAL = re.compile(r"[^*?$]*")
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_NAME = re.compile(r"[A-Za-z0-9_./=+,@-]*")
_FIRST = re.compile(r"[^:/]*[:/]")
# What a path asks of a name: how it begins up to the first `:` or `/`, or a name without any.
_PLAIN = re.compile(r"[^:/*?]*([:/]\*?)?")
# Longer patterns, and such with more wildcards, may end the search for a common text.
_LONGEST, _MOST_WILDCARDS = 256, 3


@dataclass(frozen=True, slots=True)
class Shape:
    """`key` is equal for policies of one shape; `begins` are the texts with the names that are put aside, in order."""

    key: Hashable
    begins: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Elsewhere:
    """The patterns that other policies name; which of them are near to a head is looked up once."""

    patterns: tuple[str, ...] = ()
    _near: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False)

    def near(self, head: str) -> tuple[str, ...]:
        """Those that may mean something of a head, with variables that may be anything."""
        found = self._near.get(head)
        if found is None:
            found = self._near[head] = tuple(_near_to(head, self.patterns))
        return found


@dataclass(frozen=True, slots=True)
class Named:
    """What policies name: all `texts`, those `by_head` whose names may be put aside, and those `far` without a head."""

    texts: tuple[str, ...]
    by_head: dict[str, tuple[_Name, tuple[str, ...]]]
    far: tuple[str, ...]


# Accounts of one team, which name the same, stand beside each other, and are often below different SCPs.
@lru_cache(maxsize=4096)
def named_in(texts: tuple[str, ...], account: str) -> Named:
    """What the policies of a principal of an account name, by their patterns."""
    by_head: dict[str, list[str]] = {}
    for text in texts:
        by_head.setdefault(_head(text), []).append(text)
    far = by_head.pop("", ())
    names = (
        (head, _shared(head, alike, number, account), tuple(alike))
        for number, (head, alike) in enumerate(by_head.items())
    )
    return Named(texts, {head: (name, alike) for head, name, alike in names if name}, tuple(far))


def shape_of(stack: PolicyStack, holder: Holder, above: Elsewhere) -> Shape:
    """The shape of a principal's own policies; what the SCPs `above` name is heeded, and is no part of the key."""
    own = (*(stack.identity or ()), *((stack.boundary,) if stack.boundary else ()))
    names = _names(named_in(tuple(patterns_in(own)), _account_of(holder)), above, holder)
    documents = tuple([_terms(document, names) for document in own])
    return Shape((stack.boundary is None, documents), tuple([name.begin for name in names.values()]))


def shape_of_patterns(own: Named, elsewhere: Elsewhere, account: str) -> Shape:
    """The same of patterns alone, of policies that say the same besides, and name no role or user."""
    names = _names(own, elsewhere, Holder(arn=f"arn:aws:iam::{account}:role/~"))
    return Shape(tuple([_put_aside(text, names) for text in own.texts]), tuple([name.begin for name in names.values()]))


def rename(verdict: PrivilegeVerdict, old: tuple[str, ...], new: tuple[str, ...]) -> PrivilegeVerdict:
    """The verdict on policies of one shape, told of other ones of that shape; both by what their names begin with."""
    pairs = [(was, now) for was, now in zip(old, new, strict=True) if was != now]
    if not pairs or not (verdict.permissions or verdict.escalations or verdict.limited):
        return verdict
    return _Renaming(tuple(pairs)).verdict(verdict)


@dataclass(frozen=True, slots=True)
class _Renaming:
    """Puts names in the place of others, in each text that begins with them."""

    pairs: tuple[tuple[str, str], ...]

    def verdict(self, verdict: PrivilegeVerdict) -> PrivilegeVerdict:
        return replace(
            verdict,
            permissions=tuple(map(self._permission, verdict.permissions)),
            escalations=tuple(map(self._escalation, verdict.escalations)),
            limited=tuple(map(self._escalation, verdict.limited)),
            depends_on=tuple(sorted(map(self._key, verdict.depends_on))),
        )

    def _escalation(self, one: Escalation) -> Escalation:
        return Escalation(one.path, tuple(map(self._permission, one.permissions)))

    def _permission(self, one: Permission) -> Permission:
        resource, limits = self._text(one.resource), tuple(map(self._text, one.limits))
        return Permission(one.action, resource, one.scope, limits, one.depends_on, one.reasons)

    def _key(self, key: str) -> str:
        word, space, text = key.partition(" ")
        return f"{word}{space}{self._text(text)}"

    def _text(self, text: str) -> str:
        return next((f"{now}{text[len(was) :]}" for was, now in self.pairs if text.startswith(was)), text)


# ── which names are put aside ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Name:
    """A name that is put aside: what the patterns with it begin with, and what of that makes a difference."""

    begin: str
    kept: tuple[int, str]


_Names = dict[str, _Name]


def _names(own: Named, elsewhere: Elsewhere, holder: Holder) -> _Names:
    """Which names are put aside, by the head of the patterns that they stand in."""
    found: _Names = {}
    for head, (name, texts) in own.by_head.items():
        near = elsewhere.near(head) + tuple(_near_to(head, own.far)) if own.far else elsewhere.near(head)
        asked = [arn for arn in (holder.arn, *holder.own) if arn.startswith(head)]
        if not _are_met(name, texts, near, asked):
            found[head] = name
    return found


def _account_of(holder: Holder) -> str:
    return holder.arn.split(":", 5)[4]


def _are_met(name: _Name, texts: tuple[str, ...], near: tuple[str, ...], asked: list[str]) -> bool:
    """Whether something else that is named or asked about may be what some of these patterns mean, or begins so.

    Patterns of two heads have no text in common.
    """
    if not near and not asked:
        return False
    if any(text.startswith(name.begin) for text in (*near, *asked)):
        return True
    return any(
        any(matches(text, arn) for arn in asked) or any(find_common(other, text) is not None for other in near)
        for text in map(_unfilled, texts)
    )


def _near_to(head: str, patterns: Iterable[str]) -> Iterator[str]:
    """The patterns that may mean something of a head, with variables that may be anything."""
    return (_unfilled(pattern) for pattern in patterns if _may_begin(pattern, head))


@lru_cache(maxsize=16384)
def _may_begin(pattern: str, head: str) -> bool:
    """Whether a text with this head may fit a pattern, as far as what stands before its first wildcard tells."""
    start = _LITERAL.match(pattern)[0]  # type: ignore[index]
    return start.startswith(head) or head.startswith(start)


def _unfilled(text: str) -> str:
    """A pattern in which variables may be anything."""
    return _VARIABLE.sub("*", text) if "$" in text else text


def _shared(head: str, texts: Sequence[str], number: int, account: str) -> _Name | None:
    """The name that all texts of a head begin with, as far as it makes no difference."""
    for text in texts:
        if len(text) > _LONGEST or text.count("*") + text.count("?") > _MOST_WILDCARDS:
            return None
    service, _, whose = head.split(":")[2:5]
    shared = texts[0] if len(texts) == 1 else shared_start(tuple(texts))
    shared = _LITERAL.match(shared, len(head))[0]  # type: ignore[index]
    kept = _kept(service, shared)
    name = _NAME.match(shared, len(kept)) if kept is not None else None
    if kept is None or name is None or not name[0]:
        return None
    is_others = service == "iam" and whose != account and is_account_id(whose)
    place = head.replace(whose, "others") if is_others else head
    return _Name(f"{head}{kept}{name[0]}", (number, f"{place}{kept}"))


def _kept(service: str, shared: str) -> str | None:
    """How much of what names of a service begin with makes a difference; None where all of it may."""
    is_plain = _kinds().get(service)
    if is_plain is None:
        return shared[: shared.rfind(":") + 1]
    first = _FIRST.match(shared)
    return first[0] if first and is_plain else None


@lru_cache(maxsize=1)
def _kinds() -> dict[str, bool]:
    """The services of whose resources the escalation paths ask for names, and whether they ask plainly for all."""
    found: dict[str, bool] = {}
    for kind in {kind for path in escalation_paths() for _, kind in path.needs if kind}:
        _, _, service, *_, name = kind.split(":", 5)
        found[service] = found.get(service, True) and bool(_PLAIN.fullmatch(name))
    return found


def patterns_in(documents: Iterable[PolicyDocument]) -> Iterator[str]:
    """The patterns of things that policies name."""
    return patterns_of(statement for document in documents for statement in document.statements)


def patterns_of(statements: Iterable[Statement]) -> Iterator[str]:
    """The same of statements; a pattern that is all wildcards names none."""
    return (text for statement in statements for text in statement.resources if text.strip("*"))


@lru_cache(maxsize=16384)
def _head(pattern: str) -> str:
    """An ARN up to the name of the thing; empty where a wildcard stands before that."""
    parts = pattern.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or not parts[2] or any(map(_WILD.search, parts[:5])):
        return ""
    return f"{':'.join(parts[:5])}:"


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────────────────


def _terms(document: PolicyDocument, names: _Names) -> Hashable:
    return document.version, tuple([_terms_of_statement(statement, names) for statement in document.statements])


def _terms_of_statement(statement: Statement, names: _Names) -> Hashable:
    return (
        statement.index,
        statement.effect,
        statement.sid,
        statement.not_actions,
        statement.actions,
        statement.not_resources,
        statement.has_resource,
        tuple([_put_aside(text, names) for text in statement.resources]) if names else statement.resources,
        statement.conditions,
    )


def _put_aside(text: str, names: _Names) -> Hashable:
    """A pattern without its name: a tuple, which is like no pattern that is written."""
    found = names.get(_head(text))
    return (*found.kept, text[len(found.begin) :]) if found else text
