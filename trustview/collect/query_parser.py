"""Reads the answers of AWS's query protocol (IAM, STS) by the SDK's models, several times faster than the SDK.

The SDK looks up every name of the model again for every element; here each shape becomes one function, made once.
Shapes that the read operations do not use are left to the SDK, and so is every error.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Shape = Any
Node = Any
"""A shape of botocore and an element of XML; botocore ships no types."""
ReadNode = Callable[[Node], Any]


class UnusualShapeError(Exception):
    """A shape that is left to the SDK; it never leaves this file."""


@cache
def parser_factory() -> type:
    """The SDK's factory of parsers, with ours for the query protocol; a function, so that the SDK is imported late."""
    from aiobotocore.parsers import AioQueryParser, AioResponseParserFactory  # noqa: PLC0415

    class QueryParser(AioQueryParser):  # type: ignore[misc]  # aiobotocore ships no types
        """The SDK's parser, but for the values of good answers."""

        def _parse_shape(self, shape: Shape, node: Node) -> Any:  # noqa: ANN401
            read = _reader(shape, node.tag.rpartition("}")[0], self._timestamp_parser)
            return read(node) if read is not None else super()._parse_shape(shape, node)

    class ParserFactory(AioResponseParserFactory):  # type: ignore[misc]
        """Ours for `query`, the SDK's for the rest."""

        def create_parser(self, protocol_name: str) -> Any:  # noqa: ANN401
            return QueryParser(**self._defaults) if protocol_name == "query" else super().create_parser(protocol_name)

    return ParserFactory


@cache
def _reader(shape: Shape, namespace: str, read_moment: ReadNode) -> ReadNode | None:
    """What reads an element of this shape; None when it is left to the SDK."""
    try:
        return _make_reader(shape, f"{namespace}}}" if namespace else "", read_moment)
    except UnusualShapeError:
        return None


def _make_reader(shape: Shape, prefix: str, read_moment: ReadNode) -> ReadNode:
    kind = shape.type_name
    if kind == "structure":
        fields = {
            prefix + member.serialization.get("name", name): (name, _make_reader(member, prefix, read_moment))
            for name, member in shape.members.items()
        }
        return lambda node: {
            field[0]: field[1](child) for child in node if (field := fields.get(child.tag)) is not None
        }
    if kind == "list" and not shape.serialization.get("flattened"):
        read_item = _make_reader(shape.member, prefix, read_moment)
        return lambda node: [read_item(child) for child in node]
    if kind == "timestamp":
        return lambda node: read_moment(node.text or "")
    simple: dict[str, ReadNode] = {
        "string": lambda node: node.text or "",
        "boolean": lambda node: node.text == "true",
        "integer": lambda node: int(node.text or ""),
    }
    if kind not in simple:
        raise UnusualShapeError
    return simple[kind]
