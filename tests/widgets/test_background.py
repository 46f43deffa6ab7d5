"""Work beside the keys: it gets what it needs, the last of a group goes on alone, and none is left behind unawaited."""

from __future__ import annotations

import asyncio
import gc
import warnings

import pytest
from textual.app import App
from textual.worker import WorkerCancelled, WorkerState

from widgets.background import begin_work


async def test_work_gets_what_is_given_to_it_and_says_what_came_of_it() -> None:
    async def add(first: int, second: int) -> int:
        await asyncio.sleep(0)
        return first + second

    async with App[None]().run_test() as pilot:
        assert await begin_work(pilot.app, add, 2, 3).wait() == 5


async def test_no_text_is_made_of_what_work_is_given() -> None:
    class Large:
        def __repr__(self) -> str:
            raise AssertionError("a text of half a million rows")

    async def take(given: Large) -> None:
        assert isinstance(given, Large)

    async with App[None]().run_test() as pilot:
        await begin_work(pilot.app, take, Large()).wait()


async def test_of_exclusive_work_of_a_group_the_last_goes_on_alone() -> None:
    async def rest() -> None:
        await asyncio.Event().wait()

    async with App[None]().run_test() as pilot:
        first = begin_work(pilot.app, rest, group="a", is_exclusive=True)
        other = begin_work(pilot.app, rest, group="b", is_exclusive=True)
        last = begin_work(pilot.app, rest, group="a", is_exclusive=True)
        with pytest.raises(WorkerCancelled):
            await first.wait()
        assert other.state is WorkerState.RUNNING
        assert last.state is WorkerState.RUNNING


async def test_work_that_never_had_its_turn_leaves_no_coroutine_behind() -> None:
    calls: list[str] = []

    async def work() -> None:
        calls.append("work")

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        async with App[None]().run_test() as pilot:
            begin_work(pilot.app, work).cancel()
            await pilot.pause()
        gc.collect()
    assert not calls
    assert not [str(one.message) for one in said if "never awaited" in str(one.message)]
