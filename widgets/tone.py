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


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text in one tone; the text may be hostile, it is made safe when it is drawn."""

    text: str
    tone: Tone = Tone.PLAIN


Line = tuple[Cell, ...]
"""One line of a widget, from left to right."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a tone looks: names of the theme's variables for text and background, and how the letters are set."""

    colour: str
    ground: str = ""
    """Empty: the background of the row."""
    is_bold: bool = False
    is_dim: bool = False
    is_underlined: bool = False
    is_text: bool = True
    """A text is made to stand out from what it stands on; a bar keeps its colour."""


_LOOKS = {
    Tone.PLAIN: Look("foreground"),
    Tone.MUTED: Look("foreground-muted"),
    Tone.STRONG: Look("foreground", is_bold=True),
    Tone.HEADING: Look("text-primary", is_bold=True),
    Tone.ACCENT: Look("text-primary"),
    Tone.GOOD: Look("text-success"),
    Tone.LOW: Look("text-secondary"),
    Tone.MEDIUM: Look("text-warning"),
    Tone.HIGH: Look("text-warning", is_bold=True),
    Tone.CRITICAL: Look("text-error", is_bold=True),
    Tone.ADDED: Look("text-success"),
    Tone.ADDED_WORD: Look("text-success", "success-muted", is_bold=True),
    Tone.REMOVED: Look("text-error"),
    Tone.REMOVED_WORD: Look("text-error", "error-muted", is_bold=True),
    Tone.NAME: Look("text-primary"),
    Tone.STRING: Look("text-success"),
    Tone.CURSOR_BAR: Look("primary", is_bold=True, is_text=False),
}

# The sixteen colours of a terminal cannot be mixed: what is fainter or deeper elsewhere is set otherwise there.
_TERMINAL_LOOKS = {
    Tone.MUTED: Look("foreground", is_dim=True),
    Tone.LOW: Look("foreground"),
    Tone.ADDED_WORD: Look("text-success", is_bold=True, is_underlined=True),
    Tone.REMOVED_WORD: Look("text-error", is_bold=True, is_underlined=True),
}


def look_of(tone: Tone, *, is_terminal: bool) -> Look:
    """Return how a tone looks; `is_terminal` where the terminal's own sixteen colours are meant."""
    return (is_terminal and _TERMINAL_LOOKS.get(tone)) or _LOOKS[tone]
