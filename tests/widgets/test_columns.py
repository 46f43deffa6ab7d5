import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.columns import Column, arrange, cut_off, gap_at
from widgets.safe_text import fit
from widgets.tone import Cell

COLUMNS = (
    Column("sev", "Sev", 6),
    Column("account", "Account", 12, priority=2),
    Column("role", "Role", None, min_width=16, weight=2),
    Column("finding", "Finding", None, min_width=10, priority=1),
    Column("age", "Age", 5, "right", priority=3),
)


@pytest.mark.parametrize(
    ("width", "keys"),
    [
        (120, ["sev", "account", "role", "finding", "age"]),
        (60, ["sev", "account", "role", "finding", "age"]),
        (50, ["sev", "account", "role", "finding"]),
        (36, ["sev", "role", "finding"]),
        (25, ["sev", "role"]),
        (20, ["sev"]),
        (3, ["sev"]),
        (0, []),
    ],
)
def test_columns_are_hidden_by_priority(width: int, keys: list[str]) -> None:
    assert [COLUMNS[slot.index].key for slot in arrange(COLUMNS, width)] == keys


def test_flexible_columns_share_the_rest_by_weight() -> None:
    widths = {COLUMNS[slot.index].key: slot.width for slot in arrange(COLUMNS, 117)}
    assert widths["role"] - 16 == pytest.approx(2 * (widths["finding"] - 10), abs=1)
    assert sum(widths.values()) + gap_at(117) * 4 == 117


columns = st.builds(
    Column,
    st.just("k"),
    st.just("l"),
    st.one_of(st.none(), st.integers(1, 40)),
    st.just("left"),
    st.integers(0, 3),
    st.integers(1, 20),
    st.integers(1, 3),
)


@given(st.lists(columns, min_size=1, max_size=8), st.integers(1, 200))
def test_slots_never_exceed_the_width_and_one_is_always_shown(given_columns: list[Column], width: int) -> None:
    slots = arrange(tuple(given_columns), width)
    assert slots
    assert sum(slot.width for slot in slots) + gap_at(width) * (len(slots) - 1) <= width
    assert all(slot.width > 0 for slot in slots)
    assert [slot.index for slot in slots] == sorted(slot.index for slot in slots)


@given(st.lists(st.tuples(columns, st.text("ab-日👍", max_size=30)), min_size=1, max_size=8), st.integers(1, 200))
def test_what_is_not_seen_in_full_is_cut_off_and_nothing_else(
    given_cells: list[tuple[Column, str]], width: int
) -> None:
    shape = tuple(column for column, _ in given_cells)
    row = [Cell(text) for _, text in given_cells]
    seen = {slot.index: slot.width for slot in arrange(shape, width)}
    is_whole = [fit(text, seen.get(n, 0)).rstrip() == text for n, (_, text) in enumerate(given_cells)]
    assert [cell for _, cell in cut_off(row, shape, width)] == [
        cell for cell, w in zip(row, is_whole, strict=True) if not w
    ]
