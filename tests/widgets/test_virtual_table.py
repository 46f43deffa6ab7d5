import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import MouseScrollDown

from tests.widgets.hosts import Host, Rows, lines_of, screen_lines
from widgets.columns import Column
from widgets.marks import Marks, RangeKind
from widgets.virtual_table import VirtualTable

COLUMNS = (
    Column("sev", "Sev", 7),
    Column("role", "Role", None, min_width=14),
    Column("account", "Account", 12, priority=1),
    Column("age", "Age", 7, "right", priority=2),
)
SIZES = [(80, 24), (120, 40)]


def table_of(count: int) -> tuple[VirtualTable, Rows]:
    rows = Rows()
    return VirtualTable(COLUMNS, rows, range(count)), rows


@pytest.mark.parametrize("size", SIZES)
async def test_it_draws_a_header_a_cursor_and_the_rows_below(size: tuple[int, int]) -> None:
    table, _ = table_of(1000)
    async with Host(table).run_test(size=size):
        lines = lines_of(table)
        assert lines[0].split() == ["Sev", "Role", "Account", "Age"]
        assert lines[1].startswith("▌  ! MED")
        assert lines[1].split() == ["▌", "!", "MED", "role-0", "account-0", "0d"]
        assert lines[2].split() == ["!", "MED", "role-1", "account-1", "1d"]
        assert all(len(line) == size[0] - 1 for line in lines)


@pytest.mark.parametrize("size", SIZES)
async def test_half_a_million_rows_ask_only_for_what_is_seen(size: tuple[int, int]) -> None:
    table, rows = table_of(500_000)
    async with Host(table).run_test(size=size) as pilot:
        await pilot.pause()
        assert len(rows.asked) <= size[1]
        for key, most in [("j", 2), ("G", size[1]), ("pageup", size[1]), ("k", 2), ("g", size[1]), ("ctrl+d", size[1])]:
            rows.asked.clear()
            await pilot.press(key)
            assert len(rows.asked) <= most, key


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (["j", "down"], 2),
        (["j", "k"], 0),
        (["k", "up"], 0),
        (["G"], 99),
        (["end"], 99),
        (["G", "j"], 99),
        (["G", "g"], 0),
        (["end", "home"], 0),
        (["ctrl+d"], 11),
        (["ctrl+d", "ctrl+u"], 0),
        (["pagedown"], 23),
        (["pagedown", "pagedown", "pageup"], 23),
        (["space", "space"], 2),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_view(keys: list[str], row: int) -> None:
    table, _ = table_of(100)
    async with Host(table).run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        assert table.cursor_row == row
        assert [line.split()[-3] for line in lines_of(table) if line.startswith("▌")] == [f"role-{row}"]


async def test_each_key_draws_one_frame() -> None:
    table, _ = table_of(500)
    host = Host(table)
    frames = 0

    def count() -> None:
        nonlocal frames
        frames += 1

    async with host.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        host.post_display_hook = count  # type: ignore[method-assign]
        for key in ["j", "G", "k", "space", "ctrl+u", "v", "pageup", "home"]:
            frames = 0
            await pilot.press(key)
            assert frames == 1, key


async def test_the_cursor_stays_on_its_row_when_the_view_changes() -> None:
    table, _ = table_of(100)
    host = Host(table)
    async with host.run_test(size=(80, 24), message_hook=host.hook) as pilot:
        await pilot.press("ctrl+d", "j")
        assert table.cursor_row == 12
        host.messages.clear()
        table.set_view([40, 12, 7])
        await pilot.pause()
        assert table.cursor_row == 12
        assert not host.posted(VirtualTable.CursorMoved)
        table.set_view([40, 41, 7])
        await pilot.pause()
        assert table.cursor_row == 41
        table.set_view(list(range(50, 100)), cursor=90)
        await pilot.pause()
        assert table.cursor_row == 90
        assert any(line.startswith("▌") and "role-90" in line for line in lines_of(table))
        table.set_view([])
        await pilot.pause()
        assert table.cursor_row is None
        assert [message.row for message in host.posted(VirtualTable.CursorMoved)] == [41, 90, None]


async def test_an_empty_table_says_what_to_do_and_ignores_keys() -> None:
    table = VirtualTable(COLUMNS, Rows(), (), empty="no row matches\nbackspace widens the filter")
    host = Host(table)
    async with host.run_test(size=(80, 24), message_hook=host.hook) as pilot:
        text = "\n".join(lines_of(table))
        assert "no row matches" in text
        assert "backspace widens the filter" in text
        await pilot.press("j", "G", "space", "v", "enter", "shift+down", "pageup")
        assert not host.messages


async def test_marks_stay_with_their_rows_and_are_announced() -> None:
    table, _ = table_of(50)
    host = Host(table)
    async with host.run_test(size=(80, 24), message_hook=host.hook) as pilot:
        await pilot.press("space", "j", "space")
        assert table.marks == {0, 2}
        assert [line[1] for line in lines_of(table)[1:5]] == ["●", " ", "●", " "]
        assert [message.count for message in host.posted(VirtualTable.MarksChanged)] == [1, 2]
        table.set_view([2, 30])
        assert table.marks == {0, 2}
        await pilot.pause()
        assert lines_of(table)[1][1] == "●"
        table.mark_all()
        assert table.marks == {0, 2, 30}
        table.clear_marks()
        assert table.mark_count == 0


@pytest.mark.parametrize(
    ("keys", "marks"),
    [
        (["j", "v", "j", "j", "v", "j"], {1, 2, 3}),
        (["j", "j", "v", "k", "k", "v"], {0, 1, 2}),
        (["j", "v", "j", "j", "k", "v"], {1, 2}),
        (["j", "j", "v", "k", "j", "j", "v"], {2, 3}),
        (["shift+down", "shift+down", "j", "j"], {0, 1, 2}),
        (["shift+down", "shift+up"], {0}),
        (["space", "v", "j", "escape"], {0}),
        (["j", "space", "g", "v", "j", "j", "k", "k", "v"], {0, 1}),
        (["v", "G", "v"], set(range(30))),
    ],
)
async def test_ranges_mark_between_their_start_and_the_cursor(keys: list[str], marks: set[int]) -> None:
    table, _ = table_of(30)
    async with Host(table).run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
        assert table.marks == marks
        assert {row for row in range(23) if lines_of(table)[row + 1][1] == "●"} == {
            line for line in range(23) if line + table.first_seen in marks
        }


@given(st.lists(st.integers(0, 40), min_size=1, max_size=20), st.sets(st.integers(0, 40)))
def test_a_range_marks_exactly_what_lies_between(ends: list[int], before: set[int]) -> None:
    view = range(100, 141)
    marks = Marks()
    marks.rows = {view[line] for line in before}
    marks.begin_range(view, ends[0], RangeKind.KEPT)
    for end in ends[1:]:
        marks.extend_range(view, end)
    first, last = sorted((ends[0], ends[-1]))
    assert marks.rows == {view[line] for line in before} | set(view[first : last + 1])


async def test_enter_and_a_double_click_activate() -> None:
    table, _ = table_of(50)
    host = Host(table)
    async with host.run_test(size=(80, 24), message_hook=host.hook) as pilot:
        await pilot.press("j", "enter")
        await pilot.click(table, offset=(12, 5), times=2)
        assert [message.row for message in host.posted(VirtualTable.Activated)] == [1, 4]
        assert all(message.control is table for message in host.posted(VirtualTable.Activated))


async def test_the_mouse_moves_marks_sorts_and_scrolls() -> None:
    table, _ = table_of(500)
    host = Host(table)
    async with host.run_test(size=(80, 24), message_hook=host.hook) as pilot:
        await pilot.click(table, offset=(20, 3))
        assert table.cursor_row == 2
        await pilot.click(table, offset=(1, 6))
        assert table.marks == {5}
        await pilot.click(table, offset=(14, 0))
        assert [message.key for message in host.posted(VirtualTable.HeaderClicked)] == ["role"]
        await pilot._post_mouse_events([MouseScrollDown], table, (5, 5))
        await pilot.pause()
        assert table.first_seen > 0


async def test_refreshing_rows_asks_for_them_again_and_for_no_others() -> None:
    table, rows = table_of(500)
    async with Host(table).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        rows.asked.clear()
        rows.name = "renamed-{}".format
        table.refresh_rows([3, 400])
        await pilot.pause()
        assert rows.asked == [3]
        assert "renamed-3" in lines_of(table)[4]
        assert "role-4" in lines_of(table)[5]


@pytest.mark.parametrize("width", [40, 52, 66, 80, 120, 200])
async def test_columns_shrink_and_hide_but_never_lose_text_in_silence(width: int) -> None:
    table = VirtualTable(COLUMNS, Rows("a-very-long-role-name-that-needs-its-room-{}".format), range(9))
    async with Host(table).run_test(size=(width, 12)):
        for line in lines_of(table)[1:10]:
            shown = next(word for word in line.split() if word.startswith("a-very"))
            assert shown.endswith(("…", *"012345678"))
            assert len(line) == width - 1


async def test_the_header_shows_the_sort() -> None:
    table, _ = table_of(5)
    async with Host(table).run_test(size=(80, 12)):
        table.show_sort("role", descending=True)
        assert "Role ↓" in lines_of(table)[0]


async def test_the_cursor_stays_in_view_when_the_screen_shrinks() -> None:
    table, _ = table_of(100)
    async with Host(table).run_test(size=(80, 40)) as pilot:
        await pilot.press(*["j"] * 30)
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert any(line.startswith("▌") and "role-30" in line for line in lines_of(table))


async def test_other_data_start_at_the_top_without_marks() -> None:
    table, _ = table_of(100)
    async with Host(table).run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "space")
        table.set_source(Rows("other-{}".format), range(10))
        await pilot.pause()
        assert (table.cursor_row, table.mark_count, table.first_seen) == (0, 0, 0)
        assert "other-0" in lines_of(table)[1]


async def test_a_cursor_set_before_the_first_frame_is_seen() -> None:
    table, _ = table_of(500)
    table.set_view(range(500), cursor=400)
    async with Host(table).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert any(line.startswith("▌") and "role-400" in line for line in lines_of(table))


async def test_a_view_set_while_hidden_is_seen_when_shown() -> None:
    table, _ = table_of(500)
    async with Host(table).run_test(size=(80, 24)) as pilot:
        table.display = False
        await pilot.pause()
        table.set_view(range(100, 300), cursor=250)
        await pilot.pause()
        table.display = True
        await pilot.pause()
        assert any(line.startswith("▌") and "role-250" in line for line in screen_lines(pilot.app))


async def test_focus_and_theme_change_the_look_at_once() -> None:
    table, _ = table_of(50)
    other, _ = table_of(50)
    host = Host(table, other)
    async with host.run_test(size=(80, 24)) as pilot:
        await pilot.pause()

        def backgrounds() -> list[object]:
            strips = [table.render_lines(table.size.region)[y] for y in (1, 2)]
            return [[segment.style.bgcolor for segment in strip if segment.style] for strip in strips]

        focused = backgrounds()
        other.focus()
        await pilot.pause()
        blurred = backgrounds()
        host.theme = "textual-light"
        await pilot.pause()
        light = backgrounds()
        assert focused[0] != blurred[0]
        assert focused[1] == blurred[1]
        assert light[0] != blurred[0]
        assert light[1] != blurred[1]
