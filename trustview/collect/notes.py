"""Notes: what a service keeps on the shelf while it is fetched, so that an interrupted fetch goes on where it was.

They lie below the part's own place, and are thrown away once the part is complete.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Shelf(Protocol):
    """As much of the parts' shelf as notes need."""

    def get(self, key: str) -> object | None:
        """The value, or None when it is not there or cannot be read."""

    def put(self, key: str, value: object) -> None:
        """Keeps a value."""


class Do(Protocol):
    """Does something in the thread that the shelf belongs to."""

    def __call__(self, action: Callable[[], T], /) -> Awaitable[T]:
        """The result of the action."""


@dataclass(slots=True)
class Notes:
    """Values on a shelf under keys that begin with `prefix`; with none given, nothing outlives the process.

    `are_there` says whether something was noted, now or before an interruption.
    """

    prefix: str = ""
    shelf: Shelf = field(default_factory=lambda: _Memory({}))
    do: Do | None = None
    are_there: bool = False

    async def get(self, key: str) -> Any:  # noqa: ANN401  JSON
        """What was noted; None when nothing was, or it cannot be read."""
        found = await self._do(lambda shelf, prefix: shelf.get(prefix + key))
        self.are_there |= found is not None
        return found

    async def put(self, key: str, value: object) -> None:
        """Notes a JSON-ready value."""
        await self.use(lambda shelf, prefix: shelf.put(prefix + key, value))

    async def use(self, action: Callable[[Shelf, str], T]) -> T:
        """Does something with the shelf and the prefix of what may be kept there."""
        self.are_there = True
        return await self._do(action)

    async def _do(self, action: Callable[[Shelf, str], T]) -> T:
        if self.do is None:
            return action(self.shelf, self.prefix)
        return await self.do(lambda: action(self.shelf, self.prefix))


@dataclass(slots=True)
class _Memory:
    values: dict[str, Any]

    def get(self, key: str) -> object | None:
        return self.values.get(key)

    def put(self, key: str, value: object) -> None:
        self.values[key] = value
