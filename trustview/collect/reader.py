"""Reader: one account and Region, as a service's `fetch` sees AWS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from trustview.collect.aws import Aws
from trustview.collect.failure import CallError, Failure, LostPageError
from trustview.collect.notes import Notes
from trustview.collect.parts import Lack
from trustview.collect.sdk import Answer

T = TypeVar("T")
Consent = Callable[[str], Awaitable[bool]]
"""Asks a person whether what a sentence says may be done."""
# A question that is put when it is its turn, if that comes: one that waits is not begun.
Ask = Callable[[], Coroutine[object, object, T]]
BEGIN_ANEW = 2
IDENTITIES = ("Arn", "Id", "arn", "id")


def ignore(_text: str) -> None:
    """Tells nobody."""


async def refuse(_question: str) -> bool:
    """The answer where nobody can be asked."""
    return False


@dataclass(slots=True)
class Reader:
    """Asks AWS in one account and Region (empty: the Region does not matter).

    `about` is the account that is asked about, mostly the same; `moment` is when the run began. `accounts` are those
    that are read, for a question about all of them. `notes` outlive an interruption; `say` tells a person something,
    `consent` asks whether something that costs money may be done; `go_on` is called by what takes long, and raises when
    the walk was told to stop. What `attempt` could not get is kept in `lacks`.
    """

    aws: Aws
    account: str
    region: str
    about: str
    moment: datetime
    lacks: list[Lack] = field(default_factory=list)
    accounts: tuple[str, ...] = ()
    notes: Notes = field(default_factory=Notes)
    say: Callable[[str], None] = ignore
    consent: Consent = refuse
    go_on: Callable[[], None] = lambda: None

    async def whole(self, service: str, operation: str, needs: str, **parameters: object) -> Answer:
        """An answer, which has the member `needs`; CallError when it cannot be had."""
        return await self.aws.call(self.account, self.region, service, operation, parameters, needs)

    async def get(self, service: str, operation: str, name: str, **parameters: object) -> Any:  # noqa: ANN401
        """One member of an answer; CallError when it cannot be had."""
        return (await self.whole(service, operation, name, **parameters))[name]

    def pages(self, service: str, operation: str, needs: str, **parameters: object) -> AsyncIterator[Answer]:
        """Every page of an answer, each of which has the member `needs`; CallError when one cannot be had."""
        return self.aws.pages(self.account, self.region, service, operation, parameters, needs)

    async def items(self, service: str, operation: str, name: str, **parameters: object) -> list[Any]:
        """The items of one list, from all pages, each once; CallError when they cannot all be had."""
        return (await self.lists(service, operation, (name,), name, **parameters))[name]

    async def lists(
        self, service: str, operation: str, names: Iterable[str], needs: str, **parameters: object
    ) -> dict[str, list[Any]]:
        """The items of several lists of one operation, from all pages, each once.

        When a later page is lost, the listing is begun anew, twice at most; CallError when they cannot all be had.
        """
        for left in reversed(range(BEGIN_ANEW + 1)):
            try:
                pages = [page async for page in self.pages(service, operation, needs, **parameters)]
                break
            except LostPageError:
                if not left:
                    raise
        return {name: _merge([page.get(name) or [] for page in pages]) for name in names}

    async def attempt(self, what: str, ask: Ask[T]) -> T | None:
        """What asking gives, or None, with a lack that says `what` is missing and why."""
        try:
            return await ask()
        except CallError as error:
            self.lack(what, error.failure)
            return None

    async def each(self, asks: Iterable[Ask[T]]) -> list[T]:
        """What asking at once gives; of what was deleted since it was listed, nothing. CallError for other failures."""
        found = await together(*(self._unless_gone(ask) for ask in asks))
        return [value for values in found for value in values]

    async def _unless_gone(self, ask: Ask[T]) -> tuple[T, ...]:
        try:
            return (await ask(),)
        except CallError as error:
            if error.failure.is_gone:
                return ()
            raise

    def lack(self, what: str, failure: Failure) -> None:
        """Notes that something could not be read."""
        self.lacks.append(Lack(failure.gap_kind, f"{what}: {failure.reason}"))


def _merge(lists: list[list[Any]]) -> list[Any]:
    """The items of all pages in their order; one that changed between pages and came twice stands as it came last."""
    if len(lists) == 1:
        return lists[0]
    once = {_identity(item): item for items in lists for item in items}
    return list(once.values())


def _identity(item: object) -> str:
    """What tells one item of a listing from another."""
    if isinstance(item, Mapping):
        return next((item[name] for name in IDENTITIES if isinstance(item.get(name), str)), repr(item))
    return repr(item)


async def together(*calls: Coroutine[object, object, Any]) -> tuple[Any, ...]:
    """The results of all calls, made at once; when one raises, the others are ended first."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return tuple(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
