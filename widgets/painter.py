"""Draw lines of cells as strips. The choke point: whatever is drawn is made safe and cut to its width here."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from widgets.safe_text import fit, safe_text
from widgets.tone import TONE_CLASSES, Cell, Tone, tone_css


class Painter:
    """What every widget of this folder draws with; mixed into a Textual widget that has a component class per tone."""

    def paint(self, line: Iterable[Cell], width: int, row_class: str | None = None, fill: Tone = Tone.PLAIN) -> Strip:
        """Return `line` as a strip of exactly `width` cells; what does not fit is cut with `…`.

        `row_class` is the component class of the whole row (a cursor, a header); `fill` is the tone of the empty rest.
        """
        pieces: list[tuple[str, Tone]] = []
        left = width
        for cell in line:
            text = safe_text(cell.text)
            size = cell_len(text)
            if size > left:
                pieces.append((fit(text, left) if left else "", cell.tone))
                left = 0
                break
            pieces.append((text, cell.tone))
            left -= size
        pieces.append((" " * left, fill))
        return Strip(self._segments(pieces, row_class), width)

    def pen(self, tone: Tone, row_class: str | None = None) -> Style:
        """Return how a text of this tone looks, on the background of `row_class` if one is given."""
        widget = cast(Widget, self)
        row = widget.get_component_rich_style(row_class) if row_class else widget.rich_style
        look = widget.get_component_rich_style(tone.component_class, partial=True)
        if row.reverse:  # the terminal's own colours: a reversed row stays one block
            return row + Style(bold=look.bold)
        full = widget.get_component_rich_style(tone.component_class)
        return row + Style(
            color=full.color,
            bgcolor=full.bgcolor if look.bgcolor is not None else None,
            bold=look.bold,
            dim=look.dim,
            underline=look.underline,
        )

    def _segments(self, pieces: Sequence[tuple[str, Tone]], row_class: str | None) -> list[Segment]:
        """Join neighbours that look the same: few, long segments are drawn fastest."""
        segments: list[Segment] = []
        last_style: Style | None = None
        run = ""
        for text, tone in pieces:
            if not text:
                continue
            style = self.pen(tone, row_class)
            if style == last_style:
                run += text
                continue
            if run:
                segments.append(Segment(run, last_style))
            run, last_style = text, style
        if run:
            segments.append(Segment(run, last_style))
        return segments


class PaintedLine(Painter, Widget):
    """A widget of one or more painted lines that does not scroll."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(TONE_CLASSES)
    """One component class per tone, for example `tone--critical`."""

    DEFAULT_CSS = "PaintedLine { height: 1; }\n" + tone_css("PaintedLine")
