"""Draws the screens of the cockpit from the demo: `python -m screenshots.generate [FOLDER]`.

The demo is served, collected and analysed as of one fixed moment, and the cockpit is driven by keys, so that the same
program always gives the same bytes.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trustview.analysis import analyse
from trustview.collect import Limits, Scope, collect
from trustview.demo import serve_acme
from trustview.snapshot import Snapshot
from trustview.store import ReviewStore, open_shelf, open_snapshot, save_snapshot
from trustview.ui.opening import open_cockpit

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
HERE = Path(__file__).parent
NARROW, MEDIUM, WIDE = (80, 24), (120, 40), (200, 60)
EVIDENCE_DAYS = 90


@dataclass(frozen=True)
class Shot:
    """A picture: the keys that lead to it, a text between them typed letter by letter behind `type `."""

    name: str
    keys: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...] = (NARROW, MEDIUM)


_DATADOG = ("slash", "type datadog", "enter")

SHOTS = (
    Shot(
        "triage", ("r", "a", "w", "enter", "type an SCP bounds it until the migration", "enter"), (NARROW, MEDIUM, WIDE)
    ),
    Shot("why", ("slash", "type check:oidc-subject sev:crit", "enter", "3", "z")),
    Shot("use", ("slash", "type NetworkAdmin", "enter", "3", "z", *["right_curly_bracket"] * 4)),
    Shot("role", ("slash", "type NetworkAdmin", "enter", "i")),
    Shot("permissions", ("slash", "type ci-deploy cards is:all", "enter", "i", "tab")),
    Shot("graph", ("slash", "type NetworkAdmin", "enter", "4", "z", "l")),
    Shot("fix", ("slash", "type check:vendor-without datadog", "enter", "5", "z")),
    Shot("fleet", (*_DATADOG, "j", "3", "full_stop")),
    Shot("scope", ("b", "j")),
    Shot("bulk", ("slash", "type party:vendor sev:high", "enter", "asterisk", "r")),
    Shot("filter", ("slash", "type party:vendor ou:prod sev:hgh")),
    Shot("gaps", ("exclamation_mark",)),
    Shot("help", ("question_mark",)),
    Shot("overview", ("o",)),
    Shot("chains", ("X",)),
    Shot("views", ("V",)),
)


def main() -> None:
    """Draw every picture into a folder, this one by default."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        snapshot = asyncio.run(collect_demo(Path(scratch)))
        file = save_snapshot(Path(scratch) / "snapshots", snapshot, analyse(snapshot))
        for shot in SHOTS:
            for width, height in shot.sizes:
                path = folder / f"{shot.name}-{width}x{height}.svg"
                path.write_text(asyncio.run(draw(file, shot.keys, (width, height))), encoding="utf-8")
                print(path.name, file=sys.stderr)


async def collect_demo(folder: Path) -> Snapshot:
    """The demo as the collector reads it over HTTP."""
    with serve_acme(now=NOW) as served:
        os.environ.update(served.environment)
        scope = Scope(evidence_days=EVIDENCE_DAYS, is_fresh=True, limits=Limits(*[1000.0] * 4))
        with open_shelf(folder / "parts", lambda message: None) as shelf:
            return await collect(scope, shelf, lambda: NOW)


async def draw(file: Path, keys: tuple[str, ...], size: tuple[int, int]) -> str:
    """The screen after these keys, as an SVG."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_snapshot(file) as snapshot,
        ReviewStore(Path(folder) / "reviews.db") as reviews,
    ):
        cockpit = open_cockpit(snapshot, reviews, "anna", lambda: NOW, None)
        async with cockpit.run_test(size=size) as pilot:
            for key in keys:
                await pilot.press(*_letters(key))
                await pilot.pause(0.1)
            while not cockpit.is_settled:
                await pilot.pause(0.02)
            await pilot.pause()
            return cockpit.export_screenshot(title="trustview", simplify=True)


_NAMES = {" ": "space", ":": "colon", "-": "minus"}


def _letters(key: str) -> list[str]:
    kind, _, text = key.partition(" ")
    return [_NAMES.get(letter, letter) for letter in text] if kind == "type" else [key]


if __name__ == "__main__":
    main()
