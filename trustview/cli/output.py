"""How values and messages are printed: plain text that does nothing to a terminal, or JSON."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Sequence

from widgets.safe_text import cells, fit, safe_text


def say(message: str) -> None:
    """Print a message to stderr, made safe line by line."""
    for line in message.splitlines() or [""]:
        print(safe_text(line), file=sys.stderr, flush=True)


def print_line(text: str) -> None:
    """Print one line of a result, made safe."""
    print(safe_text(text))


def print_text(text: str | Iterable[str]) -> None:
    """Print a whole document that is safe already, as it is, or piece by piece."""
    sys.stdout.writelines([text] if isinstance(text, str) else text)


def print_json(value: object) -> None:
    """Print JSON; every character that is not ASCII is escaped, so that names can do nothing."""
    print(json.dumps(value, indent=2, ensure_ascii=True))


def print_json_list(values: Iterable[object]) -> None:
    """Print a list as `print_json` does, each value as it is made."""
    from trustview.export import json_list

    print_text(json_list(values))
    print_line("")


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns: on a terminal cut to its width with `…`, elsewhere at full length."""
    texts = [[safe_text(cell) for cell in row] for row in rows]
    widths = [max([cells(head), *(cells(row[i]) for row in texts)]) for i, head in enumerate(heads)]
    if sys.stdout.isatty():
        widths = _shrink(widths, shutil.get_terminal_size().columns)
    for row in ([head.upper() for head in heads], *texts):
        print("  ".join(fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _shrink(widths: list[int], columns: int) -> list[int]:
    """Take cells from the widest columns until the row fits; none gets narrower than eight."""
    widths = list(widths)
    gaps = 2 * (len(widths) - 1)
    while sum(widths) + gaps > columns and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    return widths
