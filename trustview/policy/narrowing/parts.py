"""Choice, Values, Lists: what one coordinate of a request may be; each knows meet, minus and empty.

A coordinate is a finite choice (callers, and whatever is answered yes or no) as bits, the texts of an action or
resource (`texts.py`), or a context key: absent, or with one value, or with a list of values.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol, Self, cast

from trustview.policy.narrowing.pattern import NOTHING_WRITTEN
from trustview.policy.narrowing.texts import ALL_TEXTS, Solver, Texts, none_of


class Part(Protocol):
    """A set of what one coordinate may be."""

    def meet(self, other: Self, /) -> Self:
        """What is in both."""

    def minus(self, other: Self, /) -> Iterator[Self]:
        """What is not in the other, as sets that may overlap and may be empty."""

    def is_empty(self, solver: Solver, /) -> bool:
        """Whether nothing is in it."""


class Choice(NamedTuple):
    """Some of finitely many, as the bits of `mask`."""

    mask: int

    def meet(self, other: Choice) -> Choice:
        """What is in both."""
        return Choice(self.mask & other.mask)

    def minus(self, other: Choice) -> Iterator[Choice]:
        """What is not in the other."""
        yield Choice(self.mask & ~other.mask)

    def is_empty(self, solver: Solver) -> bool:
        """Whether no bit is set."""
        return not self.mask


NO, YES, EITHER = Choice(0b01), Choice(0b10), Choice(0b11)

# What a value is: a text, or its place on a scale of numbers, dates, addresses or bytes.
Aspect = Texts | Choice


class Values(NamedTuple):
    """A key with at most one value: `absent` when it may be missing; `aspects` of a value, None when none is in it.

    The aspects are those of the key's `Shape`, in its order; they are taken as independent.
    """

    absent: bool
    aspects: tuple[Aspect, ...] | None

    @property
    def texts(self) -> Texts:
        """The texts of a value; those of a key that may only be absent are all, because nothing is said of them."""
        return cast(Texts, self.aspects[0]) if self.aspects else ALL_TEXTS

    @property
    def places(self) -> tuple[Choice, ...]:
        """The places of a value on the key's scales."""
        return cast(tuple[Choice, ...], self.aspects[1:]) if self.aspects else ()

    def meet(self, other: Values) -> Values:
        """What is in both."""
        if self.aspects is None or other.aspects is None:
            return Values(self.absent and other.absent, None)
        both = tuple(_meet(mine, theirs) for mine, theirs in zip(self.aspects, other.aspects, strict=True))
        return Values(self.absent and other.absent, both)

    def minus(self, other: Values) -> Iterator[Values]:
        """What is not in the other."""
        absent = self.absent and not other.absent
        for aspects in self._present_minus(other):
            yield Values(absent, aspects)
            absent = False
        if absent:
            yield Values(True, None)

    def _present_minus(self, other: Values) -> Iterator[tuple[Aspect, ...]]:
        if self.aspects is None:
            return
        if other.aspects is None:
            yield self.aspects
            return
        within = list(self.aspects)
        for index, theirs in enumerate(other.aspects):
            for piece in _minus(self.aspects[index], theirs):
                yield (*within[:index], piece, *self.aspects[index + 1 :])
            within[index] = _meet(self.aspects[index], theirs)

    def is_empty(self, solver: Solver) -> bool:
        """Whether it may be neither absent nor hold a value."""
        if self.absent:
            return False
        return self.aspects is None or any(aspect.is_empty(solver) for aspect in self.aspects)


def _meet(mine: Aspect, theirs: Aspect) -> Aspect:
    # Two aspects of one key stand in one order, so both are of one kind.
    return mine.meet(theirs)  # type: ignore[arg-type]


def _minus(mine: Aspect, theirs: Aspect) -> Iterator[Aspect]:
    return mine.minus(theirs)  # type: ignore[arg-type]


class Lists(NamedTuple):
    """A key with a list of values: absent, an empty list, a list of one empty text, or a real list.

    A real list is one of which `every` value is in a set and `some` value in each of these; `every` is None when no
    real list is in it. Each of `some` is one group, or one `without`, so that its complement is one set too.
    """

    absent: bool
    empty: bool
    blank: bool
    every: Texts | None
    some: tuple[Texts, ...] = ()

    def meet(self, other: Lists) -> Lists:
        """What is in both."""
        flags = (self.absent and other.absent, self.empty and other.empty, self.blank and other.blank)
        if self.every is None or other.every is None:
            return Lists(*flags, None)
        some = self.some + tuple(texts for texts in other.some if texts not in self.some)
        return Lists(*flags, self.every.meet(other.every), some)

    def minus(self, other: Lists) -> Iterator[Lists]:
        """What is not in the other."""
        flags = (self.absent and not other.absent, self.empty and not other.empty, self.blank and not other.blank)
        if any(flags):
            yield Lists(*flags, None)
        if self.every is None:
            return
        if other.every is None:
            yield Lists(False, False, False, self.every, self.some)
            return
        for outside in ALL_TEXTS.minus(other.every):
            yield Lists(False, False, False, self.every, (*self.some, outside))
        for wanted in other.some:
            for outside in ALL_TEXTS.minus(wanted):
                yield Lists(False, False, False, self.every.meet(outside), self.some)

    def is_empty(self, solver: Solver) -> bool:
        """Whether no state and no list is in it."""
        if self.absent or self.empty or self.blank:
            return False
        return self.every is None or any(texts.is_empty(solver) for texts in self.needed(self.every))

    def needed(self, every: Texts) -> tuple[Texts, ...]:
        """Sets of which a real list has a value each: one is not blank, and each of `some` is there."""
        return (every.meet(none_of([NOTHING_WRITTEN])), *(every.meet(texts) for texts in self.some))


ANY_LIST = Lists(True, True, True, ALL_TEXTS)
