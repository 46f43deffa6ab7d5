"""Something said at the edge of the screen, in as many lines as it takes."""

from textual.strip import Strip

from widgets.painter import PaintedLine
from widgets.tone import Line
from widgets.wrapping import wrap_pieces

_HANG = 2


class WrappedLine(PaintedLine):
    """Pieces side by side that wrap between each other first; a line without any is empty."""

    DEFAULT_CSS = "WrappedLine { height: auto; }"

    def __init__(self, *pieces: Line, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.pieces = pieces

    def show(self, *pieces: Line) -> None:
        """Show other pieces; the screen is laid out anew only where they take more lines, or fewer."""
        if pieces != self.pieces:
            before, self.pieces = self.pieces, pieces
            self.refresh(layout=_height(before, self.size.width) != _height(pieces, self.size.width))

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return how many lines it takes at this width."""
        return _height(self.pieces, width)

    def render_line(self, y: int) -> Strip:
        """Draw line `y`."""
        lines = wrap_pieces(self.pieces, self.size.width, hang=_HANG)
        return self.paint(lines[y] if y < len(lines) else (), self.size.width)


def _height(pieces: tuple[Line, ...], width: int) -> int:
    return len(wrap_pieces(pieces, width, hang=_HANG))
