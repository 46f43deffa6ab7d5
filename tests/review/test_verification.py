"""Verification: every tampering of the kept texts is found, and it names the entry."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustview.analysis import Severity
from trustview.review import (
    Attestation,
    Coverage,
    Decision,
    Entry,
    EntryKind,
    Verdict,
    current_decisions,
    find_faults,
    following_review,
    is_closed,
    make_entry,
    read_entry,
    review_under_way,
    seal,
    tally_undecided,
    tally_verdicts,
    write_entry,
)

AT = "2026-11-20T06:00:00Z"


def decision(item: str, verdict: Verdict = Verdict.APPROVE, note: str = "") -> Decision:
    return Decision(item, verdict, "ann", AT, note)


def attest(journal: tuple[Entry, ...], **other: object) -> Attestation:
    signed = Attestation(
        snapshot="20261120T060000Z",
        snapshot_digest="0" * 64,
        taken_at=AT,
        tool="1.0",
        checks=("role-open-to-everyone",),
        coverage=Coverage(3, 2, ("333333333333: denied",)),
        items=4,
        verdicts=tally_verdicts(current_decisions(journal)),
        undecided=(("high", 1),),
        journal_digest=journal[-1].digest if journal else "",
        statement="all is well",
    )
    return replace(signed, **other)  # type: ignore[arg-type]


def review(*, closed: bool = True, notes: tuple[str, ...] = ("", "é", "\u202e")) -> tuple[Entry, ...]:
    """Decisions of several kinds, an undo and a redo, and the sign-off."""
    journal: list[Entry] = [make_entry((), EntryKind.START, "ann", AT)]
    for number, note in enumerate(notes):
        verdict = list(Verdict)[number % len(Verdict)]
        journal.append(make_entry(journal, EntryKind.DECIDE, "ann", AT, [decision(f"item-{number}", verdict, note)]))
    journal.append(make_entry(journal, EntryKind.UNDO, "ann", AT))
    journal.append(make_entry(journal, EntryKind.REDO, "ann", AT))
    if closed:
        signed = attest(tuple(journal))
        journal.append(make_entry(journal, EntryKind.CLOSE, "ann", AT, attestation=signed))
    return tuple(journal)


def kept(journal: tuple[Entry, ...]) -> list[tuple[int, str]]:
    return [(entry.number, write_entry(entry)) for entry in journal]


def numbers(rows: list[tuple[int, str]]) -> list[int]:
    return [fault.number for fault in find_faults(rows)]


@pytest.mark.parametrize("closed", [True, False])
def test_a_journal_as_it_was_kept_has_no_fault(closed: bool) -> None:
    assert find_faults(kept(review(closed=closed))) == ()
    assert is_closed(review(closed=closed)) is closed
    assert find_faults([]) == ()


@pytest.mark.parametrize("entry", review(), ids=lambda entry: entry.kind)
def test_a_kept_entry_reads_as_it_was(entry: Entry) -> None:
    assert read_entry(write_entry(entry)) == entry


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_changed_byte_of_any_entry_names_the_entry(data: st.DataObject) -> None:
    rows = kept(review())
    index = data.draw(st.integers(0, len(rows) - 1))
    number, text = rows[index]
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != text[place]))
    rows[index] = (number, text[:place] + other + text[place + 1 :])

    assert number in numbers(rows)
    assert numbers(rows)[0] == number


@given(st.data())
def test_an_entry_that_was_taken_away_or_moved_is_noticed(data: st.DataObject) -> None:
    rows = kept(review())
    place = data.draw(st.integers(0, len(rows) - 2))
    moved = list(rows)
    moved[place], moved[place + 1] = (rows[place][0], rows[place + 1][1]), (rows[place + 1][0], rows[place][1])

    assert rows[place + 1][0] in numbers(rows[:place] + rows[place + 1 :])
    assert numbers(moved)[0] == rows[place][0]


def test_an_entry_that_was_changed_and_sealed_again_shows_in_the_next() -> None:
    journal = review()
    forged = seal(replace(journal[2], by="mallory"))
    rows = kept((*journal[:2], forged, *journal[3:]))

    assert numbers(rows) == [4]


def sealed_after(journal: tuple[Entry, ...], attestation: Attestation | None) -> list[tuple[int, str]]:
    entry = make_entry(journal, EntryKind.CLOSE, "mallory", AT, attestation=attestation)
    return kept((*journal, entry))


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ({"verdicts": (("approve", 99),)}, "the decisions that it counts are not those before it"),
        ({"journal_digest": "0" * 64}, "it signs off other entries than those before it"),
    ],
)
def test_a_sign_off_that_does_not_fit_its_review_is_noticed(lie: dict[str, object], reason: str) -> None:
    journal = review(closed=False)
    rows = sealed_after(journal, attest(journal, **lie))

    assert [(fault.number, fault.reason) for fault in find_faults(rows)] == [(len(rows), reason)]


def test_a_sign_off_attests_and_nothing_else_does() -> None:
    journal = review(closed=False)
    nothing = sealed_after(journal, None)
    elsewhere = kept((*journal, make_entry(journal, EntryKind.UNDO, "x", AT, attestation=attest(journal))))

    for rows in (nothing, elsewhere):
        assert [fault.reason for fault in find_faults(rows)] == ["only a sign-off attests, and every one does"]


def test_nothing_comes_after_a_sign_off() -> None:
    journal = review()
    later = make_entry(journal, EntryKind.DECIDE, "mallory", AT, [decision("item-0", Verdict.APPROVE)])

    assert [fault.reason for fault in find_faults(kept((*journal, later)))] == ["it comes after the sign-off"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(json_values)
def test_no_text_raises(value: object) -> None:
    assert numbers([(1, json.dumps(value))]) == [1]
    assert numbers([(1, str(value))]) == [1]


# ── the numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_verdicts_are_counted_in_the_order_in_which_people_read_them() -> None:
    decisions = {one.item: one for one in (decision("a", Verdict.REVOKE), decision("b"), decision("c", Verdict.REVOKE))}

    assert tally_verdicts(decisions) == (("approve", 1), ("revoke", 2))
    assert tally_verdicts({}) == ()


def test_what_is_open_is_counted_worst_first_and_only_where_something_was_found() -> None:
    items = (("a", Severity.HIGH), ("b", Severity.CRITICAL), ("c", None), ("d", Severity.HIGH))

    assert tally_undecided(items, {"d": decision("d")}) == (("critical", 1), ("high", 1))


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ((), "o-1/2026-Q4"),
        (("o-1/2026-Q4",), "o-1/2026-Q4"),
        (("o-1/2026-Q4", "o-1/2026-Q4-2", "o-1/2026-Q4-10"), "o-1/2026-Q4-10"),
        (("o-1/2026-Q4", "o-1/2026-Q3-2", "o-1/2026-Q4-x", "o-11/2026-Q4-3"), "o-1/2026-Q4"),
    ],
)
def test_the_newest_review_of_a_quarter_is_under_way(known: tuple[str, ...], expected: str) -> None:
    assert review_under_way("o-1/2026-Q4", known) == expected


def test_reviews_of_a_quarter_are_numbered_from_the_second() -> None:
    first = "o-1/2026-Q4"

    assert following_review(first, first) == "o-1/2026-Q4-2"
    assert following_review(first, "o-1/2026-Q4-9") == "o-1/2026-Q4-10"
