"""Journal: the append-only list of what was decided; the current decisions are a view of it.

Rule 1: nothing is changed or removed; undo and redo are entries too, so undo has no limit and no step is ever lost.
Rule 2: each entry is sealed with the one before it, so that a changed byte shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from trustview.review.attestation import Attestation
from trustview.review.decision import Decision, Entry, EntryKind, Verdict
from trustview.review.scope import Scope
from trustview.snapshot.codec import decode, encode

Journal = Sequence[Entry]


def make_entry(
    journal: Journal,
    kind: EntryKind,
    by: str,
    at: str,
    decisions: Iterable[Decision] = (),
    cleared: Iterable[str] = (),
    attestation: Attestation | None = None,
) -> Entry:
    """The next entry of a journal, sealed."""
    previous = journal[-1].digest if journal else ""
    number = journal[-1].number + 1 if journal else 1
    entry = Entry(
        number, kind, by, at, tuple(decisions), tuple(cleared), previous, attestation=attestation, seen=number - 1
    )
    return seal(entry)


def is_closed(journal: Journal) -> bool:
    """Whether the review is signed off."""
    return bool(journal) and journal[-1].kind is EntryKind.CLOSE


def write_entry(entry: Entry) -> str:
    """The text that is kept of an entry: always the same for the same entry."""
    return json.dumps(encode(entry), ensure_ascii=True)


def read_entry(text: str) -> Entry:
    """The entry of a kept text; ValueError when it is none."""
    value = json.loads(text)
    if not isinstance(value, dict) or not isinstance(value.get("decisions", []), list):
        raise ValueError("not an entry")
    decisions = tuple(map(_read_decision, value.pop("decisions", [])))
    return replace(decode(Entry, value), decisions=decisions)


def _read_decision(value: Any) -> Decision:  # noqa: ANN401 -- whatever JSON gave
    """One decision, read by hand: an entry may hold a hundred thousand."""
    if not isinstance(value, dict):
        raise ValueError("not a decision")
    given = {name: item for name, item in value.items() if name in _TEXTS}
    if not all(type(item) is str for item in given.values()):
        raise ValueError("not a decision: a text belongs where there is none")
    because = value.get("because", ())
    if not isinstance(because, list | tuple) or not all(type(sentence) is str for sentence in because):
        raise ValueError("not a decision: `because` is a list of texts")
    try:
        return Decision(**{**given, "verdict": Verdict(given.get("verdict"))}, because=tuple(because))  # type: ignore[arg-type]
    except TypeError as error:
        raise ValueError(f"not a decision: {error}") from error


_TEXTS = frozenset(field.name for field in fields(Decision)) - {"because"}


def seal(entry: Entry) -> Entry:
    """The entry with the digest over all it says, the digest before it included."""
    text = json.dumps(encode(replace(entry, digest="")), sort_keys=True, ensure_ascii=True)
    return replace(entry, digest=hashlib.sha256(text.encode()).hexdigest())


def verify_chain(journal: Journal) -> int:
    """The number of the first entry that was tampered with; 0 when the chain is whole."""
    previous = ""
    for number, entry in enumerate(journal, start=1):
        if entry.number != number or entry.previous != previous or seal(entry).digest != entry.digest:
            return number
        previous = entry.digest
    return 0


def replay(journal: Journal) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The steps that hold, in order, and those that redo would bring back, the next one last.

    Undo and redo are about one's own steps: what others decided stays as they said it.
    """
    done: list[Entry] = []
    undone: list[Entry] = []
    for entry in journal:
        if entry.kind is EntryKind.DECIDE:
            done.append(entry)
            undone = [one for one in undone if one.by != entry.by]
        elif entry.kind is EntryKind.UNDO:
            _move(done, undone, entry.by)
        elif entry.kind is EntryKind.REDO:
            _move(undone, done, entry.by)
    return tuple(sorted(done, key=lambda entry: entry.number)), tuple(undone)


def _move(source: list[Entry], target: list[Entry], by: str) -> None:
    """The last step of one person, from one list to the other."""
    place = next((index for index in reversed(range(len(source))) if source[index].by == by), None)
    if place is not None:
        target.append(source.pop(place))


def step_to_undo(journal: Journal, by: str) -> Entry | None:
    """The step that undo of one person takes back."""
    return next((entry for entry in reversed(replay(journal)[0]) if entry.by == by), None)


def step_to_redo(journal: Journal, by: str) -> Entry | None:
    """The step that redo of one person brings back."""
    return next((entry for entry in reversed(replay(journal)[1]) if entry.by == by), None)


def current_decisions(journal: Journal) -> dict[str, Decision]:
    """The decision that holds for each decided item: those that carried over, then what people said since."""
    decisions = {one.item: one for entry in journal if entry.kind is EntryKind.START for one in entry.decisions}
    for entry in replay(journal)[0]:
        for item in entry.cleared:
            decisions.pop(item, None)
        decisions |= {decision.item: decision for decision in entry.decisions}
    return decisions


def find_conflicts(journal: Journal) -> dict[str, tuple[Decision, Decision]]:
    """Items on which somebody decided otherwise without having seen what another said: the first and the last of both.

    Both stay in the journal and the last one counts, until somebody who has seen both decides again.
    """
    last: dict[str, tuple[Entry, Decision]] = {}
    found: dict[str, tuple[Decision, Decision]] = {}
    for entry in replay(journal)[0]:
        for item in entry.cleared:
            last.pop(item, None)
            found.pop(item, None)
        for decision in entry.decisions:
            before = last.get(decision.item)
            if before and _is_blind(before[0], entry) and _says(before[1]) != _says(decision):
                found[decision.item] = (before[1], decision)
            elif before is None or not _is_blind(before[0], entry):
                found.pop(decision.item, None)
            last[decision.item] = (entry, decision)
    return found


def _is_blind(first: Entry, second: Entry) -> bool:
    """Whether the second was said by somebody else, who had not seen the first."""
    return first.by != second.by and 0 <= second.seen < first.number


def _says(decision: Decision) -> tuple[str, ...]:
    return decision.verdict, decision.until, decision.assignee, decision.change


def current_scope(journal: Journal) -> Scope:
    """What the review is limited to, as it was begun."""
    return next((entry.scope for entry in journal if entry.scope is not None), Scope())


def current_assignments(journal: Journal) -> dict[str, str]:
    """Who decides on which OU or account, by its id: the last word counts."""
    return {one.place: one.reviewer for entry in journal for one in entry.assigned}
