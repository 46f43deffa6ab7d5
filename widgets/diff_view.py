"""Two texts compared: side by side where there is room, else inline; gutters carry `-` and `+`, colour only helps."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from textual.binding import Binding, BindingType

from widgets.diff import Change, DiffLine, Half, diff_lines, hunk_count
from widgets.safe_text import fit
from widgets.scrolled_text import ScrolledText
from widgets.tone import Cell, Line, Tone
from widgets.wrapping import indent_of, line_cells, wrap

SIDE_BY_SIDE_FROM = 110
"""The width from which the two texts stand side by side."""


class DiffView(ScrolledText):
    """The comparison of two texts.

    | Key | Does |
    | :- | :- |
    | } { | next and previous change |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_curly_bracket", "next_hunk", "next change", show=False, id="diff.next"),
        Binding("left_curly_bracket", "previous_hunk", "previous change", show=False, id="diff.previous"),
    ]

    def __init__(self, *, empty: str = "nothing to compare", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.empty = empty
        self._texts: tuple[str, str] | None = None
        self._titles = ("before", "after")
        self._diff: list[DiffLine] = []
        self._hunk_lines: list[int] = []

    @property
    def hunk_count(self) -> int:
        """How many blocks changed; 0 when the texts are equal."""
        return hunk_count(self._diff)

    @property
    def diff(self) -> Sequence[DiffLine]:
        """The comparison that is shown."""
        return self._diff

    def show(self, old: str, new: str, old_title: str = "before", new_title: str = "after") -> None:
        """Compare two texts."""
        self._texts = (old, new)
        self._titles = (old_title, new_title)
        self._diff = diff_lines(old, new)
        self.text_changed()

    def clear(self) -> None:
        """Show nothing."""
        self._texts = None
        self._diff = []
        self.text_changed()

    def action_next_hunk(self) -> None:
        """Scroll to the first change that begins below the top."""
        below = [line for line in self._hunk_lines if line > self.first_seen + 1]
        if below:
            self.move_to(below[0] - 1)

    def action_previous_hunk(self) -> None:
        """Scroll to the last change that begins above the top."""
        above = [line for line in self._hunk_lines if line <= self.first_seen]
        if above:
            self.move_to(above[-1] - 1)

    def lay_out(self, width: int) -> list[Line]:
        """Return the comparison for `width` cells, its title first."""
        self._hunk_lines = []
        if self._texts is None:
            return []
        if not self.hunk_count:
            title: Line = (
                Cell(f" {self._titles[0]} → {self._titles[1]}  ", Tone.HEADING),
                Cell("no change", Tone.MUTED),
            )
        else:
            plural = "" if self.hunk_count == 1 else "s"
            title = (
                Cell(f" {self._titles[0]} → {self._titles[1]}  ", Tone.HEADING),
                Cell(f"{self.hunk_count} change{plural}", Tone.MUTED),
            )
        lines = wrap(title, width, 1)
        if width >= SIDE_BY_SIDE_FROM and self.hunk_count:
            lines += self._side_by_side(width, len(lines))
        else:
            lines += self._inline(width, len(lines))
        return lines

    def _inline(self, width: int, start: int) -> list[Line]:
        lines: list[Line] = []
        for hunk, group in groupby(self._diff, key=lambda line: line.hunk):
            if hunk:
                self._hunk_lines.append(start + len(lines))
            block = list(group)
            if not hunk:
                halves = [(line.new, Change.SAME) for line in block]
            else:
                halves = [
                    *((line.old, Change.REMOVED) for line in block),
                    *((line.new, Change.ADDED) for line in block),
                ]
            for half, change in halves:
                if half is not None:
                    lines += _half(half, change, width, self._digits())
        return lines

    def _side_by_side(self, width: int, start: int) -> list[Line]:
        lines: list[Line] = []
        left_width = (width - 3) // 2
        hunk = 0
        for line in self._diff:
            if line.hunk > hunk:
                hunk = line.hunk
                self._hunk_lines.append(start + len(lines))
            is_same = line.change is Change.SAME
            left = _maybe(line.old, Change.SAME if is_same else Change.REMOVED, left_width, self._digits())
            right = _maybe(line.new, Change.SAME if is_same else Change.ADDED, width - 3 - left_width, self._digits())
            height = max(len(left), len(right))
            lines += [tuple(_beside(left, right, index, left_width)) for index in range(height)]
        return lines

    def _digits(self) -> int:
        numbers = (half.number for line in self._diff for half in (line.old, line.new) if half)
        return len(str(max(numbers, default=1)))


_LOOKS = {
    Change.SAME: (" ", Tone.PLAIN, Tone.PLAIN),
    Change.REMOVED: ("-", Tone.REMOVED, Tone.REMOVED_WORD),
    Change.ADDED: ("+", Tone.ADDED, Tone.ADDED_WORD),
}
"""The gutter sign, the tone of the line, and the tone of its changed words."""


def _half(half: Half, change: Change, width: int, digits: int) -> list[Line]:
    """Return a line with its gutter, wrapped; the continuation has the gutter's sign too."""
    sign, tone, marked = _LOOKS[change]
    words = [Cell(word.text, marked if word.is_marked else tone) for word in half.words]
    hang = indent_of(words[0].text) + 2 if words else 0
    gutter_width = digits + 4
    wrapped = wrap(words, width - gutter_width, hang)
    lines: list[Line] = []
    for index, line in enumerate(wrapped):
        number = str(half.number) if not index else ""
        lines.append((Cell(f" {fit(number, digits, 'right')} ", Tone.MUTED), Cell(f"{sign} ", tone), *line))
    return lines


def _maybe(half: Half | None, change: Change, width: int, digits: int) -> list[Line]:
    return _half(half, change, width, digits) if half is not None else []


def _beside(left: Sequence[Line], right: Sequence[Line], index: int, left_width: int) -> Iterator[Cell]:
    before = left[index] if index < len(left) else ()
    yield from before
    yield Cell(" " * (left_width - line_cells(before)))
    yield Cell(" │ ", Tone.MUTED)
    if index < len(right):
        yield from right[index]
