"""Colours that can be read on what is under them, whatever the theme. https://www.w3.org/TR/WCAG21/#contrast-minimum"""

from textual.color import BLACK, WHITE, Color

_LEAST = 4.5


def make_legible(ink: Color, under: Color) -> Color:
    """Return the colour, as much darker or lighter as it takes to stand out; the terminal's own stay as they are."""
    if ink.ansi is not None or under.ansi is not None:
        return ink
    furthest = max(BLACK, WHITE, key=lambda colour: contrast(colour, under))
    mixed = (ink.blend(furthest, part / 10) for part in range(10))
    return next((colour for colour in mixed if contrast(colour, under) >= _LEAST), furthest)


def contrast(one: Color, other: Color) -> float:
    """Return how well two colours are told apart: 1 not at all, 21 black on white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    red, green, blue = map(_linear, colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)
