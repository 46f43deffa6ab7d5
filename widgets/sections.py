"""Facts under headings, with keys that go from heading to heading."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from widgets.fact_list import FactList
from widgets.tone import Line, Tone

POINTER = "▸"
"""Begins the fact whose document is shown beside or below."""


class Sections(FactList):
    """Facts under headings, with keys that go from heading to heading."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_curly_bracket", "next_section", "next section", show=False),
        Binding("left_curly_bracket", "previous_section", "previous section", show=False),
    ]

    _headings: tuple[int, ...] = ()
    _pointed: int | None = None

    def lay_out(self, width: int) -> list[Line]:
        """Lay out as ever, and remember the lines that begin a section."""
        lines = super().lay_out(width)
        self._headings = tuple(n for n, line in enumerate(lines) if line and line[0].tone is Tone.HEADING)
        pointed = (n for n, line in enumerate(lines) if any(cell.text.strip() == POINTER for cell in line))
        self._pointed = next(pointed, None)
        return lines

    def scroll_to_pointer(self) -> None:
        """Scroll until the fact whose document is shown is seen."""
        line = self._pointed
        if line is not None and not self.first_seen <= line < self.first_seen + self.page_lines:
            self.move_to(max(0, line - 1))

    def action_next_section(self) -> None:
        """Scroll to the first heading below the top."""
        below = [line for line in self._headings if line > self.first_seen]
        if below:
            self.move_to(below[0])

    def action_previous_section(self) -> None:
        """Scroll to the last heading above the top."""
        above = [line for line in self._headings if line < self.first_seen]
        if above:
            self.move_to(above[-1])
