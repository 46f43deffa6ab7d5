"""Make hostile text plain. THE ONE PLACE where it is decided which characters may reach a terminal.

No Textual widget stops escape sequences, not even with markup off. So every string that a widget of this folder draws
goes through `safe_text`, at the moment of drawing. What is not plainly visible becomes visible; nothing is dropped.

- escape, newline and tab have a sign of their own: ␛ ⏎ →
- every other character that is not printable (C0 and C1 controls, bidi overrides, zero-width and private characters,
  spaces that are not the space), characters that are printable but blank, and variation selectors become ⟨U+202E⟩
- emoji modifiers and regional indicators too: terminals disagree on their width
- at most two marks without width stand on one character, and none stands at the start
"""

from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, get_character_cell_size

Align = Literal["left", "right", "center"]
"""Where a text stands in its cells."""

ELLIPSIS = "…"
"""Stands for what was cut off."""

_MAX_MARKS = 2
_SIGNS = {"\x1b": "␛", "\n": "⏎", "\t": "→"}


def _chars(*ranges: tuple[int, int]) -> frozenset[str]:
    return frozenset(chr(point) for first, last in ranges for point in range(first, last + 1))


_DECEPTIVE = _chars(
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer vowels that are never drawn
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x2800, 0x2800),  # braille pattern blank
    (0x3164, 0x3164),  # Hangul filler
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
    (0x16FE4, 0x16FE4),  # Khitan filler
    (0x1D159, 0x1D159),  # null notehead
    (0x1F1E6, 0x1F1FF),  # regional indicators: a pair may be drawn as one flag
    (0x1F3FB, 0x1F3FF),  # emoji modifiers: may be drawn into the emoji before
    (0xE0100, 0xE01EF),  # more variation selectors
)


def safe_text(text: str, limit: int | None = None) -> str:
    """Return `text` with every character that a terminal could obey or hide replaced by a visible one.

    With `limit`, the result has at most that many characters, the last one `…` if some were cut.
    The result is printable (`str.isprintable`), and making it safe again changes nothing.
    """
    if limit is not None and len(text) > limit:
        text = text[:limit]
        return _cut(_rewrite(text) + ELLIPSIS, limit)
    if text.isascii() and text.isprintable():
        return text
    safe = _rewrite(text)
    return safe if limit is None else _cut(safe, limit)


def is_deceptive(text: str) -> bool:
    """Return whether `text` may look like another text: it had to be made safe, or has letters outside ASCII."""
    if text.isascii():
        return not text.isprintable()
    return safe_text(text) != text or any(char.isalpha() and not char.isascii() for char in text)


def cells(text: str) -> int:
    """Return how many terminal cells the safe form of `text` fills."""
    return cell_len(safe_text(text))


def fit(text: str, cells: int, align: Align = "left") -> str:
    """Return `text`, safe, cut with `…` or padded with spaces so that it fills exactly `cells` terminal cells."""
    if cells <= 0:
        return ""
    text = safe_text(text)
    width = cell_len(text)
    if width > cells:
        text = take(text, cells - 1) + ELLIPSIS
        width = cell_len(text)
    gap = cells - width
    if align == "right":
        return " " * gap + text
    if align == "center":
        return " " * (gap // 2) + text + " " * (gap - gap // 2)
    return text + " " * gap


def take(text: str, cells: int) -> str:
    """Return the longest start of a safe `text` that fills at most `cells` terminal cells."""
    used = 0
    for index, char in enumerate(text):
        used += get_character_cell_size(char)
        if used > cells:
            return text[:index]
    return text


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS if limit > 0 else ""


@lru_cache(maxsize=2048)
def _rewrite(text: str) -> str:
    """Replace character by character; cached, since a text with a glyph or a foreign letter comes again and again."""
    safe: list[str] = []
    marks = _MAX_MARKS  # a mark at the start has no character to stand on
    for char in text:
        if char.isascii() and char.isprintable():
            safe.append(char)
            marks = 0
        elif char in _SIGNS:
            safe.append(_SIGNS[char])
            marks = 0
        elif not char.isprintable() or char in _DECEPTIVE:
            safe.append(f"⟨U+{ord(char):04X}⟩")
            marks = 0
        elif get_character_cell_size(char) > 0:
            safe.append(char)
            marks = 0
        elif marks < _MAX_MARKS:
            safe.append(char)
            marks += 1
        else:
            safe.append(f"⟨U+{ord(char):04X}⟩")
            marks = 0
    return "".join(safe)
