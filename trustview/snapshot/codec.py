"""Snapshot <-> JSON-ready values, with the format's version.

The shape follows the dataclasses; fields that hold their default are left out. Reading ignores fields it does not know
and refuses nothing: a value of the wrong type raises ValueError, which the store turns into its own error.
"""

from __future__ import annotations

import dataclasses
import types
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from trustview.snapshot.snapshot import Snapshot

FORMAT = 1

T = TypeVar("T")


def encode_snapshot(snapshot: Snapshot) -> dict[str, Any]:
    """JSON-ready values of a whole snapshot."""
    return {"format": FORMAT, "snapshot": encode(snapshot)}


def decode_snapshot(value: dict[str, Any]) -> Snapshot:
    """The snapshot of JSON-ready values; ValueError when they are not of this format."""
    if value.get("format") != FORMAT:
        raise ValueError(f"format {value.get('format')!r} is not {FORMAT}")
    from trustview.snapshot.snapshot import Snapshot  # noqa: PLC0415 -- single values need no other kind

    return decode(Snapshot, value["snapshot"])


def encode(value: Any) -> Any:  # noqa: ANN401 -- any of our frozen values
    """JSON-ready form of one of our frozen values: dataclasses become objects, tuples lists, enums their value."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: encode(item)
            for field in dataclasses.fields(value)
            if (item := getattr(value, field.name)) != field.default
        }
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def decode(kind: type[T], value: Any) -> T:  # noqa: ANN401 -- whatever JSON gave
    """The value of a type from its JSON-ready form; ValueError when it does not fit."""
    try:
        result: T = _decode(kind, value)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    return result


def _decode(kind: Any, value: Any) -> Any:  # noqa: ANN401
    origin = get_origin(kind)
    if origin is tuple:
        inner = get_args(kind)
        if inner[-1] is Ellipsis:
            return tuple(_decode(inner[0], item) for item in value)
        return tuple(_decode(each, item) for each, item in zip(inner, value, strict=True))
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        return None if value is None else _decode(options[0], value)
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind if isinstance(kind, type) else type(kind))
        return kind(**{name: _decode(hints[name], item) for name, item in value.items() if name in hints})  # type: ignore[operator]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind.__name__}")
    return value


@lru_cache(maxsize=256)
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
