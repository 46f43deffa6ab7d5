"""What others decide while one sits there: shown as it comes, and said; where it goes against one's own, that first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from trustview.review import Entry
from trustview.ui.state import Notice, State, touched_by, with_entry


def after_others(state: State, entries: Iterable[Entry]) -> State:
    """The same view after steps of others, with a word on them."""
    new = tuple(entries)
    after = state
    for entry in new:
        after = with_entry(after, entry)
    names = ", ".join(sorted({entry.by for entry in new}))
    count = len({item for entry in new for item in touched_by(entry)})
    told = Notice(f"{names}: {count} {'item' if count == 1 else 'items'} decided")
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
