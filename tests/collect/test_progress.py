"""How progress reads."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.collect import (
    AccountBegun,
    AccountRead,
    AccountState,
    Event,
    Notice,
    Progress,
    json_line,
    plain_line,
    progress_line,
)

HALF = Progress(accounts_total=40, done=20, calls=1234, rate=49.6, seconds_left=12.4)


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (Progress(calls=1), "reading the organization · 1 call"),
        (HALF, "██████████░░░░░░░░░░ 20/40 accounts · 1,234 calls (50/s) · about 12 s left"),
        (
            Progress(accounts_total=3, done=3, calls=9, failed=1, throttled=2, kept=4, seconds_left=0.0),
            "████████████████████ 3/3 accounts · 9 calls (0/s) · 1 with gaps · 2 throttled · 4 kept",
        ),
        (
            Progress(accounts_total=2, done=1, calls=9, is_stopping=True),
            "██████████░░░░░░░░░░ 1/2 accounts · 9 calls (0/s) · finishing what is under way; once more stops at once",
        ),
        (
            Progress(accounts_total=2, done=2, calls=9, waiting=23, seconds_left=0.0),
            "████████████████████ 2/2 accounts · 9 calls (0/s) · 23 questions to the organization left",
        ),
    ],
)
def test_the_line_of_a_terminal(progress: Progress, line: str) -> None:
    assert progress_line(progress, 200) == line


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (HALF, "20 of 40 accounts, 1,234 calls (50/s), about 12 s left"),
        (Progress(calls=3), "reading the organization, 3 calls"),
        (AccountRead("1", "Web", AccountState.READ), "read: 1 Web"),
        (AccountRead("1", "1", AccountState.UNREAD, "the hop is refused"), "not read: 1 (the hop is refused)"),
        (AccountBegun("1", "Web"), "begun: 1 Web"),
        (AccountBegun("1", "1", is_postponed=True), "to try again: 1"),
        (Notice("going on"), "going on"),
    ],
)
def test_the_lines_of_a_log(event: Event, line: str) -> None:
    assert plain_line(event) == line


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.2, "1 s"), (89.0, "89 s"), (90.0, "2 min"), (5399.0, "90 min"), (9000.0, "2.5 h")]
)
def test_the_time_left(seconds: float, told: str) -> None:
    assert f"about {told} left" in plain_line(Progress(accounts_total=9, seconds_left=seconds))


def test_at_80_columns_the_time_left_of_a_large_organization_is_still_there() -> None:
    large = Progress(
        accounts_total=2000, done=1999, calls=15_234, rate=350.0, failed=12, throttled=30, seconds_left=700.0
    )
    line = progress_line(large, 79)

    assert line.endswith("about 12 min left")
    assert line.startswith("1999/2000 accounts")
    assert progress_line(large, 120).startswith("█")
    assert progress_line(replace(large, done=2000, waiting=60), 79).endswith("60 questions left")


@pytest.mark.parametrize(
    ("event", "values"),
    [
        (Notice("going on"), {"event": "notice", "text": "going on"}),
        (
            AccountBegun("1", "Web"),
            {"event": "account_begun", "account": "1", "name": "Web", "is_postponed": False},
        ),
        (
            AccountRead("1", "Web \x1b[31m ✓", AccountState.PARTLY, "alias: refused", 1.23456),
            {
                "event": "account",
                "account": "1",
                "name": "Web \x1b[31m ✓",
                "state": "read in part",
                "reason": "alias: refused",
                "seconds": 1.235,
            },
        ),
        (
            Progress(9, 3, 1, 2, 40, 5, 6, 7, 1, rate=3.21, seconds_left=8.04, current=("Web",)),
            {
                "event": "progress",
                "accounts_total": 9,
                "accounts_done": 3,
                "accounts_with_gaps": 1,
                "accounts_to_try_again": 1,
                "accounts_being_read": ["Web"],
                "calls": 40,
                "calls_a_second": 3.2,
                "calls_throttled": 2,
                "calls_retried": 7,
                "parts_kept": 5,
                "questions_left": 6,
                "seconds_left": 8.0,
                "is_stopping": False,
            },
        ),
    ],
)
def test_the_lines_for_scripts(event: Event, values: dict[str, object]) -> None:
    line = json_line(event)

    assert json.loads(line) == {"version": 1, **values}
    assert line.isascii()
    assert line.isprintable()


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 120))
def test_a_line_is_never_wider_than_the_terminal(total: int, done: int, width: int) -> None:
    progress = Progress(
        accounts_total=total, done=min(done, total), calls=10**6, failed=7, throttled=9, seconds_left=1e5
    )

    assert len(progress_line(progress, width)) <= max(width, 1)
