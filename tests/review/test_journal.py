"""The journal: undo and redo behave like a list of steps, and a changed byte anywhere shows."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.review import (
    Decision,
    Entry,
    EntryKind,
    Verdict,
    current_decisions,
    make_entry,
    replay,
    seal,
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
    journal.append(make_entry(journal, EntryKind.UNDO, "bob", AT))

    assert current_decisions(journal) == {}
    assert [entry.by for entry in journal] == ["ann", "bob"]


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
    name = data.draw(st.sampled_from([field.name for field in fields(Entry)]))
    other = data.draw(st.from_type(Entry))
    changed = replace(entry, **{name: getattr(other, name)})
    if changed == entry:
        return

    assert 0 < verify_chain((*journal[:place], changed, *journal[place + 1 :])) <= place + 1


@given(journals(min_size=1), st.data())
def test_any_changed_field_of_a_decision_shows(journal: tuple[Entry, ...], data: st.DataObject) -> None:
    decided = [(number, entry) for number, entry in enumerate(journal) if entry.decisions]
    if not decided:
        return
    number, entry = data.draw(st.sampled_from(decided))
    other = data.draw(st.from_type(Decision))
    name = data.draw(st.sampled_from([field.name for field in fields(Decision)]))
    first = replace(entry.decisions[0], **{name: getattr(other, name)})
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
