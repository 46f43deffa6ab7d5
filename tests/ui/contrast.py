"""How well texts stand out from what they stand on. https://www.w3.org/TR/WCAG21/#contrast-minimum"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.color import Color
from textual.strip import Strip

LEAST = 4.5


def faint(strips: Iterable[Strip]) -> Iterator[str]:
    """The texts of a screen that stand out less than is demanded; lines and bars are no texts."""
    for segment in (segment for strip in strips for segment in strip):
        style = segment.style
        if style and style.color and style.bgcolor and any(map(str.isalnum, segment.text)):
            first, second = sorted((_luminance(style.color), _luminance(style.bgcolor)))
            if (second + 0.05) / (first + 0.05) < LEAST:
                yield f"{segment.text.strip()}: {style.color.name} on {style.bgcolor.name}"


def _luminance(color: Color) -> float:
    red, green, blue = (_linear(part / 255) for part in color.get_truecolor())
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)
