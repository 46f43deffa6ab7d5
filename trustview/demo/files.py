"""The data files of `acme/`, as plain JSON."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "acme"


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def read_file(name: str) -> dict[str, Any]:
    """One data file."""
    content: dict[str, Any] = json.loads(_text(name))
    return content
