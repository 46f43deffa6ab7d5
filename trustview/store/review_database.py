"""ReviewDatabase: the rows of reviews in an open database, the same in SQLite and in PostgreSQL.

Imported when a database of reviews is opened, never before: SQLAlchemy takes long to import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from trustview.errors import NewerFormatError, ReviewBegunError, ReviewClosedError, StoreError
from trustview.review import Entry, EntryKind, read_entry, seal, write_entry
from trustview.store.review_engine import WAIT_SECONDS, name_of, open_engine, writing
from trustview.store.review_tables import BASIS, ENTRY, FORMAT, bring_up, read_format

# Databases take only so many values in one question.
_AT_ONCE = 500


def open_database(place: Path | str, wait: int = WAIT_SECONDS) -> ReviewDatabase:
    """The database at a place, brought up to this layout; raises NewerFormatError when it is of a newer one."""
    engine = open_engine(place, wait)
    try:
        _bring_up(engine, place)
    except BaseException:
        engine.dispose()
        raise
    return ReviewDatabase(engine)


def _bring_up(engine: Engine, place: Path | str) -> None:
    with engine.connect() as connection:
        found = read_format(connection)
    if found < FORMAT:
        with writing(engine) as connection:
            found = read_format(connection)  # somebody else may have done it
            if found < FORMAT:
                bring_up(connection, found)
    if found > FORMAT:
        raise NewerFormatError(
            f"`{name_of(place)}` was written by a newer trustview (format {found}): install that one to go on"
        )


class ReviewDatabase:
    """Reads and adds rows; raises what SQLAlchemy raises."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Closes every connection."""
        self._engine.dispose()

    def reviews(self) -> tuple[str, ...]:
        """The ids of all reviews, in the order of their names."""
        with self._engine.connect() as connection:
            return tuple(sorted(connection.scalars(select(ENTRY.c.review).distinct())))

    def kept(self, review: str, after: int) -> tuple[tuple[int, str], ...]:
        """The entries of a review behind a number, unread."""
        query = select(ENTRY.c.number, ENTRY.c.body).where(ENTRY.c.review == review, ENTRY.c.number > after)
        with self._engine.connect() as connection:
            return tuple((number, body) for number, body in connection.execute(query.order_by(ENTRY.c.number)))

    def newest(self, review: str) -> int:
        """The number of the newest entry; 0 when there is none."""
        with self._engine.connect() as connection:
            last = _last(connection, review)
            return last[0] if last else 0

    def bases(self, digests: Iterable[str]) -> dict[str, str]:
        """The texts that decisions stand on, by digest; those that are not there are left out."""
        found: dict[str, str] = {}
        with self._engine.connect() as connection:
            for some in _portions(digests):
                query = select(BASIS.c.digest, BASIS.c.body).where(BASIS.c.digest.in_(some))
                found |= {row.digest: row.body for row in connection.execute(query)}
        return found

    def append(self, review: str, entry: Entry, bases: Mapping[str, str], tried: list[Entry]) -> Entry:
        """Add an entry and the texts that it stands on; `tried` gets the entry before it is certain that it is kept."""
        with writing(self._engine, review) as connection:
            kept = _sealed(connection, review, entry)
            tried.append(kept)
            connection.execute(ENTRY.insert().values(review=review, number=kept.number, body=write_entry(kept)))
            _add_bases(connection, bases)
        return kept


def _last(connection: Connection, review: str) -> tuple[int, str] | None:
    query = select(ENTRY.c.number, ENTRY.c.body).where(ENTRY.c.review == review)
    row = connection.execute(query.order_by(ENTRY.c.number.desc()).limit(1)).first()
    return (row[0], row[1]) if row else None


def _sealed(connection: Connection, review: str, entry: Entry) -> Entry:
    """The entry as the next one of its journal, whatever it was sealed on."""
    row = _last(connection, review)
    last = read_entry(row[1]) if row else None
    if last is not None and last.kind is EntryKind.CLOSE:
        raise ReviewClosedError(
            f"the review `{review}` was signed off by {last.by} at {last.at}: `trustview review start` begins a new one"
        )
    if last is not None and entry.kind is EntryKind.START:
        raise ReviewBegunError(f"the review `{review}` is begun already: go on with it")
    number, previous = (last.number + 1, last.digest) if last else (1, "")
    if entry.attestation is not None and entry.attestation.journal_digest != previous:
        raise StoreError(f"somebody decided in the review `{review}` just now: look at it, then sign it off again")
    return seal(replace(entry, number=number, previous=previous))


def _add_bases(connection: Connection, bases: Mapping[str, str]) -> None:
    for some in _portions(bases):
        there = set(connection.scalars(select(BASIS.c.digest).where(BASIS.c.digest.in_(some))))
        rows = [{"digest": digest, "body": bases[digest]} for digest in some if digest not in there]
        if rows:
            connection.execute(BASIS.insert(), rows)


def _portions(digests: Iterable[str]) -> Iterator[list[str]]:
    wanted = list(dict.fromkeys(digests))
    return (wanted[start : start + _AT_ONCE] for start in range(0, len(wanted), _AT_ONCE))
