"""What is said to the reviewer: the last notice, and the message of a terminal that is too small."""

from __future__ import annotations

from textual.strip import Strip

from widgets.painter import PaintedLine
from widgets.tone import Cell, Tone
from widgets.wrapped_line import WrappedLine

LEAST_WIDTH, LEAST_HEIGHT = 80, 20


class NoticeLine(WrappedLine):
    """A thing that is said; a long one takes more lines, so that what to do is never cut off."""

    DEFAULT_CSS = "NoticeLine { max-height: 4; padding: 0 1; }"


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
