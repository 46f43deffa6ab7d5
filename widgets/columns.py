"""Which columns of a table are shown at a width, and how wide each is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from widgets.safe_text import Align, fit, safe_text
from widgets.safe_text import cells as cells_of
from widgets.tone import Cell, Line


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `width` is in cells; None makes it flexible: it shares what the others leave, by `weight`, and never gets less than
    `min_width`. When not all fit, the column with the highest `priority` number is hidden first; 0 is hidden last.
    """

    key: str
    label: str
    width: int | None = None
    align: Align = "left"
    priority: int = 0
    min_width: int = 8
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A column that is shown: its index in the caller's columns and its width in cells."""

    index: int
    width: int


def gap_at(width: int) -> int:
    """Return how many cells part two columns in a table of `width` cells."""
    return 2 if width >= 100 else 1


@lru_cache(maxsize=64)
def arrange(columns: tuple[Column, ...], width: int) -> tuple[Slot, ...]:
    """Return the columns that fit in `width` cells with their widths; together with the gaps they never exceed it."""
    gap = gap_at(width)
    shown = list(range(len(columns)))
    while len(shown) > 1 and _least(columns, shown, gap) > width:
        shown.remove(max(shown, key=lambda index: (columns[index].priority, index)))
    if not shown or width <= 0:
        return ()
    if len(shown) == 1:
        column = columns[shown[0]]
        return (Slot(shown[0], min(column.width or width, width)),)
    spare = width - _least(columns, shown, gap)
    flexible = [index for index in shown if columns[index].width is None]
    extra = _share(spare, [columns[index].weight for index in flexible])
    widths = dict(zip(flexible, extra, strict=True))
    return tuple(Slot(index, columns[index].width or columns[index].min_width + widths[index]) for index in shown)


def lay_out_cells(cells: Sequence[Cell], columns: tuple[Column, ...], width: int) -> Line:
    """Return the cells of the columns that fit, fitted, with the gaps between; a cell that is missing is blank."""
    gap = Cell(" " * gap_at(width))
    line: list[Cell] = []
    for slot in arrange(columns, width):
        cell = cells[slot.index] if slot.index < len(cells) else Cell("")
        line += [gap] if line else []
        line.append(Cell(fit(cell.text, slot.width, columns[slot.index].align), cell.tone))
    return tuple(line)


def cut_off(cells: Sequence[Cell], columns: tuple[Column, ...], width: int) -> tuple[tuple[str, Cell], ...]:
    """Return the cells that are not seen in full, each with the label of its column."""
    widths = {slot.index: slot.width for slot in arrange(columns, width)}
    return tuple(
        (column.label, cell)
        for index, (column, cell) in enumerate(zip(columns, cells, strict=False))
        if cells_of(safe_text(cell.text)) > widths.get(index, 0)
    )


def column_at(x: int, columns: tuple[Column, ...], width: int) -> str | None:
    """Return the key of the column that is drawn at cell `x`; None in a gap or beside the columns."""
    start = 0
    for slot in arrange(columns, width):
        if start <= x < start + slot.width:
            return columns[slot.index].key
        start += slot.width + gap_at(width)
    return None


def _least(columns: Sequence[Column], shown: Sequence[int], gap: int) -> int:
    widths = sum(columns[index].width or columns[index].min_width for index in shown)
    return widths + gap * (len(shown) - 1)


def _share(spare: int, weights: Sequence[int]) -> list[int]:
    """Split `spare` cells by weight without losing one."""
    shares: list[int] = []
    weight_left = sum(weights)
    for weight in weights:
        share = spare * weight // weight_left if weight_left else 0
        shares.append(share)
        spare -= share
        weight_left -= weight
    return shares
