"""What costs money is done only when a person agrees: beforehand with `--yes`, or when asked on a terminal."""

from __future__ import annotations

import asyncio
import sys

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
    answer = await asyncio.to_thread(sys.stdin.readline)
    return answer.strip().lower() in ("y", "yes")


async def decline(question: str) -> bool:
    """The answer where nobody can be asked."""
    say(f"{question} Nobody can answer here: `--yes` agrees beforehand")
    return False
