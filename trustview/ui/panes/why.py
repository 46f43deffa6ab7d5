"""Why an item is in the queue: facts, with the trust policy beside them where there is room, else below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from trustview.ui.panes.frame import Frame, detail_tabs
from trustview.ui.present.titles import subject, subject_note
from trustview.ui.state import Pane, State
from widgets.json_view import JsonView
from widgets.sections import Sections

if TYPE_CHECKING:
    from trustview.ui.detail import Detail

_BESIDE_FROM = 110


class WhyPane(Frame):
    """Everything about one item in words, and its trust policy."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,right", "beside('policy')", "policy", show=False),
        Binding("h,left", "beside('facts')", "facts", show=False),
    ]

    DEFAULT_CSS = """
    WhyPane JsonView { display: none; }
    WhyPane.-beside JsonView { display: block; width: 5fr; margin-left: 1; }
    WhyPane Sections { width: 6fr; }
    """

    def __init__(self) -> None:
        super().__init__(Pane.WHY, detail_tabs(Pane.WHY))
        self.facts = Sections(empty="choose an item in the queue (2)")
        self.policy = JsonView(empty="no trust policy")
        self._shown: tuple[State, Detail | None] | None = None

    def compose(self) -> ComposeResult:
        """The title, the facts, and the policy beside them."""
        yield self.title_line
        with Horizontal():
            yield self.facts
            yield self.policy

    def show_detail(self, state: State, detail: Detail | None, *, keep_scroll: bool = False) -> None:
        """Show another item, or the same one after a decision."""
        self._shown = (state, detail)
        self.title_line.show(subject(state, detail), subject_note(detail))
        if detail is None:
            self.facts.set_facts(())
            self.policy.show("")
            return
        from trustview.ui.present.policy import marked_policy  # noqa: PLC0415 -- after the first screen
        from trustview.ui.present.why import policy_facts, why_facts  # noqa: PLC0415

        text, marks = marked_policy(detail.document, detail.grants, detail.findings)
        facts = tuple(why_facts(state, detail))
        self.facts.set_facts(
            facts if self.has_class("-beside") else (*facts, *policy_facts(text, marks)), keep_scroll=keep_scroll
        )
        if not keep_scroll:
            self.policy.show(text, marks)
            self.policy.scroll_to_mark()

    def on_resize(self) -> None:
        """Put the policy beside the facts where there is room."""
        is_wide = self.size.width >= _BESIDE_FROM
        if is_wide != self.has_class("-beside"):
            self.set_class(is_wide, "-beside")
            if self._shown is not None:
                self.show_detail(*self._shown)

    def action_beside(self, which: str) -> None:
        """Let keys go to the policy or to the facts, while both are seen."""
        if self.has_class("-beside"):
            self.screen.set_focus(self.policy if which == "policy" else self.facts)

    def focus_content(self) -> None:
        """Let keys go to the facts."""
        self.screen.set_focus(self.facts)
