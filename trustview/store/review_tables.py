"""The layout of a database of reviews, in SQLite and in PostgreSQL, and how an older one is brought up to it.

THE ONE PLACE that knows its tables and which layout it has; raise FORMAT and add to `_STEPS` when one changes. The
database itself refuses to change, remove or replace an entry. Imported when a database is opened, never before:
SQLAlchemy takes longer to import than the cockpit to open.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Column, Connection, Integer, MetaData, PrimaryKeyConstraint, Table, Text, inspect, select

FORMAT = 2

_METADATA = MetaData()

ENTRY = Table(
    "entry",
    _METADATA,
    Column("review", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("review", "number"),
    sqlite_with_rowid=False,
)

# What decisions stand on: texts by their digest, kept once however many decisions stand on one.
BASIS = Table(
    "basis",
    _METADATA,
    Column("digest", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

# SQLite keeps the number of its layout in the head of the file; PostgreSQL has this table for it.
LAYOUT = Table("trustview_layout", _METADATA, Column("format", Integer, primary_key=True))


def read_format(connection: Connection) -> int:
    """Which layout a database has; 0 when it is new."""
    if connection.dialect.name == "sqlite":
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if not inspect(connection).has_table(LAYOUT.name):
        return 0
    return int(connection.execute(select(LAYOUT.c.format)).scalar() or 0)


def bring_up(connection: Connection, found: int) -> None:
    """Bring a database of an older layout up to this one, within the transaction that is open."""
    for number, step in enumerate(_STEPS, start=1):
        if number > found:
            step(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {FORMAT}")
        return
    LAYOUT.create(connection, checkfirst=True)
    connection.execute(LAYOUT.delete())
    connection.execute(LAYOUT.insert().values(format=FORMAT))


def _make_entries(connection: Connection) -> None:
    ENTRY.create(connection, checkfirst=True)
    _guard(connection, "entry", "entries", "a decision")
    for statement in _IN_ORDER[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _make_bases(connection: Connection) -> None:
    BASIS.create(connection, checkfirst=True)
    _guard(connection, "basis", "bases", "what a decision stands on")


_STEPS: tuple[Callable[[Connection], None], ...] = (_make_entries, _make_bases)


def _guard(connection: Connection, table: str, rows: str, what: str) -> None:
    """Let the database itself refuse to change or remove a row."""
    for statement in _GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement.format(table=table, rows=rows, what=what))


_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS {rows}_never_change BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{what} is never changed'); END",
        "CREATE TRIGGER IF NOT EXISTS {rows}_are_never_removed BEFORE DELETE ON {table} "
        "BEGIN SELECT RAISE(ABORT, '{what} is never removed'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION trustview_{table}_stays() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = '{what} is never changed and never removed'; "
        "END $$",
        "CREATE OR REPLACE TRIGGER {rows}_never_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION trustview_{table}_stays()",
        "CREATE OR REPLACE TRIGGER {rows}_are_never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION trustview_{table}_stays()",
    ),
}

# REPLACE of SQLite removes what is in its way without asking the triggers above.
_IN_ORDER = {
    "sqlite": (
        "CREATE TRIGGER IF NOT EXISTS entries_are_never_replaced BEFORE INSERT ON entry "
        "WHEN NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM entry WHERE review = NEW.review) "
        "BEGIN SELECT RAISE(ABORT, 'a decision comes after the newest one'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION trustview_entry_in_order() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM entry WHERE review = NEW.review) THEN "
        "RAISE integrity_constraint_violation USING MESSAGE = 'a decision comes after the newest one'; END IF; "
        "RETURN NEW; END $$",
        "CREATE OR REPLACE TRIGGER entries_are_never_replaced BEFORE INSERT ON entry "
        "FOR EACH ROW EXECUTE FUNCTION trustview_entry_in_order()",
    ),
}
