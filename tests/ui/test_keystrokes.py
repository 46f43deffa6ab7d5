"""How many keys the review of the demo takes, without the mouse."""

from __future__ import annotations

from functools import partial

from .sitting import MEDIUM, Desk, Screen, sitting

MOST_KEYS_AN_ITEM = 1.3


async def test_the_whole_review_of_the_demo_takes_little_more_than_a_key_an_item(desk: Desk) -> None:
    """Narrow where the fix pane shows a change, revoke elsewhere: a key decides and goes on to the next open item."""
    keys = 0
    async with sitting(desk, MEDIUM) as screen:
        total = screen.state.progress[1]
        assert total > 60
        while (done := screen.state.progress[0]) < total:
            await screen.until(lambda: screen.cockpit.is_settled)
            keys += 1
            await screen.pilot.press("r" if screen.cockpit.bench.fix.has_class("-nothing") else "f")
            await screen.until(partial(_is_answered, screen, done))
            if screen.state.progress[0] == done:  # no change closes what was found here, and the screen says so
                keys += 1
                await screen.press("r")
                await screen.until(partial(_is_decided, screen, done))
    assert keys / total <= MOST_KEYS_AN_ITEM, f"{keys} keys for {total} items"


def _is_decided(screen: Screen, before: int) -> bool:
    return screen.state.progress[0] > before


def _is_answered(screen: Screen, before: int) -> bool:
    return _is_decided(screen, before) or screen.state.notice.is_bad
