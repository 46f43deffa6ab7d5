"""The boards: what they count is what the queue shows, and their lines lead where they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from trustview.analysis import Privilege, analyse
from trustview.store import ReviewStore, open_snapshot, save_snapshot
from trustview.ui.board import Board, BoardRow, Link, Wishes
from trustview.ui.boards import make_board
from trustview.ui.opening import open_cockpit
from trustview.ui.showing import filtered, scoped
from trustview.ui.state import Pane, Sheet, State
from widgets.tone import Tone

from .acme import acme_analysis, acme_snapshot
from .sitting import MEDIUM, NARROW, NOW, Desk, Screen, sitting


def board_of(screen: Screen, sheet: Sheet) -> Board:
    return make_board(sheet, screen.cockpit.sitting, screen.state)


@asynccontextmanager
async def beginning(desk: Desk, start: Link, size: tuple[int, int] = NARROW) -> AsyncIterator[Screen]:
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(desk.reviews) as reviews:
        cockpit = open_cockpit(snapshot, reviews, "anna", lambda: NOW, desk.folder, wishes=Wishes(start))
        async with cockpit.run_test(size=size) as pilot:
            screen = Screen(cockpit, pilot)
            await screen.until(lambda: cockpit.is_settled)
            yield screen


async def test_what_is_cut_off_of_the_line_under_the_cursor_is_said_in_full_below(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("X")
        board = board_of(screen, Sheet.CHAINS)
        number = next(
            n for n, row in enumerate(board.rows) if row.link and row.link.chain and len(row.cells[3].text) > 40
        )
        await screen.until(lambda: screen.cockpit.bench.sheet.board is not None)
        screen.cockpit.bench.sheet.lines.move_to_row(number)
        await screen.until(lambda: _plain(board.rows[number].cells[3].text) in _plain(screen.text))
        await screen.sees("Depends on")
        await screen.pilot.resize_terminal(250, 40)
        await screen.until(lambda: not screen.cockpit.bench.sheet.in_full.pieces)


def _plain(text: str) -> str:
    """A text without the places where it may be wrapped."""
    return "".join(text.split())


async def test_each_number_of_the_overview_is_what_the_queue_shows_behind_it(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("a", "r")
        board, state = board_of(screen, Sheet.OVERVIEW), screen.state
        counted = sum(_check_line(state, row) for row in board.rows if row.link)
    assert counted


def _check_line(state: State, row: BoardRow) -> int:
    """Each number of a line is that of the rows behind it; their sum."""
    assert row.link is not None
    if row.link.sheet is not Sheet.NONE:
        return 0
    shown = scoped(filtered(state, row.link.words), row.link.scope)
    there = Counter(severity.word for n in shown.view if (severity := state.rows[n].severity) is not None)
    for word, cell in zip(("critical", "high", "medium", "low"), row.cells[1:5], strict=True):
        number = 0 if cell.text == "·" else int(cell.text.split()[-1].replace(",", ""))
        assert number == there[word], (row.cells[0].text, word)
    return there.total()


async def test_a_line_of_the_overview_leads_to_what_it_counts(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("o")
        await screen.sees("Open, by OU", "Coverage")
        lines = screen.cockpit.bench.sheet.board
        assert lines is not None
        number = next(n for n, row in enumerate(lines.rows) if row.link and "party:vendor" in row.link.words)
        await screen.press(*["j"] * number, "enter")
        await screen.until(lambda: screen.state.filter_text == "party:vendor is:open")
        assert screen.state.pane is Pane.QUEUE
        assert screen.state.sheet is Sheet.NONE


async def test_every_chain_ends_at_an_administrator_and_leads_there(desk: Desk) -> None:
    async with sitting(desk) as screen:
        board = board_of(screen, Sheet.CHAINS)
        reader = screen.cockpit.reader
        targets = [row.link.role for row in board.rows if row.link and row.cells[1].text]
        assert targets
        for arn in targets:
            assert any(grant.privilege is Privilege.ADMIN for grant in reader.grants_of(arn))
        # What the analysis found of chains from outside is there too.
        found = {f.subject.id for f in acme_analysis().findings if f.check == "escalation-chain" and f.severity >= 4}
        assert found <= set(targets)
        await screen.press("X")
        await screen.sees("administrators can be reached", "Cut here")


async def test_a_chain_is_followed_in_the_graph_and_walked_back_step_by_step(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        board = board_of(screen, Sheet.CHAINS)
        number, chain = next(
            (n, row.link.chain) for n, row in enumerate(board.rows) if row.link and len(row.link.chain) == 4
        )
        *_, before, last = (screen.cockpit.reader.role(arn) for arn in chain if ":role/" in arn)
        assert before is not None
        assert last is not None
        await screen.press("X")
        await screen.sees("administrators can be reached")
        await screen.press(*["j"] * number, "enter")
        await screen.sees(f"{before.name} › {last.name}", f"› {before.name}", "one came from there")
        graph = screen.cockpit.bench.graph.graph.graph
        assert graph.centre.id == last.arn
        (walked,) = [edge for edge in graph.incoming if edge.node.id == before.arn]
        assert walked.tone is Tone.ACCENT
        assert [edge for edge in graph.incoming if edge.node.label.startswith("›")] == [walked]

        await screen.press("backspace")
        await screen.until(lambda: screen.cockpit.bench.graph.graph.graph.centre.id == before.arn)


async def test_changes_need_a_snapshot_before_and_lead_to_the_roles_of_today(tmp_path: Path, desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("D")
        await screen.sees("there is no earlier snapshot", "trustview collect")
    now = acme_snapshot()
    first, *others = now.accounts
    earlier = replace(now, accounts=(replace(first, roles=first.roles[1:]), *others))
    save_snapshot(tmp_path / "two", earlier, analyse(earlier), "2026-08-20T06:00:00Z")
    file = save_snapshot(tmp_path / "two", acme_snapshot(), acme_analysis())
    async with sitting(Desk(file, tmp_path / "two")) as screen:
        board = board_of(screen, Sheet.CHANGES)
        arns = [row.link.role for row in board.rows if row.link]
        assert first.roles[0].arn in arns
        assert all(screen.cockpit.reader.role(arn) for arn in arns)
        await screen.press("D")
        await screen.sees("In effect")


async def test_the_cockpit_can_begin_at_a_role_at_words_and_at_a_screen(desk: Desk) -> None:
    role = next(role for role in acme_snapshot().roles if role.name == "CloudHealthReader")
    async with beginning(desk, Link(role=role.arn)) as screen:
        await screen.until(lambda: screen.cockpit.detail and screen.cockpit.detail.subject.id == role.arn)
        assert screen.state.pane is Pane.WHY
    async with beginning(desk, Link(words="party:vendor")) as screen:
        await screen.until(lambda: len(screen.state.view) < len(screen.state.rows.found))
        assert screen.state.filter_text == "party:vendor"
    async with beginning(desk, Link(sheet=Sheet.OVERVIEW), MEDIUM) as screen:
        await screen.sees("Open, by who gets in")
    async with beginning(desk, Link(role="arn:aws:iam::1:role/none")) as screen:
        await screen.sees("no role `arn:aws:iam::1:role/none`")


@pytest.mark.parametrize("size", [NARROW, MEDIUM])
async def test_a_role_on_whose_ways_in_nothing_was_found_is_shown_too(desk: Desk, size: tuple[int, int]) -> None:
    bad = {grant for finding in acme_analysis().findings for grant in finding.grants}
    quiet = next(grant for grant in acme_analysis().grants if grant.id not in bad)
    async with beginning(desk, Link(role=quiet.role), size) as screen:
        await screen.until(lambda: screen.cockpit.detail and screen.cockpit.detail.subject.id == quiet.role)
