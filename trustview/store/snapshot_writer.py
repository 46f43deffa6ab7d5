"""Snapshot and analysis -> the tables of a snapshot file.

THE ONE PLACE that decides what stands in which row; `snapshot_file` is its mirror.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from trustview.analysis import Analysis, Edge, Finding, Fleet, Grant, Remediation, role_subject
from trustview.review import Basis, digest_of, item_bases, review_items, write_basis
from trustview.snapshot import FORMAT as SHAPE
from trustview.snapshot import AccountFacts, Snapshot
from trustview.snapshot.codec import encode
from trustview.store.snapshot_keys import DOCUMENTS, account_of, hash_of, key_value
from trustview.store.snapshot_records import RECORDS
from trustview.store.snapshot_rows import ItemRow, PlaceRow, item_rows, place_rows, summarise
from trustview.store.snapshot_schema import APPLICATION, FORMAT, INDEXES, TABLES
from trustview.store.snapshot_texts import TextWriter, deflate


def write_tables(database: sqlite3.Connection, snapshot: Snapshot, analysis: Analysis) -> None:
    """Fill an empty database; the same values always give the same rows."""
    _begin(database)
    writer = _Writer(database)
    database.execute("BEGIN")
    writer.write_facts(snapshot)
    writer.write_analysis(analysis)
    writer.write_rows("place", map(_place, place_rows(snapshot, analysis)))
    items = review_items(analysis)
    writer.write_rows("item", map(_item, item_rows(snapshot, items)))
    writer.write_rows("basis", writer.bases(item_bases(snapshot, analysis, items)))
    writer.write_meta("settings", pack(analysis.settings))
    writer.write_meta("summary", pack(summarise(snapshot, analysis)))
    writer.write_texts()
    database.execute("COMMIT")
    database.executescript(INDEXES)


def write_items(database: sqlite3.Connection, rows: Iterable[ItemRow]) -> None:
    """Fill an empty database with a queue and nothing else."""
    _begin(database)
    _Writer(database).write_rows("item", map(_item, rows))
    database.executescript(INDEXES)


def _begin(database: sqlite3.Connection) -> None:
    database.executescript(f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT};")
    database.executescript(TABLES)


class _Writer:
    """Writes rows and remembers the numbers of names and texts."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._names: dict[str, int] = {}
        self._texts = TextWriter()
        self._reaches: dict[tuple[int, str], int] = {}

    def write_rows(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Rows of one table, numbered from 1."""
        numbered = ((number, *map(key_value, row)) for number, row in enumerate(rows, start=1))
        first = next(numbered, None)
        if first is None:
            return
        statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"  # noqa: S608 -- our own names
        self._database.execute(statement, first)
        self._database.executemany(statement, numbered)

    def write_meta(self, key: str, value: str | bytes) -> None:
        """One value of the file as a whole."""
        body = value if isinstance(value, bytes) else deflate(value.encode())
        self._database.execute("INSERT INTO meta VALUES (?, ?)", (key, body))

    def write_texts(self) -> None:
        """All names and texts that the rows refer to; call it last."""
        self.write_rows("name", ((hash_of(name), name) for name in self._names))
        dictionary = self._texts.dictionary()
        self.write_meta("dictionary", deflate(dictionary))
        self._database.executemany("INSERT INTO text VALUES (?, ?, ?)", self._texts.rows(dictionary))

    # ── facts ────────────────────────────────────────────────────────────────────────────────────────────────

    def write_facts(self, snapshot: Snapshot) -> None:
        """Everything that was read."""
        head = {"shape": SHAPE, "taken_at": snapshot.taken_at, "source": snapshot.source}
        self.write_meta("head", json.dumps(head))
        if snapshot.organization is not None:
            self.write_meta("organization", self._fold(snapshot.organization, ""))
        self.write_rows("account", ((account.id, self._account(account)) for account in snapshot.accounts))
        self.write_rows("fact", self._facts(snapshot))

    def _account(self, account: AccountFacts) -> int:
        return self._text({"alias": account.alias, "read_at": account.read_at, "is_partial": account.is_partial})

    def _facts(self, snapshot: Snapshot) -> Iterable[tuple[Any, ...]]:
        for number, account in enumerate(snapshot.accounts, start=1):
            for kind in ("roles", "users", "groups", "policies", "providers"):
                for value in getattr(account, kind):
                    body = self._texts.put(self._fold(value, account.id), account.id)
                    yield kind, number, account.id, self._name(value.arn), body
        for records in RECORDS:
            yield from self._records(records.field, records.of(snapshot))

    def _records(self, kind: str, records: Iterable[tuple[str, str, Any]]) -> Iterable[tuple[Any, ...]]:
        for account, name, value in records:
            yield kind, 0, account, self._name(name), self._text(encode(value), account)

    def _fold(self, value: object, account: str) -> str:
        """A packed value with its policies put apart."""
        return pack_json(_fold(encode(value), lambda text: self._texts.put(text, account)))

    # ── analysis ─────────────────────────────────────────────────────────────────────────────────────────────

    def write_analysis(self, analysis: Analysis) -> None:
        """Everything that was concluded."""
        self.write_rows("grant_", map(self._grant, analysis.grants))
        self.write_rows("fleet", map(self._fleet, analysis.fleets))
        self.write_rows("edge", map(self._edge, analysis.edges))
        self.write_rows("finding", map(self._finding, analysis.findings))
        self.write_rows("remediation", map(self._remediation, analysis.remediations))

    def _grant(self, grant: Grant) -> tuple[Any, ...]:
        body = self._text(_without(encode(grant), "id", "role", "fleet", "account"), grant.account)
        return self._name(grant.id), self._name(grant.role), self._name(grant.fleet), grant.account, body

    def _fleet(self, fleet: Fleet) -> tuple[Any, ...]:
        return self._name(fleet.id), self._name_list(fleet.grants), self._text(_without(encode(fleet), "id", "grants"))

    def _edge(self, edge: Edge) -> tuple[Any, ...]:
        names = self._name(edge.source), self._name(edge.target), self._name(edge.kind), self._name(edge.grant)
        # Many edges share one reach: it is packed once for every account.
        key = (id(edge.reach), account_of(edge.target))
        if key not in self._reaches:
            self._reaches[key] = self._text(encode(edge.reach), key[1])
        return *names, self._reaches[key]

    def _finding(self, finding: Finding) -> tuple[Any, ...]:
        # What a role is as a subject follows from its ARN.
        is_told = finding.subject == role_subject(finding.subject.id)
        apart = ("id", "grants", "check", *(("subject",) if is_told else ()))
        body = self._text(_without(encode(finding), *apart), finding.account)
        names = self._name(finding.id), self._name(finding.subject.id), int(finding.severity), self._name(finding.check)
        return *names, finding.account, self._name_list(finding.grants), body

    def _remediation(self, remediation: Remediation) -> tuple[Any, ...]:
        body = self._text(_without(encode(remediation), "subject"), account_of(remediation.subject))
        return self._name(remediation.subject), body

    def bases(self, found: Iterable[tuple[str, Basis]]) -> Iterable[tuple[Any, ...]]:
        """What a decision on each item would stand on, with its digest."""
        for item, basis in found:
            text = write_basis(basis)
            yield item, digest_of(text), self._texts.put(text, "")

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, text: str) -> int:
        return self._names.setdefault(text, len(self._names) + 1)

    def _name_list(self, texts: Iterable[str]) -> str:
        return " ".join(str(self._name(text)) for text in texts)

    def _text(self, value: object, account: str = "") -> int:
        return self._texts.put(pack_json(value), account)


def pack(value: object) -> str:
    """One of our frozen values as JSON text."""
    return pack_json(encode(value))


def pack_json(value: object) -> str:
    """A JSON-ready value as compact text of ASCII characters."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def _fold(value: Any, put: Any) -> Any:  # noqa: ANN401 -- whatever `encode` gave
    if isinstance(value, dict):
        return {key: put(item) if key in DOCUMENTS else _fold(item, put) for key, item in value.items()}
    return [_fold(item, put) for item in value] if isinstance(value, list) else value


def _without(value: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in keys}


def _texts(values: Iterable[str]) -> str:
    return pack_json(list(values))


def _place(row: PlaceRow) -> tuple[Any, ...]:
    return (
        row.id, row.name, row.parent, row.is_account, row.status.value, row.is_unread, row.tier, row.roles,
        *row.findings,
    )  # fmt: skip


def _item(row: ItemRow) -> tuple[Any, ...]:
    return (
        row.id, row.role_name, row.principal, row.party and row.party.value, row.party_name,
        row.reach and row.reach.value, row.privilege and row.privilege.value, row.severity, _texts(row.checks),
        _texts(row.accounts), _texts(row.units), row.outlier_of, row.grants, row.findings, row.kind.value,
    )  # fmt: skip
