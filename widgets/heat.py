"""Numbers as shades of one character each: the ramp that every heat strip uses, and rows that fit a width. Pure.

Shades differ in shape, so that they read without colour; the largest number gets the darkest one, nothing a dot, and
what is not known a question mark.
"""

from collections.abc import Sequence

RAMP = "░▒▓█"
NOTHING = "·"
UNKNOWN = "?"
_NARROWER = (2, 3, 4, 6, 8, 12)


def shade(number: int | None, most: int) -> str:
    """The shade of a number among numbers of which the largest is `most`; None is a number that is not known."""
    if number is None:
        return UNKNOWN
    if number <= 0 or most <= 0:
        return NOTHING
    return RAMP[min(len(RAMP) - 1, (number * len(RAMP) - 1) // most)]


def folded(numbers: Sequence[int | None], width: int) -> tuple[int | None, ...]:
    """The numbers, neighbours added up so that they fit: as they are, or by two, three, four, six, eight, twelve."""
    if len(numbers) <= width:
        return tuple(numbers)
    by = next((each for each in _NARROWER if -(-len(numbers) // each) <= width), _NARROWER[-1])
    return tuple(_sum(numbers[start : start + by]) for start in range(0, len(numbers), by))


def _sum(numbers: Sequence[int | None]) -> int | None:
    """What is known of them; None where nothing is."""
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def scale(labels: Sequence[str], columns: int, count: int) -> str:
    """Labels over a strip of `columns` characters, each where its part of `count` equal parts begins."""
    line = [" "] * columns
    for number, label in enumerate(labels):
        start = number * columns // count
        if start + len(label) <= columns:
            line[start : start + len(label)] = label
    return "".join(line).rstrip()
