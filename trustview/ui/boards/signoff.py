"""Sign-off: what is left, on what people disagree, what is open again, what closing would seal, and what was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trustview.analysis import Severity
from trustview.review import Attestation, EntryKind, Extent, LedgerLine, Verdict, count_extents, is_closed
from trustview.store import Standing, take_ledger, take_standing
from trustview.ui.board import BLANK, Board, BoardRow, Link, heading
from trustview.ui.present.signs import SEVERITIES, UNREAD, VERDICTS, counted
from trustview.ui.sitting import Sitting
from trustview.ui.state import Sheet, State
from widgets.columns import Column
from widgets.tone import Cell, Tone

COLUMNS = (
    Column("what", "", None, min_width=26, weight=3),
    Column("count", "", 9, align="right"),
    Column("more", "", None, min_width=24, weight=4),
)
_OPENED = {Severity.CRITICAL: "critical", Severity.HIGH: "high", Severity.MEDIUM: "medium", Severity.LOW: "low"}


def signoff(sitting: Sitting, state: State) -> Board:
    """Everything that a reviewer looks at before the signature; enter on a line shows what it counts."""
    standing = take_standing(sitting.reader, sitting.reviews, sitting.review_id, state.journal)
    rows = (
        *_left(state, standing),
        BLANK,
        *_disputed(state, standing),
        *_again(state, standing),
        *(_sealed(state) if is_closed(state.journal) else _to_seal(sitting.review_id, standing.attestation)),
        BLANK,
        *_coverage(take_ledger(sitting.reader)),
    )
    return Board("Sign-off", COLUMNS, rows, note="signed off" if is_closed(state.journal) else "C signs it off")


def _line(what: str, count: int | None, more: str = "", link: Link | None = None, tone: Tone = Tone.PLAIN) -> BoardRow:
    number = Cell("" if count is None else f"{count:,}", tone if count else Tone.MUTED)
    return BoardRow((Cell(what, tone), number, Cell(more, Tone.MUTED)), link)


# ── what is left ─────────────────────────────────────────────────────────────────────────────────────────────────


def _left(state: State, standing: Standing) -> Iterator[BoardRow]:
    attestation = standing.attestation
    yield heading("Left", f"{standing.open:,}", f"of {counted(attestation.items, 'item')} with findings")
    for word, count in attestation.undecided:
        sign = SEVERITIES[Severity[word.upper()]]
        yield _line(f"  {sign.glyph} {word}", count, "not decided", Link(f"is:open sev:{word}"), sign.tone)
    if not standing.open:
        yield _line("  ✓ everything is decided", None, tone=Tone.GOOD)
    if state.skipped:
        yield _line("  skipped", state.skipped, "not decided, above the cursor in the queue", Link("is:open"))
    later = sum(one.verdict is Verdict.DEFER for one in state.decided.values())
    if later:
        sign = VERDICTS[Verdict.DEFER]
        yield _line(f"  {sign.glyph} deferred", later, "decided to be decided later", Link("is:deferred is:all"))


def _disputed(state: State, standing: Standing) -> Iterator[BoardRow]:
    if not standing.conflicts:
        return
    yield heading(
        "Conflicting", f"{len(standing.conflicts):,}", "the last one counts; whoever decides again settles it"
    )
    for item, (first, last) in standing.conflicts.items():
        told = f"{first.by} said {first.verdict.value}, {last.by} {last.verdict.value}"
        yield _item(state, item, told, Tone.HIGH)
    yield BLANK


def _again(state: State, standing: Standing) -> Iterator[BoardRow]:
    """What the last review had decided and this one has to decide again, and what was decided on something else."""
    start = next((entry for entry in state.journal if entry.kind is EntryKind.START), None)
    reopened = [one for one in (start.reopened if start else ()) if one.item not in state.decisions]
    if not reopened and not standing.outdated:
        return
    yield heading("Open again", f"{len(reopened) + len(standing.outdated):,}", "what they stood on is otherwise now")
    for one in reopened:
        yield _item(state, one.item, "; ".join(one.because), Tone.MEDIUM)
    for outdated in standing.outdated:
        yield _item(state, outdated.item, f"decided, but {'; '.join(outdated.because)}", Tone.HIGH)
    yield BLANK


def _item(state: State, item: str, more: str, tone: Tone) -> BoardRow:
    number = state.rows.number(item)
    name = state.rows[number].role_name if number is not None else item
    return _line(f"  {name}", None, more, Link(item=item) if number is not None else None, tone)


# ── what was read ────────────────────────────────────────────────────────────────────────────────────────────────


def _coverage(ledger: tuple[LedgerLine, ...]) -> Iterator[BoardRow]:
    """The ledger that `trustview review coverage` prints: its counts, and each source that was not read in full."""
    counts = dict(count_extents(ledger))
    yield heading("Coverage", f"{len(ledger):,}", "sources of accounts and Regions")
    for extent in Extent:
        tone = Tone.PLAIN if extent is Extent.READ or not counts[extent.value] else Tone.MEDIUM
        yield _line(f"  {extent.value}", counts[extent.value], tone=tone)
    for line in (line for line in ledger if line.extent is not Extent.READ):
        where = " ".join(filter(None, (line.name or line.account, line.source, line.region)))
        yield _line(f"    {UNREAD.glyph} {where}", None, "; ".join(line.why), Link(sheet=Sheet.GAPS), Tone.MEDIUM)


# ── the seal ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _to_seal(review: str, attestation: Attestation) -> Iterator[BoardRow]:
    yield heading("What closing would seal", "", "C asks for a statement and a typed confirmation")
    yield from _attested(review, attestation)
    yield _fact("steps before", attestation.journal_digest or "none")


def _sealed(state: State) -> Iterator[BoardRow]:
    last = state.journal[-1]
    yield heading("Signed off", "", f"by {last.by} at {last.at}")
    yield _fact("seal", f"{last.digest}: note it elsewhere, `trustview review verify --seal` asks for it")
    if last.attestation is not None:
        yield from _attested("", last.attestation)
        yield _fact("statement", last.attestation.statement or "none")


def _attested(review: str, one: Attestation) -> Iterator[BoardRow]:
    facts = (
        ("review", review),
        ("scope", one.scope),
        ("snapshot", f"{one.snapshot}, taken at {one.taken_at}"),
        ("its SHA-256", one.snapshot_digest),
        ("judged by", f"trustview {one.tool}, {counted(len(one.checks), 'check')}"),
        ("verdicts", _counts(one.verdicts)),
        ("left open", _counts(one.undecided)),
        ("accounts read", f"{one.coverage.accounts_read:,} of {one.coverage.accounts:,}"),
        ("gaps", f"{len(one.coverage.gaps):,}"),
    )
    yield from (_fact(label, value) for label, value in facts if value)


def _fact(label: str, value: str) -> BoardRow:
    return BoardRow((Cell(f"  {label}"), Cell(""), Cell(value, Tone.MUTED)))


def _counts(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{count:,} {word}" for word, count in counts) or "none"
