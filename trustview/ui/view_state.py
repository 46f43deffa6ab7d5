"""What of a state is kept when the cockpit is left, and how a state gets it back. Pure.

Rows are named by the ids of their items, so that a view also fits a later snapshot; whatever is not there any more, or
is not of the expected shape, is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trustview.ui.showing import filtered, scoped
from trustview.ui.state import Pane, State
from trustview.ui.whereabouts import at_row

FORMAT = 1


def view_of(state: State) -> dict[str, Any]:
    """The JSON-ready part of a state that is kept."""
    return {
        "format": FORMAT,
        "filter": state.filter_text,
        "scope": state.scope,
        "cursor": state.row.id if state.row else "",
        "marks": sorted(state.rows[number].id for number in state.marks),
        "pane": state.pane.value,
        "detail": state.detail.value,
        "zoomed": state.is_zoomed,
        "scope_hidden": state.is_scope_hidden,
        "member": state.member,
        "trail": list(state.trail),
        "open": sorted(state.open_places),
    }


def with_view(state: State, view: Mapping[str, Any]) -> State:
    """The state as it was left."""
    if view.get("format") != FORMAT:
        return state
    numbers = state.rows.numbers((*_texts(view.get("marks")), *_texts([view.get("cursor")])))
    state = replace(
        state,
        marks=frozenset(numbers[item] for item in _texts(view.get("marks")) if item in numbers),
        pane=_pane(view.get("pane"), Pane.QUEUE),
        is_zoomed=view.get("zoomed") is True,
        is_scope_hidden=view.get("scope_hidden") is True,
        open_places=frozenset(_texts(view.get("open"))) & frozenset(state.places.by_id),
    )
    detail = _pane(view.get("detail"), Pane.WHY)
    state = replace(state, detail=detail if detail.is_detail else Pane.WHY)
    scope, text, cursor = (view.get(key) for key in ("scope", "filter", "cursor"))
    if isinstance(scope, str) and scope in state.places.by_id:
        state = scoped(state, scope)
    if isinstance(text, str) and text:
        state = filtered(state, text)
    if isinstance(cursor, str) and numbers.get(cursor) in state.view:
        member = view.get("member")
        state = replace(
            at_row(state, numbers[cursor]),
            member=member if isinstance(member, int) and member >= 0 else 0,
            trail=_texts(view.get("trail")),
        )
    return state


def _texts(value: object) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list) else ()


def _pane(value: object, default: Pane) -> Pane:
    return Pane(value) if isinstance(value, str) and value in list(Pane) else default
