"""The workbench: all panes of a review on one screen; classes decide which are seen, never another screen.

At 80 cells the detail stands below the queue and the scope lies over them on demand; from 100 the scope stands left;
from 170 all panes are seen at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.lazy import Lazy
from textual.screen import Screen

from trustview.ui.commands import COMMANDS
from trustview.ui.panes.fix import FixPane
from trustview.ui.panes.frame import Frame
from trustview.ui.panes.graph import GraphPane
from trustview.ui.panes.queue import QueuePane
from trustview.ui.panes.scope import ScopePane
from trustview.ui.panes.sheet import SheetPane
from trustview.ui.panes.why import WhyPane
from trustview.ui.present.sheets import context_of, footer, sheet_footer
from trustview.ui.present.status import notice_line
from trustview.ui.present.tour import tour_line
from trustview.ui.screens.notice import NoticeLine, TooSmall
from trustview.ui.state import Pane, Sheet, State
from widgets.key_help import KeyLine
from widgets.prompt_line import PromptLine
from widgets.status_line import Segment, StatusLine

MEDIUM_FROM, WIDE_FROM = 100, 170
"""The widths from which the scope stands beside, and from which all panes do."""


class Workbench(Screen[None], inherit_bindings=False):
    """Top line, panes, status, prompt, footer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            ",".join(command.keys),
            f"app.command('{command.id}')",
            command.label,
            show=False,
            id=command.id,
        )
        for command in COMMANDS
        if not command.is_built_in
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (80, "-narrow"), (MEDIUM_FROM, "-medium"), (WIDE_FROM, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-tall")]  # noqa: RUF012

    def __init__(self, ready: Callable[[], None]) -> None:
        super().__init__()
        self._ready = ready
        self.top = StatusLine(id="top")
        self.scope = ScopePane()
        self.queue = QueuePane()
        self.why = WhyPane()
        self.graph = GraphPane()
        self.fix = FixPane()
        self.sheet = SheetPane()
        self.tour = NoticeLine(id="tour")
        self.status = NoticeLine(id="status")
        self.prompt = PromptLine(id="prompt")
        self.keys = KeyLine(id="keys")
        self._state: State | None = None

    def compose(self) -> ComposeResult:
        """Everything, once; what is not wanted is hidden by classes."""
        yield self.top
        with Container(id="panes"):
            yield self.scope
            yield self.queue
            yield self.graph
            yield self.why
            yield self.fix
        yield Lazy(self.sheet)  # nothing of it is seen at first
        yield self.tour
        yield self.status
        yield self.prompt
        yield self.keys
        yield TooSmall(id="too-small")

    def on_mount(self) -> None:
        """Let the review be shown before anything is painted."""
        self._ready()

    def pane(self, pane: Pane) -> Frame:
        """The frame of a pane."""
        frames: dict[Pane, Frame] = {
            Pane.SCOPE: self.scope, Pane.QUEUE: self.queue, Pane.WHY: self.why, Pane.GRAPH: self.graph,
            Pane.FIX: self.fix,
        }  # fmt: skip
        return frames[pane]

    @property
    def is_too_small(self) -> bool:
        """Whether nothing but a message is shown."""
        return self.has_class("-tiny") or self.has_class("-low")

    @property
    def is_wide(self) -> bool:
        """Whether all panes are seen at once."""
        return self.has_class("-wide")

    @contextmanager
    def asking(self) -> Iterator[PromptLine]:
        """The prompt, in the place of tour, status and footer as long as a question is open."""
        last_lines = (self.tour, self.status, self.keys)
        for line in last_lines:
            line.display = False  # by itself: a class of the screen would make all looks anew, at each decision
        try:
            yield self.prompt
        finally:
            for line in last_lines:
                line.styles.display = None  # as the classes of the screen say
            self.call_after_refresh(self._focus_again)

    def _focus_again(self) -> None:
        """Let keys go to the pane again once no question follows."""
        if self._state is not None and self._state.sheet is Sheet.NONE and not self.prompt.is_open:
            self.pane(self._state.pane).focus_content()

    def begin(self, state: State) -> None:
        """Show a review that was just opened."""
        self.queue.begin(state)
        self.scope.begin(state)
        self._arrange(state)
        self.pane(state.pane).focus_content()

    def show_change(self, before: State, state: State) -> None:
        """Draw again what changed between two states."""
        self.queue.show_change(before, state)
        self.scope.show_change(before, state)
        self._arrange(state)
        if state.sheet is not Sheet.NONE:
            if before.sheet is not state.sheet:
                self.call_after_refresh(self.sheet.focus_content)
        elif (before.pane, before.sheet) != (state.pane, state.sheet) and not self.prompt.is_open:
            self.pane(state.pane).focus_content()

    def show_top(self, left: list[Segment], right: list[Segment]) -> None:
        """Show what is under review and how far it is."""
        self.top.show(left, right)

    def _is_seen(self, pane: Pane, state: State) -> bool:
        """Whether a pane has a place on the screen; told to it directly, so that it can take the focus at once."""
        width = self.app.size.width
        if state.is_zoomed:
            return pane is state.pane
        if pane is Pane.SCOPE:
            return not state.is_scope_hidden and (width >= MEDIUM_FROM or state.pane is Pane.SCOPE)
        return pane is Pane.QUEUE or pane is state.detail or width >= WIDE_FROM

    def on_resize(self) -> None:
        """Give the panes their places at the new size."""
        if self._state is not None:
            self._arrange(self._state)

    def _arrange(self, state: State) -> None:
        """Which panes are seen, and what stands in the last lines."""
        self._state = state
        self._restyle(state)
        self.tour.show(*tour_line(state))
        self.tour.set_class(state.tour is not None, "-open")
        self.status.show(notice_line(state))
        has_own_keys = state.sheet in (Sheet.NONE, Sheet.ROLE)
        self.keys.show(footer(context_of(state), state.preferences) if has_own_keys else sheet_footer(state.sheet))

    def _restyle(self, state: State) -> None:
        """Give screen and panes their classes; when the screen's change, all looks are made anew, and only once."""
        before = self.classes
        self.set_class(state.is_zoomed, "-zoomed", update=False)
        self.set_class(state.sheet is not Sheet.NONE, "-sheet", update=False)
        self.set_class(not state.is_scope_hidden, "-scope", update=False)
        is_anew = self.classes != before
        for pane in Pane:
            frame = self.pane(pane)
            frame.display = self._is_seen(pane, state)
            frame.set_class(pane is state.pane, "-current", update=not is_anew)
        if is_anew:
            self.update_node_styles()
