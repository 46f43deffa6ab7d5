"""What SQLite and PostgreSQL do differently: how they are opened, how a transaction begins, how writers take turns,
and how they say that they are busy or gone. THE ONE PLACE that knows.

Imported when a database of reviews is opened, never before: SQLAlchemy takes long to import.
"""

from __future__ import annotations

import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from trustview.errors import StoreError, UsageError
from trustview.store.workspace import make_file

WAIT_SECONDS = 30
_BEGIN = "trustview_begin"
# PostgreSQL's advisory locks are numbers: the first is ours, the second a review's, 0 for making the tables.
_LOCK = 0x74727673


def open_engine(place: Path | str, wait: int = WAIT_SECONDS) -> Engine:
    """The engine of a file, made when it is not there, or of a URL; UsageError for a URL that is none of ours.

    `wait` is for how many seconds others are waited for.
    """
    if isinstance(place, Path):
        return _of_file(place, wait)
    url = read_url(place)
    return _of_file(Path(url.database or ""), wait) if url.get_backend_name() == "sqlite" else _of_server(url)


def read_url(text: str) -> URL:
    """A URL of a database of reviews; UsageError when it is none. The message repeats nothing: it may hold a password.

    https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls
    """
    kinds = "write `postgresql://user@host/database` or `sqlite:////path/of/a/file`"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError(f"the database of reviews is no URL: {kinds}") from None
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database:
        return url
    raise UsageError(f"the database of reviews is of a kind that is not known: {kinds}")


def name_of(place: Path | str) -> str:
    """What to call it in messages: never with a password."""
    if isinstance(place, Path):
        return str(place)
    url = read_url(place)
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def _of_file(path: Path, wait: int) -> Engine:
    url = URL.create("sqlite", database=str(make_file(path)))
    made = _identity(path)
    engine = create_engine(url, connect_args={"timeout": wait})
    event.listen(engine, "do_connect", lambda *_: _refuse_another(path, made))
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda _: _refuse_another(path, made))
    event.listen(engine, "begin", _begin)
    return engine


def _refuse_another(path: Path, made: tuple[int, int] | None) -> None:
    """SQLite goes on with a file that was moved or deleted: what it keeps then is lost when it is closed.

    https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use
    """
    found = _identity(path)
    if found != made:
        wrong = "is not there any more" if found is None else "is another file than the one that was opened"
        raise StoreError(
            f"`{path}` {wrong}: nothing was kept just now; put the file back that was opened, all that was "
            "confirmed is in it, or leave and open the review again"
        )


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands under a name, as its device and number; None where none does."""
    try:
        about = path.stat()
    except OSError:
        return None
    return (about.st_dev, about.st_ino) if stat.S_ISREG(about.st_mode) else None


def _of_server(url: URL) -> Engine:
    settings = {"connect_timeout": WAIT_SECONDS, "application_name": "trustview"}
    try:
        # A connection that was lost in the meantime is replaced before it is used.
        return create_engine(url, connect_args=settings, pool_pre_ping=True, pool_size=2)
    except ModuleNotFoundError as error:
        raise UsageError("PostgreSQL needs its driver: `pip install 'trustview[postgres]'`") from error


@contextmanager
def writing(engine: Engine, review: str = "") -> Iterator[Connection]:
    """A transaction in which nobody else writes: in the file, or in PostgreSQL in this review (empty: the tables)."""
    with engine.connect().execution_options(**{_BEGIN: "IMMEDIATE"}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            lock = (
                "SELECT pg_advisory_xact_lock(%(lock)s, CASE %(review)s WHEN '' THEN 0 ELSE hashtext(%(review)s) END)"
            )
            connection.exec_driver_sql(lock, {"lock": _LOCK, "review": review})
        yield connection


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401 -- the driver's own
    """What is confirmed is on the disk, and readers do not wait for the writer; `_begin` begins the transactions."""
    connection.isolation_level = None
    _begin_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(_BEGIN, '')}")


def _begin_wal(connection: sqlite3.Connection) -> None:
    """SQLite itself does not wait for others who switch to its write-ahead log at the same moment."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _is_busy(error: BaseException | None) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


# ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────


class LostError(StoreError):
    """The connection broke while it was used: what was being written may be there or not."""


@contextmanager
def telling(place: Path | str) -> Iterator[None]:
    """Turns whatever a database says into an error that tells the user what to do."""
    try:
        yield
    except (SQLAlchemyError, ValueError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        name, reason = name_of(place), " ".join(str(cause).split())
        if _is_busy(cause):
            raise StoreError(f"another trustview is writing to `{name}`: nothing was changed, do it again") from error
        if isinstance(place, str) and isinstance(error, DBAPIError):
            kind = LostError if error.connection_invalidated else StoreError
            raise kind(f"the decisions in `{name}` cannot be reached: {reason}; nothing was confirmed") from error
        raise StoreError(
            f"the decisions in `{name}` cannot be used: {reason}; nothing was changed, {_advice(cause)}"
        ) from error


def _advice(cause: BaseException | None) -> str:
    """What to do about a file that SQLite cannot use. https://www.sqlite.org/rescode.html"""
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return "make room on its disk (or mount it again), then do it again"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN):
        return "make the file and its folder writable, then do it again"
    return "keep a copy of the file and put back the last good one"
