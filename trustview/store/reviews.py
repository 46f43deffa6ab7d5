"""Reviews on disk: the journal of decisions, in a SQLite file of its own or in the PostgreSQL of a team.

Rule 1: rows are only ever added; the database itself refuses to change or remove one. Rule 2: an entry is on the disk
when `append` returns. Rule 3: any number of processes may append at once; each entry is sealed on whatever is newest
then.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from trustview.errors import StoreError
from trustview.review import Entry, read_entry
from trustview.store.workspace import Workspace

if TYPE_CHECKING:
    from trustview.store.review_database import ReviewDatabase

T = TypeVar("T")

FILE_NAME = "reviews.db"
VARIABLE = "TRUSTVIEW_REVIEW_DATABASE"


def open_reviews(workspace: Workspace, url: str | None = None, wait: int = 30) -> ReviewStore:
    """The journals at a URL, else at that of `$TRUSTVIEW_REVIEW_DATABASE`, else those of the workspace.

    They are made when there are none; see `ReviewStore` for `wait` and for what it raises.
    """
    return ReviewStore(url or os.environ.get(VARIABLE) or workspace.reviews / FILE_NAME, wait)


class ReviewStore:
    """The journals of all reviews of one database, which is opened at first use; threads may share it.

    Every method raises NewerFormatError for a database of a newer trustview, UsageError for a URL that is none, and
    StoreError for one that cannot be used; nothing is ever repaired by guessing. `wait` is for how many seconds others
    who write to the same file are waited for.
    """

    def __init__(self, place: Path | str, wait: int = 30) -> None:
        self._place = place
        self._wait = wait
        self._database: ReviewDatabase | None = None
        self._opening = threading.Lock()

    def __enter__(self) -> ReviewStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database."""
        if self._database is not None:
            self._database.close()

    @property
    def name(self) -> str:
        """What to call it in messages: never with a password."""
        from trustview.store.review_engine import name_of  # noqa: PLC0415

        return name_of(self._place)

    def reviews(self) -> tuple[str, ...]:
        """The ids of all reviews that were begun, in the order of their names."""
        return self._try(lambda database: database.reviews())

    def journal(self, review_id: str, after: int = 0) -> tuple[Entry, ...]:
        """Every entry of a review behind entry `after`, in order."""
        return self._try(lambda database: tuple(read_entry(body) for _, body in database.kept(review_id, after)))

    def kept(self, review_id: str) -> tuple[tuple[int, str], ...]:
        """The entries of a review as they are kept, by number and unread: what `find_faults` looks at."""
        return self._try(lambda database: database.kept(review_id, 0))

    def newest(self, review_id: str) -> int:
        """The number of the newest entry of a review; 0 when there is none."""
        return self._try(lambda database: database.newest(review_id))

    def bases(self, digests: Iterable[str]) -> dict[str, str]:
        """The texts of what decisions stand on, by digest; those that are not there are left out."""
        return self._try(lambda database: database.bases(digests))

    def append(self, review_id: str, entry: Entry, bases: Mapping[str, str] | None = None) -> Entry:
        """Keep an entry and the texts, by digest, that its decisions stand on.

        The entry comes back as it was kept: numbered and sealed on the newest one. Raises ReviewClosedError after the
        sign-off, and ReviewBegunError when it would begin a review that others have begun already.
        """
        from trustview.store.review_engine import LostError  # noqa: PLC0415

        tried: list[Entry] = []
        try:
            return self._try(lambda database: database.append(review_id, entry, bases or {}, tried))
        except LostError as error:
            return self._look_again(review_id, tried, error)

    def _look_again(self, review_id: str, tried: list[Entry], lost: StoreError) -> Entry:
        """After the connection was lost on the way: the entry may have been kept all the same."""
        try:
            there = self.journal(review_id, tried[-1].number - 1)[:1] if tried else ()
        except StoreError as error:
            raise StoreError(f"{error}; whether the last decision was kept shows when it is back") from lost
        if there and there[0] == tried[-1]:
            return there[0]
        raise StoreError(f"the connection to `{self.name}` was lost: nothing was kept, do it again") from lost

    def _try(self, action: Callable[[ReviewDatabase], T]) -> T:
        """The answer of the database, opened when it is not open yet."""
        from trustview.store.review_database import open_database  # noqa: PLC0415
        from trustview.store.review_engine import telling  # noqa: PLC0415

        with telling(self._place):
            with self._opening:
                if self._database is None:
                    self._database = open_database(self._place, self._wait)
            return action(self._database)
