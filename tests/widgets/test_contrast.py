"""Texts can be read on whatever they stand, in every theme."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tests.ui.contrast import LEAST
from widgets.contrast import contrast, make_legible
from widgets.tone import Tone, look_of

_COLOURS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda parts: Color(*parts))


@given(_COLOURS, _COLOURS)
def test_every_colour_stands_out_from_every_other(ink: Color, under: Color) -> None:
    assert contrast(make_legible(ink, under), under) >= LEAST


@given(_COLOURS, _COLOURS)
def test_a_colour_that_stands_out_stays_as_it_is(ink: Color, under: Color) -> None:
    assert contrast(ink, under) < LEAST or make_legible(ink, under) == ink


def test_the_terminal_s_own_colours_stay_as_they_are() -> None:
    ink, under = Color.parse("ansi_yellow"), Color.parse("ansi_default")
    assert make_legible(ink, under) == ink


def test_black_on_white_is_told_apart_best() -> None:
    assert round(contrast(Color.parse("black"), Color.parse("white")), 3) == 21
    assert contrast(Color.parse("red"), Color.parse("red")) == 1


def test_tones_that_are_faint_on_a_light_theme_are_made_darker() -> None:
    variables = BUILTIN_THEMES["textual-light"].to_color_system().generate()
    under, looks = Color.parse(variables["surface"]), [look_of(tone, is_terminal=False) for tone in Tone]
    inks = [under + Color.parse(variables[look.colour]) for look in looks if look.is_text and not look.ground]
    faint = [ink for ink in inks if contrast(ink, under) < LEAST]

    assert faint
    assert all(make_legible(ink, under).brightness < ink.brightness for ink in faint)
