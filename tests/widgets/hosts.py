"""Host applications of a few lines, and ways to read what they show."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from widgets.tone import Cell, Tone

M = TypeVar("M", bound=Message)

HOSTILE = (
    "[red]x",
    "\x1b[31m red",
    "\x1b]52;c;cHduZWQ=\x07",
    "\u202egnp.exe",
    "a[/nope]b",
    "[@click=app.pwn]x[/]",
    "nul\0nul",
    "c1\x9b31m",
    "line\nbreak\ttab\rreturn",
    "zero\u200bwidth\ufeff\u00ad",
    "sep\u2028arator",
    "family 👨\u200d👩\u200d👧 flag 🇩🇪 skin 👍🏽 heart ❤\ufe0f",
    "日本語のとても長い名前ですがまだ続きます",
    "zal\u0301\u0302\u0303\u0304\u0305\u0306go",
    "\u0301starts with a mark",
    "\u3164\u2800blank",
    "long " + "x" * 4096,
    "",
)
"""Texts that attack a terminal, a markup parser or a layout."""


class Host(App[None]):
    """Shows widgets below one another; the first one has the focus."""

    AUTO_FOCUS = "*"

    def __init__(self, *shown: Widget, css: str = "") -> None:
        super().__init__()
        self.shown = shown
        self.messages: list[Message] = []
        self.animation_level = "none"
        if css:
            self.stylesheet.add_source(css)

    def compose(self) -> ComposeResult:
        yield from self.shown

    def hook(self, message: Message) -> None:
        """Keep what the widgets post; given to `run_test`."""
        if type(message).__module__.startswith("widgets.") and message not in self.messages:
            self.messages.append(message)

    def posted(self, kind: type[M]) -> list[M]:
        """Return the messages of one kind that were posted so far."""
        return [message for message in self.messages if isinstance(message, kind)]


def lines_of(widget: Widget) -> list[str]:
    """Return the text of each line that a line-drawing widget shows now."""
    width, height = widget.size
    return ["".join(segment.text for segment in widget.render_line(y))[:width] for y in range(height)]


def screen_lines(app: App[None]) -> list[str]:
    """Return the text of each line of the screen, as the compositor puts it together."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


class Rows:
    """A source of rows that counts how often it is asked."""

    def __init__(self, name: Callable[[int], str] = "role-{}".format) -> None:
        self.asked: list[int] = []
        self.name = name

    def cells(self, row: int) -> Sequence[Cell]:
        self.asked.append(row)
        return (
            Cell("! MED", Tone.MEDIUM),
            Cell(self.name(row)),
            Cell(f"account-{row % 7}"),
            Cell(f"{row}d", Tone.MUTED),
        )


class Nodes:
    """A tree given as a mapping from a node to the nodes below it."""

    def __init__(self, below: dict[str, list[str]]) -> None:
        self.below = below
        self.asked: list[str] = []

    def roots(self) -> Sequence[str]:
        return self.below.get("", [])

    def children(self, node: str) -> Sequence[str]:
        self.asked.append(node)
        return self.below.get(node, [])

    def has_children(self, node: str) -> bool:
        return bool(self.below.get(node))

    def parent(self, node: str) -> str | None:
        above = next((name for name, below in self.below.items() if node in below), "")
        return above or None

    def label(self, node: str) -> Sequence[Cell]:
        return (Cell(node),)

    def counts(self, node: str) -> Sequence[Cell]:
        return (Cell(f"{len(self.below.get(node, []))}", Tone.MUTED),)
