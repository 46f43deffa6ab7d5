"""Run: one collection on the shelf; which parts it has, which it may take from earlier ones.

Every access to the shelf happens in one thread beside the event loop, in the order in which it was asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from trustview.collect.moments import write_moment
from trustview.collect.notes import Notes
from trustview.collect.parts import Part, Parts, key_of, read_part, write_part
from trustview.collect.scope import Scope
from trustview.collect.sessions import Caller

# An interrupted run is gone on with for a day; after that what it read is too old to stand beside what is read now.
RESUME_WITHIN = timedelta(days=1)
Clock = Callable[[], datetime]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Run:
    """A collection that is under way; `moment` is when it began, `earlier` are runs whose young parts may be taken."""

    id: str
    began: str
    moment: datetime
    is_resumed: bool
    shelf: Parts
    now: Clock
    max_age: timedelta = timedelta()
    earlier: tuple[str, ...] = ()
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "shelf"))

    async def take(self, service: str, account: str, region: str) -> Part | None:
        """The part from the shelf, when asking again would give no more; None otherwise.

        It is this run's own, or a young one of an earlier run in which nothing is lacking.
        """
        return await self._do(lambda: self._take(service, account, region))

    def _take(self, service: str, account: str, region: str) -> Part | None:
        mine = self._find(self.id, service, account, region)
        if mine is not None and mine.is_final:
            return mine
        for run in self.earlier:
            part = self._find(run, service, account, region)
            if part is not None and part.is_whole and self._is_young(part):
                self.shelf.put(part.key(self.id), write_part(part))
                return part
        return None

    async def find(self, service: str, account: str, region: str) -> Part | None:
        """This run's part as it stands on the shelf, complete or not; None when it is not there or damaged."""
        return await self._do(lambda: self._find(self.id, service, account, region))

    def _find(self, run: str, service: str, account: str, region: str) -> Part | None:
        return read_part(self.shelf.get(key_of(run, account, service, region)), service, account, region)

    def _is_young(self, part: Part) -> bool:
        try:
            return self.now() - datetime.fromisoformat(part.read_at) <= self.max_age
        except ValueError:
            return False

    async def put(self, part: Part) -> None:
        """Keeps a part."""
        await self._do(lambda: self.shelf.put(part.key(self.id), write_part(part)))

    def notes(self, service: str, account: str, region: str) -> Notes:
        """What may be noted while a part is fetched."""
        return Notes(f"{key_of(self.id, account, service, region)}/", self.shelf, self._do)

    async def forget_notes(self, service: str, account: str, region: str) -> None:
        """Throws away what was noted while a part was fetched."""
        prefix = self.notes(service, account, region).prefix
        await self._do(lambda: self.shelf.remove(prefix))

    async def finish(self) -> None:
        """Marks the run as finished."""
        await self._do(lambda: self.shelf.finish_run(self.id))

    async def _do(self, action: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, action)

    def close(self) -> None:
        """Waits for what is being written."""
        self.thread.shutdown(wait=True)


def open_run(scope: Scope, caller: Caller, shelf: Parts, now: Clock) -> Run:
    """The newest unfinished run of this scope, if it is young enough and the scope does not ask for a fresh one."""
    fingerprint = scope.fingerprint(caller.name, caller.endpoint)
    found = None if scope.is_fresh else shelf.find_run(fingerprint)
    moment = _moment(found[1]) if found else None
    if found is None or moment is None or now() - moment > RESUME_WITHIN:
        found, moment = None, datetime.fromisoformat(write_moment(now()))
    earlier = tuple(shelf.runs(fingerprint)) if scope.max_age_seconds and not scope.is_fresh else ()
    began = write_moment(moment)
    run = found[0] if found else shelf.begin_run(fingerprint, began)
    max_age = timedelta(seconds=scope.max_age_seconds)
    return Run(run, began, moment, found is not None, shelf, now, max_age, tuple(r for r in earlier if r != run))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
