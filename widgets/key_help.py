"""Which keys work here: a line of them for the bottom, and a panel of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from textual import events
from textual.strip import Strip

from widgets.messages import FromWidget
from widgets.painter import PaintedLine
from widgets.safe_text import cells, fit
from widgets.scrolled_text import ScrolledText
from widgets.tone import Cell, Line, Tone
from widgets.wrapping import line_cells, wrap

_GAP = 2
_COLUMN = 38
"""The least width of a column of the panel."""


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key as the user knows it, and what it does; `name` is the key's name in bindings where that differs."""

    key: str
    label: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys that belong together in the panel."""

    title: str
    hints: Sequence[KeyHint]


HELP = KeyHint("?", "help", "question_mark")
"""The last key of every line."""


def fitting(hints: Sequence[KeyHint], width: int, last: KeyHint = HELP) -> tuple[KeyHint, ...]:
    """Return the hints from the first on that fit in `width` cells together with `last`; pure."""
    shown: list[KeyHint] = []
    used = _width(last)
    for hint in hints:
        if hint.key == last.key:
            continue
        used += _width(hint) + _GAP
        if used > width:
            break
        shown.append(hint)
    return (*shown, last)


def _width(hint: KeyHint) -> int:
    return cells(hint.key) + 1 + cells(hint.label)


class KeyLine(PaintedLine):
    """The keys that work here, the most important first, the key for all of them last."""

    DEFAULT_CSS = "KeyLine { height: 1; padding: 0 1; }"

    class Pressed(FromWidget["KeyLine"]):
        """A key was clicked; callers usually simulate it."""

        def __init__(self, line: "KeyLine", hint: KeyHint) -> None:
            super().__init__(line)
            self.hint = hint
            """What was clicked."""

    def __init__(
        self,
        hints: Sequence[KeyHint] = (),
        *,
        last: KeyHint = HELP,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._hints = tuple(hints)
        self._last = last

    def show(self, hints: Sequence[KeyHint]) -> None:
        """Show other keys."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the keys that fit."""
        line: list[Cell] = []
        for hint in fitting(self._hints, self.size.width, self._last):
            line += [Cell(" " * _GAP)] if line else []
            line += [Cell(hint.key, Tone.HEADING), Cell(f" {hint.label}", Tone.MUTED)]
        return self.paint(line, self.size.width)

    def on_click(self, event: events.Click) -> None:
        """Tell which key was clicked."""
        offset = event.get_content_offset(self)
        x = 0
        for hint in fitting(self._hints, self.size.width, self._last):
            if offset is not None and x <= offset.x < x + _width(hint):
                self.post_message(self.Pressed(self, hint))
            x += _width(hint) + _GAP


class KeyHelp(ScrolledText):
    """All keys in groups, in as many columns as fit."""

    def __init__(self, groups: Sequence[KeyGroup] = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.empty = "no keys work here"
        self._groups = tuple(groups)

    def show(self, groups: Sequence[KeyGroup]) -> None:
        """Show other groups."""
        self._groups = tuple(groups)
        self.text_changed()

    def lay_out(self, width: int) -> list[Line]:
        """Return the groups in columns of about the same height."""
        count = max(1, min(len(self._groups), width // _COLUMN))
        column_width = width // count
        columns = _deal([_group(group, column_width - 2) for group in self._groups], count)
        lines: list[Line] = []
        for row in zip_longest(*columns, fillvalue=()):
            line: list[Cell] = []
            for part in row:
                line += [Cell(" "), *part, Cell(" " * max(0, column_width - 1 - line_cells(part)))]
            lines.append(tuple(line))
        return lines


def _group(group: KeyGroup, width: int) -> list[Line]:
    longest = max((cells(hint.key) for hint in group.hints), default=0)
    key_width = min(longest, width // 2)
    lines = wrap((Cell(group.title, Tone.HEADING),), width)
    for hint in group.hints:
        keys = wrap((Cell(hint.key, Tone.ACCENT),), key_width)
        labels = wrap((Cell(hint.label),), width - key_width - 2)
        for key, label in zip_longest(keys, labels, fillvalue=()):
            gap = Cell(fit("", key_width - line_cells(key) + 2))
            lines.append((*key, gap, *label))
    return [*lines, ()]


def _deal(blocks: Sequence[list[Line]], count: int) -> list[list[Line]]:
    """Put the blocks, in order, into `count` columns: a column is left when it has its share of the lines."""
    share = sum(len(block) for block in blocks) / count
    columns: list[list[Line]] = [[]]
    for block in blocks:
        if columns[-1] and len(columns) < count and len(columns[-1]) + len(block) / 2 > share:
            columns.append([])
        columns[-1] += block
    return columns
