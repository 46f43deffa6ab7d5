"""Bring lines of cells to a width: wrapped without losing a character, or spread to both edges. Pure."""

from collections.abc import Iterable, Sequence

from rich.cells import get_character_cell_size

from widgets.safe_text import cells, fit, safe_text
from widgets.tone import Cell, Line, Tone

_BREAK_AFTER = frozenset(" ,;:/.=|&?)]}-")


def wrap(line: Iterable[Cell], width: int, hang: int = 0) -> list[Line]:
    """Return `line` as lines of at most `width` cells, all but the first indented by `hang`.

    It breaks after a space or punctuation where there is one in the second half of the room, else anywhere. The space
    that stands at a break gives way to it.
    """
    width = max(2, width)
    hang = min(hang, width // 2, width - 2)
    chars = [(char, cell.tone) for cell in line for char in safe_text(cell.text)]
    lines: list[Line] = []
    start = 0
    while True:
        room = width - (hang if lines else 0)
        end = _end(chars, start, room)
        indent = (Cell(" " * hang),) if lines and hang else ()
        lines.append((*indent, *_join(chars[start:end])))
        is_space = end < len(chars) and chars[end][0] == " " and end > start and not _is_mark(chars, end + 1)
        start = end + is_space
        if start >= len(chars):
            return lines


def wrap_pieces(pieces: Iterable[Line], width: int, gap: int = 2, hang: int = 0) -> list[Line]:
    """Set pieces side by side, `gap` cells apart, on as few lines as they need; a piece that fits is never broken."""
    lines: list[Line] = []
    for piece in pieces:
        first, *more = wrap(piece, width, hang)
        beside = (*lines[-1], Cell(" " * gap), *first) if lines else first
        if not more and line_cells(beside) <= width:
            lines[-1:] = [beside]
        else:
            indent = (Cell(" " * min(hang, width // 2)),) if lines else ()
            lines += wrap((*indent, *piece), width, hang)
    return lines or [()]


def indent_of(text: str) -> int:
    """Return how many spaces a text begins with."""
    return len(text) - len(text.lstrip(" "))


def line_cells(line: Iterable[Cell]) -> int:
    """Return how many terminal cells a line fills."""
    return sum(cells(cell.text) for cell in line)


def spread(left: Sequence[Cell], right: Sequence[Cell], width: int) -> Line:
    """Put `left` at the left and `right` at the right edge; the left is cut first, the right to half the width."""
    ending = cut(right, width // 2)
    room = max(0, width - line_cells(ending) - (1 if ending else 0))
    start = cut(left, room)
    return (*start, Cell(" " * (width - line_cells(start) - line_cells(ending))), *ending)


def cut(line: Sequence[Cell], width: int) -> Line:
    """Return `line` without what exceeds `width` cells; where it ends too early stands `…`."""
    kept: list[Cell] = []
    for cell in line:
        size = cells(cell.text)
        if size > width:
            return (*kept, Cell(fit(cell.text, width), cell.tone)) if width else tuple(kept)
        kept.append(cell)
        width -= size
    return tuple(kept)


def _end(chars: Sequence[tuple[str, Tone]], start: int, room: int) -> int:
    """Return where the line that begins at `start` ends; the next one never begins with a combining mark."""
    used, index, soft = 0, start, -1
    while index < len(chars):
        char = chars[index][0]
        used += get_character_cell_size(char)
        if used > room:
            break
        index += 1
        if char in _BREAK_AFTER and index - start > room // 2 and not _is_mark(chars, index):
            soft = index
    if index >= len(chars):
        return index
    return max(soft if soft > start else index, start + 1)


def _is_mark(chars: Sequence[tuple[str, Tone]], index: int) -> bool:
    return index < len(chars) and get_character_cell_size(chars[index][0]) == 0


def _join(chars: Sequence[tuple[str, Tone]]) -> Line:
    joined: list[Cell] = []
    run: list[str] = []
    tone: Tone | None = None
    for char, its_tone in chars:
        if its_tone is not tone and run and tone is not None:
            joined.append(Cell("".join(run), tone))
            run = []
        run.append(char)
        tone = its_tone
    if run and tone is not None:
        joined.append(Cell("".join(run), tone))
    return tuple(joined)
