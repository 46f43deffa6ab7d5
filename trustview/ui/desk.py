"""Desk: what an action may use of the application, and nothing else of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from trustview.review import Assignment, Decision, EntryKind
    from trustview.store import ReviewStore, SnapshotFile
    from trustview.ui.detail import Detail
    from trustview.ui.own_views import OwnViews
    from trustview.ui.screens.workbench import Workbench
    from trustview.ui.state import Sheet, State


class Desk(Protocol):
    """The state, what it was read from, and the ways to change both."""

    @property
    def state(self) -> State:
        """All that is shown."""

    @property
    def reader(self) -> SnapshotFile:
        """Answers about the snapshot."""

    @property
    def reviews(self) -> ReviewStore:
        """Where decisions are kept."""

    @property
    def own_views(self) -> OwnViews:
        """The views that the reviewer named."""

    @property
    def bench(self) -> Workbench:
        """The screen: its prompt, its panes."""

    @property
    def detail(self) -> Detail | None:
        """The item whose details are shown."""

    @property
    def review_id(self) -> str:
        """The review under way."""

    @property
    def reviewer(self) -> str:
        """Who decides."""

    @property
    def today(self) -> str:
        """The day, as `2026-11-20`."""

    def now(self) -> str:
        """The moment, in UTC."""

    def show(self, state: State) -> None:
        """Take over another state and draw what changed."""

    def search(self, state: State) -> None:
        """Take over other words or another scope; the rows that they show follow as they are found."""

    def say(self, text: str, *, is_bad: bool = False) -> None:
        """Say one thing in the status line."""

    def keep(
        self,
        kind: EntryKind,
        notice: str,
        decisions: Sequence[Decision] = (),
        cleared: Sequence[str] = (),
        assigned: Sequence[Assignment] = (),
    ) -> None:
        """Write a step into the journal, then show it; a step that cannot be written is refused with a message."""

    def open_board(self, sheet: Sheet) -> None:
        """Show a board; what is on it follows when it is made."""

    def copy(self, text: str) -> None:
        """Put a text into the terminal's clipboard."""

    def leave(self) -> None:
        """Save the view and quit."""

    def open_palette(self) -> None:
        """Offer every command by name."""
