"""The pure steps from one state to the next."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trustview.analysis import Severity
from trustview.review import Decision, EntryKind, Verdict, make_entry, verify_chain
from trustview.ui.showing import filtered, refreshed, scoped, widened
from trustview.ui.state import Notice, Pane, State
from trustview.ui.steps import after_entry, begin, kin
from trustview.ui.view_state import view_of, with_view
from trustview.ui.whereabouts import at_member, at_next_pane, at_pane, at_row, at_undecided, stepped

from .rows import PLACES, items, table

ROWS = items(
    {"severity": Severity.CRITICAL},
    {"severity": Severity.HIGH, "accounts": ("222222222222", "111111111111"), "checks": ("a", "b")},
    {"severity": Severity.HIGH, "checks": ("a", "b"), "role_name": "other"},
    {"severity": Severity.LOW, "accounts": ("222222222222",)},
    {"severity": None, "checks": (), "accounts": ("444444444444",)},
)


def start() -> State:
    return begin(ROWS, PLACES, ())


def decide(state: State, verdict: Verdict, *numbers: int) -> State:
    decisions = [Decision(state.rows[n].id, verdict, "anna", "2026-11-20T09:00:00Z") for n in numbers]
    return keep(state, EntryKind.DECIDE, decisions)


def keep(
    state: State, kind: EntryKind, decisions: list[Decision] | None = None, cleared: tuple[str, ...] = ()
) -> State:
    entry = make_entry(state.journal, kind, "anna", "2026-11-20T09:00:00Z", decisions or (), cleared)
    return after_entry(state, entry, Notice("done"))


def test_a_review_begins_at_its_worst_item_with_findings_only() -> None:
    state = start()
    assert tuple(state.view) == (0, 1, 2, 3)
    assert state.cursor == 0
    assert state.progress == (0, 4)


def test_a_decision_advances_to_the_next_undecided_item_and_keeps_the_decided_one_in_sight() -> None:
    state = decide(start(), Verdict.APPROVE, 0)
    assert tuple(state.view) == (0, 1, 2, 3)
    assert state.cursor == 1
    assert state.progress == (1, 4)


def test_with_is_open_a_decided_item_leaves_the_queue() -> None:
    state = decide(filtered(start(), "is:open"), Verdict.REVOKE, 0)
    assert tuple(state.view) == (1, 2, 3)
    assert state.cursor == 1


def test_after_the_last_decision_the_cursor_stays() -> None:
    state = decide(start(), Verdict.APPROVE, 0, 1, 2)
    assert state.cursor == 3
    state = decide(state, Verdict.APPROVE, 3)
    assert state.cursor == 3
    assert state.progress == (4, 4)


def test_the_next_undecided_item_is_searched_round_the_end() -> None:
    state = decide(start(), Verdict.APPROVE, 1, 2)
    assert at_undecided(at_row(state, 3), 1).cursor == 0
    assert at_undecided(at_row(state, 0), 1).cursor == 3
    assert at_undecided(at_row(state, 3), -1).cursor == 0


def test_undo_takes_a_whole_batch_back_and_goes_to_its_first_item() -> None:
    state = replace(start(), marks=frozenset((1, 2)))
    assert state.targets == (1, 2)
    state = decide(state, Verdict.REVOKE, *state.targets)
    assert not state.marks
    state = keep(state, EntryKind.UNDO)
    assert state.progress == (0, 4)
    assert state.cursor == 1
    state = keep(state, EntryKind.REDO)
    assert state.progress == (2, 4)
    assert verify_chain(state.journal) == 0


def test_marks_come_before_the_cursor() -> None:
    state = start()
    assert state.targets == (0,)
    assert replace(state, marks=frozenset((3, 1))).targets == (1, 3)
    assert replace(state, cursor=None).targets == ()


def test_an_ou_narrows_the_queue_to_everything_below_it() -> None:
    assert tuple(scoped(start(), "ou-prod").view) == (0, 1, 2)
    assert tuple(scoped(start(), "222222222222").view) == (1, 3)
    assert tuple(scoped(start(), "333333333333").view) == ()
    assert scoped(start(), "333333333333").cursor is None


def test_the_root_means_no_scope_at_all() -> None:
    assert scoped(scoped(start(), "ou-dev"), "r-1").scope == ""


def test_widening_drops_the_filter_then_the_scope() -> None:
    state = filtered(scoped(start(), "ou-dev"), "sev:low")
    assert tuple(state.view) == (3,)
    wider = widened(state)
    assert wider is not None
    assert tuple(refreshed(wider).view) == (1, 3)
    widest = widened(wider)
    assert widest is not None
    assert tuple(refreshed(widest).view) == (0, 1, 2, 3)
    assert widened(widest) is None


def test_a_filter_keeps_the_cursor_on_its_row_or_goes_to_the_next_one() -> None:
    state = at_row(start(), 2)
    assert filtered(state, "sev:high").cursor == 2
    assert filtered(state, "sev:low").cursor == 3
    assert filtered(state, "sev:critical").cursor == 0
    assert filtered(state, "sev:info").cursor is None


def test_a_word_that_cannot_be_read_leaves_the_others_in_force() -> None:
    state = filtered(start(), "check:b sev:hgih")
    assert tuple(state.view) == (1, 2)
    assert "hgih" in state.filter.problem
    assert filtered(state, "").filter.problem == ""


def test_moving_stops_at_both_ends() -> None:
    assert stepped(start(), -1).cursor == 0
    assert stepped(start(), 99).cursor == 3
    assert stepped(replace(start(), view=(), cursor=None), 1).cursor is None


def test_accounts_of_a_fleet_go_round() -> None:
    state = at_row(start(), 1)
    assert at_member(state, 1).member == 1
    assert at_member(at_member(state, 1), 1).member == 0
    assert at_member(start(), 1).notice.text
    assert at_row(at_member(state, 1), 2).member == 0


def test_kin_have_the_same_checks() -> None:
    assert kin(at_row(start(), 1)) == (1, 2)
    assert kin(start()) == (0, 3)


def test_panes_follow_one_another_and_a_hidden_scope_is_passed_over() -> None:
    state = at_pane(start(), Pane.FIX)
    assert state.detail is Pane.FIX
    assert at_next_pane(state, 1).pane is Pane.SCOPE
    assert at_next_pane(replace(state, is_scope_hidden=True), 1).pane is Pane.QUEUE
    assert at_next_pane(replace(at_pane(state, Pane.QUEUE), is_scope_hidden=True), -1).pane is Pane.FIX
    assert at_pane(replace(state, is_scope_hidden=True), Pane.SCOPE).is_scope_hidden is False


def test_decisions_on_items_of_another_snapshot_do_no_harm() -> None:
    entry = make_entry(
        (), EntryKind.DECIDE, "anna", "2026-11-20T09:00:00Z", [Decision("gone", Verdict.APPROVE, "a", "b")]
    )
    state = begin(ROWS, PLACES, (entry,))
    assert state.progress == (0, 4)
    assert keep(state, EntryKind.UNDO).progress == (0, 4)


# ── the view is kept ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_view_comes_back_as_it_was() -> None:
    state = filtered(scoped(start(), "ou-prod"), "sev:high")
    state = at_pane(
        replace(at_row(state, 2), marks=frozenset((1, 3)), is_zoomed=True, is_scope_hidden=True), Pane.GRAPH
    )
    again = with_view(start(), view_of(state))
    assert replace(again, filter=state.filter) == state


def test_a_view_of_another_snapshot_keeps_what_still_stands() -> None:
    view = view_of(replace(at_row(start(), 3), marks=frozenset((0, 3))))
    fewer = begin(table(*ROWS[:2]), PLACES, ())
    again = with_view(fewer, view)
    assert again.marks == frozenset((0,))
    assert again.cursor == 0


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(list(view_of(start()))), json_values))
def test_a_damaged_view_is_passed_over(view: dict[str, object]) -> None:
    state = with_view(start(), {**view, "format": 1})
    assert isinstance(state.pane, Pane)
    assert state.cursor is None or state.cursor in state.view


@given(st.lists(st.tuples(st.sampled_from(["approve", "undo", "redo", "clear"]), st.integers(0, 4)), max_size=12))
def test_whatever_is_pressed_the_progress_is_that_of_the_journal(steps: list[tuple[str, int]]) -> None:
    state = start()
    for what, number in steps:
        if what == "approve":
            state = decide(state, Verdict.APPROVE, number)
        elif what == "clear":
            state = keep(state, EntryKind.DECIDE, cleared=(ROWS[number].id,))
        else:
            state = keep(state, EntryKind.UNDO if what == "undo" else EntryKind.REDO)
        assert state.cursor in state.view
    again = begin(ROWS, PLACES, state.journal)
    assert again.decisions == state.decisions
    assert again.progress == state.progress
