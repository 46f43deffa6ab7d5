"""A value that is another with a few pieces otherwise is what a value made anew would be."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.amended import AmendedDict, AmendedTuple, amend, apart

# Every value its own, so that the very same one can be told.
Value = tuple[int]
Changes = list[tuple[int, int, list[Value]]]


@st.composite
def changes_of(draw: st.DrawFn, length: int) -> Changes:
    """Some stretches of so many places, in order, each with what stands there instead."""
    bounds = draw(st.lists(st.integers(0, length), max_size=8).map(sorted))
    pairs = zip(bounds[::2], bounds[1::2], strict=False)
    return [(start, end, [(draw(st.integers()),) for _ in range(draw(st.integers(0, 3)))]) for start, end in pairs]


def made_anew(before: Sequence[Value], changes: Changes) -> tuple[Value, ...]:
    found = list(before)
    for start, end, instead in reversed(changes):
        found[start:end] = instead
    return tuple(found)


@given(st.data(), st.integers(0, 12))
def test_a_tuple_amended_again_and_again_is_the_one_made_anew(data: st.DataObject, length: int) -> None:
    whole: tuple[Value, ...] = tuple((number,) for number in range(length))
    amended: Sequence[Value] = whole
    for _ in range(3):
        changes = data.draw(changes_of(len(whole)))
        before = whole
        whole, amended, was = made_anew(whole, changes), amend(amended, changes), amended

        assert amended == whole
        assert whole == amended
        assert [amended[place] for place in range(-len(whole), len(whole))] == [*whole, *whole]
        assert amended[1:-1] == whole[1:-1]
        assert (len(amended), hash(amended), repr(amended)) == (len(whole), hash(whole), repr(whole))
        assert [*apart(amended, was)] == [one for one in whole if all(one is not other for other in before)]
        assert [*apart(was, amended)] == [one for one in before if all(one is not other for other in whole)]


def test_what_is_apart_of_values_that_share_nothing_is_told_by_the_values() -> None:
    one, two, three = [1], [2], [3]

    assert [*apart((one, two), [two, three])] == [one]
    assert [*apart((one, two), ([1], two))] == [one]


@pytest.mark.parametrize("place", [3, -4])
def test_no_place_beyond_the_ends(place: int) -> None:
    with pytest.raises(IndexError):
        AmendedTuple([((1, 2, 3, 4), 1, 3), ((5,), 0, 1)])[place]


def test_a_tuple_is_equal_to_tuples_alone() -> None:
    assert amend((1,), ()) == (1,)
    assert amend((1,), ()) != [1]
    assert amend((1,), ()) != (1, 2)


@given(*[st.dictionaries(st.integers(0, 9), st.integers()) for _ in range(3)])
def test_a_mapping_amended_twice_is_the_one_made_anew(
    before: dict[int, int], changed: dict[int, int], again: dict[int, int]
) -> None:
    whole, amended = before | changed | again, AmendedDict(AmendedDict(before, changed), again)

    assert amended == whole
    assert [*amended.items()] == [*whole.items()]
    assert len(amended) == len(whole)
    assert [key in amended for key in range(10)] == [key in whole for key in range(10)]
    assert amended.get(10) is None
