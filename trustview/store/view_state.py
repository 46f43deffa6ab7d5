"""How a screen was left, one small JSON file per review, and the views that a reviewer named, in one file for all.

Losing them costs no decision, so a damaged one is passed over.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

from trustview.store.workspace import FILE_MODE, make_folder


def view_file(folder: Path, review_id: str) -> Path:
    """The file for the view of a review; its name is safe whatever the review is called."""
    return folder / f"view-{sha256(review_id.encode()).hexdigest()[:16]}.json"


def named_views_file(folder: Path) -> Path:
    """The file for the views that were named in the cockpit; the settings file is never written to."""
    return folder / "named-views.json"


def load_view(path: Path) -> dict[str, Any]:
    """What was kept; nothing when there is no file or it cannot be read."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def save_view(path: Path, view: dict[str, Any]) -> None:
    """Keep a view: written beside and renamed, so that it is whole or as it was; OSError when it cannot be written."""
    make_folder(path.parent)
    beside = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(view, file)
    beside.replace(path)
