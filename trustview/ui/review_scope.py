"""What a review is limited to, as the words and the place to which its queue is narrowed when it is opened. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trustview.review import Scope
from trustview.snapshot import Organization
from trustview.ui.view_state import FORMAT


def limited_view(view: Mapping[str, Any], scope: Scope, organization: Organization | None) -> Mapping[str, Any]:
    """How the screen was left, narrowed to the scope unless it was left narrowed; the reviewer may widen it."""
    if scope == Scope() or view.get("filter") or view.get("scope"):
        return view
    place = scope.places[0] if len(scope.places) == 1 and not scope.tags else ""
    words = [
        f"sev:{scope.severity.word}+" if scope.severity is not None else "",
        f"check:{','.join(scope.checks)}" if scope.checks else "",
        "" if place else _accounts(scope, organization),
    ]
    return {"format": FORMAT, **view, "scope": place, "filter": " ".join(filter(None, words))}


def _accounts(scope: Scope, organization: Organization | None) -> str:
    """The accounts one by one, where no single place says the same; an account that is none shows nothing."""
    found = scope.accounts(organization)
    return "" if found is None else f"account:{','.join(sorted(found)) or 'none'}"
