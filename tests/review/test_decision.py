"""What a decision needs before it can be taken."""

import re
from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.review import Verdict, check_decision

TODAY = "2026-11-20"
NOTE, DAY, BAD_DAY, PAST = "a note is needed", "a day is needed", "is no day", "is not in the future"


@pytest.mark.parametrize(
    ("verdict", "items", "note", "until", "said"),
    [
        # one item: only verdicts that leave a problem open need a note and a day
        (Verdict.APPROVE, 1, "", "", ""),
        (Verdict.REVOKE, 1, "", "", ""),
        (Verdict.NARROW, 1, "", "", ""),
        (Verdict.ACCEPT_RISK, 1, "", "", NOTE),
        (Verdict.DEFER, 1, "", "", NOTE),
        (Verdict.ACCEPT_RISK, 1, "contract ends", "", DAY),
        (Verdict.DEFER, 1, "ann asks", "", DAY),
        (Verdict.ACCEPT_RISK, 1, "contract ends", "2027-02-20", ""),
        (Verdict.DEFER, 1, "ann asks", "2026-11-21", ""),
        # several items: always a note
        (Verdict.APPROVE, 2, "", "", NOTE),
        (Verdict.REVOKE, 40, "", "", NOTE),
        (Verdict.NARROW, 2, "   \t", "", NOTE),
        (Verdict.APPROVE, 2, "same fleet", "", ""),
        (Verdict.DEFER, 2, "ann asks", "2026-12-01", ""),
        # what is no note
        (Verdict.DEFER, 1, " \n ", "2026-12-01", NOTE),
        # days
        (Verdict.DEFER, 1, "x", "2026-11-20", PAST),
        (Verdict.DEFER, 1, "x", "2026-11-19", PAST),
        (Verdict.DEFER, 1, "x", "2027-02-29", BAD_DAY),
        (Verdict.DEFER, 1, "x", "2028-02-29", ""),
        (Verdict.DEFER, 1, "x", "2100-02-29", BAD_DAY),
        (Verdict.DEFER, 1, "x", "2027-04-31", BAD_DAY),
        (Verdict.DEFER, 1, "x", "2027-13-01", BAD_DAY),
        (Verdict.DEFER, 1, "x", "2027-00-10", BAD_DAY),
        (Verdict.DEFER, 1, "x", "2027-1-1", BAD_DAY),
        (Verdict.DEFER, 1, "x", "20270101", BAD_DAY),
        (Verdict.DEFER, 1, "x", "2027-01-01T00:00:00Z", BAD_DAY),
        (Verdict.DEFER, 1, "x", "tomorrow", BAD_DAY),
        (Verdict.DEFER, 1, "x", "٢٠٢٧-٠١-٠١", BAD_DAY),
        (Verdict.DEFER, 1, "x", "²⁰²⁷-⁰¹-⁰¹", BAD_DAY),
        (Verdict.DEFER, 1, "x", " 2027-01-01", BAD_DAY),
        # a verdict that needs no day takes no notice of one
        (Verdict.APPROVE, 1, "", "yesterday", ""),
    ],
)
def test_what_is_missing_is_said(verdict: Verdict, items: int, note: str, until: str, said: str) -> None:
    answer = check_decision(verdict, items, note, until, TODAY)

    assert said in answer
    assert bool(said) == bool(answer)


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)))
def test_every_day_of_the_calendar_is_a_day(day: date) -> None:
    answer = check_decision(Verdict.DEFER, 1, "x", day.isoformat(), TODAY)

    assert answer == ("" if day > date(2026, 11, 20) else f"`{day}` is not in the future")


@given(st.text(max_size=12) | st.from_regex(r"\d{4}-\d{2}-\d{2}", fullmatch=True))
def test_what_no_calendar_has_is_no_day(text: str) -> None:
    is_shaped = re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None
    year, month, day = map(int, text.split("-")) if is_shaped else (0, 0, 0)
    exists = year > 0 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]

    assert (check_decision(Verdict.ACCEPT_RISK, 1, "x", text, "0000-00-00") == "") == exists


def test_a_note_and_a_day_are_needed_by_the_same_verdicts() -> None:
    needing = {verdict for verdict in Verdict if verdict.needs_note}

    assert needing == {verdict for verdict in Verdict if verdict.needs_date} == {Verdict.ACCEPT_RISK, Verdict.DEFER}
    later = str(date(2026, 11, 20) + timedelta(days=1))
    assert [check_decision(verdict, 5, "why", later, TODAY) for verdict in Verdict] == [""] * len(Verdict)
