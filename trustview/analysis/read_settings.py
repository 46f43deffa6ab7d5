"""The text of `trustview.toml` -> Settings. Whatever is wrong in it is named with its line and column.

https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import Field, dataclass, fields, replace
from typing import Any

from trustview.analysis.setting import Setting, UnfitError, listed, near
from trustview.analysis.settings import Settings
from trustview.analysis.vendors import vendor_names
from trustview.errors import UsageError

OF_THE_COCKPIT = ("keys", "views", "cockpit")
"""Sections of the same file that change no answer: the cockpit reads them."""


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """Settings in force; `lines` says on which line of `name` each stands that is not the default, by its full key."""

    settings: Settings
    name: str = ""
    lines: tuple[tuple[str, int], ...] = ()


def read_settings(text: str, name: str) -> ReadSettings:
    """The settings that a text gives; `name` is what the file is called.

    Raises UsageError for what is no TOML, for keys that do not exist and for values that do not fit.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_broken(text, name, str(error))) from error
    source = _Source(text, name)
    given = {key: value for key, value in given.items() if key not in OF_THE_COCKPIT}
    known = {section.name: section for section in sections()}
    read: dict[str, Any] = {key: _section(source, key, value, known) for key, value in given.items()}
    settings = replace(Settings(), **read)
    _check_vendors(source, settings)
    return ReadSettings(settings, name, tuple(_lines(source, given)))


def sections() -> tuple[Field[Any], ...]:
    """The sections, in their order; the default of each holds its entries."""
    return fields(Settings)


def entries(section: object) -> tuple[tuple[Field[Any], Setting], ...]:
    """The settings of a section, in their order."""
    return tuple((entry, entry.metadata["setting"]) for entry in fields(section))  # type: ignore[arg-type]


def _section(source: _Source, key: str, value: object, known: dict[str, Field[Any]]) -> object:
    if key not in known:
        raise source.error(f"there is no section `{key}`: {listed(known)}{near(key, known)}", key)
    if not isinstance(value, dict):
        raise source.error(f"`{key}` is a section: write `[{key}]` and its settings below", key)
    section: Any = known[key].default
    settings = {entry.name: setting for entry, setting in entries(section)}
    read: dict[str, Any] = {}
    for name, given in value.items():
        if name not in settings:
            raise source.error(f"`{key}` has no setting `{name}`: {listed(settings)}{near(name, settings)}", key, name)
        try:
            read[name] = settings[name].read(given)
        except UnfitError as error:
            where = (error.where,) if error.where else ()
            raise source.error(f"`{key}.{name}`: {error}", key, name, *where) from error
    return replace(section, **read)


def _check_vendors(source: _Source, settings: Settings) -> None:
    """An approved vendor that no register knows approves nobody: it is spelt otherwise."""
    known = {*vendor_names(), *(name for _, name in settings.vendors.register)}
    for name in settings.vendors.approved:
        if name not in known:
            raise source.error(
                f"`vendors.approved`: no register knows `{name}`{near(name, known)}", "vendors", "approved"
            )


def _lines(source: _Source, given: dict[str, dict[str, Any]]) -> list[tuple[str, int]]:
    return [(f"{key}.{name}", source.place(key, name)[0]) for key, section in given.items() for name in section]


@dataclass(frozen=True, slots=True)
class _Source:
    """A text of TOML that can be read, and where things stand in it."""

    text: str
    name: str

    def error(self, message: str, *path: str) -> UsageError:
        """The error of whatever stands under a path of keys."""
        line, column = self.place(*path)
        return UsageError(f"`{self.name}` line {line}, column {column}: {message}")

    def place(self, *path: str) -> tuple[int, int]:
        """Line and column (from 1) of the last key of a path.

        The lines before a statement are TOML of their own, and know nothing of it: the longest such beginning ends
        where the statement begins.
        """
        lines = self.text.split("\n")
        first = max(end for end in range(len(lines)) if self._lacks("\n".join(lines[:end]), path)) + 1
        key = re.escape(path[-1])
        found = re.search(rf"""(?<![\w-])["']?{key}["']?(?=\s*[=\].]|\s*$)""", lines[first - 1])
        return first, (found.start() if found else len(lines[first - 1]) - len(lines[first - 1].lstrip())) + 1

    @staticmethod
    def _lacks(text: str, path: tuple[str, ...]) -> bool:
        """Whether a text is TOML and has nothing under the path."""
        try:
            found: Any = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return False
        for key in path:
            if not isinstance(found, dict) or key not in found:
                return True
            found = found[key]
        return False


def _broken(text: str, name: str, reason: str) -> str:
    """The reader's own message, with the place in front."""
    found = re.fullmatch(r"(.*) \(at (?:(line \d+, column \d+)|end of document)\)", reason, re.DOTALL)
    if not found:
        return f"`{name}`: {reason}"
    place = found[2] or f"line {text.count(chr(10)) + 1}"
    return f"`{name}` {place}: {found[1][:1].lower()}{found[1][1:]}: this is no TOML, see `trustview config --example`"
