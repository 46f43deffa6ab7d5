"""Patterns run side by side: is there a text that some pattern of each group matches, and none of the others?

The one place that decides questions about languages. Every position of every pattern is a bit of one integer, so a
step of all patterns at once is a few operations on it; subsets are built only as far as they are met.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from trustview.policy.narrowing.budget import Budget
from trustview.policy.narrowing.pattern import ANY, COLONS, ONE, Mode, Pattern

# Characters tried first for what no pattern names, so that witnesses can be read.
_PREFERRED = "0xayz1bcdefghijklmnopqrstuvw23456789-_./ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What is tried in place of every star before a search begins.
_FILLINGS = ("x", "", "0x")
# The letters beyond ASCII whose lower case is an ASCII letter.
_ALSO = {"k": "\u212a"}


class Automaton:
    """Patterns as bits: `add` them, then `step` a set of positions over characters."""

    def __init__(self) -> None:
        self.width = 0
        self.start = 0
        self.stars = 0
        # Positions that take any character, or any but a colon, or a blank: to the next position, or staying.
        self._one = self._segment_one = 0
        self._star = self._segment_star = self._blank_star = 0
        self._characters: dict[str, int] = {}

    def add(self, pattern: Pattern) -> tuple[int, int, int]:
        """Put a pattern in: the bits of its positions, of its end, and of the place from where everything matches."""
        first = self.width
        is_arn = pattern.mode in (Mode.ARN, Mode.LOOSE_ARN)
        folds = pattern.mode in (Mode.FOLDED, Mode.WORD)
        if pattern.mode is Mode.WORD:
            self._add_star("blank")
        colons = 0
        for index, part in enumerate(pattern.parts):
            if index % 2 == 0:
                colons += part.count(":")
                self._add_text(part, folds=folds)
            else:
                self._add_wildcard(part, in_segment=is_arn and colons < COLONS)
        if pattern.mode is Mode.WORD:
            self._add_star("blank")
        end = 1 << self.width
        self.width += 1
        swallows = end >> 1 if self._star & (end >> 1) and self.width - 1 > first else 0
        self.start |= 1 << first
        return (1 << self.width) - (1 << first), end, swallows

    def _add_text(self, text: str, *, folds: bool) -> None:
        for character in text:
            for variant in _variants(character) if folds else (character,):
                self._characters[variant] = self._characters.get(variant, 0) | 1 << self.width
            self.width += 1

    def _add_wildcard(self, wildcard: str, *, in_segment: bool) -> None:
        if wildcard == ANY:
            self._add_star("segment" if in_segment else "any")
        elif in_segment:
            self._segment_one |= 1 << self.width
            self.width += 1
        else:
            self._one |= 1 << self.width
            self.width += 1

    def _add_star(self, kind: str) -> None:
        bit = 1 << self.width
        self.stars |= bit
        if kind == "any":
            self._star |= bit
        elif kind == "segment":
            self._segment_star |= bit
        else:
            self._blank_star |= bit
        self.width += 1

    def close(self, positions: int) -> int:
        """With the positions that are reached over stars without a character."""
        while True:
            wider = positions | (positions & self.stars) << 1
            if wider == positions:
                return positions
            positions = wider

    def taking(self, character: str) -> tuple[int, int]:
        """The positions that a character moves on from, and those that it stays on."""
        move, stay = self._one | self._characters.get(character, 0), self._star
        if character != ":":
            move |= self._segment_one
            stay |= self._segment_star
        if character.isspace():
            stay |= self._blank_star
        return move, stay

    def taking_wildcard(self, wildcard: str, *, in_segment: bool) -> tuple[int, int]:
        """The same for whatever a wildcard of another pattern may stand for."""
        stay = self._star | (self._segment_star if in_segment else 0)
        move = self._one | (self._segment_one if in_segment else 0)
        return (move, stay) if wildcard == ONE else (0, stay)

    def advance(self, positions: int, move: int, stay: int) -> int:
        """The positions after one character."""
        return self.close((positions & move) << 1 | positions & stay)

    def run(self, text: str) -> int:
        """The positions after a text."""
        positions = self.close(self.start)
        for character in text:
            positions = self.advance(positions, *self.taking(character))
        return positions

    def alphabet(self) -> list[tuple[str, int, int]]:
        """One character for each way of moving on: those that patterns name, and one that none does."""
        named = list(self._characters)
        if self._segment_one or self._segment_star:
            named.append(":")
        if self._blank_star:
            named.append(" ")
        other = next((c for c in _PREFERRED if c not in self._characters), None) or _unnamed(self._characters)
        found: dict[tuple[int, int], str] = {}
        for character in [other, *sorted(named)]:
            found.setdefault(self.taking(character), character)
        return [(character, *moves) for moves, character in found.items()]


def _variants(letter: str) -> Iterable[str]:
    return {letter, letter.upper(), *_ALSO.get(letter, ())}


def _unnamed(named: Iterable[str]) -> str:
    taken = set(named)
    return next(chr(code) for code in range(0xA1, 0x11_0000) if chr(code) not in taken)


def accepts(pattern: Pattern, text: str) -> bool:
    """Whether a text is in the set of a pattern that is not opaque."""
    if pattern.is_plain:
        return pattern.parts[0] == text
    automaton = Automaton()
    _, end, _ = automaton.add(pattern)
    return bool(automaton.run(text) & end)


def surely_within(inner: Pattern, outer: Pattern) -> bool:
    """Whether it is plain from the spelling that one set lies within another; false says nothing."""
    if inner == outer:
        return True
    if inner.mode in (Mode.FOLDED, Mode.WORD) or Mode.OPAQUE in (inner.mode, outer.mode):
        return False
    automaton = Automaton()
    _, end, _ = automaton.add(outer)
    positions = automaton.close(automaton.start)
    colons, is_arn = 0, inner.mode in (Mode.ARN, Mode.LOOSE_ARN)
    for index, part in enumerate(inner.parts):
        if index % 2:
            moves = automaton.taking_wildcard(part, in_segment=is_arn and colons < COLONS)
            positions = automaton.advance(positions, *moves)
            continue
        colons += part.count(":")
        for character in part:
            positions = automaton.advance(positions, *automaton.taking(character))
    return bool(positions & end)


def may_meet(one: Pattern, other: Pattern) -> bool:
    """Whether two sets may have a text in common, as far as their first plain texts tell."""
    if {one.mode, other.mode} & {Mode.FOLDED, Mode.WORD}:
        return True
    first, second = one.parts[0], other.parts[0]
    return first.startswith(second) or second.startswith(first)


def find_text(groups: Sequence[Sequence[Pattern]], without: Iterable[Pattern], budget: Budget) -> str | None:
    """A text that some pattern of each group matches and none of `without`, the shortest or a plain one; None if none.

    No pattern may be opaque. BudgetSpentError when the search costs too much.
    """
    automaton = Automaton()
    alive: list[int] = []
    ends: list[int] = []
    for group in groups:
        added = [automaton.add(pattern) for pattern in group]
        alive.append(sum(bits for bits, _, _ in added))
        ends.append(sum(end for _, end, _ in added))
    forbidden = swallowing = 0
    for pattern in without:
        _, end, swallows = automaton.add(pattern)
        forbidden |= end
        swallowing |= swallows
    budget.spend(1 + automaton.width // 64)
    for text in _plain_tries(groups):
        there = automaton.run(text)
        if not there & forbidden and all(there & end for end in ends):
            return text
    return _search(automaton, alive, ends, forbidden, swallowing, budget)


def _plain_tries(groups: Sequence[Sequence[Pattern]]) -> Iterable[str]:
    """Texts that the first pattern matches, with the same in place of every wildcard."""
    if groups:
        parts = groups[0][0].parts
        for filling in _FILLINGS:
            yield "".join(
                part if index % 2 == 0 else filling if part == ANY else "0" for index, part in enumerate(parts)
            )


def _search(
    automaton: Automaton, alive: list[int], ends: list[int], forbidden: int, swallowing: int, budget: Budget
) -> str | None:
    """Breadth first over the sets of positions that can be reached, without those from which nothing can come."""
    alphabet = automaton.alphabet()
    cost = 2 + automaton.width // 256
    needed = alive[0] if alive else -1
    start = automaton.close(automaton.start)
    came_from: dict[int, tuple[int, str]] = {start: (0, "")}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if not here & forbidden and all(here & end for end in ends):
            return _written(here, start, came_from)
        if here & swallowing:
            continue
        budget.spend(cost)
        for character, move, stay in alphabet:
            if not here & (move | stay) & needed and alive:
                continue
            budget.spend(cost)
            there = automaton.advance(here, move, stay)
            if there not in came_from and all(there & bits for bits in alive):
                came_from[there] = (here, character)
                waiting.append(there)
    return None


def _written(here: int, start: int, came_from: dict[int, tuple[int, str]]) -> str:
    letters: list[str] = []
    while here != start:
        here, character = came_from[here]
        letters.append(character)
    return "".join(reversed(letters))
