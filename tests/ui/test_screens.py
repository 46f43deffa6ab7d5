"""Every screen as text at three sizes, against golden files; the same text in light, and without any colour.

The snapshot is made up by number, so that no check and no change of the demo is in the way.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from benchmarks.large_reviews import write_review
from trustview.store import ReviewStore, open_snapshot
from trustview.ui.opening import open_cockpit

from .contrast import faint
from .golden import difference, golden
from .sitting import MEDIUM, NARROW, NOW, WIDE, Desk, Screen

SIZES = (NARROW, MEDIUM, WIDE)
ROLES = 300
DIGEST = re.compile(r"\b[0-9a-f]{20,}")
"""A digest, which is another one with every change of what is kept in a snapshot; it is drawn as zeros."""

# The keys that lead to each screen from the queue, a text that it shows, and the keys that lead back. Panes are shown
# alone; the role screen stays at the facet where it was left.
SCREENS: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "triage": (("z",), "Worst finding", ("z",)),
    "why": (("3", "z"), "Who gets in", ("z", "2")),
    "graph": (("4", "z"), "who comes in", ("z", "3", "2")),
    "fix": (("5", "z"), "change 1", ("z", "3", "2")),
    "role": (("i",), "Who may become it", ("q",)),
    "permissions": (("i", "tab"), "Guardrails above it", ("q",)),
    "use": (("i", "tab"), "Use of the role", ("q",)),
    "history": (("i", "tab"), "From snapshot to snapshot", ("tab", "q")),
    "scope": (("1", "z"), "Infrastructure", ("z", "2")),
    "marks": (("z", "space", "space", "r"), "why?", ("escape", "backslash", "g", "z")),
    "overview": (("o",), "Open, by OU", ("q",)),
    "chains": (("X",), "no chain leads", ("q",)),
    "changes": (("D",), "no earlier snapshot", ("q",)),
    "views": (("V",), "identity providers", ("q",)),
    "signoff": (("R",), "What closing would seal", ("q",)),
    "gaps": (("exclamation_mark",), "everything that was asked for", ("q",)),
    "help": (("question_mark",), "Decide", ("q",)),
}


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_review(tmp_path_factory.mktemp("made-up"), ROLES)


@asynccontextmanager
async def shown(desk: Desk, size: tuple[int, int], theme: str = "") -> AsyncIterator[Screen]:
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(desk.reviews) as reviews:
        cockpit = open_cockpit(snapshot, reviews, "anna", lambda: NOW, None)
        if theme:
            cockpit.theme = theme
        async with cockpit.run_test(size=size) as pilot:
            screen = Screen(cockpit, pilot)
            await screen.until(lambda: cockpit.is_settled)
            await screen.sees("Worst finding", "3 Why")
            yield screen


async def go_round(screen: Screen, look: Callable[[str, str], Awaitable[None]]) -> None:
    for name, (keys, text, back) in SCREENS.items():
        await screen.press(*keys)
        await screen.sees(text)
        await screen.until(lambda: screen.cockpit.is_settled)
        await screen.pilot.pause()
        drawn = "\n".join(line.rstrip() for line in screen.lines) + "\n"
        await look(name, DIGEST.sub(lambda found: "0" * len(found[0]), drawn))
        await screen.press(*back)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_each_screen_looks_as_it_did(made_up: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    different = []

    async with shown(Desk(made_up, tmp_path), size) as screen:

        async def look(name: str, text: str) -> None:
            different.append(difference(name, size, text))
            assert not set(faint(screen.strips)), name

        await go_round(screen, look)
    assert not any(different), "\n".join(different)


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
async def test_each_screen_says_the_same_in_light_and_without_colours(
    made_up: Path, tmp_path: Path, theme: str
) -> None:
    async with shown(Desk(made_up, tmp_path), NARROW, theme) as screen:

        async def look(name: str, text: str) -> None:
            assert text == golden(name, NARROW), name
            assert theme.startswith("ansi") or not set(faint(screen.strips)), name

        await go_round(screen, look)
