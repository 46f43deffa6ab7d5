"""What others decide while one sits there: shown as it comes, and said; where it goes against one's own, that first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from trustview.errors import TrustviewError
from trustview.review import Entry
from trustview.store import ReviewStore
from trustview.ui.state import Notice, State
from trustview.ui.steps import touched_by, with_entry

if TYPE_CHECKING:
    from trustview.ui.desk import Desk


class Others:
    """Looks from time to time whether others decided something; that it cannot look is said once, and when it can."""

    def __init__(self, desk: Desk, reviews: ReviewStore) -> None:
        self._desk = desk
        self._reviews = reviews
        self._is_away = False

    async def look(self) -> None:
        """Show what is new."""
        known = len(self._desk.state.journal)
        try:
            new = await asyncio.to_thread(self._read, known)
        except TrustviewError as error:
            if not self._is_away and not self._desk.state.notice.is_bad:  # a refusal says it already
                self._desk.say(str(error), is_bad=True)
            self._is_away = True
            return
        if self._is_away:
            self._is_away = False
            self._desk.say("the decisions can be reached again; all that was confirmed is there")
        if new and len(self._desk.state.journal) == known:  # nothing was decided here in the meantime
            self._desk.show(after_others(self._desk.state, new))

    def _read(self, known: int) -> tuple[Entry, ...]:
        review = self._desk.review_id
        return self._reviews.journal(review, known) if self._reviews.newest(review) > known else ()


def after_others(state: State, entries: Iterable[Entry]) -> State:
    """The same view after steps of others, with a word on them; a refusal that stands there already goes before it."""
    new = tuple(entries)
    after = state
    for entry in new:
        after = with_entry(after, entry)
    names = ", ".join(sorted({entry.by for entry in new}))
    count = len({item for entry in new for item in touched_by(entry)})
    told = Notice(f"{names}: {count} {'item' if count == 1 else 'items'} decided")
    if state.notice.is_bad:
        told = state.notice
    return replace(after, notice=disagreement(state, after) or told)


def disagreement(before: State, after: State) -> Notice | None:
    """What to say when two people decided otherwise at once; None when nobody did."""
    numbers = after.rows.numbers([item for item in after.conflicts if item not in before.conflicts])
    if not numbers:
        return None
    item, number = next(iter(numbers.items()))
    first, last = after.conflicts[item]
    more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
    told = (
        f"{first.by} said {first.verdict.value}, {last.by} {last.verdict.value} on {after.rows[number].role_name}{more}"
    )
    return Notice(f"{told}: decide again", is_bad=True)
