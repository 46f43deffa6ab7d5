"""Was a journal tampered with? THE ONE PLACE that answers, from the kept texts alone and naming each entry.

Every entry is sealed on the one before it, and a sign-off also repeats the numbers that the entries before it give.
That the newest entries were cut off shows only against a seal that was noted elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from trustview.analysis import Severity
from trustview.review.attestation import Counts
from trustview.review.basis import digest_of
from trustview.review.decision import Decision, Entry, EntryKind, Verdict
from trustview.review.journal import current_decisions, read_entry, seal, write_entry

BasesOf = Callable[[Iterable[str]], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry that is not as it was kept; `reason` is a sentence for people: lower case, no full stop."""

    number: int
    reason: str


def find_faults(kept: Iterable[tuple[int, str]], bases_of: BasesOf | None = None) -> tuple[Fault, ...]:
    """Every entry of a journal that was changed, moved, forged or that another was taken away before.

    With `bases_of`, which gives kept texts by digest, also every entry that stands on a text that was.
    """
    return tuple(_faults(kept, bases_of))


def _faults(kept: Iterable[tuple[int, str]], bases_of: BasesOf | None) -> Iterator[Fault]:
    journal: list[Entry] = []
    previous, expected = "", 1
    for number, text in kept:
        if number != expected:
            yield Fault(number, f"it should be entry {expected}: an entry before it was taken away or added")
        expected = number + 1
        try:
            entry = read_entry(text)
        except (ValueError, RecursionError) as error:
            yield Fault(number, f"it cannot be read: {error}")
            previous = ""
            continue
        yield from (Fault(number, reason) for reason in _wrong(entry, number, text, previous))
        yield from (Fault(number, reason) for reason in _wrong_at_this_place(entry, journal))
        yield from (Fault(number, reason) for reason in (_wrong_below(entry, bases_of) if bases_of else ()))
        journal.append(entry)
        previous = entry.digest


def _wrong(entry: Entry, number: int, text: str, previous: str) -> Iterator[str]:
    if entry.number != number:
        yield f"it says that it is entry {entry.number}"
    if seal(entry).digest != entry.digest or write_entry(entry) != text:
        yield "it is not what its seal says: it was changed after it was kept"
    elif previous and entry.previous != previous:
        yield "it is sealed on another entry than the one before it"


def _wrong_at_this_place(entry: Entry, before: list[Entry]) -> Iterator[str]:
    if before and before[-1].kind is EntryKind.CLOSE:
        yield "it comes after the sign-off"
    if (entry.attestation is None) is (entry.kind is EntryKind.CLOSE):
        yield "only a sign-off attests, and every one does"
    elif entry.attestation is not None:
        if entry.attestation.journal_digest != (before[-1].digest if before else ""):
            yield "it signs off other entries than those before it"
        if entry.attestation.verdicts != tally_verdicts(current_decisions(before)):
            yield "the decisions that it counts are not those before it"


def _wrong_below(entry: Entry, bases_of: BasesOf) -> Iterator[str]:
    """What the entry stands on is not what it names."""
    sealed = (entry.attestation.inventory, entry.attestation.ledger) if entry.attestation else ()
    named = tuple(dict.fromkeys(filter(None, (*(one.basis for one in entry.decisions), *sealed))))
    texts = bases_of(named) if named else {}
    for digest in named:
        if digest not in texts:
            yield f"what it stands on was taken away: `{digest[:12]}`"
        elif digest_of(texts[digest]) != digest:
            yield f"what it stands on was changed after it was kept: `{digest[:12]}`"


# ── the numbers of a sign-off ────────────────────────────────────────────────────────────────────────────────────


def tally_verdicts(decisions: Mapping[str, Decision]) -> Counts:
    """How many items were decided in each way; ways that nobody took are left out."""
    counts = Counter(decision.verdict for decision in decisions.values())
    return tuple((verdict.value, counts[verdict]) for verdict in Verdict if counts[verdict])


def tally_undecided(items: Iterable[tuple[str, Severity | None]], decisions: Mapping[str, Decision]) -> Counts:
    """How many items with findings are open, by severity, worst first; items are (id, severity)."""
    counts = Counter(severity for item, severity in items if severity is not None and item not in decisions)
    return tuple((severity.word, counts[severity]) for severity in reversed(Severity) if counts[severity])
