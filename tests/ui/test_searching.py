"""A search through very many rows: what is found is shown as it is found, and nobody acts on a part of it unawares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from trustview.analysis import Severity
from trustview.store import item_table
from trustview.ui.showing import filtered, refreshed, showing_so_far, visible, visible_by_and_by
from trustview.ui.state import State
from trustview.ui.steps import begin
from trustview.ui.whereabouts import at_row

from .rows import PLACES, items
from .sitting import MEDIUM, Desk, sitting

ROWS = items(*({"severity": Severity.HIGH, "role_name": f"{'east' if n % 3 else 'west'}-{n}"} for n in range(50)))


def start(text: str = "") -> State:
    return filtered(begin(ROWS, PLACES, ()), text)


@pytest.mark.parametrize("stretch", [1, 7, 25, 49, 50, 51])
@pytest.mark.parametrize("text", ["", "west", "-role:west", "nothing-of-the-kind", "is:all east-4"])
def test_the_pieces_of_a_search_are_all_it_finds_in_order(
    monkeypatch: pytest.MonkeyPatch, stretch: int, text: str
) -> None:
    monkeypatch.setattr(item_table, "STRETCH", stretch)
    state = start(text)
    assert [number for piece in visible_by_and_by(state) for number in piece] == list(visible(state))


def test_the_cursor_comes_back_to_its_row_as_soon_as_that_is_found() -> None:
    wanted = at_row(start(), 30)
    first = showing_so_far(wanted, (0, 3, 6), wanted.cursor)
    assert first.cursor == 6
    assert showing_so_far(first, (0, 3, 6, 30, 33), wanted.cursor).cursor == 30


def test_a_cursor_that_was_moved_in_the_meantime_stays_where_it_is() -> None:
    wanted = at_row(start(), 30)
    moved = at_row(showing_so_far(wanted, (0, 3, 6), wanted.cursor), 3)
    assert showing_so_far(moved, (0, 3, 6, 30, 33), wanted.cursor).cursor == 3


def test_filtering_again_at_once_finds_all() -> None:
    assert not refreshed(replace(start("west"), is_searching=True)).is_searching


async def test_all_that_is_shown_is_neither_marked_nor_exported_before_all_is_found(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        whole = screen.state
        screen.cockpit.show(replace(whole, view=tuple(whole.view)[:3], is_searching=True))
        await screen.sees("of 3…")
        screen.cockpit.action_command("mark-shown")
        await screen.sees("not all rows are found yet")
        assert not screen.state.marks
        screen.cockpit.action_command("export")
        await screen.sees("not all rows are found yet")

        screen.cockpit.show(whole)
        screen.cockpit.action_command("mark-shown")
        await screen.until(lambda: screen.state.marks == frozenset(whole.view))
