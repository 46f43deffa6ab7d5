"""An event loop whose time passes only when nothing else can happen: hours of waiting take no time.

Sockets on loopback work as ever: before the clock jumps to the next timer, everything that arrived is handled, and
while a thread works the clock stands.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
ARRIVES_WITHIN = 0.0005
"""Real seconds in which what was sent on loopback is there."""


class _Selector(selectors.DefaultSelector):
    """Waits in virtual time."""

    now = 1000.0
    threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None or self.threads:
            return super().select(timeout if timeout is None else min(timeout, 0.01))
        ready = super().select(ARRIVES_WITHIN)
        if not ready:
            self.now += max(timeout, 0.0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; `time` is in virtual seconds."""

    def __init__(self) -> None:
        self._virtual = _Selector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]  # noqa: ANN401
        self._virtual.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_is_done)
        return future

    def _thread_is_done(self, _future: object) -> None:
        self._virtual.threads -= 1


def run_virtually(main: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
