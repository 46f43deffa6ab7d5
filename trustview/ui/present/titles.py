"""What the titles of the panes say of the item that they show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trustview.policy import PrincipalForm, parse_arn, read_principal
from trustview.ui.places import Places
from trustview.ui.present.signs import provider_name
from trustview.ui.state import State
from widgets.tone import Cell, Tone

if TYPE_CHECKING:
    from trustview.ui.detail import Detail


def subject(state: State, detail: Detail | None) -> tuple[Cell, ...]:
    """The role and its account, or whatever else an item is about, for the title of a pane."""
    if detail is None:
        return ()
    where = ", ".join(map(state.places.name, detail.subject.places))
    return (Cell(detail.subject.name, Tone.STRONG), Cell(f" @ {where}", Tone.MUTED))


def subject_note(detail: Detail | None) -> str:
    """Which account of how many of a fleet is shown, and how to see the others."""
    if detail is None or len(detail.roles) < 2:
        return ""
    return f"account {detail.member + 1} of {len(detail.roles)} · keys , ."


def name_of_role(arn: str, places: Places) -> tuple[str, str]:
    """A role's name, and where it is."""
    parsed = parse_arn(arn)
    return (parsed.name, f" @ {places.name(parsed.account)}") if parsed and parsed.account else (arn, "")


def name_of_caller(principal: str, party_name: str) -> str:
    """Who a principal element means: one user or role by name and where it is, anybody else by the party's name."""
    element = read_principal("AWS", principal)
    if element.form in (PrincipalForm.USER, PrincipalForm.ROLE, PrincipalForm.SESSION):
        return f"{element.name.rpartition('/')[2]} @ {party_name or element.account}"
    return provider_name(party_name or principal)
