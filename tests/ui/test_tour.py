"""The tour of the first run: a newcomer tries what a step says, and it does that while the step stands there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from trustview.review import Verdict
from trustview.ui.board import Wishes
from trustview.ui.commands import COMMANDS
from trustview.ui.preferences import Preferences, read_preferences
from trustview.ui.present.tour import STEPS, keys_named
from trustview.ui.state import Pane, Sheet

from .sitting import MEDIUM, NARROW, Desk, Screen, sitting

SIZES = pytest.mark.parametrize("size", [NARROW, MEDIUM], ids=["80x24", "120x40"])
TOLD = ("T goes on", "q leaves")


@asynccontextmanager
async def at_step(desk: Desk, size: tuple[int, int], step: int, words: str = "") -> AsyncIterator[Screen]:
    """The tour of a first sitting, at one of its steps; with `words` the queue is filtered before."""
    async with sitting(desk, size, wishes=Wishes(has_tour=True)) as screen:
        await screen.sees("1 of 4", *TOLD)
        if words:
            await screen.filter(words)
        await screen.press(*["T"] * (step - 1))
        await screen.sees(f"{step} of 4")
        await screen.until(lambda: screen.cockpit.is_settled)
        yield screen


def stands_there(screen: Screen, step: int) -> bool:
    return screen.state.tour is not None and screen.state.tour.step == step and f"{step} of 4" in screen.text


@SIZES
async def test_at_the_queue_one_moves_asks_why_and_marks(desk: Desk, size: tuple[int, int]) -> None:
    async with at_step(desk, size, 1) as screen:
        first = screen.state.cursor
        await screen.press("j")
        await screen.until(lambda: screen.state.cursor != first)
        await screen.press("k")
        await screen.until(lambda: screen.state.cursor == first)
        await screen.press("space")
        await screen.until(lambda: screen.state.marks == {first})
        await screen.press("3")
        assert screen.state.pane is Pane.WHY
        assert stands_there(screen, 1)


@SIZES
async def test_at_the_graph_one_walks_and_comes_back(desk: Desk, size: tuple[int, int]) -> None:
    async with at_step(desk, size, 2, "role:networkadmin") as screen:
        await screen.sees("user ops-martin", "what it can become")
        await screen.press("l", "enter")
        await screen.until(lambda: len(screen.state.trail) == 2)
        await screen.press("backspace")
        await screen.until(lambda: len(screen.state.trail) == 1)
        assert stands_there(screen, 2)


@SIZES
async def test_at_the_fix_one_decides_and_undoes(desk: Desk, size: tuple[int, int]) -> None:
    async with at_step(desk, size, 3, "check:vendor-without datadog") as screen:
        await screen.sees("change 1", "require `sts:ExternalId`")
        for key, verdict in (("f", Verdict.NARROW), ("a", Verdict.APPROVE), ("r", Verdict.REVOKE)):
            await screen.press(key)
            await screen.until(lambda: len(screen.state.decisions) == 1)
            assert {one.verdict for one in screen.state.decisions.values()} == {verdict}
            await screen.sees("u undoes it", "3 of 4")
            await screen.press("u")
            await screen.until(lambda: not screen.state.decisions)
            assert stands_there(screen, 3)


@SIZES
async def test_at_the_end_one_filters_and_opens_what_lies_over_the_panes(desk: Desk, size: tuple[int, int]) -> None:
    async with at_step(desk, size, 4) as screen:
        for key, sheet, text in (
            ("V", Sheet.VIEWS, "identity providers"),
            ("o", Sheet.OVERVIEW, "Open, by OU"),
            ("question_mark", Sheet.HELP, "Decide"),
            ("i", Sheet.ROLE, "Who may become it"),
        ):
            await screen.press(key)
            await screen.sees(text)
            assert screen.state.sheet is sheet
            assert stands_there(screen, 4)
            await screen.press("q")
            assert screen.state.sheet is Sheet.NONE
        await screen.filter("party:vendor")
        assert stands_there(screen, 4)


async def test_a_question_takes_the_place_of_the_tour_and_gives_it_back(desk: Desk) -> None:
    async with at_step(desk, NARROW, 1) as screen:
        await screen.press("d")
        await screen.sees("to whom?")
        assert "1 of 4" not in screen.text
        await screen.press("escape")
        await screen.sees("1 of 4", *TOLD)


async def test_the_next_step_leaves_what_was_opened(desk: Desk) -> None:
    async with at_step(desk, NARROW, 1) as screen:
        await screen.press("question_mark", "T")
        await screen.sees("2 of 4", "who comes in")


@pytest.mark.parametrize(("steps", "key"), [(1, "q"), (2, "escape"), (3, "backspace"), (4, "q")])
async def test_one_leaves_it_at_any_step_to_where_it_began(desk: Desk, steps: int, key: str) -> None:
    async with sitting(desk) as screen:
        await screen.press("5", *["T"] * steps)
        await screen.sees(f"{steps} of 4")
        await screen.press(key)
        await screen.sees("T shows the tour again")
        assert screen.state.tour is None
        assert screen.state.pane is Pane.FIX
        assert " of 4 ·" not in screen.text


async def test_after_the_last_step_it_ends_where_it_began(desk: Desk) -> None:
    async with at_step(desk, NARROW, 4) as screen:
        await screen.sees("T begins")
        await screen.press("T")
        await screen.sees("T shows the tour again")
        assert screen.state.pane is Pane.QUEUE
        assert not screen.state.decisions
        assert not screen.state.marks


def test_a_step_names_keys_as_the_reviewer_has_them() -> None:
    own = read_preferences({"keys": {"why": "ctrl+w", "narrow": []}})
    assert keys_named(STEPS[0], Preferences()) == ("j", "k", "3", "space")
    assert keys_named(STEPS[0], own) == ("j", "k", "ctrl+w", "space")
    assert ":narrow" in keys_named(STEPS[2], own)


def test_every_key_that_a_step_names_is_one_of_a_command() -> None:
    known = {key for command in COMMANDS for key in command.keys}
    for step in STEPS:
        assert keys_named(step, Preferences())
        assert set(keys_named(step, Preferences())) <= known
