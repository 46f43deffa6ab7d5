"""Reviews on disk: the journal of decisions, in a SQLite file of its own.

Rule 1: rows are only ever added; the database itself refuses to change or remove one. Rule 2: an entry is on the disk
when `append` returns. Rule 3: two processes may append at once; each entry is sealed on whatever is newest then.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from trustview.errors import NewerFormatError, ReviewClosedError, StoreError
from trustview.review import Entry, EntryKind, read_entry, seal, write_entry
from trustview.store.workspace import Workspace, make_file

T = TypeVar("T")

FORMAT = 1
WAIT_SECONDS = 30
FILE_NAME = "reviews.db"

_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS entry (
    review TEXT NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (review, number)
) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS entries_never_change BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
CREATE TRIGGER IF NOT EXISTS entries_are_never_removed BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'a decision is never removed'); END;
-- REPLACE removes what is in its way without asking the trigger above.
CREATE TRIGGER IF NOT EXISTS entries_are_never_replaced BEFORE INSERT ON entry
WHEN NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM entry WHERE review = NEW.review)
BEGIN SELECT RAISE(ABORT, 'a decision comes after the newest one'); END;
PRAGMA user_version = 1;
COMMIT;
"""


def open_reviews(workspace: Workspace) -> ReviewStore:
    """The journals of the workspace, made when there are none; see `ReviewStore` for what it raises."""
    return ReviewStore(workspace.reviews / FILE_NAME)


class ReviewStore:
    """The journals of all reviews in one file.

    Raises NewerFormatError for a file of a newer trustview and StoreError for one that cannot be used; nothing is ever
    repaired by guessing.
    """

    def __init__(self, path: Path) -> None:
        self.path = make_file(path)
        self._database = self._try(self._open)

    def __enter__(self) -> ReviewStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def reviews(self) -> tuple[str, ...]:
        """The ids of all reviews in which something was decided."""

        def read() -> tuple[str, ...]:
            return tuple(row[0] for row in self._database.execute("SELECT DISTINCT review FROM entry ORDER BY review"))

        return self._try(read)

    def journal(self, review_id: str) -> tuple[Entry, ...]:
        """Every entry of a review, in order."""

        def read() -> tuple[Entry, ...]:
            query = "SELECT body FROM entry WHERE review = ? ORDER BY number"
            return tuple(read_entry(body) for (body,) in self._database.execute(query, (review_id,)))

        return self._try(read)

    def kept(self, review_id: str) -> tuple[tuple[int, str], ...]:
        """The entries of a review as they are kept, by number and unread: what `find_faults` looks at."""

        def read() -> tuple[tuple[int, str], ...]:
            query = "SELECT number, body FROM entry WHERE review = ? ORDER BY number"
            return tuple(self._database.execute(query, (review_id,)))

        return self._try(read)

    def append(self, review_id: str, entry: Entry) -> Entry:
        """Keep an entry; it comes back as it was kept: numbered and sealed on the newest one."""
        return self._try(lambda: self._append(review_id, entry))

    def _append(self, review_id: str, entry: Entry) -> Entry:
        database = self._database
        database.execute("BEGIN IMMEDIATE")
        try:
            kept = self._next(review_id, entry)
            row = (review_id, kept.number, write_entry(kept))
            database.execute("INSERT INTO entry (review, number, body) VALUES (?, ?, ?)", row)
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")
        return kept

    def _next(self, review_id: str, entry: Entry) -> Entry:
        """The entry as the next one of its journal, whatever it was sealed on."""
        query = "SELECT body FROM entry WHERE review = ? ORDER BY number DESC LIMIT 1"
        row = self._database.execute(query, (review_id,)).fetchone()
        last = read_entry(row[0]) if row else None
        if last is not None and last.kind is EntryKind.CLOSE:
            raise ReviewClosedError(
                f"the review `{review_id}` was signed off by {last.by} at {last.at}: `trustview review start` begins "
                "a new one"
            )
        number, previous = (last.number + 1, last.digest) if last else (1, "")
        return seal(replace(entry, number=number, previous=previous))

    def _open(self) -> sqlite3.Connection:
        # Threads share it: SQLite's own lock is held by each statement, and only one thread ever appends.
        database = sqlite3.connect(self.path, isolation_level=None, timeout=WAIT_SECONDS, check_same_thread=False)
        try:
            with closing(database.execute("PRAGMA user_version")) as cursor:
                version = cursor.fetchone()[0]
            self._refuse_newer(version)
            _begin_wal(database)
            database.execute("PRAGMA synchronous = FULL")
            if version < FORMAT:
                database.executescript(_SCHEMA)
        except BaseException:
            database.close()
            raise
        return database

    def _refuse_newer(self, version: int) -> None:
        if version > FORMAT:
            raise NewerFormatError(
                f"`{self.path}` was written by a newer trustview (format {version}): install that one to go on"
            )

    def _try(self, action: Callable[[], T]) -> T:
        try:
            return action()
        except (sqlite3.Error, ValueError) as error:
            if _is_busy(error):
                raise StoreError(
                    f"another trustview is writing to `{self.path}`: nothing was changed, do it again"
                ) from error
            raise StoreError(
                f"the decisions in `{self.path}` cannot be used: {error}; nothing was changed, "
                "keep a copy of the file and put back the last good one"
            ) from error


def _begin_wal(database: sqlite3.Connection) -> None:
    """Readers do not wait for the writer; SQLite itself does not wait for others who switch at the same moment."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not _is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _is_busy(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
