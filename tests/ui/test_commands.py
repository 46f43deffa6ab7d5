"""The one table of commands: nothing twice, nothing that a terminal cannot deliver, nothing without words or action."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from trustview.ui.actions import ACTIONS
from trustview.ui.commands import (
    COMMANDS,
    COMMANDS_BY_ID,
    FOOTERS,
    Command,
    Context,
    commands_at,
    shown_key,
    shown_keys,
)
from trustview.ui.present.sheets import footer, help_groups
from trustview.ui.screens.workbench import Workbench

PANES = [context for context in Context if context is not Context.ANYWHERE]
# They arrive as other keys or not at all, depending on the terminal.
UNDELIVERED = {"ctrl+i", "ctrl+m", "ctrl+h", "ctrl+space", "ctrl+@", "shift+enter", "ctrl+enter"}


def test_ids_are_unique() -> None:
    assert len(COMMANDS_BY_ID) == len(COMMANDS)


@pytest.mark.parametrize("context", PANES)
def test_no_key_means_two_things_in_one_place(context: Context) -> None:
    meanings: dict[str, list[str]] = {}
    for command in commands_at(context):
        for key in command.keys:
            meanings.setdefault(key, []).append(command.id)
    assert {key: ids for key, ids in meanings.items() if len(ids) > 1} == {}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_key_reaches_the_program(command: Command) -> None:
    assert command.keys
    assert not UNDELIVERED.intersection(command.keys)


def test_escape_is_never_the_only_way() -> None:
    for command in COMMANDS:
        assert command.keys != ("escape",)


def test_every_command_has_an_action_and_every_action_a_command() -> None:
    own = {command.id for command in COMMANDS if not command.is_built_in}
    assert own == set(ACTIONS)


def test_bindings_are_those_of_the_table() -> None:
    bound = {binding.id: binding.key for binding in Workbench.BINDINGS}  # type: ignore[union-attr]
    assert bound == {c.id: ",".join(c.keys) for c in COMMANDS if not c.is_built_in}


def test_every_command_has_words_for_footer_and_help() -> None:
    for command in COMMANDS:
        assert command.label, command.id
        assert command.description, command.id
        assert not command.description.endswith("."), command.id


@pytest.mark.parametrize("context", PANES)
def test_a_footer_shows_at_most_eight_keys_that_work_there(context: Context) -> None:
    here = {command.id for command in commands_at(context)}
    assert set(FOOTERS[context]) <= here
    assert len(footer(context)) <= 7, "the key for help is the eighth"


@pytest.mark.parametrize("context", PANES)
def test_help_lists_exactly_the_keys_that_work_there(context: Context) -> None:
    listed = {hint.key for group in help_groups(context) for hint in group.hints}
    assert {shown_keys(command) for command in commands_at(context)} <= listed
    elsewhere = [c for c in COMMANDS if c.context not in (context, Context.ANYWHERE)]
    here = {c.description for c in commands_at(context)}
    said = {hint.label for group in help_groups(context) for hint in group.hints}
    assert not {c.description for c in elsewhere} - here & said


def test_keys_are_shown_as_people_know_them() -> None:
    assert shown_key("right_square_bracket") == "]"
    for command, key in product(COMMANDS, ("_",)):
        assert key not in shown_keys(command), command.id


def test_the_documentation_names_every_command_with_its_keys() -> None:
    text = (Path(__file__).parents[2] / "docs" / "cockpit.md").read_text()
    for command in COMMANDS:
        if not command.is_built_in:
            keys = "` `".join(command.keys)
            assert f"| `{command.id}` | `{keys}` | {command.description} |" in text
