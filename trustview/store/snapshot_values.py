"""Rows of a snapshot file -> values, with the queries that give such rows. The mirror of `snapshot_writer`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from trustview import analysis as conclusions
from trustview.analysis import Party, ReachKind, Severity, SubjectKind
from trustview.policy import Privilege
from trustview.snapshot import AccountStatus
from trustview.snapshot.codec import decode, decode_fields
from trustview.store.snapshot_keys import DOCUMENTS, account_of, text_value
from trustview.store.snapshot_rows import ItemRow, PlaceRow
from trustview.store.snapshot_tables import Row, SnapshotTables

if TYPE_CHECKING:
    from trustview.analysis import Edge, Finding, Fleet, Grant, Reach, Remediation

T = TypeVar("T")

PLACES = (
    "SELECT id, name, parent, is_account, status, is_unread, tier, roles, info, low, medium, high, critical FROM place"
)
ITEMS = (
    "SELECT id, role_name, principal, party, party_name, reach, privilege, severity, checks, accounts, units, "
    "outlier_of, grants, findings, kind FROM item"
)
BASES = "SELECT item, digest, body FROM basis"

# A name is read with the row that holds its number; where it is missing it comes as nothing, which is damage.
GRANTS = (
    "SELECT (SELECT value FROM name WHERE number = id), (SELECT value FROM name WHERE number = role), "
    "(SELECT value FROM name WHERE number = fleet), account, body FROM grant_"
)
FLEETS = "SELECT (SELECT value FROM name WHERE number = id), grants, body FROM fleet"
EDGES = "SELECT source, target, kind, grant_, reach FROM edge"
FINDINGS = (
    "SELECT (SELECT value FROM name WHERE number = id), (SELECT value FROM name WHERE number = subject), "
    "(SELECT value FROM name WHERE number = check_), account, grants, body FROM finding"
)
REMEDIATIONS = "SELECT (SELECT value FROM name WHERE number = subject), body FROM remediation"


# ── the first screen ─────────────────────────────────────────────────────────────────────────────────────────────


def read_place(row: Row) -> PlaceRow:
    """A row of PLACES."""
    id_, name, parent, is_account, status, is_unread, tier, roles, *counts = row
    info, low, medium, high, critical = counts
    return PlaceRow(
        id=text_value(id_),
        name=text_value(name),
        parent=text_value(parent),
        is_account=bool(is_account),
        status=AccountStatus(status),
        is_unread=bool(is_unread),
        tier=tier,
        roles=roles,
        findings=(info, low, medium, high, critical),
    )


def read_item(row: Row) -> ItemRow:
    """A row of ITEMS."""
    id_, role_name, principal, party, party_name, reach, privilege, severity, *more, grants, findings, kind = row
    checks, accounts, units, outlier_of = more
    return ItemRow(
        id=text_value(id_),
        role_name=text_value(role_name),
        principal=text_value(principal),
        party=Party(party) if party else None,
        party_name=text_value(party_name),
        reach=ReachKind(reach) if reach else None,
        privilege=Privilege(privilege) if privilege else None,
        severity=None if severity is None else Severity(severity),
        checks=read_list(checks),
        accounts=read_list(accounts),
        units=read_list(units),
        outlier_of=text_value(outlier_of),
        grants=grants,
        findings=findings,
        kind=SubjectKind(kind),
    )


def read_basis_row(tables: SnapshotTables, row: Row) -> tuple[str, str, str]:
    """A row of BASES: the item, and what a decision on it stands on, as its digest and its text."""
    item, digest, body = row
    return text_value(item), digest, tables.text(body)


def read_list(text: str) -> tuple[str, ...]:
    """A list of texts as a row holds it."""
    return tuple(json.loads(text))


# ── conclusions ──────────────────────────────────────────────────────────────────────────────────────────────────


def read_grant(tables: SnapshotTables, row: Row) -> Grant:
    """A row of GRANTS."""
    *names, owner, body = row
    id_, role, fleet = map(_name, names)
    account = text_value(owner)
    fields = _fields(conclusions.Grant, tables.text(body, account))
    return conclusions.Grant(**{**fields, "id": id_, "role": role, "fleet": fleet, "account": account})


def read_fleet(tables: SnapshotTables, row: Row) -> Fleet:
    """A row of FLEETS."""
    id_, grants, body = row
    fields = _fields(conclusions.Fleet, tables.text(body))
    return conclusions.Fleet(**{**fields, "id": _name(id_), "grants": tables.names(grants)})


def read_edge(tables: SnapshotTables, row: Row) -> Edge:
    """A row of EDGES."""
    source, target, kind, grant = map(tables.name, row[:4])
    return conclusions.Edge(
        source, target, kind, grant, decode(conclusions.Reach, json.loads(tables.text(row[4], account_of(target))))
    )


def read_edges(tables: SnapshotTables) -> Iterator[Edge]:
    """All edges; a reach that many share is read once."""
    return (edge for *_, edge in read_numbered_edges(tables, {}, "1 ORDER BY number"))


def read_numbered_edges(
    tables: SnapshotTables, reaches: dict[tuple[int, str], Reach], condition: str, numbers: Iterable[int] = ()
) -> Iterator[tuple[int, int, int, Edge]]:
    """The edges that a condition holds for, with their number and that of either end; `reaches` keeps what was read."""
    query = f"SELECT number, source, target, kind, grant_, reach FROM edge WHERE {condition}"  # noqa: S608 -- our own names
    for number, source, target, kind, grant, reach in tables.rows(query, *numbers):
        end = tables.name(target)
        key = (reach, account_of(end))
        if key not in reaches:
            reaches[key] = decode(conclusions.Reach, json.loads(tables.text(*key)))
        edge = conclusions.Edge(tables.name(source), end, tables.name(kind), tables.name(grant), reaches[key])
        yield number, source, target, edge


def read_finding(tables: SnapshotTables, row: Row) -> Finding:
    """A row of FINDINGS."""
    id_, subject, check, owner, grants, body = row
    fields = dict(_fields(conclusions.Finding, tables.text(body, text_value(owner))))
    if "subject" not in fields:
        fields["subject"] = conclusions.role_subject(_name(subject))
    fields |= {"id": _name(id_), "check": _name(check), "grants": tables.names(grants)}
    return conclusions.Finding(**fields)


def read_remediation(tables: SnapshotTables, row: Row) -> Remediation:
    """A row of REMEDIATIONS."""
    subject = _name(row[0])
    fields = decode_fields(conclusions.Remediation, json.loads(tables.text(row[1], account_of(subject))))
    return conclusions.Remediation(**{**fields, "subject": subject})


@lru_cache(maxsize=2048)
def _fields(kind: type, text: str) -> Mapping[str, Any]:
    """What a text tells of a value. Many are told in the same words, and then hold the same parts."""
    return decode_fields(kind, json.loads(text))


def _name(value: str | bytes | None) -> str:
    """A name that was read with its row."""
    if value is None:
        raise LookupError("a name is not where it is looked for")
    return text_value(value)


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_fact(tables: SnapshotTables, kind: type[T], owner: str | bytes, body: int) -> T:
    """A fact of the account that owns it."""
    account = text_value(owner)
    return decode(kind, unfold(tables, json.loads(tables.text(body, account)), account))


def unfold(tables: SnapshotTables, value: Any, account: str) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """A packed value with its policies' texts in place of their numbers."""
    if isinstance(value, dict):
        return {
            key: tables.text(item, account) if key in DOCUMENTS else unfold(tables, item, account)
            for key, item in value.items()
        }
    return [unfold(tables, item, account) for item in value] if isinstance(value, list) else value
