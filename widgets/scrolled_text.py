"""A text that scrolls: lines are laid out once per width and drawn when they are seen."""

from textual.strip import Strip

from widgets.scrolled_lines import ScrolledLines
from widgets.tone import Cell, Line, Tone


class ScrolledText(ScrolledLines):
    """Lines that a subclass lays out for a width; whatever is longer than the width must be wrapped, not cut."""

    empty = ""
    """What is shown while there is no text: say what to do."""

    _lines: tuple[Line, ...] = ()
    _laid_out_for = -1

    def lay_out(self, width: int) -> list[Line]:
        """Return all lines for `width` cells."""
        raise NotImplementedError

    def text_changed(self, keep_scroll: bool = False) -> None:
        """Lay out again, from the top unless `keep_scroll`."""
        self._laid_out_for = -1
        if self.is_mounted:
            self._lay_out_now()
            if not keep_scroll:
                self.scroll_to_line(0)

    def line_count(self) -> int:
        """Return how many lines there are at this width."""
        return len(self._lines)

    def on_mount(self) -> None:
        """Lay out for the first time."""
        self._lay_out_now()

    def on_resize(self) -> None:
        """Lay out for the new width."""
        if self.line_width != self._laid_out_for:
            self._lay_out_now()

    def draw_line(self, index: int, width: int) -> Strip:
        """Draw a line that was laid out."""
        return self.paint(self._lines[index], width)

    def draw_empty(self, y: int, width: int) -> Strip:
        """Show `empty`, a little below the top."""
        return self.paint((Cell("  "), Cell(self.empty, Tone.MUTED)) if y == 1 else (), width)

    def _lay_out_now(self) -> None:
        width = self.line_width
        if width <= 0:
            return
        self._laid_out_for = width
        self._lines = tuple(self.lay_out(width))
        self.lines_changed()
