"""Counts by row and column as shades: when something happens, at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.strip import Strip

from widgets.heat import folded, scale, shade
from widgets.painter import PaintedLine
from widgets.safe_text import cells, fit
from widgets.tone import Cell, Line, Tone


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One row: its label, its counts from left to right (None: not known), and what stands behind them."""

    label: str
    counts: Sequence[int | None]
    note: str = ""


def heat_lines(rows: Sequence[HeatRow], marks: Sequence[str], width: int) -> list[Line]:
    """The rows under a scale of marks, in at most `width` cells; neighbours are added up where there is less room.

    All rows share one ramp; the marks divide the row into equal parts.
    """
    label_width = max((cells(row.label) for row in rows), default=0)
    room = max(1, width - label_width - 2)
    shown = [folded(row.counts, room) for row in rows]
    columns = max(map(len, shown), default=0)
    most = max((count for row in shown for count in row if count), default=0)
    lines: list[Line] = []
    if marks and columns:
        lines.append((Cell(" " * (label_width + 2)), Cell(scale(marks, columns, len(marks)), Tone.MUTED)))
    for row, counts in zip(rows, shown, strict=True):
        line = [Cell(f"{fit(row.label, label_width)}  ", Tone.MUTED), *_shades(counts, most)]
        left = room - len(counts) - 2
        if row.note and left >= cells(row.note):
            line.append(Cell(f"  {row.note}", Tone.MUTED))
        lines.append(tuple(line))
    return lines


def _shades(counts: Sequence[int | None], most: int) -> list[Cell]:
    """Neighbours of one tone in one cell."""
    found: list[Cell] = []
    for count in counts:
        tone = Tone.MEDIUM if count is None else Tone.ACCENT if count else Tone.MUTED
        text = shade(count, most)
        if found and found[-1].tone is tone:
            found[-1] = Cell(found[-1].text + text, tone)
        else:
            found.append(Cell(text, tone))
    return found


class UseStrip(PaintedLine):
    """The rows as a widget; it is as high as it has lines."""

    DEFAULT_CSS = "UseStrip { height: auto; }"

    def __init__(
        self,
        rows: Sequence[HeatRow] = (),
        marks: Sequence[str] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._rows, self._marks = tuple(rows), tuple(marks)

    def show(self, rows: Sequence[HeatRow], marks: Sequence[str] = ()) -> None:
        """Show other counts."""
        self._rows, self._marks = tuple(rows), tuple(marks)
        self.refresh(layout=True)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """One line for each row, and one for the marks."""
        return max(1, len(self._rows) + bool(self._marks))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        lines = heat_lines(self._rows, self._marks, self.size.width)
        return self.paint(lines[y] if y < len(lines) else (), self.size.width)
