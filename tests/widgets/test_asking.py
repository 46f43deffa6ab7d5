"""The widgets that take text: prompt line and filter bar."""

import asyncio
from collections.abc import Awaitable

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from tests.widgets.hosts import Host, Rows, screen_lines
from widgets.columns import Column
from widgets.filter_bar import FilterBar
from widgets.prompt_line import PromptLine
from widgets.virtual_table import VirtualTable


async def start(pilot: Pilot[None], question: Awaitable[str | None]) -> "asyncio.Future[str | None]":
    """Ask without waiting for the answer, and return when the question is on the screen."""
    waiting = asyncio.ensure_future(question)
    await pilot.pause()
    return waiting


def host() -> Host:
    return Host(VirtualTable((Column("name", "Name"),), Rows(), range(50)), PromptLine())


async def test_a_text_is_typed_and_returned_and_the_focus_goes_back() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        prompt = app.query_one(PromptLine)
        assert not prompt.is_open
        waiting = await start(pilot, prompt.ask("note:", placeholder="why?"))
        text = "\n".join(screen_lines(app))
        assert "▸ note:" in text
        assert "why?" in text
        await pilot.press(*"fine ", "enter")
        assert await waiting == "fine"
        await pilot.pause()
        assert app.focused is app.query_one(VirtualTable)
        assert "note:" not in "\n".join(screen_lines(app))


async def test_a_wrong_answer_stays_in_the_field_with_what_is_wrong() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        prompt = app.query_one(PromptLine)
        waiting = await start(
            pilot,
            prompt.ask("count:", required=True, validate=lambda text: None if text == "38" else f"type 38, not {text}"),
        )
        await pilot.press("enter")
        assert prompt.error
        await pilot.press("3", "7", "enter")
        assert "type 38, not 37" in "\n".join(screen_lines(app))
        assert app.query_one(Input).value == "37"
        await pilot.press("backspace")
        assert not prompt.error
        await pilot.press("8", "enter")
        assert await waiting == "38"


async def test_escape_leaves_and_a_new_question_replaces_an_open_one() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        prompt = app.query_one(PromptLine)
        first = await start(pilot, prompt.ask("first"))
        second = await start(pilot, prompt.ask("second", value="kept"))
        assert await first is None
        assert app.query_one(Input).value == "kept"
        await pilot.press("escape")
        assert await second is None
        assert app.focused is app.query_one(VirtualTable)
        assert not prompt.is_open


async def test_a_choice_is_made_by_one_key_and_no_other_key_leaks() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        prompt, table = app.query_one(PromptLine), app.query_one(VirtualTable)
        waiting = await start(pilot, prompt.choose("export as", {"c": "CSV", "j": "JSON", "?": "ask"}))
        assert "▸ export as  c CSV  j JSON  ? ask  esc leave" in "\n".join(screen_lines(app))
        await pilot.press("k", "down", "j")
        assert await waiting == "j"
        assert table.cursor_row == 0
        again = await start(pilot, prompt.choose("really?", {"y": "yes"}))
        await pilot.press("escape")
        assert await again is None


async def test_a_cancelled_wait_closes_the_question() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        prompt = app.query_one(PromptLine)
        waiting = await start(pilot, prompt.ask("note:"))
        waiting.cancel()
        await pilot.pause()
        assert not prompt.is_open
        assert app.focused is app.query_one(VirtualTable)


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
async def test_a_long_question_wraps(size: tuple[int, int]) -> None:
    app = host()
    async with app.run_test(size=size) as pilot:
        question = "accept the risk of 38 marked rows, 1 of them critical; a note is needed"
        waiting = await start(pilot, app.query_one(PromptLine).ask(question))
        shown = "".join(line.strip() + " " for line in screen_lines(app))
        assert question.rsplit(maxsplit=1)[-1] in shown
        await pilot.press("escape")
        assert await waiting is None


async def test_pasted_control_characters_become_visible() -> None:
    app = host()
    async with app.run_test(size=(80, 24)) as pilot:
        waiting = await start(pilot, app.query_one(PromptLine).ask("note:"))
        app.query_one(Input).post_message(Paste("a\x1b[31mb\u202ec"))
        await pilot.pause()
        await pilot.press("d", "enter")
        assert await waiting == "a␛[31mb⟨U+202E⟩cd"


async def test_the_filter_announces_what_was_typed_once() -> None:
    bar = FilterBar()
    app = Host(bar)
    async with app.run_test(size=(80, 24), message_hook=app.hook) as pilot:
        bar.focus_input()
        assert bar.is_editing
        await pilot.press(*"sev:high", "enter")
        assert [message.text for message in app.posted(FilterBar.Changed)][-1] == "sev:high"
        assert [message.text for message in app.posted(FilterBar.Submitted)] == ["sev:high"]
        order = [type(message) for message in app.messages]
        assert order.index(FilterBar.Submitted) == len(order) - 1


async def test_the_filter_is_announced_without_enter() -> None:
    bar = FilterBar()
    app = Host(bar)
    async with app.run_test(size=(80, 24), message_hook=app.hook) as pilot:
        bar.focus_input()
        await pilot.press("a", "b")
        while not app.posted(FilterBar.Changed) or app.posted(FilterBar.Changed)[-1].text != "ab":
            await pilot.pause(0.02)
        bar.text = "set by a saved view"
        while app.posted(FilterBar.Changed)[-1].text != "set by a saved view":
            await pilot.pause(0.02)
        assert not app.posted(FilterBar.Submitted)


@pytest.mark.parametrize("leave", [["escape"], ["backspace", "backspace", "backspace"]])
async def test_the_filter_is_left_by_escape_or_by_backspace_when_empty(leave: list[str]) -> None:
    bar = FilterBar()
    app = Host(bar)
    async with app.run_test(size=(80, 24), message_hook=app.hook) as pilot:
        bar.focus_input()
        await pilot.press("a", "b", *leave)
        assert len(app.posted(FilterBar.Dismissed)) == 1
        assert bar.text == ("ab" if leave == ["escape"] else "")


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_matches_stand_beside_the_text_and_errors_in_full_below_it(width: int) -> None:
    bar = FilterBar("sev:hgh")
    app = Host(VirtualTable((Column("name", "Name"),), Rows(), range(50)), bar)
    async with app.run_test(size=(width, 12)) as pilot:
        bar.show_matches(12, 57_808)
        await pilot.pause()
        line = next(line for line in screen_lines(app) if line.lstrip().startswith("/"))
        assert "sev:hgh" in line
        assert line.rstrip().endswith("12 of 57,808")
        error = "`hgh` is no severity: critical high medium low info none; `sev:high+` and worse"
        bar.show_error(error)
        await pilot.pause()
        lines = screen_lines(app)
        at = next(number for number, line in enumerate(lines) if line.lstrip().startswith("/"))
        assert lines[at].split() == ["/", "sev:hgh"]
        assert "".join("".join(lines[at + 1 : at + 5]).split()) == "".join(f"✗ {error}".split())
        assert bar.text == "sev:hgh"
        bar.show_matches(0, 57_808)
        await pilot.pause()
        assert "✗" not in "\n".join(screen_lines(app))
