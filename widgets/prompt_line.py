"""A question on a line of the screen, instead of a dialog over it: type a text, or choose by a key."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from widgets.safe_input import SafeInput
from widgets.tone import Cell, Line, Tone
from widgets.wrapped_line import WrappedLine

Validate = Callable[[str], str | None]
"""Returns what is wrong with an answer; None if nothing is."""


@dataclass(frozen=True, slots=True)
class _Question:
    pieces: tuple[Line, ...]
    required: bool = False
    validate: Validate | None = None
    choices: Mapping[str, str] | None = None
    offers: Sequence[str] = ()


class PromptLine(Vertical):
    """Asks one question at a time; it is not seen while there is none.

    `ask` and `choose` wait for the answer, so they must be awaited in a worker or a task, not in a message handler: the
    keys of the answer come through the same queue. The focus goes back to where it was. A new question takes the place
    of an open one, which is then answered with None.
    """

    DEFAULT_CSS = """
    PromptLine { height: auto; max-height: 8; padding: 0 1; display: none; }
    PromptLine.-open { display: block; }
    PromptLine SafeInput { display: none; margin-left: 2; }
    PromptLine.-text SafeInput { display: block; }
    PromptLine > #prompt-error { display: none; }
    PromptLine.-wrong > #prompt-error { display: block; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._asked = WrappedLine(id="prompt-question")
        self._input = SafeInput()
        self._error = WrappedLine(id="prompt-error")
        self._question: _Question | None = None
        self._answer: asyncio.Future[str | None] | None = None
        self._focused_before: Widget | None = None
        self._offered = -1
        self._wrong = ""

    def compose(self) -> ComposeResult:
        """The question, the field below it, what is wrong with it."""
        yield self._asked
        yield self._input
        yield self._error

    @property
    def is_open(self) -> bool:
        """Whether a question waits for its answer."""
        return self._answer is not None

    @property
    def error(self) -> str:
        """What is shown to be wrong with the answer; empty if nothing is."""
        return self._wrong

    async def ask(
        self,
        question: str,
        *,
        placeholder: str = "",
        value: str = "",
        required: bool = False,
        validate: Validate | None = None,
        offers: Sequence[str] = (),
    ) -> str | None:
        """Return what the user typed, without spaces around it; None if the question was left with escape.

        Up and down put one of `offers` into the field, in their order. With `required` an empty answer is not taken;
        `validate` says what is wrong with any other. In both cases the question stays open with the typed text in its
        field.
        """
        self._input.placeholder = placeholder
        self._input.value = value
        self._input.cursor_position = len(self._input.value)
        self._offered = -1
        return await self._wait_for(_Question((_question_line(question),), required, validate, offers=offers))

    async def choose(self, question: str, choices: Mapping[str, str]) -> str | None:
        """Return the key of `choices` that the user pressed; None if the question was left with escape.

        The keys are single characters; the values say what each one does.
        """
        offers = [_offer(key, label) for key, label in choices.items()]
        return await self._wait_for(_Question((_question_line(question), *offers, _LEAVE), choices=choices))

    def cancel(self) -> None:
        """Leave the open question, if there is one: its answer is None."""
        self._finish(None)

    async def _wait_for(self, question: _Question) -> str | None:
        if not self.is_open:
            self._focused_before = self.screen.focused
        self._resolve(None)
        self._question = question
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._answer = answer
        self._show_error("")
        self._asked.show(*question.pieces)
        is_text = question.choices is None
        self.set_class(is_text, "-text")
        self.add_class("-open")
        self.can_focus = not is_text
        (self._input if is_text else self).focus()
        try:
            return await answer
        finally:
            if self._answer is answer:  # the waiting task was cancelled
                self._finish(None)

    def _finish(self, answer: str | None) -> None:
        if not self._resolve(answer):
            return
        before, self._focused_before = self._focused_before, None
        if not self.is_attached:  # the screen is being taken down
            return
        self.remove_class("-open", "-text", "-wrong")
        if before is not None and before.is_attached:
            before.focus()
        else:
            self.screen.set_focus(None)

    def _resolve(self, answer: str | None) -> bool:
        """Give whoever waits the answer; return whether anyone did."""
        future, self._answer, self._question = self._answer, None, None
        if future is not None and not future.done():
            future.set_result(answer)
        return future is not None

    def _show_error(self, text: str) -> None:
        self._wrong = text
        self._error.show((Cell(f"✗ {text}", Tone.CRITICAL),) if text else ())
        self.set_class(bool(text), "-wrong")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        question = self._question
        if question is None:
            return
        text = event.value.strip()
        if question.required and not text:
            self._show_error("an answer is needed, or escape to leave")
            return
        wrong = question.validate(text) if question.validate is not None else None
        if wrong:
            self._show_error(wrong)
            return
        self._finish(text)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._wrong:
            self._show_error("")

    def on_key(self, event: events.Key) -> None:
        """Take every key while a question is open: a choice, escape, or nothing."""
        question = self._question
        if question is None:
            return
        if event.key == "escape":
            event.stop()
            self._finish(None)
        elif question.offers and event.key in ("up", "down"):
            event.stop()
            event.prevent_default()
            self._offer(1 if event.key == "up" else -1)
        elif question.choices is not None and event.key not in {"ctrl+c", "ctrl+q"}:
            event.stop()
            event.prevent_default()
            if event.character in question.choices:
                self._finish(event.character)

    def _offer(self, step: int) -> None:
        """Put the next or previous offer into the field; before the first it is empty."""
        offers = self._question.offers if self._question is not None else ()
        self._offered = max(-1, min(self._offered + step, len(offers) - 1))
        self._input.value = offers[self._offered] if self._offered >= 0 else ""
        self._input.cursor_position = len(self._input.value)

    def on_click(self, event: events.Click) -> None:
        """Keep the focus in the open question."""
        if self._question is not None:
            (self._input if self._question.choices is None else self).focus()


def _offer(key: str, label: str) -> Line:
    return (Cell(key, Tone.HEADING), Cell(f" {label}", Tone.MUTED))


_LEAVE = _offer("esc", "leave")


def _question_line(question: str) -> Line:
    return (Cell("▸ ", Tone.ACCENT), Cell(question, Tone.STRONG))
