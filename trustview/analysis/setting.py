"""Setting: one entry of `trustview.toml`: what it means, an example, and how its value is read.

A settings class gives each field its entry with `setting(…)`; reading the file, `trustview config` and the
documentation all follow from that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trustview.policy import is_account_id


class UnfitError(ValueError):
    """A value that a setting does not take; `where` is the key inside it that is wrong, if there is one."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """`meaning` is a sentence, `example` a value in TOML; `read` makes the frozen value or raises UnfitError."""

    meaning: str
    example: str
    read: Reader


def setting(default: object, meaning: str, example: str, read: Reader) -> Any:  # noqa: ANN401 -- as `field` does
    """A field of a settings class."""
    return field(default=default, metadata={"setting": Setting(meaning, example, read)})


# ── readers ──────────────────────────────────────────────────────────────────────────────────────────────────────


def whole_number(least: int, most: int) -> Reader:
    """A whole number between two."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise UnfitError(f"a whole number from {least} to {most} belongs here")
        return value

    return read


def text_of(pattern: str, example: str) -> Reader:
    """A text of a fixed form."""

    def read(value: object) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise UnfitError(f"a text like `{example}` belongs here")
        return value

    return read


def texts(value: object) -> tuple[str, ...]:
    """A list of texts, none of them empty."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise UnfitError('a list of texts belongs here, like `["one", "two"]`')
    return tuple(dict.fromkeys(value))


def days_of_year(value: object) -> tuple[str, ...]:
    """A list of days, each with its year or without."""
    for item in texts(value):
        try:
            date.fromisoformat(item if len(item) == 10 else f"2024-{item}")
        except ValueError:
            raise UnfitError(f"`{item}` is no day: one like `12-25` or `2026-04-06` belongs here") from None
    return texts(value)


def time_zone(value: object) -> str:
    """The name of a time zone that this machine knows."""
    try:
        return "UTC" if value == "UTC" else ZoneInfo(str(value)).key
    except (ValueError, OSError, ZoneInfoNotFoundError):
        message = f"`{value}` is no time zone that this machine knows: one like `Europe/Paris` belongs here"
        raise UnfitError(message) from None


def account_ids(value: object) -> tuple[str, ...]:
    """A list of account ids."""
    for item in texts(value):
        if not is_account_id(item):
            raise UnfitError(f"`{item}` is no account id: 12 digits in quotes belong here")
    return texts(value)


def some_of(names: Iterable[str]) -> Reader:
    """A list of names out of a fixed set."""
    known = tuple(names)

    def read(value: object) -> tuple[str, ...]:
        for item in texts(value):
            if item not in known:
                raise UnfitError(f"`{item}` is none of {listed(known)}{near(item, known)}")
        return texts(value)

    return read


def names_of_accounts(value: object) -> tuple[tuple[str, str], ...]:
    """A table from account ids to names."""
    for key, name in _table(value).items():
        if not is_account_id(key):
            raise UnfitError(f"`{key}` is no account id: 12 digits in quotes belong here", key)
        if not isinstance(name, str) or not name:
            raise UnfitError("a name in quotes belongs here", key)
    return tuple(_table(value).items())


def by_name(kinds: type[IntEnum], *, of_accounts: bool) -> Reader:
    """A table whose values are names of an enumeration; its keys account ids, or any text."""
    known = tuple(kind.name.lower() for kind in kinds if kind.value)

    def read(value: object) -> tuple[tuple[str, IntEnum], ...]:
        for key, name in _table(value).items():
            if of_accounts and not is_account_id(key):
                raise UnfitError(f"`{key}` is no account id: 12 digits in quotes belong here", key)
            if not isinstance(name, str) or name not in known:
                raise UnfitError(f"`{name}` is none of {listed(known)}{near(str(name), known)}", key)
        return tuple((key, kinds[name.upper()]) for key, name in _table(value).items())

    return read


def _table(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnfitError('a table belongs here, like `{ "one" = "two" }`')
    return value


def listed(names: Iterable[str]) -> str:
    """Names that may stand somewhere, for a message."""
    return ", ".join(f"`{name}`" for name in names)


def near(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, as the end of a sentence; empty when none is near."""
    found = get_close_matches(name, tuple(known), n=1, cutoff=0.6)
    return f"; did you mean `{found[0]}`?" if found else ""
