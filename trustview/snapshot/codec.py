"""Snapshot <-> JSON-ready values, with the format's version.

The shape follows the dataclasses; fields that hold their default are left out. Reading ignores fields it does not know
and refuses nothing: a value of the wrong type raises ValueError, which the store turns into its own error.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Iterable
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from trustview.snapshot.snapshot import Snapshot

FORMAT = 1

T = TypeVar("T")
Reader = Callable[[Any], Any]


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
    kind: type = type(value)
    return value if kind in _PLAIN else _writer(kind)(value)


_PLAIN = frozenset({str, int, float, bool, type(None)})


@lru_cache(maxsize=256)
def _writer(kind: type) -> Callable[[Any], Any]:
    """What makes the JSON-ready form of values of a type."""
    if issubclass(kind, tuple | list):
        return _encode_all
    if issubclass(kind, Enum):
        return attrgetter("value")
    if not dataclasses.is_dataclass(kind):
        return _as_it_is
    fields = dataclasses.fields(kind)
    defaults = tuple((field.name, field.default) for field in fields)
    if len(fields) == 1:
        return lambda value: _encode_fields(defaults, (getattr(value, fields[0].name),))
    read = attrgetter(*[field.name for field in fields])
    return lambda value: _encode_fields(defaults, read(value))


def _encode_all(values: Iterable[Any]) -> list[Any]:
    return [value if type(value) in _PLAIN else encode(value) for value in values]


def _encode_fields(defaults: tuple[tuple[str, Any], ...], values: tuple[Any, ...]) -> dict[str, Any]:
    """What fields hold, save those that hold their default."""
    return {
        name: value if type(value) in _PLAIN else encode(value)
        for (name, default), value in zip(defaults, values, strict=True)
        if value is not default and value != default
    }


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 -- whatever it is
    return value


def decode(kind: type[T], value: Any) -> T:  # noqa: ANN401 -- whatever JSON gave
    """The value of a type from its JSON-ready form; ValueError when it does not fit."""
    wanted: Any = kind
    try:
        result: T = _reader(wanted)(value)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    return result


def decode_fields(kind: type, value: Any) -> dict[str, Any]:  # noqa: ANN401
    """The fields of a dataclass that a JSON object tells, by name; ValueError when one does not fit."""
    try:
        return _fields(_readers(kind), value)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no fields of a {kind.__name__}: {error}") from error


@lru_cache(maxsize=1024)
def _reader(kind: Any) -> Reader:  # noqa: ANN401
    """How a value of a type is read: worked out once for each type."""
    origin = get_origin(kind)
    if origin is tuple:
        return _reader_of_tuple(get_args(kind))
    if origin in (Union, types.UnionType):
        inner = _reader(next(option for option in get_args(kind) if option is not type(None)))
        return lambda value: None if value is None else inner(value)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _reader_of_dataclass(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind

    def check(value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, kind):
            raise TypeError(f"{value!r} is not {kind.__name__}")
        return value

    return check


def _reader_of_tuple(inner: tuple[Any, ...]) -> Reader:
    if inner[-1] is Ellipsis:
        read = _reader(inner[0])
        return lambda value: tuple([read(item) for item in value])
    readers = tuple(map(_reader, inner))
    return lambda value: tuple([read(item) for read, item in zip(readers, value, strict=True)])


def _reader_of_dataclass(kind: type) -> Reader:
    readers: dict[str, Reader] = {}

    def read(value: dict[str, Any]) -> Any:  # noqa: ANN401
        # Not before they are asked for: a type may hold values of its own.
        if not readers:
            readers.update(_readers(kind))
        return kind(**_fields(readers, value))

    return read


def _fields(readers: dict[str, Reader], value: dict[str, Any]) -> dict[str, Any]:
    return {name: readers[name](item) for name, item in value.items() if name in readers}


@lru_cache(maxsize=256)
def _readers(kind: type) -> dict[str, Reader]:
    return {name: _reader(hint) for name, hint in _hints(kind).items()}


@lru_cache(maxsize=256)
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
