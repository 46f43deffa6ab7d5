"""A JSON text with light tones and marked ranges of lines."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from widgets.safe_text import fit
from widgets.scrolled_text import ScrolledText
from widgets.tone import Cell, Line, Tone
from widgets.wrapping import indent_of, wrap


@dataclass(frozen=True, slots=True)
class MarkedRange:
    """Lines `first` to `last` of the text (from 1, both included), and what there is to say about them."""

    first: int
    last: int
    tone: Tone
    note: str = ""


_TOKEN = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?|(?P<other>[^"]+|")')


def tone_json(line: str) -> Iterator[Cell]:
    """Yield a line of JSON in tones: names, strings, and the rest plain; nothing is lost if it is not JSON."""
    for match in _TOKEN.finditer(line):
        if match["other"] is not None:
            yield Cell(match["other"])
        elif match["colon"] is not None:
            yield Cell(match["text"], Tone.NAME)
            yield Cell(match["colon"], Tone.MUTED)
        else:
            yield Cell(match["text"], Tone.STRING)


def find_folds(texts: Sequence[str], marks: Sequence[MarkedRange]) -> dict[int, int]:
    """Return first and last line (from 1) of the outermost blocks that hold no mark; the whole text is no block."""
    marked = {number for mark in marks for number in range(mark.first, mark.last + 1)}
    folds: dict[int, int] = {}
    end = 0
    for first, text in enumerate(texts, 1):
        indent = indent_of(text)
        if first <= end or not indent or not text.rstrip().endswith(("{", "[")):
            continue
        last = next((n for n in range(first + 1, len(texts) + 1) if indent_of(texts[n - 1]) <= indent), first)
        if last > first and marked.isdisjoint(range(first, last + 1)):
            folds[first] = end = last
    return folds


class JsonView(ScrolledText):
    """A JSON text, already laid out by the caller, with line numbers and marks.

    | Key | Does |
    | :- | :- |
    | } { | next and previous mark |
    | x | folds the blocks that hold no mark, and opens them again |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_curly_bracket", "next_mark", "next mark", show=False, id="json.next"),
        Binding("left_curly_bracket", "previous_mark", "previous mark", show=False, id="json.previous"),
        Binding("x", "fold", "fold", show=False, id="json.fold"),
    ]

    MARK = "▌"
    """The sign in the gutter of a marked line."""

    def __init__(self, *, empty: str = "nothing to show", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.empty = empty
        self._text = ""
        self._marks: tuple[MarkedRange, ...] = ()
        self._mark_lines: list[int] = []
        self._is_folded = False

    @property
    def text(self) -> str:
        """The text that is shown."""
        return self._text

    def show(self, text: str, marks: Sequence[MarkedRange] = ()) -> None:
        """Show a text with marks; where marks overlap, the first given wins."""
        self._text = text
        self._marks = tuple(marks)
        self.text_changed()

    def action_fold(self) -> None:
        """Show each block that holds no mark as one line, or all lines again."""
        self._is_folded = not self._is_folded
        self.text_changed()

    def scroll_to_mark(self, index: int = 0) -> None:
        """Scroll to the mark with this place in the text, the first being 0."""
        if 0 <= index < len(self._mark_lines):
            self.move_to(max(0, self._mark_lines[index] - 2))

    def action_next_mark(self) -> None:
        """Scroll to the first mark that begins below the top."""
        below = [line for line in self._mark_lines if line > self.first_seen + 2]
        if below:
            self.move_to(below[0] - 2)

    def action_previous_mark(self) -> None:
        """Scroll to the last mark that begins above the top."""
        above = [line for line in self._mark_lines if line < self.first_seen + 2]
        if above:
            self.move_to(max(0, above[-1] - 2))

    def lay_out(self, width: int) -> list[Line]:
        """Return the numbered lines for `width` cells, notes below the ranges they belong to."""
        self._mark_lines = []
        if not self._text:
            return []
        texts = self._text.removesuffix("\n").split("\n")
        digits = len(str(len(texts)))
        lines: list[Line] = []
        folds = find_folds(texts, self._marks) if self._is_folded else {}
        hidden_to = 0
        for number, text in enumerate(texts, 1):
            if number <= hidden_to:
                continue
            if number in folds:
                hidden_to = folds[number]
                text = f"{text} … {texts[hidden_to - 1].strip()}"  # noqa: PLW2901 -- the line as it is shown
            mark = next((mark for mark in self._marks if mark.first <= number <= mark.last), None)
            if any(mark.first == number for mark in self._marks):
                self._mark_lines.append(len(lines))
            lines += self._numbered(number, digits, text, mark, width)
            for noted in self._marks:
                if noted.note and noted.last == number:
                    lines += self._note(noted, digits, indent_of(text), width)
        return lines

    def _numbered(self, number: int, digits: int, text: str, mark: MarkedRange | None, width: int) -> Iterator[Line]:
        bar = Cell(self.MARK, mark.tone) if mark else Cell(" ")
        for index, line in enumerate(wrap(tone_json(text), width - digits - 3, indent_of(text) + 2)):
            shown = fit(str(number) if not index else "", digits, "right")
            yield (bar, Cell(f"{shown}  ", Tone.MUTED), *line)

    def _note(self, mark: MarkedRange, digits: int, indent: int, width: int) -> Iterator[Line]:
        start = min(indent, width // 3)
        for line in wrap((Cell(f"└ {mark.note}", mark.tone),), width - digits - 3 - start, 2):
            yield (Cell(self.MARK, mark.tone), Cell(" " * (digits + 2 + start)), *line)
