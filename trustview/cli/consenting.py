"""What costs money is done only when a person agrees: beforehand with `--yes`, or when asked on a terminal."""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import suppress

from trustview.cli.output import say


async def agreed(question: str) -> bool:
    """The answer of who agreed beforehand; what is done is told all the same."""
    say(question.removesuffix(" Run it?"))
    return True


async def ask(question: str) -> bool:
    """The answer of a person; without a terminal nobody agrees."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return await decline(question)
    say(f"{question} [y/N]")
    answer = await _read_line()
    return answer.strip().lower() in ("y", "yes")


async def _read_line() -> str:
    """A line that a person types; an interrupt does not wait for it."""
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()

    def tell(line: str) -> None:
        if not typed.done():
            typed.set_result(line)

    def read() -> None:
        line = sys.stdin.readline()
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, line)

    threading.Thread(target=read, daemon=True).start()
    return await typed


async def decline(question: str) -> bool:
    """The answer where nobody can be asked."""
    say(f"{question} Nobody can answer here: `--yes` agrees beforehand")
    return False
