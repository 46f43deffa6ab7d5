"""What goes wrong while one sits there: a message says what to do, nothing that was confirmed is gone, no traceback."""

from __future__ import annotations

import asyncio
import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.postgres import new_database
from trustview.errors import StoreError, TrustviewError
from trustview.review import current_decisions
from trustview.store import ReviewStore, open_snapshot
from trustview.ui.known import known_error
from trustview.ui.opening import open_cockpit
from widgets.background import begin_work

from .sitting import MEDIUM, NOW, REVIEW, Desk, Screen, sitting


def kept(desk: Desk) -> int:
    """How many decisions are found by whoever opens the review next."""
    with ReviewStore(desk.reviews) as reviews:
        return len(current_decisions(reviews.journal(REVIEW)))


async def decide(screen: Screen, count: int) -> None:
    """Decide on the next item; then so many are decided."""
    await screen.press("r")
    await screen.until(lambda: len(screen.state.decisions) == count)


async def told(screen: Screen, *texts: str) -> None:
    """The message line says all of it; the screen breaks long paths and lines as it likes."""
    await screen.until(lambda: all(text in screen.state.notice.text for text in texts))
    await screen.sees("✗" if screen.state.notice.is_bad else screen.state.notice.text.split()[0])


async def test_a_file_of_decisions_that_is_moved_away_takes_no_decision_until_it_is_back(desk: Desk) -> None:
    away = desk.folder / "away.db"
    async with sitting(desk, MEDIUM) as screen:
        await decide(screen, 1)
        desk.reviews.rename(away)
        desk.reviews.mkdir()
        await screen.press("r")
        await told(screen, "is not there any more", "nothing was kept just now")
        assert len(screen.state.decisions) == 1

        desk.reviews.rmdir()
        away.rename(desk.reviews)
        await decide(screen, 2)
    assert kept(desk) == 2


async def test_that_it_is_away_is_said_unasked_and_so_is_that_it_is_back(desk: Desk) -> None:
    away = desk.folder / "away.db"
    async with sitting(desk, MEDIUM) as screen:
        await decide(screen, 1)
        desk.reviews.rename(away)
        await screen.cockpit.others.look()
        await told(screen, "is not there any more")
        away.rename(desk.reviews)
        await screen.cockpit.others.look()
        await told(screen, "can be reached again")


async def test_another_file_in_its_place_is_not_written_to(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await decide(screen, 1)
        desk.reviews.unlink()
        desk.reviews.write_bytes(b"")
        await screen.press("r")
        await told(screen, "is another file than the one that was opened")
        assert desk.reviews.stat().st_size == 0


async def test_a_file_that_somebody_else_holds_is_said_to_be_busy_and_taken_afterwards(desk: Desk) -> None:
    async with sitting(desk, MEDIUM, wait=0) as screen:
        await decide(screen, 1)
        with closing(sqlite3.connect(desk.reviews, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await screen.press("r")
            await told(screen, "not saved", "another trustview is writing", "do it again")
            other.execute("ROLLBACK")
        await decide(screen, 2)
    assert kept(desk) == 2


@contextmanager
def full_disk(largest: int) -> Iterator[None]:
    """No file of this process grows over `largest` bytes: the system refuses as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_refuses_the_decision_and_says_to_make_room(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await decide(screen, 1)
        log = desk.reviews.with_name("reviews.db-wal")
        with full_disk(log.stat().st_size):
            await screen.press("r")
            await told(screen, "not saved, nothing is decided", "make room on its disk")
        await decide(screen, 2)
    assert kept(desk) == 2


async def test_a_file_that_is_damaged_while_it_is_open_is_named_and_not_mended(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await decide(screen, 1)
        with closing(sqlite3.connect(desk.reviews)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with desk.reviews.open("r+b") as file:
            file.seek(0)
            file.write(b"\xa5" * desk.reviews.stat().st_size)
        await screen.press("r")
        await told(screen, "not saved, nothing is decided", "put back the last good one")
        assert len(screen.state.decisions) == 1


async def test_decisions_that_cannot_be_read_at_first_are_read_once_they_can_be(desk: Desk) -> None:
    desk.reviews.mkdir()
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(desk.reviews) as reviews:
        cockpit = open_cockpit(snapshot, reviews, "anna", lambda: NOW, desk.folder)
        async with cockpit.run_test(size=MEDIUM) as pilot:
            screen = Screen(cockpit, pilot)
            await told(screen, "nothing can be decided", "Is a directory")
            desk.reviews.rmdir()
            await screen.until(lambda: cockpit.is_settled)
            await decide(screen, 1)
    assert kept(desk) == 1


async def test_a_team_database_that_is_gone_is_said_to_be_out_of_reach(
    desk: Desk, request: pytest.FixtureRequest
) -> None:
    url = new_database(request.getfixturevalue("postgres"))
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(url, 2) as reviews:
        cockpit = open_cockpit(snapshot, reviews, "anna", lambda: NOW, desk.folder)
        async with cockpit.run_test(size=MEDIUM) as pilot:
            screen = Screen(cockpit, pilot)
            await screen.until(lambda: cockpit.is_settled)
            await decide(screen, 1)
            _drop(url)
            await screen.press("r")
            await told(screen, "not saved")
            assert len(screen.state.decisions) == 1


def _drop(url: str) -> None:
    from sqlalchemy import make_url

    there = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(there.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{there.database}" WITH (FORCE)'))
    engine.dispose()


async def test_a_snapshot_that_is_damaged_while_it_is_shown_is_named(desk: Desk) -> None:
    copy = desk.folder / desk.snapshot.name
    shutil.copy(desk.snapshot, copy)
    async with sitting(replace(desk, snapshot=copy), MEDIUM) as screen:
        await decide(screen, 1)
        with copy.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (copy.stat().st_size - 4096))
        screen.cockpit.action_command("every-grant")
        for _ in range(500):
            if screen.cockpit.problem is None:
                await asyncio.sleep(0.01)
                screen.cockpit.bench.queue.table.move_to_row(len(screen.state.rows) - 1)
    assert "is damaged" in str(screen.cockpit.problem)
    assert kept(desk) == 1


async def test_a_known_error_where_nobody_expected_it_ends_the_sitting_with_its_message(desk: Desk) -> None:
    async def fail() -> None:
        raise StoreError("the snapshot is gone")

    async with sitting(desk) as screen:
        await decide(screen, 1)
        begin_work(screen.cockpit, fail)
        await screen.until(lambda: screen.cockpit.problem is not None)
    assert str(screen.cockpit.problem) == "the snapshot is gone"
    assert screen.cockpit.return_code == 1
    assert kept(desk) == 1


def test_what_the_system_refuses_says_what_to_do_and_a_mistake_of_the_program_is_none_of_it(tmp_path: Path) -> None:
    told = known_error(OSError(28, "No space left on device", "view.json"))

    assert isinstance(told, TrustviewError)
    assert "`view.json`: No space left on device" in str(told)
    assert known_error(ZeroDivisionError()) is None
