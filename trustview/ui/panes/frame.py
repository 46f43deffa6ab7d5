"""Frame: a pane under a title line that tells its number, whether it has the focus, and where one is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.containers import Vertical
from textual.strip import Strip

from trustview.ui.messages import PaneChosen, PaneFocused
from trustview.ui.state import Pane
from widgets.painter import PaintedLine
from widgets.safe_text import cells
from widgets.tone import Cell, Tone
from widgets.wrapping import cut, line_cells


@dataclass(frozen=True, slots=True)
class Tab:
    """A pane that the title leads to."""

    pane: Pane
    label: str
    is_current: bool = False


class TitleLine(PaintedLine):
    """`▌2 Queue  with findings ───────── 12 of 64`."""

    DEFAULT_CSS = "TitleLine { height: 1; }"

    def __init__(self, tabs: Sequence[Tab]) -> None:
        super().__init__()
        self.tabs = tuple(tabs)
        self._subject: tuple[Cell, ...] = ()
        self._note = ""
        self._has_focus = False

    @property
    def tabs_shown(self) -> tuple[Tab, ...]:
        """All tabs, or the pane's own one while all panes are seen at once."""
        is_alone = self.screen.has_class("-wide") and not self.screen.has_class("-zoomed")
        return tuple(tab for tab in self.tabs if tab.is_current or not is_alone)

    def show(self, subject: Sequence[Cell], note: str = "") -> None:
        """Say what the pane shows, and where one is in it."""
        if (tuple(subject), note) != (self._subject, self._note):
            self._subject, self._note = tuple(subject), note
            self.refresh()

    def show_focus(self, has_focus: bool) -> None:
        """Tell whether keys go to this pane."""
        if has_focus != self._has_focus:
            self._has_focus = has_focus
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the title with a rule between its two ends; the subject is cut before the note."""
        width = self.size.width
        left = [Cell("▌" if self._has_focus else "─", Tone.CURSOR_BAR if self._has_focus else Tone.MUTED)]
        for tab in self.tabs_shown:
            is_lit = tab.is_current and self._has_focus
            tone = Tone.HEADING if is_lit else Tone.STRONG if tab.is_current else Tone.MUTED
            shown = f"{tab.pane.number} {tab.label}"
            left.append(Cell(f"[{shown}]" if tab.is_current and len(self.tabs_shown) > 1 else f" {shown} ", tone))
        note = [Cell(f" {self._note} ", Tone.MUTED)] if self._note else []
        room = width - line_cells(note) - line_cells(left)
        left.append(Cell(" "))
        subject = cut([*self._subject, Cell(" ")], max(0, room - 1)) if self._subject else ()
        line = [*left, *subject]
        rule = width - line_cells(line) - line_cells(note) - 1
        return self.paint([*line, Cell("─" * max(0, rule), Tone.MUTED), *note, Cell("─", Tone.MUTED)], width)

    def on_click(self, event: events.Click) -> None:
        """A click on a tab leads to its pane, elsewhere to this one."""
        event.stop()
        x = event.x - 1
        for tab in self.tabs_shown:
            x -= cells(f" {tab.pane.number} {tab.label} ")
            if x < 0:
                self.post_message(PaneChosen(tab.pane))
                return
        current = next((tab.pane for tab in self.tabs if tab.is_current), None)
        if current is not None:
            self.post_message(PaneChosen(current))


class Frame(Vertical):
    """A pane: its title line, and what a subclass puts below."""

    DEFAULT_CSS = "Frame { width: 1fr; height: 1fr; }"

    def __init__(self, pane: Pane, tabs: Sequence[Tab]) -> None:
        super().__init__(id=pane.value, classes="pane")
        self.pane = pane
        self.title_line = TitleLine(tabs)

    def on_descendant_focus(self) -> None:
        """Light the title, and tell that keys go here now."""
        self.title_line.show_focus(self.has_focus_within)
        self.post_message(PaneFocused(self.pane))

    def on_descendant_blur(self) -> None:
        """Put the title out, unless the focus stays in the pane."""
        self.title_line.show_focus(self.has_focus_within)

    def focus_content(self) -> None:
        """Let keys go to the content of the pane."""
        raise NotImplementedError


def detail_tabs(current: Pane) -> tuple[Tab, ...]:
    """The three panes of an item."""
    labels = {Pane.WHY: "Why", Pane.GRAPH: "Graph", Pane.FIX: "Fix"}
    return tuple(Tab(pane, label, pane is current) for pane, label in labels.items())
