"""Interrupted runs: cancelled, killed, damaged; the next run asks only for what is missing and ends the same."""

import asyncio
import gc
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from trustview.collect import AccountRead, AccountState, Event, Notice, Progress, collect
from trustview.errors import SourceError, StoreError
from trustview.snapshot import Snapshot
from trustview.store import Shelf as DiskShelf
from trustview.store import open_shelf

from .conftest import NOW, Shelf, moment, small
from .relay import Fault, Refusal, Relay, Request, Reset

FEW = ("999900001111", "888800001111", "777700001111", "777700002222", "777700004444")


def is_iam(request: Request) -> bool:
    return request.service == "iam"


async def until(condition: Callable[[], bool]) -> None:
    """Waits for something that another thread brings about."""
    while not condition():  # noqa: ASYNC110  the relay lives in a thread of its own
        await asyncio.sleep(0.01)


def asked_twice(requests: list[Request]) -> list[Request]:
    """Requests that were answered more than once, but for those that every run makes and the one of two parts."""
    always = ("GetCallerIdentity", "AssumeRole", "ListRoots")
    once = [request for request in requests if request.operation not in always]
    return [request for request in set(once) if once.count(request) > 1]


async def test_a_finished_run_is_not_gone_on_with(relay: Relay, shelf: Shelf) -> None:
    first = await collect(small(*FEW[:2]), shelf, moment)
    calls = len(relay.seen)
    second = await collect(small(*FEW[:2]), shelf, moment)

    assert second == first
    assert len(relay.seen) == 2 * calls


async def test_cancelled_once_it_keeps_what_was_under_way_and_the_next_run_goes_on(relay: Relay, shelf: Shelf) -> None:
    undisturbed = await collect(small(*FEW), Shelf(), moment)
    relay.seen.clear()
    relay.answered.clear()
    relay.delay = lambda request: 0.2 if is_iam(request) else 0.0
    work = asyncio.ensure_future(collect(small(*FEW, concurrency=1), shelf, moment))
    await until(lambda: any(map(is_iam, relay.seen)))
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    begun = {request.account for request in relay.seen if is_iam(request)}
    kept = {key.split("/")[1] for key in shelf.keys("run-0/") if "/iam/" in key}
    events: list[Event] = []
    relay.delay = lambda _request: 0.0
    resumed = await collect(small(*FEW, concurrency=2), shelf, moment, events.append)

    assert begun == kept
    assert len(kept) < len(FEW)
    assert resumed == undisturbed
    assert asked_twice(relay.answered) == []
    assert any(isinstance(event, Notice) and "2026-11-24T09:00:00Z" in event.text for event in events)
    assert any(isinstance(event, Progress) and event.kept >= len(kept) for event in events)


async def test_cancelled_twice_it_stops_at_once(relay: Relay, shelf: Shelf) -> None:
    relay.delay = lambda request: 30.0 if request.account == "777700001111" else 0.0
    work = asyncio.ensure_future(collect(small(*FEW), shelf, moment))
    await until(lambda: any(request.account == "777700001111" for request in relay.seen))
    work.cancel()
    await asyncio.sleep(0.05)
    assert not work.done()
    work.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(work, 20)


async def test_a_part_with_a_failure_is_asked_again_and_one_with_a_refusal_is_not(relay: Relay, shelf: Shelf) -> None:
    def trouble(request: Request) -> Fault | None:
        if request.operation == "ListSAMLProviders" and request.account == FEW[2]:
            return Reset()
        return Refusal("AccessDenied", "no", 403) if request.operation == "ListAccountAliases" else None

    relay.trouble = trouble
    first = await collect(small(*FEW[2:4]), shelf, moment)
    shelf.finished.clear()
    relay.seen.clear()
    second = await collect(small(*FEW[2:4]), shelf, moment)

    assert second == first
    assert {gap.account for gap in first.gaps if gap.reason.startswith("alias: ")} == {*FEW[2:4]}
    assert {gap.account for gap in first.gaps if gap.reason.startswith("SAML providers: ")} == {FEW[2]}
    assert {request.account for request in relay.seen if is_iam(request)} == {FEW[2]}


UNDENIED = FEW[2:5]


async def test_a_young_part_of_an_earlier_run_is_taken_and_an_old_one_is_not(relay: Relay, shelf: Shelf) -> None:
    first = await collect(small(*UNDENIED), shelf, moment)
    relay.seen.clear()
    events: list[Event] = []
    second = await collect(small(*UNDENIED, max_age_seconds=60), shelf, moment, events.append)

    assert second == first
    assert [request.operation for request in relay.seen] == ["GetCallerIdentity"]
    assert {event.state for event in events if isinstance(event, AccountRead)} == {AccountState.KEPT}

    for key in shelf.keys("run-"):
        value = shelf.values[key]
        assert isinstance(value, dict)
        shelf.values[key] = {**value, "read_at": "2026-11-24T08:58:59Z"}
    await collect(small(*UNDENIED, max_age_seconds=60), shelf, moment)

    assert any(map(is_iam, relay.seen))


async def test_a_run_whose_snapshot_could_not_be_kept_is_gone_on_with(relay: Relay, shelf: Shelf) -> None:
    kept: list[Snapshot] = []

    async def fail(snapshot: Snapshot) -> None:
        kept.append(snapshot)
        raise StoreError("the disk is full")

    async def keep(snapshot: Snapshot) -> None:
        assert shelf.finished == []
        kept.append(snapshot)

    with pytest.raises(StoreError):
        await collect(small(*UNDENIED), shelf, moment, keep=fail)
    relay.seen.clear()
    await collect(small(*UNDENIED), shelf, moment, keep=keep)

    assert kept[0] == kept[1]
    assert [request.operation for request in relay.seen] == ["GetCallerIdentity"]
    assert shelf.finished == ["run-0"]


async def test_garbage_is_looked_for_seldom_only_while_it_runs(relay: Relay, shelf: Shelf) -> None:
    before, seen = gc.get_threshold(), set[tuple[int, int, int]]()
    await collect(small(*FEW[:1]), shelf, moment, lambda _event: seen.add(gc.get_threshold()))
    relay.trouble = lambda request: Reset() if request.operation == "ListRoots" else None
    with pytest.raises(SourceError):
        await collect(small(*FEW[:1]), shelf, moment)

    assert all(threshold[0] > before[0] for threshold in seen)
    assert seen
    assert gc.get_threshold() == before


async def test_a_fresh_run_asks_everything_again(relay: Relay, shelf: Shelf) -> None:
    relay.trouble = lambda request: Reset() if request.operation == "ListRoots" else None
    with pytest.raises(SourceError, match="cannot be walked"):
        await collect(small(*FEW[:1]), shelf, moment)
    relay.trouble = lambda _request: None
    await collect(small(*FEW[:1], is_fresh=True), shelf, moment)

    assert shelf.finished == ["run-1"]


@pytest.mark.parametrize(("hours", "is_resumed"), [(23, True), (25, False)])
async def test_an_interrupted_run_is_gone_on_with_for_a_day(
    relay: Relay, shelf: Shelf, hours: int, is_resumed: bool
) -> None:
    relay.trouble = lambda request: Reset() if request.operation == "ListAccountsForParent" else None
    with pytest.raises(SourceError):
        await collect(small(*FEW[:1]), shelf, lambda: moment() - timedelta(hours=hours))
    relay.trouble = lambda _request: None
    snapshot = await collect(small(*FEW[:1]), shelf, moment)

    assert shelf.finished == ["run-0" if is_resumed else "run-1"]
    assert snapshot.taken_at == "2026-11-24T09:00:00Z"


async def test_another_scope_does_not_take_parts_of_this_one(relay: Relay, shelf: Shelf) -> None:
    await collect(small(*FEW[:1]), shelf, moment)
    relay.seen.clear()
    await collect(small(*FEW[:1], role_name="another/Role", max_age_seconds=600), shelf, moment)

    assert any(map(is_iam, relay.seen))


# ── killed ───────────────────────────────────────────────────────────────────────────────────────────────────────

RUN = f"""
import asyncio, sys
from datetime import datetime
from pathlib import Path
from trustview.collect import Limits, Scope, collect
from trustview.store import open_shelf

async def main():
    with open_shelf(Path(sys.argv[1]), print) as shelf:
        fast = Limits(10_000, 10_000, 10_000, 10_000)
        scope = Scope(accounts={FEW!r}, regions=("eu-west-1",), limits=fast, concurrency=2)
        await collect(scope, shelf, lambda: datetime.fromisoformat("{NOW.isoformat()}"))
asyncio.run(main())
"""


def run_and_kill(folder: Path, relay: Relay, enough: int) -> None:
    """A collection in a process of its own, killed when it has asked so much of IAM."""
    relay.seen.clear()
    here = str(Path(__file__).parents[2])
    with subprocess.Popen([sys.executable, "-c", RUN, str(folder)], env={**os.environ, "PYTHONPATH": here}) as process:
        while process.poll() is None and sum(map(is_iam, relay.seen)) < enough:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)


async def test_killed_at_random_moments_it_ends_the_same_and_asks_nothing_that_is_kept(
    relay: Relay, tmp_path: Path
) -> None:
    undisturbed = await collect(small(*FEW), Shelf(), moment)
    relay.delay = lambda request: 0.03 if is_iam(request) else 0.0
    folder, told = tmp_path / "parts", list[str]()
    moments = random.Random()  # noqa: S311  other moments in every run
    for _ in range(3):
        run_and_kill(folder, relay, moments.randint(6, 10))
    with open_shelf(folder, told.append) as shelf:
        kept = {key.split("/", 1)[1] for key in shelf.keys("") if not key.startswith("runs/")}
        relay.seen.clear()
        snapshot = await collect(small(*FEW), shelf, moment)

    again = {f"{request.account}/iam/global" for request in relay.seen if is_iam(request)}
    assert snapshot == undisturbed
    assert not again & kept
    assert told == []
    assert f"{FEW[0]}/organizations/global" in kept


# ── damaged ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def disk(tmp_path: Path) -> tuple[Path, list[str]]:
    return tmp_path / "parts", []


def unfinished(shelf: DiskShelf) -> None:
    """Makes the last run look interrupted."""
    for key in shelf.keys("runs/"):
        about = shelf.get(key)
        assert isinstance(about, dict)
        shelf.put(key, {**about, "is_finished": False})


async def test_one_damaged_part_costs_that_account_only(relay: Relay, disk: tuple[Path, list[str]]) -> None:
    folder, told = disk
    with open_shelf(folder, told.append) as shelf:
        first = await collect(small(*FEW), shelf, moment)
        unfinished(shelf)
    with sqlite3.connect(folder / "cache.db") as database:
        ((row, value),) = database.execute("SELECT rowid, value FROM Cache WHERE key LIKE '%777700002222/iam/%'")
        hurt = bytes(value[:100]) + bytes([value[100] ^ 1]) + bytes(value[101:])
        database.execute("UPDATE Cache SET value = ? WHERE rowid = ?", (hurt, row))
    database.close()
    relay.seen.clear()
    with open_shelf(folder, told.append) as shelf:
        second = await collect(small(*FEW), shelf, moment)

    assert second == first
    assert {request.account for request in relay.seen if is_iam(request)} == {"777700002222"}
    (line,) = told
    assert "777700002222/iam/global" in line


async def test_a_part_that_no_longer_makes_sense_is_asked_again(relay: Relay, shelf: Shelf) -> None:
    first = await collect(small(*FEW[:2]), shelf, moment)
    shelf.finished.clear()
    for key, value in list(shelf.values.items()):
        if "/iam/" in key:
            assert isinstance(value, dict)
            shelf.values[key] = {**value, "answer": ["something else"]}
    second = await collect(small(*FEW[:2]), shelf, moment)

    assert second == first
