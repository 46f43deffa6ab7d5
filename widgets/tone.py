"""The few visual tones that widgets accept, and how they look in the current theme.

A tone says what a text means, never which colour it has; the theme decides that. Colour never stands alone: callers
give glyphs or words too, and the tones that matter most differ in weight, so that a screen without colour still reads.
"""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a text means to the eye."""

    PLAIN = "plain"
    MUTED = "muted"
    STRONG = "strong"
    HEADING = "heading"
    ACCENT = "accent"
    GOOD = "good"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    ADDED = "added"
    ADDED_WORD = "added-word"
    REMOVED = "removed"
    REMOVED_WORD = "removed-word"
    NAME = "name"
    STRING = "string"
    CURSOR_BAR = "cursor-bar"

    @property
    def component_class(self) -> str:
        """The component class that gives this tone its look, for example `tone--muted`."""
        return f"tone--{self.value}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text in one tone; the text may be hostile, it is made safe when it is drawn."""

    text: str
    tone: Tone = Tone.PLAIN


Line = tuple[Cell, ...]
"""One line of a widget, from left to right."""

TONE_CLASSES = frozenset(tone.component_class for tone in Tone)
"""The component classes that every widget of this folder has, one per tone."""

_LOOKS = {
    Tone.PLAIN: "color: $foreground;",
    Tone.MUTED: "color: $foreground-muted;",
    Tone.STRONG: "color: $foreground; text-style: bold;",
    Tone.HEADING: "color: $text-primary; text-style: bold;",
    Tone.ACCENT: "color: $text-primary;",
    Tone.GOOD: "color: $text-success;",
    Tone.LOW: "color: $text-secondary;",
    Tone.MEDIUM: "color: $text-warning;",
    Tone.HIGH: "color: $text-warning; text-style: bold;",
    Tone.CRITICAL: "color: $text-error; text-style: bold;",
    Tone.ADDED: "color: $text-success;",
    Tone.ADDED_WORD: "color: $text-success; background: $success-muted; text-style: bold;",
    Tone.REMOVED: "color: $text-error;",
    Tone.REMOVED_WORD: "color: $text-error; background: $error-muted; text-style: bold;",
    Tone.NAME: "color: $text-primary;",
    Tone.STRING: "color: $text-success;",
    Tone.CURSOR_BAR: "color: $primary; text-style: bold;",
}

_TERMINAL_LOOKS = {
    Tone.MUTED: "text-style: dim;",
    Tone.LOW: "color: ansi_default;",
    Tone.ADDED_WORD: "background: ansi_default; text-style: bold underline;",
    Tone.REMOVED_WORD: "background: ansi_default; text-style: bold underline;",
}


def tone_css(selector: str) -> str:
    """Return the default CSS that gives the tones their look in the widget named `selector`."""
    rules = [f"{selector} > .{tone.component_class} {{ {look} }}" for tone, look in _LOOKS.items()]
    rules += [f"{selector}:ansi > .{tone.component_class} {{ {look} }}" for tone, look in _TERMINAL_LOOKS.items()]
    return "\n".join(rules)
