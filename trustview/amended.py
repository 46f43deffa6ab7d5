"""AmendedTuple, AmendedDict: a large value with a few pieces otherwise. Making one costs what is otherwise.

THE ONE PLACE for values that are nearly another: what is the same stays in the other and is looked up there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import TypeVar, overload

_K = TypeVar("_K")
_V = TypeVar("_V")
_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

# From one place of a tuple up to another.
Stretch = tuple[tuple[_T, ...], int, int]


class AmendedTuple(Sequence[_T_co]):
    """Stretches of tuples, one after the other; equal to the tuple of all that stands in them."""

    __slots__ = ("_ends", "_stretches")

    def __init__(self, stretches: Iterable[Stretch[_T_co]]) -> None:
        self._stretches = tuple(one for one in stretches if one[1] < one[2])
        self._ends = tuple(accumulate(end - start for _, start, end in self._stretches))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[_T_co]:
        return chain.from_iterable(values[start:end] for values, start, end in self._stretches)

    @overload
    def __getitem__(self, place: int) -> _T_co: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[_T_co, ...]: ...

    def __getitem__(self, place: int | slice) -> _T_co | tuple[_T_co, ...]:
        if isinstance(place, slice):
            return tuple(self)[place]
        known = place + len(self) if place < 0 else place
        if not 0 <= known < len(self):
            raise IndexError(place)
        number = bisect_right(self._ends, known)
        values, _, end = self._stretches[number]
        return values[end - self._ends[number] + known]

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, tuple | AmendedTuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def stretches(self, start: int, end: int) -> Iterator[Stretch[_T_co]]:
        """The stretches from one place up to another."""
        number = bisect_right(self._ends, start)
        while start < end:
            values, _, last = self._stretches[number]
            before = self._ends[number] - last
            stop = min(end, self._ends[number])
            yield values, start - before, stop - before
            start, number = stop, number + 1


def amend(before: Sequence[_T], changes: Iterable[tuple[int, int, Sequence[_T]]]) -> AmendedTuple[_T]:
    """The elements of before, with others from some places up to some; the places in order, none of them twice."""
    known, copied = _amended(before), 0
    found: list[Stretch[_T]] = []
    for start, end, instead in changes:
        found += known.stretches(copied, start)
        found.append((tuple(instead), 0, len(instead)))
        copied = end
    return AmendedTuple([*found, *known.stretches(copied, len(known))])


def apart(one: Sequence[_T], other: Sequence[_T]) -> Iterator[_T]:
    """The values of one sequence that the other does not hold; the very same values, whatever they are equal to.

    No value stands in either twice.
    """
    mine, theirs = _amended(one), _amended(other)
    kept = {id(value) for value in _beside(theirs, mine)}
    return (value for value in _beside(mine, theirs) if id(value) not in kept)


def _beside(one: AmendedTuple[_T], other: AmendedTuple[_T]) -> Iterator[_T]:
    """What stands in stretches of one that are none of the other."""
    shared: dict[int, list[tuple[int, int]]] = {}
    for values, start, end in other.stretches(0, len(other)):
        shared.setdefault(id(values), []).append((start, end))
    for values, start, end in one.stretches(0, len(one)):
        told = start
        for first, last in sorted(shared.get(id(values), ())):
            if told < last and first < end:
                yield from values[told:first]
                told = last
        yield from values[told:end]


def _amended(values: Sequence[_T]) -> AmendedTuple[_T]:
    return values if isinstance(values, AmendedTuple) else AmendedTuple([(tuple(values), 0, len(values))])


class AmendedDict(Mapping[_K, _V]):
    """What `dict(before) | changed` is."""

    __slots__ = ("_before", "_changed", "_new")

    _before: Mapping[_K, _V]
    _changed: Mapping[_K, _V]

    def __init__(self, before: Mapping[_K, _V], changed: Mapping[_K, _V]) -> None:
        if isinstance(before, AmendedDict):
            changed = {**before._changed, **changed}
            before = before._before
        self._before, self._changed = before, changed
        self._new = tuple(key for key in changed if key not in before)

    def __getitem__(self, key: _K) -> _V:
        return self._changed[key] if key in self._changed else self._before[key]

    def __len__(self) -> int:
        return len(self._before) + len(self._new)

    def __iter__(self) -> Iterator[_K]:
        return chain(self._before, self._new)

    def __contains__(self, key: object) -> bool:
        return key in self._changed or key in self._before
