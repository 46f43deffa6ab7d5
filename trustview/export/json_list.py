"""A JSON list as `json.dumps` indents it, in pieces: the values are made while it is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator


def json_list(values: Iterable[object], depth: int = 0) -> Iterator[str]:
    """The list, without a newline at its end, where it stands `depth` levels deep; all that is not ASCII is escaped."""
    margin = "\n" + "  " * (depth + 1)
    before = "["
    for value in values:
        # A newline within a text is escaped: these are all between values.
        yield before + margin + json.dumps(value, indent=2, ensure_ascii=True).replace("\n", margin)
        before = ","
    yield "[]" if before == "[" else f"\n{'  ' * depth}]"
