"""Why an item is in the queue: facts, with the trust policy beside them where there is room, else below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from trustview.ui.panes.frame import Frame, detail_tabs
from trustview.ui.present.titles import subject, subject_note
from trustview.ui.state import Pane, State
from widgets.fact_list import FactList
from widgets.json_view import JsonView
from widgets.tone import Line, Tone

if TYPE_CHECKING:
    from trustview.ui.detail import Detail

_BESIDE_FROM = 110


class Sections(FactList):
    """Facts under headings, with keys that go from heading to heading."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_curly_bracket", "next_section", "next section", show=False),
        Binding("left_curly_bracket", "previous_section", "previous section", show=False),
    ]

    _headings: tuple[int, ...] = ()

    def lay_out(self, width: int) -> list[Line]:
        """Lay out as ever, and remember the lines that begin a section."""
        lines = super().lay_out(width)
        self._headings = tuple(n for n, line in enumerate(lines) if line and line[0].tone is Tone.HEADING)
        return lines

    def action_next_section(self) -> None:
        """Scroll to the first heading below the top."""
        below = [line for line in self._headings if line > self.first_seen]
        if below:
            self.move_to(below[0])

    def action_previous_section(self) -> None:
        """Scroll to the last heading above the top."""
        above = [line for line in self._headings if line < self.first_seen]
        if above:
            self.move_to(above[-1])


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
