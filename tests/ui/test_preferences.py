"""What a reviewer sets for the cockpit, and what is asked before much is let stand."""

from __future__ import annotations

import re
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from trustview.errors import UsageError
from trustview.ui.board import Wishes
from trustview.ui.commands import COMMANDS
from trustview.ui.filter import read_filter
from trustview.ui.preferences import BUILT_IN_VIEWS, Preferences, read_preferences
from trustview.ui.state import Pane

from .sitting import Desk, Screen, sitting


def preferring(desk: Desk, sections: dict[str, Any]) -> AbstractAsyncContextManager[Screen]:
    return sitting(desk, wishes=Wishes(preferences=read_preferences(sections)))


async def test_a_command_runs_by_its_new_key_and_no_more_by_the_old_one(desk: Desk) -> None:
    async with preferring(desk, {"keys": {"approve": "ctrl+y", "revoke": ["t", "delete"]}}) as screen:
        await screen.press("a", "r")
        assert not screen.state.decisions
        await screen.press("ctrl+y", "t")
        await screen.until(lambda: len(screen.state.decisions) == 2)
        assert "ctrl+y approve" in screen.text
        await screen.press("question_mark")
        await screen.sees("ctrl+y")


@pytest.mark.parametrize(
    ("sections", "named"),
    [
        ({"keys": {"aprove": "y"}}, "`keys.aprove` is no command"),
        ({"keys": {"mark": "y"}}, "`keys.mark` is no command that can be given keys"),
        ({"keys": {"approve": "r"}}, "is the key of"),
        ({"keys": {"approve": "space"}}, "is the key of"),
        ({"keys": {"approve": "ctrl+i"}}, "terminals send `ctrl+i` as tab"),
        ({"keys": {"approve": ""}}, "`keys.approve`"),
        ({"keys": {"approve": 1}}, "`keys.approve` is a text or a list of texts"),
        ({"keys": "a"}, "`keys` is a section"),
        ({"views": {"mine": "colour:red"}}, "`views.mine`: `colour:`"),
        ({"cockpit": {"colour": "red"}}, "`cockpit.colour` is no setting"),
    ],
)
def test_what_cannot_be_is_named(sections: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match=re.escape(named)):
        read_preferences(sections)


def test_keys_may_be_swapped_and_taken_away() -> None:
    found = read_preferences({"keys": {"approve": "r", "revoke": "a", "tour": []}})
    assert found.keys == {"approve": ("r",), "revoke": ("a",), "tour": ()}
    assert Preferences().keys_of(COMMANDS[0]) == COMMANDS[0].keys


def test_built_in_views_can_be_read_and_those_of_the_settings_come_first() -> None:
    assert all(not read_filter(words).problem for _, words in BUILT_IN_VIEWS)
    found = read_preferences({"views": {"mine": "sev:high party:vendor"}})
    assert found.views == (("mine", "sev:high party:vendor"), *BUILT_IN_VIEWS)


async def test_a_view_is_chosen_by_name(desk: Desk) -> None:
    async with preferring(desk, {"views": {"by vendors": "party:vendor"}}) as screen:
        await screen.press("V")
        await screen.sees("by vendors", "party:vendor")
        await screen.press("enter")
        await screen.until(lambda: screen.state.filter_text == "party:vendor")
        assert screen.state.pane is Pane.QUEUE


async def test_to_let_critical_items_stand_takes_typing_how_many_they_are(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("space", "space", "a")
        await screen.sees("type 2 to go on")
        await screen.type("3")
        await screen.press("enter")
        await screen.sees("that is not 2")
        await screen.press("escape")
        await screen.until(lambda: not screen.cockpit.bench.prompt.is_open)
        assert not screen.state.decisions
        await screen.press("a")
        await screen.sees("type 2 to go on")
        await screen.type("2")
        await screen.press("enter")
        await screen.sees("why?")
        await screen.type("both are meant")
        await screen.press("enter")
        await screen.until(lambda: len(screen.state.decisions) == 2)


async def test_revoking_critical_items_asks_for_a_note_alone(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("space", "space", "r")
        await screen.sees("why?")
        assert "type 2" not in screen.text


async def test_justifications_and_earlier_notes_are_offered_by_up_and_down(desk: Desk) -> None:
    async with preferring(desk, {"cockpit": {"justifications": ["as agreed with the owner"]}}) as screen:
        await screen.press("space", "space", "r")
        await screen.sees("why?")
        await screen.type("nobody uses them")
        await screen.press("enter")
        await screen.until(lambda: len(screen.state.decisions) == 2)
        await screen.press("space", "space", "r")
        await screen.sees("why?")
        await screen.press("up", "up")
        await screen.sees("nobody uses them")
        await screen.press("down")
        await screen.sees("as agreed with the owner")
        await screen.press("enter")
        await screen.until(lambda: len(screen.state.decisions) == 4)
        assert {one.note for one in screen.state.decisions.values()} == {"nobody uses them", "as agreed with the owner"}
