"""What is told of the time left: from what was read here, accounts or questions, whichever takes longer."""

import asyncio

import pytest

from trustview.collect import AccountState, Event, Progress
from trustview.collect.aws import Counts
from trustview.collect.meter import Meter

from .cloud.virtual_time import run_virtually


def last_progress(accounts: int, questions: int, done: int, answered: int, state: AccountState) -> Progress:
    """The progress after ten seconds, in which so much was done."""
    told: list[Event] = []

    async def run() -> None:
        meter = Meter(told.append, Counts())
        meter.plan(accounts)
        meter.plan_questions(questions)
        await asyncio.sleep(10)
        for number in range(done):
            meter.begin(str(number), "any")
            meter.end(str(number), state, "")
        for _ in range(answered):
            meter.answer()
        meter.tell(at_once=True)

    run_virtually(run())
    progress = told[-1]
    assert isinstance(progress, Progress)
    return progress


@pytest.mark.parametrize(
    ("accounts", "questions", "done", "answered", "seconds"),
    [
        (100, 0, 10, 0, 90.0),
        (100, 110, 10, 10, 100.0),
        (100, 20, 10, 10, 90.0),
        (10, 110, 10, 10, 100.0),
        (10, 0, 10, 0, 0.0),
        (100, 0, 2, 0, None),
        (100, 100, 50, 2, None),
    ],
)
def test_the_time_left_is_that_of_what_takes_longer(
    accounts: int, questions: int, done: int, answered: int, seconds: float | None
) -> None:
    progress = last_progress(accounts, questions, done, answered, AccountState.READ)

    assert progress.seconds_left == (None if seconds is None else pytest.approx(seconds))
    assert (progress.done, progress.waiting) == (done, questions - answered)


def test_accounts_that_were_kept_say_nothing_of_the_time_left() -> None:
    assert last_progress(100, 0, 50, 0, AccountState.KEPT).seconds_left is None
