"""The sign-off board: it tells what `trustview review` tells, and closing by it seals the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from trustview.analysis import Severity
from trustview.review import Decision, EntryKind, Reopened, Verdict, count_extents, find_faults, is_closed, make_entry
from trustview.store import ReviewStore, attest, open_snapshot, take_ledger
from trustview.ui.board import Board, Link
from trustview.ui.boards import make_board
from trustview.ui.showing import filtered
from trustview.ui.state import Pane, Sheet

from .sitting import MEDIUM, NARROW, NOW, REVIEW, Desk, Screen, sitting

AT = "2026-11-20T06:00:00Z"


def board_of(screen: Screen) -> Board:
    sitting = replace(screen.cockpit.sitting, review_id=screen.cockpit.review_id)
    return make_board(Sheet.SIGNOFF, sitting, screen.state)


def lines_of(board: Board) -> dict[str, tuple[str, str, Link | None]]:
    """The number, the words and the link of each line, by how it begins."""
    return {
        row.cells[0].text.strip(): (row.cells[1].text, row.cells[2].text, row.link)
        for row in board.rows
        if len(row.cells) == 3
    }


async def test_what_is_left_is_what_the_queue_shows_behind_it(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("a", "r")
        await screen.until(lambda: len(screen.state.decisions) == 2)
        lines, state = lines_of(board_of(screen)), screen.state
        left = [line for line in lines.values() if line[2] and line[2].words.startswith("is:open sev:")]
        assert len(left) > 1
        for number, _, link in left:
            assert link is not None
            word = link.words.rpartition(":")[2]
            shown = filtered(state, link.words).view
            assert int(number) == len([n for n in shown if state.rows[n].severity is Severity[word.upper()]])


async def test_coverage_is_the_ledger_and_the_seal_is_what_would_be_attested(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("a")
        await screen.until(lambda: len(screen.state.decisions) == 1)
        lines, reader = lines_of(board_of(screen)), screen.cockpit.reader
        for word, count in count_extents(take_ledger(reader)):
            assert lines[word][0] == f"{count:,}"
        told = attest(reader, screen.state.journal)
        assert lines["its SHA-256"][1] == told.snapshot_digest
        assert lines["steps before"][1] == told.journal_digest == screen.state.journal[-1].digest


@pytest.mark.parametrize("size", [NARROW, MEDIUM], ids=["80x24", "120x40"])
async def test_closing_takes_the_typed_number_of_what_stays_open(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        await screen.press("a")
        await screen.until(lambda: len(screen.state.decisions) == 1)
        left = screen.state.progress[1] - 1
        await screen.press("R")
        await screen.sees("Left", "C signs it off")
        await screen.press("C")
        await screen.sees(f"{left} items left open", "a statement?")
        await screen.type("as it stands")
        await screen.press("enter")
        await screen.sees(f"type {left}")
        await screen.type("yes")
        await screen.press("enter")
        await screen.sees(f"that is not {left}")
        assert not is_closed(screen.state.journal)
        await screen.press("ctrl+u")
        await screen.type(str(left))
        await screen.press("enter")
        await screen.until(lambda: is_closed(screen.state.journal))
        await screen.sees("Signed off", "by anna")
        seal = screen.state.journal[-1].digest
        assert seal in screen.state.notice.text

        await screen.press("q", "r")
        await screen.until(lambda: "was signed off by anna" in screen.state.notice.text)
        await screen.press("C")
        await screen.until(lambda: "signed off already" in screen.state.notice.text)
    with ReviewStore(desk.reviews) as reviews, open_snapshot(desk.snapshot) as snapshot:
        journal = reviews.journal(REVIEW)
        assert find_faults(reviews.kept(REVIEW), reviews.bases) == ()
        assert journal[-1].digest == seal
        signed = journal[-1].attestation
        assert signed is not None
        before = attest(snapshot, journal[:-1], "as it stands")
        assert replace(signed, inventory="", ledger="", extents=()) == before
        assert set(reviews.bases([signed.inventory, signed.ledger])) == {signed.inventory, signed.ledger}


async def test_a_question_that_is_left_signs_nothing(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("C")
        await screen.sees("a statement?")
        await screen.press("escape")
        await screen.sees("nothing is signed off")
        await screen.press("C")
        await screen.sees("a statement?")
        await screen.press("enter")
        await screen.sees("nothing can be decided afterwards")
        await screen.press("escape")
        await screen.sees("nothing is signed off")
        assert not screen.state.journal


async def test_what_somebody_decided_meanwhile_is_not_signed_unseen(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("C")
        await screen.sees("a statement?")
        with ReviewStore(desk.reviews) as reviews:
            item = screen.state.rows[5].id
            reviews.append(
                REVIEW, make_entry((), EntryKind.DECIDE, "bob", AT, [Decision(item, Verdict.REVOKE, "bob", AT)])
            )
        await screen.press("enter")
        await screen.sees("type ")
        await screen.type(str(screen.state.progress[1]))
        await screen.press("enter")
        await screen.until(lambda: "somebody decided in the review" in screen.state.notice.text)
        assert not is_closed(screen.state.journal)


async def test_what_is_disputed_and_what_is_open_again_is_listed_and_leads_to_its_item(desk: Desk) -> None:
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(desk.reviews) as reviews:
        one, two = snapshot.items()[3].id, snapshot.items()[4].id
        again = Reopened(two, Verdict.APPROVE, ("RCP `ours` is gone",), "effect-changed-text-same")
        begun = replace(make_entry((), EntryKind.START, "ann", AT), last="o/2026-Q3", reopened=(again,))
        first = reviews.append(REVIEW, begun)
        for who, verdict in (("ann", Verdict.APPROVE), ("bob", Verdict.REVOKE)):
            entry = make_entry((first,), EntryKind.DECIDE, who, AT, [Decision(one, verdict, who, AT)])
            reviews.append(REVIEW, replace(entry, seen=1))
    async with sitting(desk, MEDIUM) as screen:
        assert set(screen.state.conflicts) == {one}
        links = [row for row in board_of(screen).rows if row.link and row.link.item]
        assert {row.link.item: row.cells[2].text for row in links if row.link} == {
            one: "ann said approve, bob revoke",
            two: "RCP `ours` is gone",
        }
        await screen.press("R")
        await screen.sees("Conflicting", "Open again")
        board = screen.cockpit.bench.sheet.board
        assert board is not None
        line = next(n for n, row in enumerate(board.rows) if row.link and row.link.item == two)
        await screen.press(*["j"] * line, "enter")
        await screen.until(lambda: screen.state.pane is Pane.WHY)
        assert screen.state.row is not None
        assert screen.state.row.id == two


async def test_where_everything_is_decided_the_name_of_the_review_is_typed(desk: Desk, tmp_path: Path) -> None:
    at = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    with open_snapshot(desk.snapshot) as snapshot, ReviewStore(desk.reviews) as reviews:
        items = [row.id for row in snapshot.items() if row.severity is not None]
        all_of_them = [Decision(item, Verdict.REVOKE, "ann", at, "gone") for item in items]
        reviews.append(REVIEW, make_entry((), EntryKind.DECIDE, "ann", at, all_of_them))
    async with sitting(desk, MEDIUM) as screen:
        await screen.press("C")
        await screen.sees("everything is decided")
        await screen.press("enter")
        await screen.sees("type 2026-Q4")
        await screen.type("2026-Q4")
        await screen.press("enter")
        await screen.until(lambda: is_closed(screen.state.journal))
