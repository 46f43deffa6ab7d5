import string
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.widgets.hosts import HOSTILE
from widgets.safe_text import cells, fit, is_deceptive, safe_text, take

texts = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("a\x1b\n\u202e\u0301\u0302\u3164日👍\ufe0f\u200d")), max_size=60
)


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("plain-role_1+=,.@", "plain-role_1+=,.@"),
        ("[red]x[/]", "[red]x[/]"),
        ("\x1b[31mx", "␛[31mx"),
        ("a\nb\tc", "a⏎b→c"),
        ("a\rb\0c\x7f", "a⟨U+000D⟩b⟨U+0000⟩c⟨U+007F⟩"),
        ("\x9b31m", "⟨U+009B⟩31m"),
        ("\u202egnp", "⟨U+202E⟩gnp"),
        ("a\u200bb\ufeffc\u00add", "a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+00AD⟩d"),
        ("a\u2028b\u00a0c", "a⟨U+2028⟩b⟨U+00A0⟩c"),
        ("a\u3164b\u2800c\uffa0d", "a⟨U+3164⟩b⟨U+2800⟩c⟨U+FFA0⟩d"),
        ("❤\ufe0f", "❤⟨U+FE0F⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("🇩🇪", "⟨U+1F1E9⟩⟨U+1F1EA⟩"),
        ("👍🏽", "👍⟨U+1F3FD⟩"),
        ("e\u0301", "e\u0301"),
        ("e\u0301\u0302\u0303", "e\u0301\u0302⟨U+0303⟩"),
        ("\u0301e", "⟨U+0301⟩e"),
        ("日本語", "日本語"),
        ("\ud800", "⟨U+D800⟩"),
        ("", ""),
    ],
)
def test_what_a_terminal_could_obey_or_hide_becomes_visible(raw: str, safe: str) -> None:
    assert safe_text(raw) == safe


@pytest.mark.parametrize(
    ("raw", "limit", "safe"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("ab\x1b", 3, "ab␛"),
        ("a\u202e", 4, "a⟨U…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_a_limit_cuts_with_an_ellipsis(raw: str, limit: int, safe: str) -> None:
    assert safe_text(raw, limit) == safe


@given(texts)
def test_safe_text_is_printable_and_stays_as_it_is(text: str) -> None:
    safe = safe_text(text)
    assert safe.isprintable()
    assert safe_text(safe) == safe


@given(texts, st.integers(0, 80))
def test_a_limit_holds_for_every_text(text: str, limit: int) -> None:
    assert len(safe_text(text, limit)) <= limit
    assert safe_text(text, limit).isprintable()


@given(st.text(alphabet=string.ascii_letters + string.digits + "+=,.@_-/: "))
def test_ordinary_names_are_untouched(text: str) -> None:
    assert safe_text(text) == text
    assert not is_deceptive(text)


@given(texts, st.integers(-1, 60), st.sampled_from(["left", "right", "center"]))
def test_fit_fills_exactly_the_cells(text: str, width: int, align: str) -> None:
    fitted = fit(text, width, align)  # type: ignore[arg-type]  # hypothesis loses the literal
    assert cell_len(fitted) == max(0, width)
    assert fitted.isprintable()


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("width", [1, 2, 7, 40])
def test_fit_holds_for_hostile_texts(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) == width


@pytest.mark.parametrize(
    ("text", "width", "align", "fitted"),
    [
        ("role", 6, "left", "role  "),
        ("role", 6, "right", "  role"),
        ("role", 7, "center", " role  "),
        ("deployer", 5, "left", "depl…"),
        ("日本語", 4, "left", "日… "),
        ("日本語", 1, "left", "…"),
        ("日", 2, "left", "日"),
    ],
)
def test_fit_pads_and_cuts_by_cells(text: str, width: int, align: str, fitted: str) -> None:
    assert fit(text, width, align) == fitted  # type: ignore[arg-type]  # the table loses the literal


@pytest.mark.parametrize(
    ("text", "deceptive"),
    [
        ("admin", False),
        ("admin ✓ 50 %", False),
        ("\u0430dmin", True),
        ("café", True),
        ("admin\u200b", True),
        ("admin\n", True),
        ("日本", True),
    ],
)
def test_letters_outside_ascii_and_hidden_characters_are_deceptive(text: str, deceptive: bool) -> None:
    assert is_deceptive(text) is deceptive


def test_cells_counts_the_safe_form() -> None:
    assert cells("a\x1b日") == 4


def test_take_never_splits_a_wide_character() -> None:
    assert take("日本", 3) == "日"


def test_safe_text_loads_without_textual() -> None:
    code = "import sys, widgets.safe_text; widgets.safe_text.fit('é', 3); sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
