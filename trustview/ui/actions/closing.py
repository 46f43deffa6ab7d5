"""Closing the review: what stays open is told, and the sign-off takes a typed confirmation."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from trustview.review import is_closed
from trustview.ui.desk import Desk
from trustview.ui.present.signs import counted
from trustview.ui.state import Notice, Sheet
from trustview.ui.steps import with_entry

if TYPE_CHECKING:
    from trustview.store import Standing


async def close(desk: Desk) -> None:
    """Sign the review off as it stands; `trustview review close` does the same."""
    from trustview.store import sign_off, take_standing  # noqa: PLC0415 -- after the first screen

    journal, review = desk.state.journal, desk.review_id
    if is_closed(journal):
        desk.say("this review is signed off already: R shows its seal, `trustview review start` begins a new one")
        return
    standing = await asyncio.to_thread(take_standing, desk.reader, desk.reviews, review, journal)
    statement = await _ask(desk, standing)
    if statement is None:
        desk.say("nothing is signed off; R shows what there is to sign")
        return
    said = (desk.reviewer, desk.now(), statement)
    kept = await asyncio.to_thread(sign_off, desk.reader, desk.reviews, review, journal, *said)
    told = f"signed off; its seal is {kept.digest}: note it elsewhere, `trustview review verify` asks for it"
    desk.show(replace(with_entry(desk.state, kept), notice=Notice(told)))
    if desk.state.sheet in (Sheet.NONE, Sheet.SIGNOFF):
        desk.open_board(Sheet.SIGNOFF)


async def _ask(desk: Desk, standing: Standing) -> str | None:
    """The statement that is signed, once the reviewer typed the confirmation; None when a question was left."""
    name = desk.review_id.rpartition("/")[2]
    word = str(standing.open) if standing.open else name
    with desk.bench.asking() as prompt:
        statement = await prompt.ask(
            f"sign off {name} · {unfinished(standing)} · a statement? (enter: none, esc leaves)"
        )
        typed = statement is not None and await prompt.ask(
            f"sign off {name} · {unfinished(standing)} · nothing can be decided afterwards · type {word} to sign "
            "(esc leaves)",
            required=True,
            validate=lambda text: None if text.replace(",", "") == word else f"that is not {word}",
        )
    return statement if typed else None


def unfinished(standing: Standing) -> str:
    """What is not done at the sign-off, in words."""
    told = (
        f"{counted(standing.open, 'item')} left open" if standing.open else "",
        f"{counted(len(standing.outdated), 'decision')} on what is otherwise now" if standing.outdated else "",
        f"{counted(len(standing.conflicts), 'conflict')}" if standing.conflicts else "",
    )
    return ", ".join(filter(None, told)) or "everything is decided"
