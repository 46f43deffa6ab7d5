"""The role screen: policy, permissions, use and history of one role, one key away, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.analysis.small_organization import PROD, SANDBOX, policy, role, snapshot, trust
from trustview.analysis import analyse
from trustview.review import Decision, EntryKind, Verdict, make_entry
from trustview.snapshot import Gap, GapKind, InlinePolicy, Role, Snapshot
from trustview.store import ReviewStore, open_snapshot, save_snapshot
from trustview.ui.board import Link, Wishes
from trustview.ui.opening import open_cockpit
from trustview.ui.state import LAID_OVER, Facet, Pane, Sheet

from .sitting import MEDIUM, NARROW, NOW, Desk, Screen

SMALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"%s","Resource":"*"}]}'
TARGET = f"arn:aws:iam::{PROD}:role/target"
BEHIND = f"arn:aws:iam::{PROD}:role/behind"


def roles(*, then: bool) -> tuple[Role, ...]:
    """Two roles, each leading to the next; `then` as they were a quarter before."""
    who = {"AWS": SANDBOX} if then else {"AWS": [SANDBOX, "888877776666"]}
    may = (InlinePolicy("work", SMALL % ("s3:GetObject" if then else "*")),)
    return (
        role("target", policy(trust(who)), inline=may),
        role("behind", policy(trust({"AWS": TARGET}))),
    )


def taken(at: str, *found: Role, gaps: tuple[Gap, ...] = ()) -> Snapshot:
    return replace(snapshot(*found), taken_at=at, gaps=gaps)


@pytest.fixture(scope="module")
def two_quarters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four snapshots: before the role was, as it was, when its account was not read, and now."""
    folder = tmp_path_factory.mktemp("quarters")
    unread = Gap(PROD, "iam", "", GapKind.DENIED, "`iam:GetAccountAuthorizationDetails` was refused")
    for one in (
        taken("2026-05-20T06:00:00Z"),
        taken("2026-08-20T06:00:00Z", *roles(then=True)),
        taken("2026-10-20T06:00:00Z", gaps=(unread,)),
        taken("2026-11-20T06:00:00Z", *roles(then=False)),
    ):
        file = save_snapshot(folder, one, analyse(one))
    return file


@asynccontextmanager
async def opened(desk: Desk, size: tuple[int, int], start: Link | None = None) -> AsyncIterator[Screen]:
    with open_snapshot(desk.snapshot) as file, ReviewStore(desk.reviews) as reviews:
        cockpit = open_cockpit(file, reviews, "anna", lambda: NOW, None, wishes=Wishes(start))
        async with cockpit.run_test(size=size) as pilot:
            screen = Screen(cockpit, pilot)
            await screen.until(lambda: cockpit.is_settled)
            yield screen


def at_target(sheet: Sheet = Sheet.NONE) -> Link:
    return Link(role=TARGET, sheet=sheet)


async def test_one_key_shows_the_role_from_every_side_and_one_leads_back(two_quarters: Path, tmp_path: Path) -> None:
    async with opened(Desk(two_quarters, tmp_path), NARROW, at_target()) as screen:
        before = screen.state
        await screen.press("i")
        await screen.sees("Role  target @ prod", "[policy]", "Who may become it", "trust policy", "▌ 4")
        await screen.press("tab")
        await screen.sees("[permissions]", "administrator", "inline policy work", "decides what it gives")
        await screen.press("tab")
        await screen.sees("[use]", "Use of the role", "Who came")
        await screen.press("tab")
        await screen.sees("[history]", "From snapshot to snapshot")
        await screen.press("tab")
        await screen.sees("[policy]")
        await screen.press("shift+tab", "q")
        assert screen.state.sheet is Sheet.NONE
        assert screen.state == replace(before, facet=Facet.HISTORY)
        await screen.press("i")
        await screen.sees("[history]")


@pytest.mark.parametrize("key", ["question_mark", "exclamation_mark"])
async def test_what_is_asked_over_the_role_leads_back_to_it(two_quarters: Path, tmp_path: Path, key: str) -> None:
    async with opened(Desk(two_quarters, tmp_path), NARROW, at_target()) as screen:
        panes = screen.state
        await screen.press("i", "tab")
        await screen.sees("[permissions]", "inline policy work")
        role_screen = screen.state
        for back in (key, "q"):
            await screen.press(key)
            assert screen.state.sheet in LAID_OVER
            await screen.press(back)
            await screen.sees("Role  target @ prod", "[permissions]", "inline policy work")
            assert screen.state == role_screen
        await screen.press(key, "i")
        await screen.sees("Role  target @ prod", "[permissions]")
        await screen.press("q")
        assert screen.state == replace(panes, facet=Facet.PERMISSIONS)


async def test_help_over_a_board_leads_back_to_it_and_gaps_over_help_do_too(two_quarters: Path, tmp_path: Path) -> None:
    async with opened(Desk(two_quarters, tmp_path), NARROW, at_target()) as screen:
        panes = screen.state
        await screen.press("o")
        await screen.sees("Overview")
        await screen.press("question_mark", "exclamation_mark")
        await screen.sees("What could not be read")
        await screen.press("q")
        await screen.sees("Overview")
        await screen.press("q")
        assert screen.state == panes


async def test_permissions_show_each_policy_and_each_guardrail(two_quarters: Path, tmp_path: Path) -> None:
    async with opened(Desk(two_quarters, tmp_path), MEDIUM, at_target()) as screen:
        await screen.press("i", "tab")
        await screen.sees("Identity policies", "▸ work", "Permissions boundary  none", "Guardrails above it")
        await screen.sees('"Action": "*"', "nothing is limited at")


async def test_history_tells_what_changed_and_what_nobody_could_look_at(two_quarters: Path, tmp_path: Path) -> None:
    async with opened(Desk(two_quarters, tmp_path), MEDIUM, at_target()) as screen:
        await screen.press("i", "shift+tab")
        await screen.sees("2026-11-20", "+ way in new ← 888877776666", "~ trust policy", "~ inline policies")
        await screen.sees("not known: not all of its account was read", "2026-08-20", "the role added")
        await screen.sees("2026-08-20 → 2026-11-20", '+           "888877776666"')
        await screen.press("n")
        await screen.sees("2026-05-20 → 2026-08-20")


async def test_history_tells_what_other_reviews_decided(two_quarters: Path, tmp_path: Path) -> None:
    desk = Desk(two_quarters, tmp_path)
    with open_snapshot(two_quarters) as file, ReviewStore(desk.reviews) as reviews:
        item = next(grant.fleet for grant in file.grants_of(TARGET) if grant.principal.value.find(SANDBOX) >= 0)
        at = "2026-08-21T09:00:00Z"
        said = Decision(item, Verdict.APPROVE, "berta", at, note="the pipeline needs it", owner="team blue")
        reviews.append("o-smallorg01/2026-Q3", make_entry((), EntryKind.DECIDE, "berta", at, (said,)))
        reviews.append("o-elsewhere/2026-Q3", make_entry((), EntryKind.DECIDE, "carl", at, (replace(said, by="carl"),)))
    async with opened(desk, MEDIUM, at_target()) as screen:
        await screen.press("i", "shift+tab")
        await screen.sees("2026-Q3", "✓ approve", "by berta, 2026-08-21", "the pipeline needs it", "owner team blue")
        assert "carl" not in screen.text
        await screen.press("r")
        await screen.until(lambda: screen.state.decisions)
        await screen.press("u")
        await screen.until(lambda: not screen.state.decisions)


async def test_it_follows_the_cursor_of_the_queue(two_quarters: Path, tmp_path: Path) -> None:
    async with opened(Desk(two_quarters, tmp_path), NARROW, Link(words="is:all")) as screen:
        await screen.until(lambda: len(screen.state.view) > 2)
        await screen.press("g", "i")
        seen = set()
        for _ in screen.state.view:
            await screen.until(lambda: screen.cockpit.is_settled)
            seen.add(screen.cockpit.bench.sheet.role.arn)
            await screen.press("J")
        assert {TARGET, BEHIND} <= seen
        assert screen.state.sheet is Sheet.ROLE


async def test_in_the_graph_it_shows_the_role_that_is_chosen_there(two_quarters: Path, tmp_path: Path) -> None:
    async with opened(Desk(two_quarters, tmp_path), MEDIUM, at_target()) as screen:
        await screen.press("4", "l")
        await screen.sees("what it can become (1)")
        await screen.press("i")
        await screen.sees("Role  behind @ prod", "not the role of the item under the cursor")
        await screen.press("y")
        await screen.until(lambda: screen.state.notice.text == f"copied {BEHIND}")
        await screen.press("q")
        assert screen.state.pane is Pane.GRAPH


async def test_a_link_leads_to_the_role_itself_or_to_its_worst_item(two_quarters: Path, tmp_path: Path) -> None:
    for sheet, shown in ((Sheet.ROLE, "Who may become it"), (Sheet.NONE, "Who gets in")):
        async with opened(Desk(two_quarters, tmp_path), MEDIUM, at_target(sheet)) as screen:
            await screen.sees(shown, "target @ prod")


async def test_a_link_to_a_role_that_is_not_there_says_so(two_quarters: Path, tmp_path: Path) -> None:
    start = Link(role="arn:aws:iam::222222222222:role/\x1b[31mnone", sheet=Sheet.ROLE)
    async with opened(Desk(two_quarters, tmp_path), NARROW, start) as screen:
        await screen.sees("no role `arn:aws:iam::222222222222:role/␛[31mnone` in this snapshot")


async def test_a_click_on_a_tab_leads_to_its_facet(two_quarters: Path, tmp_path: Path) -> None:
    async with opened(Desk(two_quarters, tmp_path), NARROW, at_target(Sheet.ROLE)) as screen:
        await screen.sees("Who may become it")
        line = screen.cockpit.bench.sheet.role.facets
        await screen.pilot.click(line, offset=(screen.lines[2].index("use") - line.region.x, 0))
        await screen.sees("Use of the role")


async def test_what_is_no_role_says_where_to_look(acme_file: Path, tmp_path: Path) -> None:
    async with opened(Desk(acme_file, tmp_path), NARROW, Link(words="kind:guardrail")) as screen:
        await screen.until(lambda: screen.state.view and screen.cockpit.is_settled)
        await screen.press("i")
        await screen.sees("this is about no role: 3 says why, q leads back")
