"""A line to type a filter in: what is typed is announced after a short rest, and stays visible."""

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Input

from widgets.messages import FromWidget, Latest
from widgets.painter import PaintedLine
from widgets.safe_input import SafeInput
from widgets.safe_text import cells, safe_text
from widgets.tone import Cell, Tone
from widgets.wrapped_line import WrappedLine

DEBOUNCE = 0.02
"""The seconds without a key after which the text is announced."""


class _Answer(PaintedLine):
    """How many rows match."""

    DEFAULT_CSS = "_Answer { width: auto; height: 1; max-width: 60%; }"

    cell = Cell("", Tone.MUTED)

    def show(self, cell: Cell) -> None:
        """Show another answer."""
        self.cell = cell
        self.styles.width = cells(cell.text) + 1 if cell.text else 0
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the answer at the right edge."""
        width = self.size.width
        return self.paint((Cell(" "), self.cell), width)


class _FilterInput(SafeInput):
    """Gives the keys that leave the field to the bar."""

    async def _on_key(self, event: events.Key) -> None:
        bar = next((one for one in self.ancestors if isinstance(one, FilterBar)), None)
        if bar is not None and (event.key == "escape" or (event.key == "backspace" and not self.value)):
            event.stop()
            event.prevent_default()
            bar.dismiss()
            return
        await super()._on_key(event)


class FilterBar(Vertical):
    """`/` and what is filtered by; escape, or backspace in an empty field, leaves it.

    It changes no rows itself: the caller filters on `Changed` and answers with `show_matches` or `show_error`.
    """

    DEFAULT_CSS = """
    FilterBar { height: auto; padding: 0 1; }
    FilterBar > Horizontal { height: 1; }
    FilterBar #slash { width: 2; }
    FilterBar > WrappedLine { display: none; max-height: 4; padding-left: 2; }
    FilterBar.-wrong > WrappedLine { display: block; }
    """

    class Changed(Latest["FilterBar"]):
        """The text is another one; posted when no key came for a moment."""

        def __init__(self, bar: "FilterBar", text: str) -> None:
            super().__init__(bar)
            self.text = text
            """What is in the field now."""

    class Submitted(FromWidget["FilterBar"]):
        """Enter: the filter stays, the user goes to the rows."""

        def __init__(self, bar: "FilterBar", text: str) -> None:
            super().__init__(bar)
            self.text = text
            """What is in the field."""

    class Dismissed(FromWidget["FilterBar"]):
        """The user leaves the field; the text is still in it, the caller decides whether it stays."""

    def __init__(
        self, text: str = "", placeholder: str = "filter", *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._input = _FilterInput(placeholder=placeholder)
        self._answer = _Answer()
        self._error = WrappedLine()
        self._announced = safe_text(text)
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """A slash, the field, the answer; below them what is wrong."""
        with Horizontal():
            yield _Slash(id="slash")
            yield self._input
            yield self._answer
        yield self._error

    def on_mount(self) -> None:
        """Show the text the bar was made with."""
        self.text = self._announced

    @property
    def text(self) -> str:
        """What is in the field."""
        return self._input.value

    @text.setter
    def text(self, text: str) -> None:
        """Put another text in the field; it is announced like a typed one."""
        self._input.value = text
        self._input.cursor_position = len(self._input.value)

    @property
    def is_editing(self) -> bool:
        """Whether keys go into the field."""
        return self._input.has_focus

    def focus_input(self) -> None:
        """Let keys go into the field, the cursor behind the text."""
        self._input.focus()
        self._input.cursor_position = len(self._input.value)

    def show_matches(self, matches: int, total: int, *, is_all: bool = True) -> None:
        """Show how many of how many match; unless that is all, with a sign that more may come."""
        self._answer.show(Cell(f"{matches:,}{'' if is_all else '…'} of {total:,}", Tone.MUTED))
        self.remove_class("-wrong")

    def show_error(self, text: str) -> None:
        """Show what is wrong with the text, which stays in the field."""
        self._answer.show(Cell("", Tone.MUTED))
        self._error.show((Cell(f"✗ {text}", Tone.CRITICAL),))
        self.add_class("-wrong")

    def dismiss(self) -> None:
        """Leave the field."""
        self._announce()
        self.post_message(self.Dismissed(self))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(DEBOUNCE, self._announce)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._announce()
        self.post_message(self.Submitted(self, self.text))

    def _announce(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.text != self._announced:
            self._announced = self.text
            self.post_message(self.Changed(self, self.text))


class _Slash(PaintedLine):
    """The sign before the field."""

    def render_line(self, y: int) -> Strip:
        """Draw the sign."""
        return self.paint((Cell("/", Tone.HEADING),), self.size.width)
