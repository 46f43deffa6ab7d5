"""One line of segments at the left and at the right; it never wraps, and what is dropped leaves a sign."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from textual.strip import Strip

from widgets.painter import PaintedLine
from widgets.safe_text import ELLIPSIS, cells
from widgets.tone import Cell, Line, Tone

_GAP = 2


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a status line; the highest `priority` number is dropped first, 0 last."""

    text: str
    tone: Tone = Tone.PLAIN
    priority: int = 0


def arrange_segments(left: Sequence[Segment], right: Sequence[Segment], width: int) -> Line:
    """Return the segments that fit in `width` cells, those of the right at the right edge; pure.

    Where the first one was dropped stands `…`; the last one that is left is cut if it must be.
    """
    kept_left, kept_right = set(range(len(left))), set(range(len(right)))
    while _width(kept_left, left) + _width(kept_right, right) + _GAP > width and len(kept_left) + len(kept_right) > 1:
        places = [
            *((left[i].priority, False, i) for i in kept_left),
            *((right[i].priority, True, i) for i in kept_right),
        ]
        _, is_right, index = max(places)
        (kept_right if is_right else kept_left).discard(index)
    before, after = _cells(kept_left, left), _cells(kept_right, right)
    gap = width - sum(cells(cell.text) for cell in (*before, *after))
    return (*before, Cell(" " * max(0, gap)), *after)


def _cells(kept: Set[int], segments: Sequence[Segment]) -> list[Cell]:
    line: list[Cell] = []
    is_told = False
    for index, segment in enumerate(segments):
        if index in kept:
            line += [Cell(" " * _GAP)] if line else []
            line.append(Cell(segment.text, segment.tone))
        elif not is_told:
            is_told = True
            line.append(Cell(f" {ELLIPSIS}" if line else ELLIPSIS, Tone.MUTED))
    return line


def _width(kept: Set[int], segments: Sequence[Segment]) -> int:
    return sum(cells(cell.text) for cell in _cells(kept, segments))


class StatusLine(PaintedLine):
    """Where one is, and how far."""

    DEFAULT_CSS = "StatusLine { height: 1; padding: 0 1; background: $panel; }"

    def __init__(
        self,
        left: Sequence[Segment] = (),
        right: Sequence[Segment] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._left = tuple(left)
        self._right = tuple(right)

    def show(self, left: Sequence[Segment], right: Sequence[Segment] = ()) -> None:
        """Show other segments."""
        self._left, self._right = tuple(left), tuple(right)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the segments that fit."""
        width = self.size.width
        return self.paint(arrange_segments(self._left, self._right, width), width)
