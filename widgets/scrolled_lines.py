"""Widgets that draw only the lines that are seen: a scrolled text, and a list of lines with a cursor."""

from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.painter import Painter
from widgets.tone import Cell, Tone


class ScrolledLines(Painter, ScrollView, can_focus=True, inherit_bindings=False):
    """Lines under an optional header that stays; a subclass says how many there are and draws one.

    | Key | Does |
    | :- | :- |
    | j k down up | one line |
    | ctrl+d ctrl+u | half a page |
    | pagedown pageup | a page |
    | g G home end | first and last line |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "line_down", "down", show=False, id="lines.down"),
        Binding("k,up", "line_up", "up", show=False, id="lines.up"),
        Binding("ctrl+d", "half_page_down", "half a page down", show=False, id="lines.half-down"),
        Binding("ctrl+u", "half_page_up", "half a page up", show=False, id="lines.half-up"),
        Binding("pagedown", "page_down", "a page down", show=False, id="lines.page-down"),
        Binding("pageup", "page_up", "a page up", show=False, id="lines.page-up"),
        Binding("g,home", "first_line", "first", show=False, id="lines.first"),
        Binding("G,end", "last_line", "last", show=False, id="lines.last"),
    ]

    DEFAULT_CSS = """
    ScrolledLines {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size: 1 1;
        scrollbar-color: $surface-lighten-2;
        scrollbar-color-hover: $primary;
        scrollbar-color-active: $primary;
        scrollbar-background: transparent;
        scrollbar-background-hover: transparent;
        scrollbar-background-active: transparent;
    }
    ScrolledLines:ansi { scrollbar-color: ansi_bright_black; }
    """

    ALLOW_SELECT = False

    HEADER_LINES = 0
    """How many lines at the top stay while the rest scrolls."""

    _frame_width = 0
    _frame_ground: Style | None = None

    def line_count(self) -> int:
        """Return how many lines there are, header not counted."""
        raise NotImplementedError

    def draw_line(self, index: int, width: int) -> Strip:
        """Return line `index` (from 0) as a strip of exactly `width` cells."""
        raise NotImplementedError

    def draw_header(self, y: int, width: int) -> Strip:
        """Return line `y` of the header as a strip of exactly `width` cells."""
        raise NotImplementedError

    def draw_empty(self, y: int, width: int) -> Strip:
        """Return line `y` below the header while there are no lines at all."""
        return self.paint((), width)

    @property
    def line_width(self) -> int:
        """How many cells a line has: the width without border, padding and scrollbar."""
        return max(0, self.scrollable_content_region.width)

    @property
    def page_lines(self) -> int:
        """How many lines are seen at once, header not counted."""
        return max(1, self.scrollable_content_region.height - self.HEADER_LINES)

    @property
    def first_seen(self) -> int:
        """The index of the topmost line that is seen."""
        return self.scroll_offset.y

    def lines_changed(self) -> None:
        """Take over a new number of lines and draw everything again."""
        self.virtual_size = Size(0, self.line_count() + self.HEADER_LINES)
        self.refresh()

    def on_mount(self) -> None:
        """Learn the number of lines as soon as there is a screen."""
        self.lines_changed()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Find out width and background once per frame, then draw the lines inside `crop`."""
        self._frame_width = self.line_width
        ground = self.rich_style
        if ground != self._frame_ground:
            self._frame_ground = ground
            self.ground_changed()
        return super().render_lines(crop)

    def ground(self) -> Style:
        """Return the background and plain colour of this frame."""
        return self._frame_ground or self.rich_style

    def ground_changed(self) -> None:
        """React to another background: lines that were drawn before cannot be used again."""

    def render_line(self, y: int) -> Strip:
        """Return the line at height `y` of the widget."""
        width = self._frame_width or self.line_width
        if y < self.HEADER_LINES:
            return self.draw_header(y, width)
        count = self.line_count()
        if not count:
            return self.draw_empty(y - self.HEADER_LINES, width)
        index = y - self.HEADER_LINES + self.first_seen
        return self.draw_line(index, width) if index < count else self.paint((), width)

    def redraw_line(self, index: int) -> None:
        """Draw line `index` again, if it is seen."""
        y = index + self.HEADER_LINES - self.first_seen
        if self.HEADER_LINES <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def bring_into_view(self, index: int) -> None:
        """Scroll as little as needed to see line `index`."""
        top = self.first_seen
        if index < top:
            self.scroll_to_line(index)
        elif index >= top + self.page_lines:
            self.scroll_to_line(index - self.page_lines + 1)

    def scroll_to_line(self, index: int) -> None:
        """Make line `index` the topmost one, as far as there are lines below it."""
        if self.is_attached:  # else the first layout does it
            self.scroll_to(y=max(0, index), animate=False, force=True)

    def move_by(self, lines: int) -> None:
        """Move down by `lines` (up if negative)."""
        self.scroll_to_line(min(self.first_seen + lines, round(self.max_scroll_y)))

    def move_to(self, index: int) -> None:
        """Move to line `index`, or to the last one if it is larger."""
        self.scroll_to_line(min(index, round(self.max_scroll_y)))

    def action_line_down(self) -> None:
        """Move one line down."""
        self.move_by(1)

    def action_line_up(self) -> None:
        """Move one line up."""
        self.move_by(-1)

    def action_half_page_down(self) -> None:
        """Move half a page down."""
        self.move_by(max(1, self.page_lines // 2))

    def action_half_page_up(self) -> None:
        """Move half a page up."""
        self.move_by(-max(1, self.page_lines // 2))

    def action_page_down(self) -> None:
        """Move a page down."""
        self.move_by(self.page_lines)

    def action_page_up(self) -> None:
        """Move a page up."""
        self.move_by(-self.page_lines)

    def action_first_line(self) -> None:
        """Move to the first line."""
        self.move_to(0)

    def action_last_line(self) -> None:
        """Move to the last line."""
        self.move_to(max(0, self.line_count() - 1))


class CursorLines(ScrolledLines):
    """Lines with a cursor: what tables and trees have in common.

    Moving draws two lines again, or the whole widget when it scrolls: one frame per key.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor", "lines--header"}
    """
    | Class | Is |
    | :- | :- |
    | `lines--cursor` | the line under the cursor |
    | `lines--header` | the header line |
    """

    DEFAULT_CSS = """
    CursorLines > .lines--header { color: $foreground-muted; text-style: bold; }
    CursorLines > .lines--cursor { background: $surface-lighten-1; }
    CursorLines:focus > .lines--cursor { background: $primary-muted; }
    CursorLines:ansi > .lines--cursor { background: ansi_default; text-style: bold; }
    CursorLines:ansi:focus > .lines--cursor { background: ansi_default; text-style: reverse; }
    """

    cursor_line = 0
    """The index of the line under the cursor; 0 while there are no lines."""

    empty = ""
    """What is shown while there are no lines: say what to do."""

    CURSOR_BAR = Cell("▌", Tone.CURSOR_BAR)
    """The sign at the start of the cursor line, so that colour is not the only carrier."""

    def cursor_moved(self) -> None:
        """React to a cursor that stands on another line."""

    def clicked_line(self, index: int, event: events.Click) -> None:
        """React to a click on line `index`, after the cursor moved there."""

    def clicked_header(self, event: events.Click) -> None:
        """React to a click on the header."""

    def move_by(self, lines: int) -> None:
        """Move the cursor down by `lines` (up if negative)."""
        self.move_to(self.cursor_line + lines)

    def move_to(self, index: int) -> None:
        """Move the cursor to line `index`, or to the nearest line there is, and bring it into view."""
        index = max(0, min(index, self.line_count() - 1))
        before, self.cursor_line = self.cursor_line, index
        self.bring_into_view(index)
        if index != before:
            self.redraw_line(before)
            self.redraw_line(index)
            self.cursor_moved()

    def draw_empty(self, y: int, width: int) -> Strip:
        """Show `empty`, a little below the top."""
        lines = self.empty.split("\n")
        index = y - 1
        text = lines[index] if 0 <= index < len(lines) else ""
        return self.paint((Cell("   "), Cell(text, Tone.MUTED)), width)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the line that was clicked."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < self.HEADER_LINES:
            self.clicked_header(event)
            return
        index = offset.y - self.HEADER_LINES + self.first_seen
        if index < self.line_count():
            self.move_to(index)
            self.clicked_line(index, event)

    def on_resize(self) -> None:
        """Keep the cursor in view when the widget shrinks."""
        self.bring_into_view(self.cursor_line)
