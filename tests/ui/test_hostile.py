"""Names that attack: every character that is drawn is printable, nothing is obeyed, nothing is lost without a sign."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from trustview.analysis import analyse
from trustview.store import save_snapshot

from .hostile import HOSTILE, hostile_snapshot
from .sitting import MEDIUM, NARROW, WIDE, Desk, Screen, sitting

UI = Path(__file__).parents[2] / "trustview" / "ui"


@pytest.fixture(scope="module")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    snapshot = hostile_snapshot()
    return save_snapshot(tmp_path_factory.mktemp("hostile"), snapshot, analyse(snapshot))


def assert_plain(screen: Screen) -> None:
    width = screen.cockpit.size.width
    for line in screen.lines:
        assert line.isprintable(), repr(line)
        assert cell_len(line) == width, repr(line)


@pytest.mark.parametrize("size", [NARROW, MEDIUM, WIDE], ids=["80x24", "120x40", "200x60"])
async def test_every_screen_stays_plain_and_in_shape(hostile_file: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    async with sitting(Desk(hostile_file, tmp_path), size) as screen:
        assert len(screen.state.view) >= len(HOSTILE)
        assert_plain(screen)
        seen: set[str] = set()
        for keys in (
            ["3"],
            ["4"],
            ["5"],
            ["z"],
            ["z"],
            ["b"],
            ["2"],
            ["exclamation_mark"],
            ["q"],
            ["i"],
            ["tab"],
            ["tab"],
            ["tab"],
            ["q"],
            ["w"],
        ):
            await screen.press(*keys)
            await screen.until(lambda: screen.cockpit.lookup.is_settled)
            assert_plain(screen)
            seen.add(screen.text)
        await screen.press("escape")
        for _ in HOSTILE:
            await screen.press("J")
            await screen.until(lambda: screen.cockpit.lookup.is_settled)
            assert_plain(screen)
        assert len(seen) > 6


async def test_markup_is_shown_as_it_is_written(hostile_file: Path, tmp_path: Path) -> None:
    async with sitting(Desk(hostile_file, tmp_path), WIDE) as screen:
        await screen.press("1")
        await screen.sees("[red]x[/red]", "a[/nope]b", "[@click=app.quit]", "␛[31mred␛[0m", "⟨U+202E⟩", "=cmd()|calc")


async def test_a_hostile_account_can_be_decided_filtered_and_undone(hostile_file: Path, tmp_path: Path) -> None:
    async with sitting(Desk(hostile_file, tmp_path)) as screen:
        await screen.filter("account:click=app")
        assert screen.state.row is not None
        await screen.press("r")
        await screen.until(lambda: screen.state.decisions)
        assert_plain(screen)
        await screen.press("u")
        await screen.until(lambda: not screen.state.decisions)
        assert_plain(screen)


async def test_the_screenshot_of_hostile_names_is_valid(hostile_file: Path, tmp_path: Path) -> None:
    import xml.etree.ElementTree as ET

    async with sitting(Desk(hostile_file, tmp_path), MEDIUM) as screen:
        ET.fromstring(screen.cockpit.export_screenshot())  # noqa: S314


MARKUP_SINKS = re.compile(r"\b(notify|Static|Label|Markdown)\(|\b(border_title|border_subtitle|tooltip)\b")


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_no_text_goes_to_a_part_of_textual_that_reads_markup(path: Path) -> None:
    assert not MARKUP_SINKS.search(path.read_text(encoding="utf-8"))
