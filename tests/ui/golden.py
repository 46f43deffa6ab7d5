"""Screens as text in files. `TRUSTVIEW_GOLDEN=write` writes them anew: look at the difference before a commit."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "golden" / "screens"


def golden(name: str, size: tuple[int, int]) -> str:
    """What a screen says at a size."""
    return _file(name, size).read_text(encoding="utf-8")


def difference(name: str, size: tuple[int, int], text: str) -> str:
    """What a screen says now where that is something else; empty where it is the same."""
    file = _file(name, size)
    if os.environ.get("TRUSTVIEW_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return "" if text == golden(name, size) else f"{file.name} is otherwise now:\n{text}"


def _file(name: str, size: tuple[int, int]) -> Path:
    return FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
