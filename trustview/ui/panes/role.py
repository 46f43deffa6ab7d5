"""One role from every side: its facets as tabs, each with facts and the documents that they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.strip import Strip

from trustview.ui.messages import FacetChosen
from trustview.ui.state import Facet, State
from widgets.diff_view import DiffView
from widgets.json_view import JsonView
from widgets.painter import PaintedLine
from widgets.safe_text import cells
from widgets.sections import Sections
from widgets.tone import Cell, Tone

if TYPE_CHECKING:
    from trustview.ui.dossier import Dossier

_BESIDE_FROM = 110


class FacetLine(PaintedLine):
    """`[Policy]  Permissions  Use  History`, and which document is shown."""

    DEFAULT_CSS = "FacetLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._facet = Facet.POLICY
        self._note = ""

    def show(self, facet: Facet, note: str) -> None:
        """Light a facet."""
        self._facet, self._note = facet, note
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the tabs."""
        line = [Cell(" ")]
        for facet in Facet:
            is_shown = facet is self._facet
            tone = Tone.HEADING if is_shown else Tone.MUTED
            line.append(Cell(f"[{facet.value}]" if is_shown else f" {facet.value} ", tone))
        return self.paint([*line, Cell(f"   {self._note}", Tone.MUTED)], self.size.width)

    def on_click(self, event: events.Click) -> None:
        """A click on a tab leads to its facet."""
        event.stop()
        x = event.x - 1
        for facet in Facet:
            x -= cells(f"[{facet.value}]")
            if x < 0:
                self.post_message(FacetChosen(facet))
                return


class RolePane(Vertical):
    """Facts, and beside or below them a document: a policy with marks, or what changed."""

    DEFAULT_CSS = """
    RolePane { height: 1fr; }
    RolePane > Container { height: 1fr; layout: vertical; }
    RolePane Sections { height: 1fr; }
    RolePane JsonView, RolePane DiffView { display: none; height: 11fr; }
    RolePane.-json JsonView, RolePane.-diff DiffView { display: block; }
    RolePane.-json Sections, RolePane.-diff Sections { height: 9fr; }
    RolePane.-beside > Container { layout: horizontal; }
    RolePane.-beside Sections { width: 6fr; height: 1fr; }
    RolePane.-beside JsonView, RolePane.-beside DiffView { width: 5fr; height: 1fr; margin-left: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "document(1)", "next document", show=False),
        Binding("p", "document(-1)", "previous document", show=False),
        Binding("l,right", "beside('document')", "document", show=False),
        Binding("h,left", "beside('facts')", "facts", show=False),
        Binding("x", "fold", "fold", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.facets = FacetLine()
        self.facts = Sections(empty="reading the role…")
        self.json = JsonView(empty="nothing to show")
        self.diff = DiffView(empty="nothing differs")
        self._shown: tuple[State, Dossier] | None = None
        self._number = 0

    def compose(self) -> ComposeResult:
        """The tabs over facts and document."""
        yield self.facets
        with Container():
            yield self.facts
            yield self.json
            yield self.diff

    def begin(self, facet: Facet) -> None:
        """Show that a facet is being read."""
        self._shown = None
        self.facets.show(facet, "")
        self.facts.set_facts(())
        self._turn_to("")

    def show_dossier(self, state: State, dossier: Dossier) -> None:
        """Show a role; of the same facet of the same role the document stays."""
        before = self._shown[1] if self._shown else None
        is_same = before is not None and (before.arn, before.facet) == (dossier.arn, dossier.facet)
        self._number = self._number if is_same else 0
        self._shown = (state, dossier)
        self._show(keep_scroll=is_same)

    def _show(self, *, keep_scroll: bool) -> None:
        from trustview.ui.present.role import documents, dossier_facts  # noqa: PLC0415 -- after the first screen

        if self._shown is None:
            return
        state, dossier = self._shown
        listed = documents(dossier, state.places)
        document = listed[self._number % len(listed)] if listed else None
        of = f"{self._number % len(listed) + 1} of {len(listed)} · " if len(listed) > 1 else ""
        self.facets.show(dossier.facet, f"{of}{document.title}" if document else "")
        self.facts.set_facts(tuple(dossier_facts(dossier, state.places, self._number)), keep_scroll=keep_scroll)
        if document is None:
            self._turn_to("")
        elif document.before is None:
            self._turn_to("-json")
            self.json.show(document.text, document.marks)
            self.json.scroll_to_mark()
        else:
            self._turn_to("-diff")
            self.diff.show(document.before, document.text, "before", "then")

    def _turn_to(self, which: str) -> None:
        has_focus = self.json.has_focus or self.diff.has_focus
        for name in ("-json", "-diff"):
            self.set_class(which == name, name)
        if has_focus and not which:
            self.focus_content()

    def on_resize(self) -> None:
        """Put the document beside the facts where there is room."""
        self.set_class(self.size.width >= _BESIDE_FROM, "-beside")

    def action_document(self, step: int) -> None:
        """Show the next or previous document."""
        self._number += step
        self._show(keep_scroll=True)
        self.facts.scroll_to_pointer()

    def action_beside(self, which: str) -> None:
        """Let keys go to the document or to the facts."""
        document = self.json if self.has_class("-json") else self.diff if self.has_class("-diff") else None
        self.screen.set_focus(document if which == "document" and document else self.facts)

    def action_fold(self) -> None:
        """Fold what holds no mark, and open it again."""
        self.json.action_fold()

    @property
    def arn(self) -> str:
        """The ARN of the role that is shown; empty while none is."""
        return self._shown[1].arn if self._shown else ""

    def focus_content(self) -> None:
        """Let keys go to the facts."""
        self.screen.set_focus(self.facts)
