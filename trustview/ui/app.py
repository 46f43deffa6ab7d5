"""The application: holds the one state, routes messages to it, and reads details when the cursor rests.

It decides nothing: `actions` make states, `present` makes words of them, panes show them.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import BindingType

if TYPE_CHECKING:
    from textual.command import Provider

    from trustview.ui.detail import Detail
    from trustview.ui.dossier import Dossier
    from trustview.ui.own_views import OwnViews
    from trustview.ui.past import PastReader

from trustview.errors import TrustviewError
from trustview.review import Assignment, Decision, EntryKind
from trustview.store import ReviewStore, SnapshotFile
from trustview.ui.board import Wishes
from trustview.ui.boarding import Boarding
from trustview.ui.keeping import Keeping
from trustview.ui.known import CandidApp, log_said
from trustview.ui.lookup import Looked, Lookup, load, look
from trustview.ui.messages import FacetChosen, PaneChosen, PaneFocused
from trustview.ui.others import Others
from trustview.ui.present.queue import OpenCounts
from trustview.ui.present.status import top_line
from trustview.ui.providers import find_commands
from trustview.ui.running import Running
from trustview.ui.screens.workbench import Workbench
from trustview.ui.searching import Search
from trustview.ui.showing import showing_so_far, with_filter, with_scope
from trustview.ui.sitting import Sitting
from trustview.ui.state import GROUP, Facet, Notice, Pane, Sheet, State
from trustview.ui.steps import with_journal
from trustview.ui.view_state import with_view
from trustview.ui.whereabouts import at_pane, at_row
from widgets.background import begin_work
from widgets.ego_graph import EgoGraph
from widgets.filter_bar import FilterBar
from widgets.key_help import KeyLine
from widgets.virtual_table import VirtualTable
from widgets.virtual_tree import VirtualTree

OTHERS_SECONDS = 1.0
"""How often it is looked whether others decided something, and decisions that could not be read are asked for."""


class Cockpit(CandidApp[None]):
    """The review of one snapshot."""

    CSS_PATH = "trustview.tcss"
    TITLE = "trustview"
    BINDINGS: ClassVar[list[BindingType]] = []
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {find_commands}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    AUTO_FOCUS = None

    def __init__(self, sitting: Sitting, state: State, wishes: Wishes) -> None:
        # Textual turns colours into greys unless it knows from the start that the terminal's own are meant.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.animation_level = "none"
        if self.no_color:
            self.theme = "ansi-dark"  # its styles survive without colours: bold, dim, reverse
        self.sitting = sitting
        self.bench = Workbench(self._begin)
        self.lookup = Lookup(self, lambda: look(self.reader, self._state, self._inspect), self._show_looked)
        self.searching = Search(self, self._show_found, partial(self.say, is_bad=True))
        self.boarding = Boarding(self, self, sitting)
        self.others = Others(self, sitting.reviews)
        self._looked = Looked()
        self._past: PastReader | None = None
        self._state = state
        self._review_id = sitting.review_id
        self._begun = asyncio.Event()
        self.keeping = Keeping(self, sitting)
        self.running = Running(self, self, self._take_over, self._begun)
        self._wishes = wishes
        self.set_keymap({command: ",".join(keys) for command, keys in state.preferences.keys.items()})

    # ── the desk ─────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def state(self) -> State:
        """All that is shown."""
        return self._state

    @property
    def detail(self) -> Detail | None:
        """The item whose details are shown."""
        return self._looked.detail

    @property
    def reader(self) -> SnapshotFile:
        """Answers about the snapshot."""
        return self.sitting.reader

    @property
    def reviews(self) -> ReviewStore:
        """Where decisions are kept."""
        return self.sitting.reviews

    @property
    def own_views(self) -> OwnViews:
        """The views that the reviewer named."""
        return self.sitting.own_views

    @property
    def review_id(self) -> str:
        """The review under way."""
        return self._review_id

    @property
    def reviewer(self) -> str:
        """Who decides."""
        return self.sitting.reviewer

    @property
    def today(self) -> str:
        """The day."""
        return self.sitting.today

    def now(self) -> str:
        """The moment, in UTC."""
        return self.sitting.now()

    def show(self, state: State) -> None:
        """Take over another state and draw what changed; details follow when the cursor rests."""
        before, self._state = self._state, state
        self.bench.show_change(before, state)
        self._show_top()
        if (before.cursor, before.member) != (state.cursor, state.member):
            self.lookup.soon()
        elif before.trail != state.trail or self._inspects_anew(before, state):
            self.lookup.now()
        elif before.opened != state.opened:
            self.bench.graph.show_opened(before, state, self._looked)
        elif before.decisions is not state.decisions:
            self.bench.why.show_detail(state, self.detail, keep_scroll=True)

    def search(self, state: State) -> None:
        """Take over other words or another scope; the rows that they show follow as they are found."""
        self.show(replace(state, is_searching=True))
        self.searching.begin(state)

    def _show_found(self, wanted: State, view: Sequence[int], is_all: bool) -> bool:
        """Show the rows of a search, unless others are wanted by now."""
        if (self._state.filter_text, self._state.scope) != (wanted.filter_text, wanted.scope):
            return False
        so_far = showing_so_far(self._state, view, wanted.cursor)
        self.show(replace(so_far, is_searching=not is_all))
        return True

    def say(self, text: str, *, is_bad: bool = False) -> None:
        """Say one thing in the status line."""
        log_said(text, is_bad=is_bad)
        self.show(replace(self._state, notice=Notice(text, is_bad)))

    def keep(
        self,
        kind: EntryKind,
        notice: str,
        decisions: Sequence[Decision] = (),
        cleared: Sequence[str] = (),
        assigned: Sequence[Assignment] = (),
    ) -> None:
        """Write a step into the journal, then show it."""
        self.keeping.keep(kind, notice, decisions, cleared, assigned)

    def copy(self, text: str) -> None:
        """Put a text into the terminal's clipboard."""
        self.copy_to_clipboard(text)

    def open_palette(self) -> None:
        """Offer every command by name."""
        self.action_command_palette()

    def leave(self) -> None:
        """Save the view and quit."""
        self.keeping.save_view()
        self.exit()

    # ── the screen ───────────────────────────────────────────────────────────────────────────────────────────

    def get_default_screen(self) -> Workbench:
        """The workbench is the only screen."""
        return self.bench

    def _begin(self) -> None:
        """Show the rows; the decisions on them and their details follow."""
        self.bench.begin(self._state)
        self._show_top()
        self.lookup.soon()
        self.call_after_refresh(self._read_later)

    def _read_later(self) -> None:
        if not gc.isenabled():  # as it begins as a program: no collection looks again at what is here by now
            gc.freeze()
            gc.enable()
        begin_work(self, self._read_decisions, group="begin")

    async def _read_decisions(self) -> None:
        await asyncio.to_thread(load)
        self.lookup.allow()
        try:
            begun = await asyncio.to_thread(self.sitting.begun)
            remark = await asyncio.to_thread(self.sitting.remark)
        except TrustviewError as error:
            self.say(f"nothing can be decided: {error}", is_bad=True)
            self.set_timer(OTHERS_SECONDS, self._read_later)
            return
        self._review_id = begun.review_id
        state = with_journal(with_view(self._state, begun.view), begun.journal)
        told = " · ".join(filter(None, (begun.remark, remark)))
        self.show(replace(state, notice=Notice(told)) if told else state)
        await self.searching.run(self._state)
        self._begun.set()
        await self.boarding.follow(self._wishes.start)
        if self._wishes.has_tour:
            self.action_command("tour")
        self.bench.scope.show_counts(self._state, await asyncio.to_thread(OpenCounts, self._state))
        look = partial(begin_work, self, self.others.look, group="others", is_exclusive=True)
        self.set_interval(OTHERS_SECONDS, look)

    @property
    def is_settled(self) -> bool:
        """Whether the decisions are read, and the details under the cursor are shown."""
        return self._begun.is_set() and self.lookup.is_settled

    def _show_top(self, width: int = 0) -> None:
        sitting = self.sitting
        review = self._review_id.rpartition("/")[2]
        words = (sitting.organization, review, sitting.taken_at, sitting.gaps)
        self.bench.show_top(*top_line(self._state, *words, width or self.size.width))

    def on_resize(self, event: events.Resize) -> None:
        """Say more in the top line where there is room; `size` is still what it was before."""
        self._show_top(event.size.width)

    def _show_looked(self, looked: Looked) -> None:
        """Show what was read; the words of an item stay where they were scrolled to while its graph is walked."""
        before, self._looked = self._looked, looked
        if looked.problem:
            self.say(looked.problem, is_bad=True)
        if looked.detail != before.detail or looked.detail is None:
            self.bench.why.show_detail(self._state, looked.detail)
            self.bench.fix.show_detail(self._state, looked.detail)
        self.bench.graph.show_surroundings(self._state, looked, before.around.role.arn if before.around else None)
        if self._state.sheet is Sheet.ROLE:
            self.bench.sheet.show_role(self._state, looked)

    def _inspect(self, state: State, arn: str) -> Dossier:
        """Read a role for the role screen; in a thread."""
        from trustview.ui.dossier import read_dossier  # noqa: PLC0415 -- after the first screen
        from trustview.ui.past import PastReader  # noqa: PLC0415

        if self._past is None:
            self._past = PastReader(self.reviews, self.reader.path.parent)
        return read_dossier(self.reader, self._past, self._review_id, state, arn)

    @staticmethod
    def _inspects_anew(before: State, state: State) -> bool:
        def seen(one: State) -> tuple[object, ...]:
            return one.sheet, one.facet, one.inspected, one.decisions if one.facet is Facet.HISTORY else None

        return state.sheet is Sheet.ROLE and seen(before) != seen(state)

    # ── commands ─────────────────────────────────────────────────────────────────────────────────────────────

    def action_command(self, command: str) -> None:
        """Run a command by its id."""
        self.running.run(command)

    async def action_quit(self) -> None:
        """ctrl+q, whatever is open."""
        self.leave()

    def action_help_quit(self) -> None:
        """ctrl+c: say how to leave."""
        self.say("ctrl+q quits; everything is saved")

    def _take_over(self) -> None:
        """Bring the state up to the table: its messages may still be on their way."""
        table = self.bench.queue.table
        marks = frozenset(table.marks)
        if marks != self._state.marks or table.cursor_row != self._state.cursor:
            self._state = at_row(replace(self._state, marks=marks), table.cursor_row)
            self.lookup.soon()

    # ── messages ─────────────────────────────────────────────────────────────────────────────────────────────

    @on(VirtualTable.CursorMoved)
    @on(VirtualTable.MarksChanged)
    def _queue_moved(self) -> None:
        table = self.bench.queue.table
        state = self._state if table.cursor_row == self._state.cursor else replace(self._state, notice=Notice())
        self.show(replace(at_row(state, table.cursor_row), marks=frozenset(table.marks)))

    @on(VirtualTable.Activated)
    def _row_opened(self, event: VirtualTable.Activated) -> None:
        if event.control is self.bench.queue.table:
            self.show(at_pane(self._state, self._state.detail))
        else:
            begin_work(self, self.boarding.follow, self.bench.sheet.link, group="follow")

    def open_board(self, sheet: Sheet) -> None:
        """Show a board; what is on it follows when it is made."""
        self.boarding.open(sheet)

    @on(VirtualTree.Selected)
    def _place_chosen(self, event: VirtualTree.Selected) -> None:
        self.search(at_pane(with_scope(self._state, event.node), Pane.QUEUE))

    @on(VirtualTree.Toggled)
    def _place_toggled(self, event: VirtualTree.Toggled) -> None:
        self._state = replace(self._state, open_places=event.control.open_nodes)

    @on(FilterBar.Changed)
    def _filter_typed(self, event: FilterBar.Changed) -> None:
        self.search(with_filter(self._state, event.text))

    @on(FilterBar.Submitted)
    def _filter_kept(self) -> None:
        self.bench.queue.focus_content()
        self.bench.queue.show_state(self._state)

    @on(FilterBar.Dismissed)
    def _filter_left(self) -> None:
        self.bench.queue.focus_content()
        self.search(with_filter(self._state, ""))

    @on(EgoGraph.Centred)
    def _node_chosen(self, event: EgoGraph.Centred) -> None:
        if event.node_id.startswith(GROUP):
            self.show(replace(self._state, opened=(*self._state.opened, event.node_id)))
        elif event.node_id.startswith("arn:") and ":role/" in event.node_id:
            start = self._state.trail or ((self.detail.subject.id,) if self.detail else ())
            self.show(replace(self._state, trail=(*start, event.node_id), opened=()))
        else:
            self.say(f"{event.edge.node.label} is no role: nothing more is known of it")

    @on(EgoGraph.WentBack)
    def _went_back(self) -> None:
        self.action_command("back")

    @on(PaneFocused)
    def _pane_focused(self, event: PaneFocused) -> None:
        is_still_there = self.bench.pane(event.pane).has_focus_within  # the focus may have gone on in the meantime
        if is_still_there and event.pane is not self._state.pane and not self.bench.prompt.is_open:
            self.show(at_pane(self._state, event.pane))

    @on(PaneChosen)
    def _pane_chosen(self, event: PaneChosen) -> None:
        if not self.bench.prompt.is_open:
            self.show(at_pane(self._state, event.pane))

    @on(FacetChosen)
    def _facet_chosen(self, event: FacetChosen) -> None:
        if not self.bench.prompt.is_open:
            self.show(replace(self._state, facet=event.facet))

    @on(KeyLine.Pressed)
    def _key_clicked(self, event: KeyLine.Pressed) -> None:
        self.simulate_key(event.hint.name or event.hint.key)
