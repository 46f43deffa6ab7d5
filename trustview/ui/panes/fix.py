"""What would mend a role: the changes in words, and the trust policy before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult

from trustview.ui.panes.frame import Frame, detail_tabs
from trustview.ui.present.titles import subject, subject_note
from trustview.ui.state import Pane, State
from widgets.diff_view import DiffView
from widgets.fact_list import FactList

if TYPE_CHECKING:
    from trustview.ui.detail import Detail


class FixPane(Frame):
    """The proposed changes over the difference that they make."""

    DEFAULT_CSS = """
    FixPane FactList { height: auto; max-height: 45%; }
    FixPane.-nothing FactList { height: 1fr; max-height: 100%; }
    FixPane.-nothing DiffView { display: none; }
    """

    def __init__(self) -> None:
        super().__init__(Pane.FIX, detail_tabs(Pane.FIX))
        self.facts = FactList(empty="choose an item in the queue (2)")
        self.diff = DiffView(empty="")

    def compose(self) -> ComposeResult:
        """The title, the changes, the difference."""
        yield self.title_line
        yield self.facts
        yield self.diff

    def show_detail(self, state: State, detail: Detail | None) -> None:
        """Show another item."""
        from trustview.ui.present.fix import fix_facts, policies  # noqa: PLC0415 -- after the first screen

        self.title_line.show(subject(state, detail), subject_note(detail))
        self.facts.set_facts(tuple(fix_facts(detail)) if detail else ())
        texts = policies(detail) if detail else None
        self.set_class(texts is None, "-nothing")
        if texts is None:
            self.diff.clear()
        else:
            self.diff.show(*texts, "trust policy now", "as proposed")
            self._show_first_change()

    def on_resize(self) -> None:
        """Show the first change also when the pane was hidden until now."""
        self._show_first_change()

    def _show_first_change(self) -> None:
        """Scroll to the first change where the top of the policy alone would be seen."""
        self.diff.call_after_refresh(self._scroll_to_change)

    def _scroll_to_change(self) -> None:
        if self.diff.first_seen == 0 and self.diff.line_count() > self.diff.page_lines:
            self.diff.action_next_hunk()

    def focus_content(self) -> None:
        """Let keys go to the difference, or to the words where there is none."""
        self.screen.set_focus(self.facts if self.has_class("-nothing") else self.diff)
