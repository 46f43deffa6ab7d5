"""What would mend a role: the changes in words, and the trust policy before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from trustview.ui.panes.frame import Frame, detail_tabs
from trustview.ui.present.titles import subject, subject_note
from trustview.ui.state import Pane, State
from widgets.diff_view import DiffView
from widgets.fact_list import FactList

if TYPE_CHECKING:
    from trustview.analysis import Choice
    from trustview.ui.detail import Detail


class FixPane(Frame):
    """The proposed changes over the difference that they make."""

    DEFAULT_CSS = """
    FixPane FactList { height: auto; max-height: 45%; }
    FixPane.-nothing FactList { height: 1fr; max-height: 100%; }
    FixPane.-nothing DiffView { display: none; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "choose(1)", "next change", show=False, id="fix.next"),
        Binding("p", "choose(-1)", "previous change", show=False, id="fix.previous"),
    ]

    def __init__(self) -> None:
        super().__init__(Pane.FIX, detail_tabs(Pane.FIX))
        self._detail: Detail | None = None
        self._number = 0
        self.facts = FactList(empty="choose an item in the queue (2)")
        self.diff = DiffView(empty="")

    def compose(self) -> ComposeResult:
        """The title, the changes, the difference."""
        yield self.title_line
        yield self.facts
        yield self.diff

    def show_detail(self, state: State, detail: Detail | None) -> None:
        """Show another item, first the change that was decided, else the best; of the same one the choice stays."""
        if _subject_of(detail) != _subject_of(self._detail):
            self._number = _decided(state, detail)
        self._detail = detail
        self.title_line.show(subject(state, detail), subject_note(detail))
        self._show_choice()

    def chosen_for(self, item: str) -> Choice | None:
        """The change of an item that is shown; None where another item is shown, or nothing can be chosen."""
        detail = self._detail
        if detail is None or detail.row.id != item or not detail.choices:
            return None
        return detail.choices[self._number % len(detail.choices)]

    def is_idle_for(self, item: str) -> bool:
        """Whether the change of an item that is shown leaves a way in, but ends nothing that was found on the item."""
        choice, detail = self.chosen_for(item), self._detail
        return choice is not None and detail is not None and not (choice.is_removal or detail.is_ended_by(choice))

    def offer(self, item: str, change: str) -> None:
        """Show the change of this id, as long as the item is the one that is shown."""
        if self.chosen_for(item) is not None and self._detail is not None:
            ids = [choice.remediation.id for choice in self._detail.choices]
            self._number = ids.index(change) if change in ids else self._number
            self._show_choice()

    def action_choose(self, step: int) -> None:
        """Show the next or previous change that can be chosen."""
        self._number += step
        self._show_choice()

    def _show_choice(self) -> None:
        from trustview.ui.present.fix import fix_facts, policies  # noqa: PLC0415 -- after the first screen

        detail = self._detail
        self.facts.set_facts(tuple(fix_facts(detail, self._number)) if detail else ())
        texts = policies(detail, self._number) if detail else None
        self.set_class(texts is None, "-nothing")
        if texts is None:
            self.diff.clear()
        else:
            self.diff.show(*texts, "now", "as proposed")
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


def _decided(state: State, detail: Detail | None) -> int:
    """The place of the change that was decided on an item; 0 where none was."""
    decision = state.decisions.get(detail.row.id) if detail else None
    ids = [choice.remediation.id for choice in detail.choices] if detail else []
    return ids.index(decision.change) if decision is not None and decision.change in ids else 0


def _subject_of(detail: Detail | None) -> tuple[str, str]:
    return (detail.row.id, detail.subject.id) if detail else ("", "")
