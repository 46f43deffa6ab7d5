"""Numbers as shades: nothing, little and much differ, what is not known looks like none of them, every strip fits."""

from hypothesis import given
from hypothesis import strategies as st

from widgets.heat import NOTHING, RAMP, UNKNOWN, folded, scale, shade
from widgets.safe_text import cells
from widgets.tone import Line
from widgets.use_strip import HeatRow, heat_lines

COUNTS = st.lists(st.one_of(st.none(), st.integers(0, 10**6)), max_size=120)


def text_of(line: Line) -> str:
    return "".join(cell.text for cell in line)


@given(st.integers(1, 10**6))
def test_one_has_the_lightest_shade_and_the_most_the_darkest(most: int) -> None:
    assert shade(most, most) == RAMP[-1]
    assert shade(1, max(most, len(RAMP))) == RAMP[0]
    assert (shade(0, most), shade(None, most)) == (NOTHING, UNKNOWN)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_larger_number_is_never_lighter(one: int, other: int, most: int) -> None:
    small, large = sorted((min(one, most), min(other, most)))
    ramp = NOTHING + RAMP

    assert ramp.index(shade(small, most)) <= ramp.index(shade(large, most))


@given(COUNTS, st.integers(1, 200))
def test_folding_loses_no_count_and_says_not_known_only_where_nothing_is(counts: list[int | None], width: int) -> None:
    made = folded(counts, width)

    assert sum(count or 0 for count in made) == sum(count or 0 for count in counts)
    assert (None in made) <= (None in counts)
    assert len(made) <= max(width, -(-len(counts) // 12))


@given(st.lists(COUNTS, min_size=1, max_size=7), st.integers(12, 200), st.text(max_size=6))
def test_a_strip_fits_its_width(rows: list[list[int | None]], width: int, note: str) -> None:
    lines = heat_lines([HeatRow("mon", counts, note) for counts in rows], ("0", "12"), width)

    assert all(cells(text_of(line)) <= max(width, 5 + 10) for line in lines)


def test_marks_stand_where_their_part_begins() -> None:
    assert scale(("0", "6", "12", "18"), 24, 4) == "0     6     12    18"
    assert scale(("january",), 3, 1) == ""


def test_what_stands_behind_a_row_is_left_out_where_it_does_not_fit() -> None:
    row = HeatRow("mon", [1] * 24, "24 calls")

    assert text_of(heat_lines([row], (), 40)[0]).endswith("  24 calls")
    assert text_of(heat_lines([row], (), 32)[0]) == "mon  " + RAMP[-1] * 24
