"""The journal: undo and redo behave like a list of steps, and a changed byte anywhere shows."""

from dataclasses import replace
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.review import (
    Decision,
    Entry,
    EntryKind,
    Verdict,
    current_decisions,
    find_conflicts,
    make_entry,
    replay,
    seal,
    step_to_redo,
    step_to_undo,
    verify_chain,
)

AT = "2026-11-20T06:00:00Z"
ITEMS = st.sampled_from("abc")
DECISIONS = st.builds(Decision, ITEMS, st.sampled_from(Verdict), st.just("ann"), st.just(AT), st.text(max_size=3))


@st.composite
def journals(draw: st.DrawFn, min_size: int = 0) -> tuple[Entry, ...]:
    journal: list[Entry] = []
    for kind in draw(st.lists(st.sampled_from(EntryKind), min_size=min_size, max_size=12)):
        decided = draw(st.lists(DECISIONS, max_size=3, unique_by=lambda decision: decision.item))
        cleared = draw(st.lists(ITEMS, max_size=2))
        is_step = kind is EntryKind.DECIDE
        journal.append(make_entry(journal, kind, "ann", AT, decided if is_step else (), cleared if is_step else ()))
    return tuple(journal)


def after(steps: list[Entry]) -> dict[str, Decision]:
    """What holds after these steps: a list, told anew."""
    found: dict[str, Decision] = {}
    for step in steps:
        for item in step.cleared:
            found.pop(item, None)
        for decision in step.decisions:
            found[decision.item] = decision
    return found


@given(journals())
def test_undo_and_redo_are_moves_in_a_list_of_steps(journal: tuple[Entry, ...]) -> None:
    steps: list[Entry] = []
    held = 0
    for entry in journal:
        if entry.kind is EntryKind.DECIDE:
            steps[held:] = [entry]
            held += 1
        elif entry.kind is EntryKind.UNDO:
            held = max(held - 1, 0)
        elif entry.kind is EntryKind.REDO:
            held = min(held + 1, len(steps))

    done, undone = replay(journal)

    assert list(done) == steps[:held]
    assert list(undone) == steps[held:][::-1]
    assert current_decisions(journal) == after(steps[:held])


@given(journals(), st.integers(1, 20))
def test_undoing_everything_leaves_nothing_and_redoing_it_brings_all_back(
    journal: tuple[Entry, ...], more: int
) -> None:
    before = current_decisions(journal)
    done, _ = replay(journal)
    steps = [*journal]
    for _ in range(len(done) + more):
        steps.append(make_entry(steps, EntryKind.UNDO, "ann", AT))

    assert current_decisions(steps) == {}
    for _ in range(len(done)):
        steps.append(make_entry(steps, EntryKind.REDO, "ann", AT))
    assert current_decisions(steps) == before
    assert verify_chain(steps) == 0


def test_a_whole_batch_is_one_step() -> None:
    batch = [Decision(item, Verdict.REVOKE, "ann", AT) for item in "abc"]
    journal = [make_entry((), EntryKind.DECIDE, "ann", AT, batch)]
    journal.append(make_entry(journal, EntryKind.UNDO, "ann", AT))

    assert current_decisions(journal) == {}


def test_undo_takes_back_only_what_one_said_oneself() -> None:
    mine, theirs = Decision("a", Verdict.REVOKE, "ann", AT), Decision("b", Verdict.APPROVE, "bob", AT)
    journal = [make_entry((), EntryKind.DECIDE, "ann", AT, [mine])]
    journal.append(make_entry(journal, EntryKind.DECIDE, "bob", AT, [theirs]))
    journal.append(make_entry(journal, EntryKind.UNDO, "ann", AT))

    assert current_decisions(journal) == {"b": theirs}
    assert step_to_undo(journal, "ann") is None
    assert step_to_undo(journal, "bob") == journal[1]
    assert step_to_redo(journal, "ann") == journal[0]
    assert step_to_redo(journal, "bob") is None


def test_what_carries_over_holds_and_no_undo_takes_it_back() -> None:
    held = Decision("a", Verdict.APPROVE, "ann", AT, carried_from="o/2026-Q3")
    journal = [replace(make_entry((), EntryKind.START, "ann", AT, [held]), last="o/2026-Q3")]
    journal.append(make_entry(journal, EntryKind.UNDO, "ann", AT))
    assert current_decisions(journal) == {"a": held}

    journal.append(make_entry(journal, EntryKind.DECIDE, "ann", AT, cleared=["a"]))
    assert current_decisions(journal) == {}


# ── several people ───────────────────────────────────────────────────────────────────────────────────────────────


def said(journal: list[Entry], by: str, verdict: Verdict, seen: int | None = None) -> None:
    """A decision on one item by somebody who had seen the journal up to an entry; all of it when not said."""
    before = journal if seen is None else journal[:seen]
    entry = make_entry(before, EntryKind.DECIDE, by, AT, [Decision("a", verdict, by, AT)])
    last = journal[-1] if journal else None
    journal.append(seal(replace(entry, number=len(journal) + 1, previous=last.digest if last else "")))


def test_two_who_decide_otherwise_at_once_are_in_conflict_and_both_stay() -> None:
    journal: list[Entry] = []
    said(journal, "ann", Verdict.APPROVE, 0)
    said(journal, "bob", Verdict.REVOKE, 0)

    (conflict,) = find_conflicts(journal).values()
    assert [(one.by, one.verdict) for one in conflict] == [("ann", Verdict.APPROVE), ("bob", Verdict.REVOKE)]
    assert current_decisions(journal)["a"].by == "bob"
    assert verify_chain(journal) == 0


@pytest.mark.parametrize(
    ("second", "verdict", "seen"),
    [("bob", Verdict.REVOKE, 1), ("bob", Verdict.APPROVE, 0), ("ann", Verdict.REVOKE, 0)],
    ids=["who had seen it", "who says the same", "the same person"],
)
def test_there_is_no_conflict_with(second: str, verdict: Verdict, seen: int) -> None:
    journal: list[Entry] = []
    said(journal, "ann", Verdict.APPROVE, 0)
    said(journal, second, verdict, seen)

    assert find_conflicts(journal) == {}


def test_whoever_has_seen_both_ends_a_conflict() -> None:
    journal: list[Entry] = []
    said(journal, "ann", Verdict.APPROVE, 0)
    said(journal, "bob", Verdict.REVOKE, 0)
    said(journal, "cid", Verdict.REVOKE)

    assert find_conflicts(journal) == {}


def test_a_third_who_had_seen_one_of_both_alone_does_not_end_it() -> None:
    journal: list[Entry] = []
    said(journal, "ann", Verdict.APPROVE, 0)
    said(journal, "bob", Verdict.REVOKE, 0)
    said(journal, "cid", Verdict.REVOKE, 1)

    assert set(find_conflicts(journal)) == {"a"}


def test_undo_of_one_side_ends_a_conflict() -> None:
    journal: list[Entry] = []
    said(journal, "ann", Verdict.APPROVE, 0)
    said(journal, "bob", Verdict.REVOKE, 0)
    journal.append(make_entry(journal, EntryKind.UNDO, "bob", AT))

    assert find_conflicts(journal) == {}
    assert current_decisions(journal)["a"].by == "ann"


def test_journals_that_do_not_say_what_was_seen_have_no_conflicts() -> None:
    journal: list[Entry] = []
    said(journal, "ann", Verdict.APPROVE, 0)
    said(journal, "bob", Verdict.REVOKE, 0)

    assert find_conflicts([replace(entry, seen=-1) for entry in journal]) == {}


def test_a_new_decision_ends_what_could_be_redone() -> None:
    first, second = (Decision("a", verdict, "ann", AT) for verdict in (Verdict.APPROVE, Verdict.REVOKE))
    journal = [make_entry((), EntryKind.DECIDE, "ann", AT, [first])]
    journal.append(make_entry(journal, EntryKind.UNDO, "ann", AT))
    journal.append(make_entry(journal, EntryKind.DECIDE, "ann", AT, [second]))
    journal.append(make_entry(journal, EntryKind.REDO, "ann", AT))

    assert current_decisions(journal) == {"a": second}


# ── the chain ────────────────────────────────────────────────────────────────────────────────────────────────────


@given(journals())
def test_an_untouched_journal_is_whole(journal: tuple[Entry, ...]) -> None:
    assert verify_chain(journal) == 0
    assert [entry.number for entry in journal] == list(range(1, len(journal) + 1))


@given(journals(min_size=1), st.data())
def test_any_changed_field_of_an_entry_shows(journal: tuple[Entry, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(journal) - 1))
    entry = journal[place]
    name, kind = data.draw(st.sampled_from(sorted(get_type_hints(Entry).items())))
    changed = replace(entry, **{name: data.draw(st.from_type(kind))})
    if changed == entry:
        return

    assert 0 < verify_chain((*journal[:place], changed, *journal[place + 1 :])) <= place + 1


@given(journals(min_size=1), st.data())
def test_any_changed_field_of_a_decision_shows(journal: tuple[Entry, ...], data: st.DataObject) -> None:
    decided = [(number, entry) for number, entry in enumerate(journal) if entry.decisions]
    if not decided:
        return
    number, entry = data.draw(st.sampled_from(decided))
    name, kind = data.draw(st.sampled_from(sorted(get_type_hints(Decision).items())))
    first = replace(entry.decisions[0], **{name: data.draw(st.from_type(kind))})
    if first == entry.decisions[0]:
        return
    changed = replace(entry, decisions=(first, *entry.decisions[1:]))

    assert verify_chain((*journal[:number], changed, *journal[number + 1 :])) == number + 1


@given(journals(min_size=2), st.data())
def test_a_removed_doubled_or_moved_entry_shows(journal: tuple[Entry, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(journal) - 2))
    removed = (*journal[:place], *journal[place + 1 :])
    doubled = (*journal[: place + 1], *journal[place:])
    moved = (*journal[:place], journal[place + 1], journal[place], *journal[place + 2 :])

    assert verify_chain(removed) == place + 1
    assert verify_chain(doubled) == place + 2
    assert verify_chain(moved) == place + 1


@given(journals(min_size=2), st.data())
def test_an_entry_that_was_changed_and_sealed_again_shows_in_the_next_one(
    journal: tuple[Entry, ...], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(journal) - 2))
    forged = seal(replace(journal[place], by="mallory"))

    assert verify_chain((*journal[:place], forged, *journal[place + 1 :])) == place + 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decision("a", Verdict.APPROVE, "ann", AT, note="b"), Decision("a", Verdict.APPROVE, "ann", AT, until="b")),
        (Decision("a", Verdict.APPROVE, "ann", AT, note='","'), Decision("a", Verdict.APPROVE, "ann", AT, note=",")),
        (Decision("é", Verdict.APPROVE, "ann", AT), Decision("e\u0301", Verdict.APPROVE, "ann", AT)),
        (Decision("\ud800", Verdict.APPROVE, "ann", AT), Decision("\ufffd", Verdict.APPROVE, "ann", AT)),
    ],
)
def test_what_looks_alike_is_sealed_apart(one: Decision, other: Decision) -> None:
    digests = {make_entry((), EntryKind.DECIDE, "ann", AT, [decision]).digest for decision in (one, other)}

    assert len(digests) == 2
