"""Preferences: what a reviewer sets for the cockpit in `trustview.toml`: keys, named views, justifications.

THE ONE PLACE that says which keys may be given to what: those that no terminal tells apart are refused, and so is one
key for two commands where both work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from trustview.errors import UsageError
from trustview.ui.commands import COMMANDS, COMMANDS_BY_ID, Command, Context
from trustview.ui.filter import read_filter

BUILT_IN_VIEWS = (
    ("open", "is:open"),
    ("the worst, open", "sev:high+ is:open"),
    ("from outside, open", "party:outside is:open"),
    ("vendors", "party:vendor"),
    ("identity providers", "party:provider"),
    ("fleets, open", "is:fleet is:open"),
    ("outliers", "is:outlier"),
    ("not certain", "reach:unknown"),
    ("deferred", "is:deferred"),
    ("accepted risks", "is:accepted"),
    ("every grant", "is:all"),
)
_UNRELIABLE = {
    "ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+space": "nothing in tmux", "shift+enter": "enter",
    "ctrl+enter": "enter",
}  # fmt: skip


@dataclass(frozen=True)
class Preferences:
    """Keys by the id of a command, views as (name, words), and texts offered as notes."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    views: tuple[tuple[str, str], ...] = BUILT_IN_VIEWS
    justifications: tuple[str, ...] = ()

    def keys_of(self, command: Command) -> tuple[str, ...]:
        """The keys that run a command."""
        return self.keys.get(command.id, command.keys)


def read_preferences(sections: Mapping[str, Any]) -> Preferences:
    """The preferences that the sections `keys`, `views` and `cockpit` give; UsageError names what is wrong in them."""
    keys = dict(_keys(_texts_by_name(sections, "keys")))
    _refuse_clashes(keys)
    views = tuple((name, _words(name, values)) for name, values in _texts_by_name(sections, "views").items())
    cockpit = _texts_by_name(sections, "cockpit")
    unknown = sorted(cockpit.keys() - {"justifications"})
    if unknown:
        raise UsageError(f"`cockpit.{unknown[0]}` is no setting: there is `justifications`, a list of texts")
    return Preferences(MappingProxyType(keys), (*views, *BUILT_IN_VIEWS), cockpit.get("justifications", ()))


def _texts_by_name(sections: Mapping[str, Any], name: str) -> dict[str, tuple[str, ...]]:
    """A section as lists of texts; a single text is a list of one."""
    section = sections.get(name, {})
    if not isinstance(section, dict):
        raise UsageError(f"`{name}` is a section: write `[{name}]` and its settings below")
    found = {}
    for key, value in section.items():
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(text, str) for text in listed):
            raise UsageError(f"`{name}.{key}` is a text or a list of texts")
        found[key] = tuple(listed)
    return found


def _keys(given: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for command, keys in given.items():
        known = COMMANDS_BY_ID.get(command)
        if known is None or known.is_built_in:
            names = ", ".join(sorted(one.id for one in COMMANDS if not one.is_built_in))
            raise UsageError(f"`keys.{command}` is no command that can be given keys: {names}")
        for key in keys:
            if not key or key in _UNRELIABLE:
                raise UsageError(f"`keys.{command}`: terminals send `{key}` as {_UNRELIABLE.get(key, 'nothing')}")
        yield command, keys


def _refuse_clashes(keys: Mapping[str, tuple[str, ...]]) -> None:
    """Two commands may have one key in different panes only."""
    taken: dict[tuple[Context, str], str] = {}
    for command in sorted(COMMANDS, key=lambda one: one.context is not Context.ANYWHERE):
        for key in keys.get(command.id, command.keys):
            for context in (command.context, Context.ANYWHERE):
                other = taken.get((context, key))
                if other is not None and {command.id, other} & keys.keys():
                    raise UsageError(f"`keys.{command.id}`: `{key}` is the key of `{other}` too")
            taken[command.context, key] = command.id


def _words(name: str, values: tuple[str, ...]) -> str:
    words = " ".join(values)
    problem = read_filter(words).problem
    if problem:
        raise UsageError(f"`views.{name}`: {problem}")
    return words
