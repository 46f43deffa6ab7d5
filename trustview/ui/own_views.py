"""Own views: what a reviewer named in the cockpit, kept beside how its screens were left and good for every review."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trustview.store import load_view, named_views_file, save_view

FORMAT = 1


@dataclass(frozen=True, slots=True)
class View:
    """Words of the queue under a name; `scope` is the id of the OU or account to which it is narrowed."""

    name: str
    words: str
    scope: str = ""


class OwnViews:
    """The named views of a folder; without one they last as long as the sitting."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._views: tuple[View, ...] = ()

    def load(self) -> tuple[View, ...]:
        """All of them, the newest first; what is damaged is passed over."""
        if self._folder is not None:
            self._views = _read(load_view(named_views_file(self._folder)))
        return self._views

    def keep(self, view: View, instead_of: str = "") -> None:
        """Keep one, in the place of others of these names; OSError or StoreError when it cannot be written."""
        self._save((view, *(one for one in self.load() if one.name not in (view.name, instead_of))))

    def forget(self, name: str) -> None:
        """Keep it no longer; OSError or StoreError when that cannot be written."""
        self._save(one for one in self.load() if one.name != name)

    def _save(self, views: Iterable[View]) -> None:
        kept = tuple(views)
        if self._folder is not None:
            listed = [{"name": one.name, "words": one.words, "scope": one.scope} for one in kept]
            save_view(named_views_file(self._folder), {"format": FORMAT, "views": listed})
        self._views = kept


def _read(value: dict[str, Any]) -> tuple[View, ...]:
    listed = value.get("views") if value.get("format") == FORMAT else None
    found = [_view(one) for one in listed] if isinstance(listed, list) else []
    return tuple(one for one in found if one is not None)


def _view(value: object) -> View | None:
    fields = [value.get(key) for key in ("name", "words", "scope")] if isinstance(value, dict) else []
    texts = [field for field in fields if isinstance(field, str)]
    return View(*texts) if len(texts) == 3 and texts[0] else None
