"""Changes: this snapshot against the one before, in who gets in first, then as it was written."""

from __future__ import annotations

from collections.abc import Iterator

from trustview.analysis import GrantDifference, compare_grants
from trustview.snapshot import Difference, DifferenceKind, Subject, diff_snapshots, unread_by_one
from trustview.store import open_snapshot
from trustview.ui.board import BLANK, Board, BoardRow, Link, heading
from trustview.ui.places import Places
from trustview.ui.present.differences import EFFECTS, WRITTEN
from trustview.ui.sitting import Sitting
from trustview.ui.state import State
from widgets.columns import Column
from widgets.tone import Cell, Tone

COLUMNS = (
    Column("kind", "What", 19),
    Column("account", "Account", None, min_width=13, weight=2),
    Column("name", "Role or thing", None, min_width=20, weight=3),
    Column("who", "Who gets in", None, min_width=16, weight=3),
    Column("because", "Because", None, min_width=16, weight=3, priority=1),
)


def changes(sitting: Sitting, state: State) -> Board:
    """What `trustview diff` tells, as lines that lead to their roles."""
    title = "What changed since the snapshot before"
    if sitting.earlier is None:
        return Board(title, COLUMNS, (), empty="there is no earlier snapshot\nthe next `trustview collect` has one")
    with open_snapshot(sitting.earlier) as before:
        old, new = before.load_snapshot(), sitting.reader.load_snapshot()
        effects = compare_grants(before.grants(), sitting.reader.grants(), unread_by_one(old, new))
        written = diff_snapshots(old, new)
        note = f"{before.name} → {sitting.reader.name}"
    rows = (
        heading("In effect", f"{len(effects):,}"),
        *(_effect(one, state.places) for one in effects),
        BLANK,
        heading("As written", f"{len(written):,}"),
        *(_written(written, state.places)),
    )
    return Board(title, COLUMNS, rows, note)


def _effect(one: GrantDifference, places: Places) -> BoardRow:
    sign, tone = EFFECTS[one.kind]
    grant = one.grant
    cells = (
        Cell(f"{sign} {one.kind.value}", tone),
        Cell(places.name(grant.account)),
        Cell(grant.role.rpartition(":role/")[2], Tone.STRONG),
        Cell(grant.party_name or grant.principal.value),
        Cell("; ".join(one.because) or f"reach {grant.reach.kind.value}", Tone.MUTED),
    )
    return BoardRow(cells, Link(role=grant.role) if one.new else None)


def _written(differences: tuple[Difference, ...], places: Places) -> Iterator[BoardRow]:
    for one in differences:
        is_role = one.subject is Subject.ROLE and one.kind is not DifferenceKind.REMOVED
        name = one.name.rpartition(f"{one.account}:")[2] if one.account else places.name(one.name)
        yield BoardRow(
            (
                Cell(f"{WRITTEN[one.kind]} {one.subject.value}"),
                Cell(places.name(one.account) if one.account else ""),
                Cell(name),
                Cell(""),
                Cell(one.field.replace("_", " "), Tone.MUTED),
            ),
            Link(role=one.name) if is_role else None,
        )
