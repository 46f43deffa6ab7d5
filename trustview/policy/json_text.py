"""JSON text -> JSON value -> the texts in it, keeping what `json.loads` loses: the spelling of numbers, keys twice.

The one place that reads policy text. Whatever is no JSON comes out as a message, never as an error.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from trustview.policy.problem import Problems

# How much of a key a path tells; the longest keys that AWS knows hold a tag key of 128 characters.
LONGEST_STEP = 300

# The way to a value: the way to what holds it, and its key or index; empty for the whole.
_Steps = tuple[Any, ...]


class WrittenNumber(str):
    """A number as its author wrote it: `1.0`, `1e5`, `12345678901234567890`."""

    __slots__ = ()


class Members(dict[str, Any]):
    """An object of which some keys stood twice; it holds the last of each."""

    twice: tuple[str, ...] = ()


class _Reading:
    """One text being read; `has_twice` says that the value is worth a walk for keys that stand twice."""

    def __init__(self) -> None:
        self.has_twice = False

    def members(self, items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) == len(items):
            return found
        self.has_twice = True
        repeated = Members(found)
        count = Counter(key for key, _ in items)
        repeated.twice = tuple(key for key in found if count[key] > 1)
        return repeated


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def read_json(text: str | bytes) -> tuple[object, tuple[tuple[str, str], ...], str]:
    """The value, every key that stands twice with the JSON path of its object, and why it is no JSON (or empty)."""
    reading = _Reading()
    try:
        value = json.loads(
            text,
            object_pairs_hook=reading.members,
            parse_int=WrittenNumber,
            parse_float=WrittenNumber,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        return None, (), "it is nested too deeply"
    except ValueError as error:
        return None, (), str(error)
    return value, tuple(_repeated(value)) if reading.has_twice else (), ""


def _repeated(value: object) -> Iterator[tuple[str, str]]:
    """Every (path, key) that stands twice, from the outside in.

    Paths are put together for those alone: keys may be long, and what they hold large.
    """
    waiting: list[tuple[_Steps, object]] = [((), value)]
    while waiting:
        steps, item = waiting.pop()
        if isinstance(item, Members):
            path = _path(steps)
            yield from ((path, key) for key in item.twice)
        inner = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        waiting += [((steps, step), value) for step, value in inner if isinstance(value, dict | list)][::-1]


def _path(steps: _Steps) -> str:
    """The JSON path of steps, keys cut to LONGEST_STEP characters."""
    found = []
    while steps:
        steps, step = steps
        found.append(f"[{step}]" if isinstance(step, int) else f".{step[:LONGEST_STEP]}")
    return "".join(["$", *reversed(found)])


# ── values as texts ──────────────────────────────────────────────────────────────────────────────────────────────


def read_texts(value: object, path: str, problems: Problems) -> tuple[str, ...]:
    """One text or a list of texts; quotes are optional around numbers and booleans."""
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str | bool | int | float):
            problems.tell(path, f"a text is expected, this is {name_of(item)}")
    return tuple(text for _, text in placed_texts(value, path))


def placed_texts(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text in a text or list, with its JSON path."""
    if not isinstance(value, list):
        if isinstance(value, str | bool | int | float):
            yield path, _text(value)
        return
    for index, item in enumerate(value):
        if isinstance(item, str | bool | int | float):
            yield f"{path}[{index}]", _text(item)


def _text(value: str | bool | float) -> str:
    """The text AWS makes of a scalar: `true`, `false`, and the digits of a number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    # Python refuses to write integers of thousands of digits, Decimal does not.
    return str(Decimal(value)) if isinstance(value, int) else str(value)


def is_text(value: object) -> bool:
    """Whether a JSON value is a text; a number that keeps its spelling is none."""
    return isinstance(value, str) and not isinstance(value, WrittenNumber)


def name_of(value: object) -> str:
    """What a JSON value is, for a sentence."""
    kinds: tuple[tuple[type, str], ...] = (
        (dict, "an object"),
        (list, "a list"),
        (bool, "a boolean"),
        (int, "a number"),
        (float, "a number"),
        (WrittenNumber, "a number"),
        (str, "a text"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "null" if value is None else "no JSON")
