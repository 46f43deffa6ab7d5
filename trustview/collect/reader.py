"""Reader: one account and Region, as a service's `fetch` sees AWS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from trustview.collect.aws import Aws
from trustview.collect.failure import CallError, Failure
from trustview.collect.parts import Lack
from trustview.collect.sdk import Answer

T = TypeVar("T")


@dataclass(slots=True)
class Reader:
    """Asks AWS in one account and Region (empty: the Region does not matter).

    `about` is the account that is asked about, mostly the same; `moment` is when the run began. What `attempt` could
    not get is kept in `lacks`.
    """

    aws: Aws
    account: str
    region: str
    about: str
    moment: datetime
    lacks: list[Lack] = field(default_factory=list)

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
        """The items of one list, from all pages; CallError when they cannot all be had."""
        return [item async for page in self.pages(service, operation, name, **parameters) for item in page[name]]

    async def attempt(self, what: str, call: Coroutine[object, object, T]) -> T | None:
        """What the call gives, or None, with a lack that says `what` is missing and why."""
        try:
            return await call
        except CallError as error:
            self.lack(what, error.failure)
            return None

    def lack(self, what: str, failure: Failure) -> None:
        """Notes that something could not be read."""
        self.lacks.append(Lack(failure.gap_kind, f"{what}: {failure.reason}"))


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
