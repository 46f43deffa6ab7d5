"""What changed between two texts: lines paired side by side, words marked inside changed lines. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum


class Change(Enum):
    """How a line of one text relates to the other text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of a line; `is_marked` where it differs from the line it is paired with."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Half:
    """A line of one of the two texts, with its number from 1."""

    number: int
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A row of the comparison: the line before, the line after, or both; `hunk` counts the changed blocks from 1."""

    change: Change
    old: Half | None
    new: Half | None
    hunk: int = 0


_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_ALIKE = 0.4
_MOST_PAIRINGS = 2_500
_MOST_WORDS = 1_500


def diff_lines(old: str, new: str) -> list[DiffLine]:
    """Return the comparison of two texts, line by line; without a hunk nothing changed."""
    before, after = _split(old), _split(new)
    lines: list[DiffLine] = []
    hunk = 0
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            for offset in range(i2 - i1):
                words = (Word(before[i1 + offset]),)
                lines.append(DiffLine(Change.SAME, Half(i1 + offset + 1, words), Half(j1 + offset + 1, words)))
            continue
        hunk += 1
        lines += _block(before[i1:i2], after[j1:j2], i1 + 1, j1 + 1, hunk)
    return lines


def hunk_count(lines: Sequence[DiffLine]) -> int:
    """Return how many blocks changed."""
    return max((line.hunk for line in lines), default=0)


def _split(text: str) -> list[str]:
    """Split at line feeds only: every other separator stays visible in its line."""
    if not text:
        return []
    return text.removesuffix("\n").split("\n")


def _block(before: Sequence[str], after: Sequence[str], old: int, new: int, hunk: int) -> Iterator[DiffLine]:
    """Pair the lines of a changed block: the alike ones in order, and between them those that stand side by side."""
    i = j = 0
    for paired_i, paired_j in [*_pairs(before, after), (len(before), len(after))]:
        while i < paired_i or j < paired_j:
            has_old, has_new = i < paired_i, j < paired_j
            line = (before[i] if has_old else None, after[j] if has_new else None)
            yield _pair(line, old + i, new + j, hunk)
            i, j = i + has_old, j + has_new
        if i < len(before) and j < len(after):
            yield _pair((before[i], after[j]), old + i, new + j, hunk)
            i, j = i + 1, j + 1


def _pair(line: tuple[str | None, str | None], old: int, new: int, hunk: int) -> DiffLine:
    before, after = line
    if before is None:
        return DiffLine(Change.ADDED, None, Half(new, (Word(after or ""),)), hunk)
    if after is None:
        return DiffLine(Change.REMOVED, Half(old, (Word(before),)), None, hunk)
    old_words, new_words = _mark_words(before, after)
    return DiffLine(Change.CHANGED, Half(old, old_words), Half(new, new_words), hunk)


def _pairs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of alike lines; in a block too large to compare, line by line as they stand."""
    if len(before) * len(after) > _MOST_PAIRINGS:
        yield from zip(range(len(before)), range(len(after)), strict=False)
        return
    old_bags, new_bags = [_bag(line) for line in before], [_bag(line) for line in after]
    start = 0
    for i, bag in enumerate(old_bags):
        likeness = [(_likeness(bag, new_bags[j]), -j) for j in range(start, len(after))]
        best, position = max(likeness, default=(0.0, 0))
        if best >= _ALIKE:
            yield i, -position
            start = 1 - position


def _bag(line: str) -> Counter[str]:
    """Return the words of a line; a line of punctuation only is compared by that."""
    return Counter(re.findall(r"\w+", line) or [line.strip()])


def _likeness(old: Counter[str], new: Counter[str]) -> float:
    """Return which part of the words of two lines they share, from 0 to 1."""
    return 2 * (old & new).total() / (old.total() + new.total())


def _mark_words(old: str, new: str) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Mark where two lines differ; in lines that share too little, or are too long to compare, mark nothing."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    whole = (Word(old),), (Word(new),)
    if len(before) > _MOST_WORDS or len(after) > _MOST_WORDS:
        return whole
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return whole
    old_words: list[Word] = []
    new_words: list[Word] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if i2 > i1:
            old_words.append(Word("".join(before[i1:i2]), tag != "equal"))
        if j2 > j1:
            new_words.append(Word("".join(after[j1:j2]), tag != "equal"))
    return tuple(old_words), tuple(new_words)
