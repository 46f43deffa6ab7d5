"""What a reviewer does in a sitting, by keyboard alone, at the two sizes that most terminals have."""

from __future__ import annotations

import pytest

from trustview.analysis import Party, Severity
from trustview.review import Verdict
from trustview.store import ReviewStore
from trustview.ui.state import Pane, Sheet

from .sitting import MEDIUM, NARROW, REVIEW, WIDE, Desk, sitting

SIZES = pytest.mark.parametrize("size", [NARROW, MEDIUM], ids=["80x24", "120x40"])


@SIZES
async def test_the_worst_finding_is_first_and_says_why_at_once(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        row = screen.state.row
        assert row is not None
        assert row.severity is Severity.CRITICAL
        assert row.party is Party.PUBLIC
        await screen.sees("CRIT", "device-farm-runner", "Everyone on AWS can become the role", "because")


@SIZES
async def test_the_graph_shows_who_gets_in_and_walks_to_other_roles_and_back(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        await screen.filter("role:networkadmin")
        await screen.press("4")
        await screen.sees("who comes in (1)", "user ops-martin", "what it can become")
        await screen.press("l", "enter")
        await screen.until(lambda: len(screen.state.trail) == 2)
        await screen.sees("NetworkAdmin ›")
        await screen.press("backspace")
        await screen.until(lambda: len(screen.state.trail) == 1)
        await screen.press("backspace")
        assert screen.state.pane is Pane.QUEUE


async def test_a_large_fan_in_opens_party_by_party_and_account_by_account_and_closes_again(desk: Desk) -> None:
    async with sitting(desk) as screen:
        graph = screen.cockpit.bench.graph.graph
        await screen.filter("role:partner-sync everyone")
        await screen.press("4", "z")
        await screen.sees("anyone with an AWS account (1)", "users and roles, organization ×")
        await screen.press("G", "enter")
        await screen.sees("users and roles of Web Production ×")
        at = graph.cursor
        await screen.press("enter")
        await screen.until(lambda: len(screen.state.opened) == 2)
        assert graph.cursor == at
        assert graph.cursor_edge is not None
        assert graph.cursor_edge.node.id.startswith("arn:")
        await screen.press("backspace", "backspace")
        assert screen.state.opened == ()
        assert graph.cursor_edge.node.label == "users and roles, organization"
        assert screen.state.pane is Pane.GRAPH


@SIZES
async def test_the_proposed_change_is_shown_in_words_and_as_a_difference(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        await screen.filter("check:vendor-without datadog")
        await screen.press("5", "z")
        await screen.sees(
            "change 1", "require `sts:ExternalId`", "closes", '9 +       "Action"', '10 +       "Condition"'
        )


@SIZES
async def test_a_decision_is_one_key_and_goes_on_to_the_next(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        first = screen.state.row
        assert first is not None
        await screen.press("r")
        await screen.until(lambda: screen.state.progress[0] == 1)
        assert screen.state.decisions[first.id].verdict is Verdict.REVOKE
        assert screen.state.decisions[first.id].by == "anna"
        assert screen.state.cursor == 1
        name, found = first.role_name.rpartition("/")[2], screen.state.progress[1]
        await screen.sees(f"✗ revoke: {name}", f"1/{found} decided")
        with ReviewStore(desk.reviews) as reviews:
            assert len(reviews.journal(REVIEW)) == 1


async def test_accepting_a_risk_asks_until_when_and_why(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("w")
        await screen.sees("until which day", "2027-02-18")
        await screen.press("ctrl+u")
        await screen.type("2020-01-01")
        await screen.press("enter")
        await screen.sees("`2020-01-01` is not in the future")
        await screen.press("ctrl+u")
        await screen.type("2027-01-31")
        await screen.press("enter")
        await screen.sees("why?")
        await screen.type("an SCP bounds it")
        await screen.press("enter")
        await screen.until(lambda: screen.state.progress[0] == 1)
        decision = next(iter(screen.state.decisions.values()))
        assert (decision.verdict, decision.until, decision.note) == (
            Verdict.ACCEPT_RISK,
            "2027-01-31",
            "an SCP bounds it",
        )
        await screen.until(lambda: screen.cockpit.focused is screen.cockpit.bench.queue.table)
        await screen.press("K", "3")
        await screen.sees("accept risk until 2027-01-31, by anna", "an SCP bounds it")


async def test_deferring_asks_to_whom(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("d")
        await screen.sees("to whom?")
        await screen.type("network team")
        await screen.press("enter")
        await screen.sees("until which day")
        await screen.press("enter")
        await screen.sees("why?")
        await screen.type("they own it")
        await screen.press("enter")
        await screen.until(lambda: screen.state.progress[0] == 1)
        decision = next(iter(screen.state.decisions.values()))
        assert (decision.assignee, decision.until) == ("network team", "2026-12-04")


async def test_a_question_that_is_left_decides_nothing(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("w")
        await screen.sees("until which day")
        await screen.press("escape")
        await screen.sees("nothing is decided")
        assert not screen.state.journal


@SIZES
async def test_marks_are_decided_together_with_a_note_and_undone_as_one_step(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        await screen.press("space", "space", "space", "r")
        await screen.sees("revoke 3 items (✖3)", "why?")
        await screen.press("enter")
        await screen.sees("an answer is needed")
        await screen.type("nobody uses them")
        await screen.press("enter")
        await screen.until(lambda: screen.state.progress[0] == 3)
        assert {d.note for d in screen.state.decisions.values()} == {"nobody uses them"}
        assert not screen.state.marks
        await screen.press("u")
        await screen.until(lambda: screen.state.progress[0] == 0)
        await screen.sees("undid: revoke of 3 items")
        assert screen.state.cursor == 0
        await screen.press("U")
        await screen.until(lambda: screen.state.progress[0] == 3)
        await screen.press("u", "u")
        await screen.sees("nothing to undo")


@SIZES
async def test_a_whole_fleet_is_one_decision(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        await screen.filter("is:fleet")
        row = screen.state.row
        assert row is not None
        assert len(row.accounts) > 1
        await screen.sees(f"×{len(row.accounts)} accounts", f"account 1 of {len(row.accounts)}")
        await screen.press("full_stop")
        await screen.sees(f"account 2 of {len(row.accounts)}")
        await screen.press("a")
        await screen.until(lambda: screen.state.progress[0] == 1)


async def test_all_like_this_are_marked_by_one_key(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.filter("check:trusts-unapproved-vendor")
        await screen.press("F")
        await screen.until(lambda: bool(screen.state.marks))
        row = screen.state.row
        assert row is not None
        assert all(screen.state.rows[number].checks == row.checks for number in screen.state.marks)
        await screen.press("backslash")
        await screen.until(lambda: not screen.state.marks)
        await screen.press("asterisk")
        await screen.until(lambda: screen.state.marks == frozenset(screen.state.view))


async def test_all_of_one_party_are_marked_by_one_key_and_decided_by_the_next(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.filter("who:datadog is:all")
        row = screen.state.row
        assert row is not None
        await screen.filter("is:all")
        await screen.until(lambda: len(screen.state.view) == len(screen.state.rows))
        await screen.press("P")
        await screen.until(lambda: bool(screen.state.marks))
        same = {n for n in screen.state.view if screen.state.rows[n].party is row.party}
        named = {n for n in same if screen.state.rows[n].party_name == row.party_name}
        assert screen.state.marks == named
        assert 1 < len(named) < len(same)
        await screen.press("r")
        await screen.sees("why?")
        await screen.type("the contract ended")
        await screen.press("enter")
        await screen.until(lambda: len(screen.state.decisions) == len(named))


@SIZES
async def test_the_queue_is_narrowed_to_one_ou_and_widened_again(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        await screen.press("b", "j")
        await screen.sees("Infrastructure")
        await screen.press("enter")
        await screen.until(lambda: screen.state.scope == "ou-acme-infra001")
        assert screen.state.pane is Pane.QUEUE
        await screen.sees("with findings in Infrastructure")
        inside = screen.state.places.all_below("ou-acme-infra001")
        await screen.until(lambda: all(inside.intersection(screen.state.rows[n].accounts) for n in screen.state.view))
        assert screen.state.view
        await screen.press("backspace")
        await screen.until(lambda: not screen.state.scope and len(screen.state.view) == screen.state.progress[1])


@SIZES
async def test_filter_words_narrow_while_they_are_typed_and_a_bad_one_is_named(
    desk: Desk, size: tuple[int, int]
) -> None:
    async with sitting(desk, size) as screen:
        await screen.press("slash")
        await screen.type("party:vendor sev:high")
        await screen.until(lambda: screen.state.filter_text == "party:vendor sev:high")
        await screen.sees("▌ 2 Queue", "/ party:vendor sev:high")
        shown = screen.state.view
        await screen.type(" reach:perhaps")
        await screen.sees("✗ `perhaps` is no reach")
        await screen.press("escape")
        await screen.until(lambda: screen.state.filter_text == "")
        await screen.sees("▌ 2 Queue")
        assert len(screen.state.view) > len(shown)


async def test_every_grant_is_one_key_away(desk: Desk) -> None:
    async with sitting(desk) as screen:
        found = len(screen.state.view)
        await screen.press("A")
        await screen.until(lambda: len(screen.state.view) == len(screen.state.rows))
        await screen.sees("every grant")
        await screen.press("A")
        await screen.until(lambda: len(screen.state.view) == found)


async def test_gaps_are_counted_in_sight_and_listed_by_one_key(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.sees("! 3 gaps")
        await screen.press("exclamation_mark")
        await screen.sees("People Production  111100002222", "`sts:AssumeRole` was refused")
        await screen.press("q")
        assert screen.state.sheet is Sheet.NONE


@SIZES
async def test_help_tells_the_keys_of_the_pane_and_the_palette_every_command(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        await screen.press("4", "question_mark")
        await screen.sees("Keys in the graph pane", "put the role in")
        await screen.press("question_mark")
        assert screen.state.sheet is Sheet.NONE
        await screen.press("colon")
        await screen.until(lambda: screen.cockpit.screen is not screen.cockpit.bench)
        await screen.type("every grant")
        await screen.pilot.pause(0.3)
        await screen.press("escape")


async def test_a_command_of_the_palette_runs(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.press("ctrl+p")
        await screen.until(lambda: screen.cockpit.screen is not screen.cockpit.bench)
        await screen.type("revoke: remove")
        await screen.pilot.pause(0.4)
        await screen.press("enter")
        await screen.until(lambda: screen.state.progress[0] == 1)


async def test_next_and_previous_work_from_every_pane(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        for key in ("3", "4", "5"):
            await screen.press(key)
            before = screen.state.cursor
            pane = screen.state.pane
            assert before is not None
            await screen.press("J")
            assert screen.state.cursor == before + 1
            await screen.press("K")
            assert screen.state.cursor == before
            await screen.press("right_square_bracket")
            assert screen.state.cursor == before + 1
            assert screen.state.pane is pane


@SIZES
async def test_quit_and_start_again_find_everything_as_it_was(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk, size) as screen:
        await screen.filter("sev:high")
        await screen.press("j", "j", "a", "space", "J", "5", "z")
        await screen.until(lambda: screen.state.is_zoomed)
        left = screen.state
        await screen.press("ctrl+q")
    async with sitting(desk, size) as screen:
        again = screen.state
        assert (again.filter_text, again.view, again.cursor) == (left.filter_text, left.view, left.cursor)
        assert (again.marks, again.pane, again.detail, again.is_zoomed) == (left.marks, Pane.FIX, Pane.FIX, True)
        assert again.decisions == left.decisions
        assert len(again.marks) == 1
        await screen.press("u")
        await screen.until(lambda: not screen.state.decisions)


async def test_q_goes_back_step_by_step_and_leaves_at_last(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.filter("sev:high")
        await screen.press("4", "z", "q")
        assert not screen.state.is_zoomed
        await screen.press("q")
        assert screen.state.pane is Pane.QUEUE
        await screen.press("q")
        assert not screen.state.filter_text
        assert screen.cockpit.is_running
        await screen.pilot.press("q")
        await screen.until(lambda: not screen.cockpit.is_running or screen.cockpit._exit)


@pytest.mark.parametrize("size", [(79, 24), (80, 19), (40, 10), (20, 5)])
async def test_a_terminal_that_is_too_small_says_so_and_decides_nothing(desk: Desk, size: tuple[int, int]) -> None:
    async with sitting(desk) as screen:
        await screen.pilot.resize_terminal(*size)
        await screen.sees("trustview")
        assert "Queue" not in screen.text
        await screen.press("a")
        assert not screen.state.decisions
        await screen.pilot.resize_terminal(80, 24)
        await screen.sees("Queue")


async def test_the_top_line_says_at_once_what_there_is_room_for(desk: Desk) -> None:
    async with sitting(desk, MEDIUM) as screen:
        await screen.until(lambda: "left" in screen.lines[0])
        await screen.pilot.resize_terminal(*NARROW)
        await screen.until(lambda: len(screen.lines[0]) == NARROW[0] and "left" not in screen.lines[0])
        assert "…" not in screen.lines[0]
        await screen.pilot.resize_terminal(*MEDIUM)
        await screen.until(lambda: "left" in screen.lines[0])


async def test_at_200_cells_all_panes_are_seen_at_once(desk: Desk) -> None:
    async with sitting(desk, WIDE) as screen:
        await screen.sees("1 Scope", "2 Queue", "3 Why", "4 Graph", "5 Fix", "who comes in", "because")


async def test_copy_tells_what_was_copied(desk: Desk) -> None:
    async with sitting(desk) as screen:
        await screen.filter("role:networkadmin")
        await screen.press("y")
        await screen.sees("copied arn:aws:iam::777700001111:role/NetworkAdmin")
        assert screen.cockpit.clipboard == "arn:aws:iam::777700001111:role/NetworkAdmin"


async def test_without_colour_signs_and_words_say_everything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with sitting(desk) as screen:
        assert screen.cockpit.theme == "ansi-dark"
        await screen.press("r", "space")
        await screen.until(lambda: screen.state.marks)
        await screen.sees("✗ ✖ CRIT", " ●   ✖ CRIT", "▌    ✖ CRIT", "▌ 2 Queue", "[3 Why]")
