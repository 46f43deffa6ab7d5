"""The parts shelf: what the collector read, part by part, so that an interrupted collection goes on where it was.

A diskcache with a Disk of ours. Rule 1: nothing is ever pickled or unpickled. Rule 2: keys are text, values are inside
the database as magic + checksum + deflated JSON; any other row, and any reference to a file, is refused on reading and
never followed on removing. Rule 3: nothing is evicted. Rule 4: a damaged value costs that part, a database that does
not open is set aside; both are told through `warn`, in one line.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

from trustview.errors import StoreError
from trustview.store.workspace import make_file, make_folder

MAGIC = b"trustview-part-1\n"
DIGEST_BYTES = 16
LARGEST_BYTES = 1 << 30
KEPT_RUNS = 8

Warn = Callable[[str], None]
T = TypeVar("T")

_DATABASE = "cache.db"
_RUNS = "runs/"
_RAW = 1
_OURS = {
    "statistics": 0,
    "tag_index": 0,
    "eviction_policy": "none",
    "size_limit": 1 << 62,
    "cull_limit": 0,
    "sqlite_auto_vacuum": 1,
    "sqlite_cache_size": 1 << 13,
    "sqlite_journal_mode": "wal",
    "sqlite_mmap_size": 0,
    "sqlite_synchronous": 1,
    "disk_min_file_size": 0,
    "disk_pickle_protocol": 0,
}
_COUNTERS = ("count", "size", "hits", "misses")


def open_shelf(folder: Path, warn: Warn) -> Shelf:
    """The shelf in a folder, made when it is not there; a database that does not open is set aside, with a warning.

    Raises StoreError when the folder cannot be written to.
    """
    return Shelf(make_folder(folder), warn)


class Shelf:
    """Parts by key, and which runs they belong to; safe to use from several threads and processes.

    The key of a part begins with the id of its run: `run/account/service/region`.
    """

    def __init__(self, folder: Path, warn: Warn) -> None:
        self._folder = folder
        self._warn = warn
        self._cache = self._open()

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection of this thread."""
        self._cache.close()

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, key: str) -> object | None:
        """The value, or None when it is not there or damaged (which is told, and the damaged row removed)."""
        try:
            return self._value(key)
        except DamagedError as error:
            self._warn(f"part `{key}` is damaged ({error}): it is read from AWS again")
            self._delete(key)
            return None

    def _value(self, key: str) -> object | None:
        stored = self._try(lambda shelf: shelf.get(key))
        if stored is None:
            return None
        if not (isinstance(stored, list) and len(stored) == 2 and stored[0] == key):
            raise DamagedError("it belongs to another key")
        value: object = stored[1]
        return value

    def put(self, key: str, value: object) -> None:
        """Keeps a JSON-ready value under a text key."""
        self._try(lambda shelf: shelf.set(key, [key, value]))

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """The keys that begin so, sorted."""

        def listed(shelf: Any) -> tuple[str, ...]:  # noqa: ANN401  diskcache ships no types
            return tuple(key for key in shelf.iterkeys() if isinstance(key, str) and key.startswith(prefix))

        return self._try(listed)

    def remove(self, prefix: str) -> None:
        """Removes every key that begins so."""
        for key in self.keys(prefix):
            self._delete(key)

    def _delete(self, key: str) -> None:
        self._try(lambda shelf: shelf.delete(key))

    # ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────

    def begin_run(self, scope: str, began: str) -> str:
        """The id of a new run that asks for this scope and began at this moment (ISO 8601, UTC)."""
        run = f"{''.join(filter(str.isalnum, began))}-{time.time_ns():x}"
        self.put(_RUNS + run, {"scope": scope, "began": began, "is_finished": False})
        return run

    def find_run(self, scope: str) -> tuple[str, str] | None:
        """The newest unfinished run of this scope and when it began."""
        found = ((run, about["began"]) for run, about in self._runs(scope) if not about["is_finished"])
        return next(found, None)

    def unfinished(self) -> tuple[str, ...]:
        """When the runs of whatever scope began that did not finish, newest first."""
        return tuple(about["began"] for _, about in self._runs(None) if not about["is_finished"])

    def runs(self, scope: str) -> tuple[str, ...]:
        """Every run of this scope, newest first."""
        return tuple(run for run, _ in self._runs(scope))

    def finish_run(self, run: str) -> None:
        """Marks a run as finished and throws away what it makes needless.

        These are the earlier runs of the same scope, and all but the newest few of other scopes.
        """
        about = self.get(_RUNS + run)
        if not isinstance(about, dict):
            return
        self.put(_RUNS + run, {**about, "is_finished": True})
        earlier = [other for other in self.runs(about["scope"]) if other < run]
        others = [other for other, its in self._runs(None) if its["scope"] != about["scope"]]
        for needless in (*earlier, *others[KEPT_RUNS:]):
            self.remove(f"{needless}/")
            self.remove(_RUNS + needless)

    def _runs(self, scope: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
        for key in reversed(self.keys(_RUNS)):
            about = self.get(key)
            if isinstance(about, dict) and {"scope", "began", "is_finished"} <= about.keys():  # noqa: SIM102
                if scope is None or about["scope"] == scope:
                    yield key.removeprefix(_RUNS), about

    # ── the database ─────────────────────────────────────────────────────────────────────────────────────────

    def _try(self, action: Callable[[Any], T]) -> T:
        """Does something with the database; one that turns out damaged is set aside and the thing done anew."""
        from diskcache import Timeout  # noqa: PLC0415

        try:
            return action(self._cache)
        except Timeout as error:
            raise _unusable(self._folder, error.__context__ or error) from error
        except sqlite3.DatabaseError as error:
            self._cache.close()
            self._set_aside(error)
            self._cache = self._open()
            return action(self._cache)

    def _open(self) -> Any:  # noqa: ANN401  diskcache ships no types
        try:
            return _open_cache(self._folder)
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
        try:
            return _open_cache(self._folder)
        except sqlite3.DatabaseError as error:
            raise _unusable(self._folder, error) from error

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Renames a damaged database, so that a person may look at it, and says so.

        Raises StoreError when the trouble is another than damage.
        """
        if not _is_damage(error):
            raise _unusable(self._folder, error) from error
        number = next(n for n in range(1, 1_000_000) if not (self._folder / f"damaged-{n}.db").exists())
        aside = self._folder / f"damaged-{number}.db"
        for suffix in ("", "-wal", "-shm"):
            path = self._folder / (_DATABASE + suffix)
            if path.exists():
                os.replace(path, f"{aside}{suffix}")
        self._warn(f"the shelf of collected parts was damaged ({error}): set aside as `{aside}`, a new one is begun")


def _open_cache(folder: Path) -> Any:  # noqa: ANN401  diskcache ships no types
    from diskcache import Cache  # noqa: PLC0415

    _drop_foreign_settings(make_file(folder / _DATABASE))
    shelf = Cache(str(folder), timeout=60, disk=_disk_class(), **_OURS)
    if shelf.directory != str(folder):
        shelf.close()
        raise StoreError(f"`{folder}` holds a `~` or `$`: set TRUSTVIEW_HOME to a folder without them")
    return shelf


def _drop_foreign_settings(database: Path) -> None:
    """Removes foreign settings first: diskcache obeys all that a database holds, even names of its own methods."""
    connection = sqlite3.connect(database, timeout=60, isolation_level=None)
    try:
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'Settings'").fetchone():
            known = (*_OURS, *_COUNTERS)
            marks = ",".join("?" * len(known))
            connection.execute(f"DELETE FROM Settings WHERE key NOT IN ({marks})", known)  # noqa: S608  only marks
    finally:
        connection.close()


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is bad, as against busy, full or not allowed."""
    code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
    elsewhere = {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT,
    }  # fmt: skip
    return code not in elsewhere


def _unusable(folder: Path, error: BaseException) -> StoreError:
    return StoreError(
        f"cannot use the collected parts in `{folder}`: {error}; close other trustview processes, "
        "make room on the disk, or set TRUSTVIEW_HOME to another folder"
    )


# ── our Disk ─────────────────────────────────────────────────────────────────────────────────────────────────────


class DamagedError(Exception):
    """A row of the database is not what was put there; the shelf turns it into a warning and a miss."""


def pack(value: object) -> bytes:
    """Magic, checksum and deflated JSON of a JSON-ready value."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    content = zlib.compress(text, 3)
    return MAGIC + _digest(content) + content


def unpack(stored: object) -> object:
    """The value that was packed; DamagedError when a single byte differs."""
    if not isinstance(stored, bytes) or not stored.startswith(MAGIC):
        raise DamagedError("it is not one of ours")
    digest, content = stored[len(MAGIC) :][:DIGEST_BYTES], stored[len(MAGIC) + DIGEST_BYTES :]
    if digest != _digest(content):
        raise DamagedError("its checksum is wrong")
    try:
        text = zlib.decompressobj().decompress(content, LARGEST_BYTES + 1)
        if len(text) > LARGEST_BYTES:
            raise DamagedError("it is too large")
        value: object = json.loads(text)
    except (zlib.error, ValueError, RecursionError) as error:
        raise DamagedError(str(error)) from error
    return value


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=DIGEST_BYTES).digest()


@cache
def _disk_class() -> type:
    """Our Disk; a function, so that diskcache is imported only when a shelf is opened."""
    from diskcache import Disk  # noqa: PLC0415

    class PackedDisk(Disk):  # type: ignore[misc]  # diskcache ships no types
        """Text keys, packed values inside the database, and nothing else."""

        def __init__(self, directory: str, **_settings_of_the_database: object) -> None:
            super().__init__(directory)

        def put(self, key: object) -> tuple[str, bool]:
            if not isinstance(key, str):
                raise TypeError(f"{key!r} is not text")
            return key, True

        def get(self, key: object, raw: object) -> str | None:
            return key if isinstance(key, str) and raw == _RAW else None

        def store(self, value: object, read: object, key: object = None) -> tuple[int, int, None, bytes]:
            if read:
                raise TypeError("a file cannot be put on the shelf")
            content = pack(value)
            return len(content), _RAW, None, content

        def fetch(self, mode: object, filename: object, value: object, read: object) -> object:
            if mode != _RAW or filename is not None or read:
                raise DamagedError("it is not stored as we store")
            return unpack(value)

        def remove(self, file_path: object) -> None:
            """No file is ours to remove."""

    return PackedDisk
