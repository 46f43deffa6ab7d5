"""SnapshotTables: the database of an open snapshot file: rows, and the names and texts that they refer to by number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from trustview.errors import NewerFormatError, StoreError
from trustview.garbage import without_collection
from trustview.store.item_query import FOLD
from trustview.store.snapshot_keys import hash_of, key_value, text_value
from trustview.store.snapshot_schema import APPLICATION, FORMAT
from trustview.store.snapshot_texts import TextReader, inflate

Row = tuple[Any, ...]

_NAMES_KEPT = 1 << 14


class SnapshotTables:
    """The tables of one file; from several threads too, since every query is read to its end at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._names: dict[int, str] = {}
        self._asking, self._searching = Lock(), Lock()
        with self.reading():
            if not path.is_file():
                raise StoreError(f"there is no snapshot `{path.stem}`: `trustview snapshots` lists them")
            self._database = self._connect()
            try:
                self._check_format()
            except BaseException:
                self._database.close()
                raise

    def close(self) -> None:
        """Closes the file, once nothing is read from it: SQLite does not survive that in the middle of a query."""
        with self._asking, self._searching:
            self._database.close()
            if "_aside" in self.__dict__:
                self._aside.close()

    def _connect(self) -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        database = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
        database.create_function(FOLD, 1, _fold_case, deterministic=True)
        return database

    @cached_property
    def _aside(self) -> sqlite3.Connection:
        """A second connection, so that no row waits for a search through all of them."""
        return self._connect()

    def search(self, query: str, *values: object) -> Iterator[Row]:
        """The rows of a query that looks at very many; one search at a time."""
        with self._searching:
            return iter(self._aside.execute(query, tuple(map(key_value, values))).fetchall())

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turns whatever a damaged file leads to into StoreError with its name."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise StoreError(
                f"snapshot `{self.path.stem}` is damaged ({error}): "
                f"`trustview snapshots --delete {self.path.stem}` removes it, then collect or import again"
            ) from error

    def rows(self, query: str, *values: object) -> Iterator[Row]:
        """The rows of a query."""
        with self._asking:
            return iter(self._database.execute(query, tuple(map(key_value, values))).fetchall())

    def walk(self, query: str, *values: object) -> Iterator[Row]:
        """The rows of a query, read as one walks, by a connection of their own: they may be more than memory holds."""
        with closing(self._connect()) as database:
            yield from database.execute(query, tuple(map(key_value, values)))

    def row(self, query: str, *values: object) -> Row | None:
        """The first row of a query; None when there is none."""
        return next(self.rows(query, *values), None)

    def meta(self, key: str) -> str:
        """One value of the file as a whole; empty when it is not there."""
        row = self.row("SELECT value FROM meta WHERE key = ?", key)
        return inflate(row[0]).decode() if row else ""

    def text(self, number: int, account: str = "") -> str:
        """A text by its number, as it was put for this account."""
        return self._texts.get(number, account)

    def name(self, number: int) -> str:
        """A name by its number."""
        if number not in self._names:
            if len(self._names) >= _NAMES_KEPT:
                self._names.clear()
            self._names[number] = text_value(self._must("SELECT value FROM name WHERE number = ?", number)[0])
        return self._names[number]

    def names(self, numbers: str) -> tuple[str, ...]:
        """Names by a list of numbers as a row holds it."""
        return tuple(self.name(int(number)) for number in numbers.split())

    def number(self, name: str) -> int:
        """The number of a name; 0 when the snapshot does not know it."""
        row = self.row("SELECT number FROM name WHERE hash = ? AND value = ?", hash_of(name), name)
        return row[0] if row else 0

    @contextmanager
    def loading(self) -> Iterator[None]:
        """For reading most of what was concluded: all names at once, and no garbage collection in between."""
        with self.reading(), without_collection():
            before = self._names
            self._names = {number: text_value(value) for number, value in self.walk("SELECT number, value FROM name")}
            try:
                yield
            finally:
                self._names = before

    @cached_property
    def _texts(self) -> TextReader:
        (dictionary,) = self._must("SELECT value FROM meta WHERE key = ?", "dictionary")
        return TextReader(self._fetch, inflate(dictionary))

    def _fetch(self, number: int) -> tuple[int, bytes]:
        is_template, body = self._must("SELECT is_template, body FROM text WHERE number = ?", number)
        return is_template, body

    def _must(self, query: str, value: object) -> Row:
        row = self.row(query, value)
        if row is None:
            raise LookupError(f"`{value}` is not where it is looked for")
        return row

    def _check_format(self) -> None:
        (application,) = self._must("SELECT application_id FROM pragma_application_id WHERE 1 = ?", 1)
        (written,) = self._must("SELECT user_version FROM pragma_user_version WHERE 1 = ?", 1)
        if application != APPLICATION:
            raise StoreError(f"`{self.path}` is no snapshot: `trustview snapshots` lists them")
        name, reads = self.path.stem, f"format {written}, this one reads {FORMAT}"
        if written > FORMAT:
            raise NewerFormatError(f"snapshot `{name}` was written by a newer trustview ({reads}): upgrade to open it")
        if written < FORMAT:
            raise StoreError(f"snapshot `{name}` was written by an older trustview ({reads}): collect or import again")


def _fold_case(value: object) -> str:
    """A text of SQLite in lower case, also beyond ASCII; empty where there is none."""
    return text_value(value).lower() if isinstance(value, str | bytes) else ""
