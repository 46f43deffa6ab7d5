"""The collect screen: what it tells while a collection runs, how one stops it and goes on, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.collect.cloud.expected import Outcome
from tests.collect.cloud.organization import invent
from tests.collect.cloud.server import Cloud, serve
from tests.collect.conftest import Shelf, moment, small
from tests.collect.test_cloud import enter
from trustview.collect import AccountBegun, AccountRead, AccountState, Keep, Notice, Progress, Report, collect
from trustview.errors import CredentialsError, StoreError
from trustview.snapshot import Gap, GapKind, Snapshot
from trustview.ui.collection import Phase
from trustview.ui.collector import CollectorApp
from widgets.background import begin_work

from .driver import Driver
from .golden import difference
from .hostile import HOSTILE
from .sitting import MEDIUM, NARROW, WIDE

EMPTY = Snapshot("2026-11-24T09:00:00Z", "aws")
SHOP, BANK, LAB, ATTIC = "111111111111", "222222222222", "333333333333", "444444444444"


@dataclass
class Script:
    """A collection whose events the test chooses; cancelled once, it ends when it is let go."""

    error: Exception | None = None
    snapshot: Snapshot = EMPTY
    runs: int = 0
    tell: Report = print
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    may_stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def collect(self, report: Report, keep: Keep) -> Snapshot:
        self.runs += 1
        self.tell = report
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            await self.may_stop.wait()
            raise
        if self.error is not None:
            raise self.error
        await keep(self.snapshot)
        return self.snapshot


class Watch(Driver):
    """A running screen."""

    def __init__(self, app: CollectorApp[str], pilot: Pilot[str]) -> None:
        super().__init__(app, pilot)
        self.app = app

    async def is_at(self, phase: Phase) -> None:
        await self.until(lambda: self.app.collection.phase is phase)


@asynccontextmanager
async def watching(script: Script, size: tuple[int, int] = NARROW) -> AsyncIterator[Watch]:
    app = CollectorApp(script.collect, lambda snapshot: f"kept {snapshot.taken_at}")
    async with app.run_test(size=size) as pilot:
        watch = Watch(app, pilot)
        await watch.until(lambda: script.runs == 1)
        yield watch


def tell_some(report: Report) -> None:
    """Four accounts: read, read in part, under way, failed for now."""
    for account, name in ((SHOP, "Shop"), (BANK, "Bank"), (LAB, "Lab"), (ATTIC, "Attic")):
        report(AccountBegun(account, name))
    report(AccountRead(SHOP, "Shop", AccountState.READ, "", 1.25))
    report(AccountRead(BANK, "Bank", AccountState.PARTLY, "alias: `iam:ListAccountAliases` is refused", 2.5))
    report(AccountBegun(ATTIC, "Attic", is_postponed=True))
    report(
        Progress(2000, 2, 1, 34, 1234, 5, 0, 7, 1, rate=45.4, seconds_left=700.0, current=("Lab",))
    )  # fmt: skip


# ── what it tells ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_it_tells_how_far_it_is_and_what_is_missing() -> None:
    script = Script()
    async with watching(script) as watch:
        await watch.sees("reading the organization", "no account has begun")
        tell_some(script.tell)
        await watch.sees(
            "2/2,000 accounts", "about 12 min left", "1,234 calls", "45/s", "34 throttled", "1 account with gaps"
        )
        await watch.sees("! in part", "… reading", "↷ later", "✓ read")


@pytest.mark.parametrize(
    ("size", "theme"),
    [(NARROW, ""), (MEDIUM, ""), (WIDE, ""), (NARROW, "textual-light"), (NARROW, "ansi-dark")],
    ids=lambda part: part if isinstance(part, str) else f"{part[0]}x{part[1]}",
)
async def test_it_looks_as_it_did_in_every_theme(size: tuple[int, int], theme: str) -> None:
    script = Script()
    async with watching(script, size) as watch:
        watch.app.theme = theme or watch.app.theme
        watch.app.collection.clock = lambda: 0.0
        tell_some(script.tell)
        await watch.sees("2/2,000 accounts", "Attic", "2.5")
        await watch.pilot.pause()
        text = "\n".join(line.rstrip() for line in watch.lines) + "\n"
    assert not (different := difference("collect", size, text)), different


async def test_after_the_accounts_it_tells_what_else_is_asked() -> None:
    script = Script()
    async with watching(script) as watch:
        script.tell(Progress(40, 40, calls=900, waiting=23, seconds_left=5.0))
        await watch.sees("40/40 accounts", "23 questions to the organization left", "about 5 s left")


async def test_what_has_gaps_comes_first_and_is_told_in_full() -> None:
    script = Script()
    async with watching(script, MEDIUM) as watch:
        tell_some(script.tell)
        await watch.sees("! read in part", "`iam:ListAccountAliases` is refused")
        order = [watch.text.index(account) for account in (BANK, ATTIC, LAB, SHOP)]
        assert order == sorted(order)
        await watch.press("exclamation_mark")
        await watch.until(lambda: SHOP not in watch.text)
        assert BANK in watch.text
        await watch.press("exclamation_mark")
        await watch.sees(SHOP, ATTIC)


async def test_the_cursor_stays_with_its_account() -> None:
    script = Script()
    async with watching(script, MEDIUM) as watch:
        tell_some(script.tell)
        await watch.sees(SHOP)
        await watch.press("G")
        await watch.sees("✓ read in full")
        script.tell(AccountRead(LAB, "Lab", AccountState.UNREAD, "`sts:AssumeRole` is refused"))
        await watch.sees("x not read")
        assert "✓ read in full" in watch.text


@pytest.mark.parametrize("size", [NARROW, MEDIUM, WIDE], ids=["80x24", "120x40", "200x60"])
async def test_hostile_names_and_reasons_stay_plain_and_in_shape(size: tuple[int, int]) -> None:
    script = Script()
    async with watching(script, size) as watch:
        for number, text in enumerate(HOSTILE):
            account = f"{number:012}"
            script.tell(AccountBegun(account, text))
            script.tell(AccountRead(account, text, AccountState.PARTLY, text))
            script.tell(Notice(text))
            script.tell(Progress(len(HOSTILE), number + 1, number + 1))
            watch.app.board.show()
            await watch.sees(f"{number + 1}/{len(HOSTILE)} accounts")
            for line in watch.lines:
                assert line.isprintable(), repr(line)
                assert cell_len(line) == size[0], repr(line)


async def test_a_terminal_that_is_too_small_says_so() -> None:
    async with watching(Script(), (60, 24)) as watch:
        await watch.sees("this terminal has 60×24")


# ── how it ends ──────────────────────────────────────────────────────────────────────────────────────────────────


async def test_at_the_end_the_snapshot_is_kept_and_handed_on() -> None:
    script = Script()
    async with watching(script) as watch:
        script.tell(Progress(3, 3, 0, calls=40))
        await watch.press("enter")
        assert watch.app.collection.phase is Phase.READING
        script.may_end.set()
        await watch.is_at(Phase.DONE)
        await watch.sees("✓ all that was asked for was read", "enter goes on")
        await watch.press("enter")
    assert watch.app.return_value == f"kept {EMPTY.taken_at}"
    assert watch.app.problem is None


async def test_at_the_end_it_tells_the_gaps_of_what_was_asked_for() -> None:
    script = Script()
    script.snapshot = replace(
        EMPTY,
        gaps=(
            Gap("", "organizations-policies", "", GapKind.DENIED, "SCPs: refused"),
            Gap("", "cloudtrail", "", GapKind.NOT_ASKED, "nobody was asked"),
        ),
    )
    script.may_end.set()
    async with watching(script) as watch:
        await watch.sees("! 1 gap: nothing is concluded from what is missing")


async def test_what_cannot_be_kept_is_told_and_tried_again() -> None:
    script, full = Script(), [StoreError("the disk is full: make room")]

    def keep(_snapshot: Snapshot) -> str:
        if full:
            raise full.pop()
        return "kept"

    script.may_end.set()
    app = CollectorApp(script.collect, keep)
    async with app.run_test(size=NARROW) as pilot:
        watch = Watch(app, pilot)
        await watch.sees("interrupted", "✗ the disk is full: make room")
        await watch.press("c")
        await watch.is_at(Phase.DONE)
        await watch.press("enter")
    assert app.return_value == "kept"


async def test_it_stops_gently_and_goes_on() -> None:
    script = Script()
    async with watching(script) as watch:
        tell_some(script.tell)
        await watch.press("s")
        await watch.sees("stopping", "s once more stops at once")
        script.may_stop.set()
        await watch.is_at(Phase.STOPPED)
        await watch.sees("stopped", "c goes on where it was")
        await watch.press("c")
        await watch.until(lambda: script.runs == 2)
        await watch.sees("reading the organization")
        script.may_end.set()
        await watch.is_at(Phase.DONE)


async def test_stopped_twice_it_stops_at_once() -> None:
    script = Script()
    async with watching(script) as watch:
        await watch.press("s")
        await watch.is_at(Phase.STOPPING)
        await watch.press("s")
        await watch.is_at(Phase.STOPPED)


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c", "escape"])
async def test_who_leaves_waits_for_what_is_under_way(key: str) -> None:
    script = Script()
    async with watching(script) as watch:
        await watch.press(key)
        await watch.is_at(Phase.STOPPING)
        assert watch.app.is_running
        script.may_stop.set()
        await watch.is_at(Phase.STOPPED)
    assert watch.app.return_value is None


async def test_after_logging_in_again_it_goes_on() -> None:
    script = Script(error=CredentialsError("AWS does not accept the credentials: log in again"))
    script.may_end.set()
    async with watching(script) as watch:
        await watch.sees("interrupted", "✗ AWS does not accept the credentials: log in again")
        script.error = None
        await watch.press("c")
        await watch.is_at(Phase.DONE)
    assert watch.app.problem is None


async def test_what_ended_it_is_told_when_it_is_left() -> None:
    error = CredentialsError("AWS does not accept the credentials: log in again")
    script = Script(error=error)
    script.may_end.set()
    async with watching(script) as watch:
        await watch.is_at(Phase.FAILED)
        await watch.press("q")
    assert watch.app.problem is error


async def test_what_the_system_refuses_is_told_and_not_thrown() -> None:
    script = Script(error=OSError(28, "No space left on device", "parts.db"))
    script.may_end.set()
    async with watching(script, MEDIUM) as watch:
        await watch.is_at(Phase.FAILED)
        await watch.sees("✗ the system refused `parts.db`: No space left on device")
        await watch.press("q")
    assert isinstance(watch.app.problem, StoreError)


async def test_an_error_outside_of_the_run_ends_it_with_its_message() -> None:
    async def fail() -> None:
        raise StoreError("the shelf is gone")

    script = Script()
    script.may_stop.set()
    async with watching(script) as watch:
        begin_work(watch.app, fail)
        await watch.until(lambda: watch.app.problem is not None)
    assert str(watch.app.problem) == "the shelf is gone"


# ── with the collector ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_real_collection_is_stopped_and_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud, shelf = Cloud(invent(5, 6), latency=0.02), Shelf()
    async with serve(cloud):
        enter(cloud, monkeypatch)
        kept: list[Snapshot] = []
        app = CollectorApp(
            lambda report, keep: collect(small(concurrency=2), shelf, moment, report, keep=keep), kept.append
        )
        async with app.run_test(size=MEDIUM) as pilot:
            watch = Watch(app, pilot)  # type: ignore[arg-type]
            await watch.until(lambda: len(app.collection.lines) > 1)
            await watch.press("s")
            await watch.is_at(Phase.STOPPED)
            read = set(shelf.keys("run-0/"))
            cloud.asked.clear()
            await watch.press("c")
            await watch.is_at(Phase.DONE)
            assert len(app.collection.lines) == len(cloud.served.enabled)
    assert read
    assert kept[0].accounts == Outcome(cloud.served, ()).snapshot().accounts
    assert not {f"run-0/{call.account}/iam/global" for call in cloud.asked if call.operation == "ListRoles"} & read
