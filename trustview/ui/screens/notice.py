"""What is said to the reviewer: the last notice, and the message of a terminal that is too small."""

from __future__ import annotations

from textual.strip import Strip

from widgets.painter import PaintedLine
from widgets.tone import Cell, Line, Tone
from widgets.wrapping import wrap

LEAST_WIDTH, LEAST_HEIGHT = 80, 20


class NoticeLine(PaintedLine):
    """The last thing said; a long one takes more lines, so that what to do is never cut off."""

    DEFAULT_CSS = "NoticeLine { height: auto; max-height: 4; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__(id="status")
        self._line: Line = ()

    def show(self, line: Line) -> None:
        """Say something else."""
        if line != self._line:
            is_taller = self._height(self._line) != self._height(line)
            self._line = line
            self.refresh(layout=is_taller)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as it takes."""
        return len(wrap(self._line, width, 2))

    def _height(self, line: Line) -> int:
        return len(wrap(line, self.size.width, 2)) if self.size.width else 0

    def render_line(self, y: int) -> Strip:
        """Draw line `y`."""
        lines = wrap(self._line, self.size.width, 2)
        return self.paint(lines[y] if y < len(lines) else (), self.size.width)


class TooSmall(PaintedLine):
    """One message, and how large the terminal must be."""

    DEFAULT_CSS = "TooSmall { height: 1fr; width: 1fr; }"

    def render_line(self, y: int) -> Strip:
        """Draw the message in the middle."""
        width, height = self.size
        lines = (
            Cell("trustview", Tone.HEADING),
            Cell(f"needs {LEAST_WIDTH}×{LEAST_HEIGHT} cells", Tone.STRONG),
            Cell(f"this terminal has {width}×{height}", Tone.MUTED),
            Cell("enlarge it, or ctrl+q quits", Tone.MUTED),
        )
        index = y - max(0, (height - len(lines)) // 2)
        if not 0 <= index < len(lines):
            return self.paint((), width)
        cell = lines[index]
        return self.paint((Cell(" " * max(0, (width - len(cell.text)) // 2)), cell), width)
