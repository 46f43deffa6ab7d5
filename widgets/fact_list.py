"""Facts as label and value, under headings; values wrap with a hanging indent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from widgets.safe_text import cells, fit
from widgets.scrolled_text import ScrolledText
from widgets.tone import Cell, Line, Tone
from widgets.wrapping import wrap


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value; without a label the value takes the whole width. The glyph stands before the value."""

    label: str
    value: str | Sequence[Cell]
    tone: Tone = Tone.PLAIN
    glyph: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section; `note` stands muted behind it."""

    text: str
    note: str = ""


class FactList(ScrolledText):
    """Labels on the left, values on the right, headings between."""

    def __init__(
        self,
        facts: Sequence[Fact | Heading] = (),
        *,
        empty: str = "nothing to show",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.empty = empty
        self._facts = tuple(facts)

    @property
    def facts(self) -> tuple[Fact | Heading, ...]:
        """What is shown."""
        return self._facts

    def set_facts(self, facts: Sequence[Fact | Heading], keep_scroll: bool = False) -> None:
        """Show other facts, from the top unless `keep_scroll`."""
        self._facts = tuple(facts)
        self.text_changed(keep_scroll)

    def lay_out(self, width: int) -> list[Line]:
        """Return the lines for `width` cells."""
        longest = max((cells(fact.label) for fact in self._facts if isinstance(fact, Fact)), default=0)
        label_width = min(longest, max(8, width // 3))
        lines: list[Line] = []
        for fact in self._facts:
            if isinstance(fact, Heading):
                lines += [()] if lines else []
                lines += wrap((Cell(f" {fact.text}", Tone.HEADING), Cell(f"  {fact.note}", Tone.MUTED)), width, 1)
            else:
                lines += _fact(fact, label_width, width)
        return lines


def _fact(fact: Fact, label_width: int, width: int) -> Iterator[Line]:
    value = [Cell(fact.value, fact.tone)] if isinstance(fact.value, str) else list(fact.value)
    if fact.glyph:
        value.insert(0, Cell(f"{fact.glyph} ", fact.tone))
    hang = cells(fact.glyph) + 1 if fact.glyph else 0
    if not fact.label:
        yield from ((Cell(" "), *line) for line in wrap(value, width - 2, hang))
        return
    start = label_width + 3
    label = fact.label
    if cells(label) > label_width:  # it gets lines of its own, so that nothing of it is lost
        yield from ((Cell(" "), *line) for line in wrap((Cell(label, Tone.MUTED),), width - 2, 2))
        label = ""
    for index, line in enumerate(wrap(value, width - start - 1, hang)):
        shown = label if not index else ""
        yield (Cell(f" {fit(shown, label_width)}  ", Tone.MUTED), *line)
