"""Draw lines of cells as strips. The choke point: whatever is drawn is made safe and cut to its width here."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import cast

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from widgets.contrast import make_legible
from widgets.safe_text import fit, safe_text
from widgets.tone import Cell, Look, Tone, look_of


@lru_cache(maxsize=1024)
def _ink(look: Look, colour: str, ground: str, row: Style) -> Style:
    """Put a look on a row; `colour` and `ground` are what the theme gives for its variables."""
    if row.reverse:  # the terminal's own colours: a reversed row stays one block
        return row + Style(bold=look.is_bold or None)
    under = Color.parse(ground) if ground else Color.from_rich_color(row.bgcolor)
    ink = under + Color.parse(colour)
    return row + Style(
        color=(make_legible(ink, under) if look.is_text else ink).rich_color,
        bgcolor=under.rich_color if ground else None,
        bold=look.is_bold or None,
        dim=look.is_dim or None,
        underline=look.is_underlined or None,
    )


class Painter:
    """What every widget of this folder draws with; mixed into a Textual widget.

    Tones are looked up in the theme and have no component classes: Textual makes the styles of every component class of
    every widget anew whenever a class changes above it, which would cost more than all the drawing.
    """

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

    def ground(self) -> Style:
        """Return what the widget itself looks like: its background and its plain colour."""
        return cast(Widget, self).rich_style

    def pen(self, tone: Tone, row: Style) -> Style:
        """Return how a text of this tone looks on a row of this style."""
        app = cast(Widget, self).app
        look = look_of(tone, is_terminal=app.native_ansi_color)
        variables = app.theme_variables
        return _ink(look, variables[look.colour], variables[look.ground] if look.ground else "", row)

    def _segments(self, pieces: Sequence[tuple[str, Tone]], row_class: str | None) -> list[Segment]:
        """Join neighbours that look the same: few, long segments are drawn fastest."""
        row = cast(Widget, self).get_component_rich_style(row_class) if row_class else self.ground()
        pens: dict[Tone, Style] = {}
        segments: list[Segment] = []
        last_style: Style | None = None
        run = ""
        for text, tone in pieces:
            if not text:
                continue
            style = pens.get(tone)
            if style is None:
                style = pens[tone] = self.pen(tone, row)
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

    ALLOW_SELECT = False

    DEFAULT_CSS = "PaintedLine { height: 1; }"
