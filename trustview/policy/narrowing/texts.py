"""Texts: a set of texts as groups of patterns; empty or not, and one of its members.

The one place that reads opaque patterns: what is not interpreted may be any set, but the same spelling is the same set.
So a member may lie in every opaque set that is asked for, and in none that is forbidden, unless it is the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from trustview.policy.narrowing.automaton import accepts, find_text, may_meet, surely_within
from trustview.policy.narrowing.budget import Budget
from trustview.policy.narrowing.pattern import EVERYTHING, SIX_SEGMENTS, Mode, Pattern, plain

Group = frozenset[Pattern]
# What it costs to hold two patterns against each other.
_STEPS_PER_PATTERN = 20
# Tried first where any text would do: most sets with a member have one of these.
_READABLE = ("x", "")


class Solver:
    """The questions of one proof: a budget, answers that are not worked out twice, and the statement it stands at."""

    __slots__ = ("_members", "at", "budget")

    def __init__(self, budget: Budget) -> None:
        self.budget, self.at = budget, "$"
        self._members: dict[Texts, str | None] = {}

    def member(self, texts: Texts) -> str | None:
        """A member of a set of texts; None when it is empty."""
        if texts not in self._members:
            self.budget.spend()
            self._members[texts] = _find_member(texts, self.budget)
        return self._members[texts]


class Texts(NamedTuple):
    """The texts that match some pattern of each group of `within`, and none of `without`."""

    within: tuple[Group, ...] = ()
    without: Group = frozenset()

    def meet(self, other: Texts) -> Texts:
        """What is in both."""
        if not other.within and not other.without:
            return self
        within = self.within + tuple(group for group in other.within if group not in self.within)
        return Texts(within, self.without | other.without)

    def minus(self, other: Texts) -> Iterator[Texts]:
        """What is not in the other, as sets that may overlap."""
        for group in other.within:
            if group not in self.within:
                yield Texts(self.within, self.without | group)
        if other.without and not other.without <= self.without:
            yield Texts((*self.within, other.without), self.without)

    def is_empty(self, solver: Solver) -> bool:
        """Whether no text is in it, whatever the opaque sets are."""
        if not self.within and not self.without:
            return False
        return solver.member(self) is None

    @property
    def opaque(self) -> tuple[Pattern, ...]:
        """The patterns in it that are not interpreted."""
        patterns = (pattern for group in (*self.within, self.without) for pattern in group)
        return tuple(p for p in patterns if p.mode in (Mode.OPAQUE, Mode.LOOSE_ARN))


ALL_TEXTS = Texts()


def only(patterns: Iterable[Pattern]) -> Texts:
    """The texts that match one of the patterns."""
    return Texts((frozenset(patterns),))


def none_of(patterns: Iterable[Pattern]) -> Texts:
    """The texts that match none of the patterns."""
    return Texts((), frozenset(patterns))


def holds(texts: Texts, text: str) -> bool:
    """Whether a text is in a set that has no opaque pattern."""
    if any(accepts(pattern, text) for pattern in texts.without):
        return False
    return all(any(accepts(pattern, text) for pattern in group) for group in texts.within)


def as_spelt(texts: Texts) -> Texts:
    """The texts of a set as its patterns are spelt, where AWS documents no answer.

    An ARN pattern means ARNs alone, and what is no pattern at all its own text. Policy variables stay as they are.
    """
    is_loose = any(p.mode is Mode.LOOSE_ARN for p in texts.opaque)
    within = tuple(frozenset(map(_spelt, group)) for group in texts.within)
    return Texts(within + ((frozenset({SIX_SEGMENTS}),) if is_loose else ()), frozenset(map(_spelt, texts.without)))


def _spelt(pattern: Pattern) -> Pattern:
    if pattern.mode is Mode.LOOSE_ARN:
        return Pattern(Mode.ARN, pattern.parts)
    return plain(pattern.spelling) if pattern.mode is Mode.OPAQUE and "${" not in pattern.spelling else pattern


def _find_member(texts: Texts, budget: Budget) -> str | None:
    if not texts.opaque:
        return _find_plainly(texts, budget)
    read = _with_opaque_read(texts, {Mode.OPAQUE})
    found = _find_plainly(read, budget)
    if found is not None or not any(p.mode is Mode.LOOSE_ARN for group in texts.within for p in group):
        return found
    # What is no ARN at all: there each ARN pattern is as opaque as the others.
    short = _with_opaque_read(texts, {Mode.OPAQUE, Mode.LOOSE_ARN})
    return _find_plainly(Texts(short.within, short.without | {SIX_SEGMENTS}), budget)


def _with_opaque_read(texts: Texts, modes: set[Mode]) -> Texts:
    """The widest set that the opaque ones of these modes can make of it."""
    within = tuple(
        frozenset(
            _envelope(p) if p.mode in modes else p for p in group if p.mode not in modes or p not in texts.without
        )
        for group in texts.within
    )
    return Texts(within, frozenset(p for p in texts.without if p.mode not in modes))


def _envelope(pattern: Pattern) -> Pattern:
    return EVERYTHING if pattern.mode is Mode.LOOSE_ARN else Pattern(Mode.GLOB, pattern.parts)


def _find_plainly(texts: Texts, budget: Budget) -> str | None:
    """A member of a set without opaque patterns: the plain ones are tried, the others run side by side."""
    if not texts.within:
        readable = next((text for text in _READABLE if holds(texts, text)), None)
        return find_text((), texts.without, budget) if readable is None else readable
    first = min(texts.within, key=lambda group: (any(not p.is_plain for p in group), len(group)))
    others = [group for group in texts.within if group is not first]
    for pattern in sorted(first):
        budget.spend(1 + len(texts.without) + len(others))
        if pattern.is_plain:
            found = pattern.parts[0] if holds(texts, pattern.parts[0]) else None
        else:
            found = _find_in(pattern, others, texts.without, budget)
        if found is not None:
            return found
    return None


def _find_in(pattern: Pattern, others: Sequence[Group], without: Group, budget: Budget) -> str | None:
    """A member that matches this pattern."""
    budget.spend(sum(map(len, others)) + len(without))
    met = [forbidden for forbidden in without if may_meet(pattern, forbidden)]
    if any(_is_within(pattern, forbidden, budget) for forbidden in met):
        return None
    groups = [[pattern]]
    for group in others:
        if any(_is_within(pattern, allowed, budget) for allowed in group):
            continue
        left = [allowed for allowed in group if may_meet(pattern, allowed)]
        if not left:
            return None
        groups.append(left)
    return find_text(groups, met, budget)


def _is_within(inner: Pattern, outer: Pattern, budget: Budget) -> bool:
    budget.spend(_STEPS_PER_PATTERN)
    return surely_within(inner, outer)
