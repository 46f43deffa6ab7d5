"""Overview: how the review stands, where the risk is, what is new, and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from trustview.analysis import Party, Severity
from trustview.errors import StoreError
from trustview.review import Verdict
from trustview.store import ItemRow, open_snapshot
from trustview.ui.board import BLANK, Board, BoardRow, Link, heading
from trustview.ui.filter import PARTY_WORDS
from trustview.ui.present.queue import OpenCounts
from trustview.ui.present.signs import PARTIES, SEVERITIES, UNREAD, VERDICTS, counted
from trustview.ui.sitting import Sitting
from trustview.ui.state import Sheet, State
from widgets.columns import Column
from widgets.tone import Cell, Tone

_SHOWN = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
COLUMNS = (
    Column("what", "", None, min_width=24, weight=3),
    *(Column(severity.word, severity.word, 9, align="right") for severity in _SHOWN),
    Column("more", "", None, min_width=12, weight=2, priority=1),
)
_BAR = 20


def overview(sitting: Sitting, state: State) -> Board:
    """The whole review on one screen; enter on a line shows what it counts."""
    rows = (
        *_progress(state),
        BLANK,
        *_news(sitting, state),
        BLANK,
        *_coverage(sitting, state),
        BLANK,
        *_units(state),
        BLANK,
        *_parties(state),
    )
    return Board("Overview", COLUMNS, rows, note="enter shows what a line counts")


# ── how far ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _progress(state: State) -> Iterator[BoardRow]:
    decided, total = state.progress
    filled = _BAR * decided // total if total else 0
    bar = f"{'━' * filled}{'╌' * (_BAR - filled)} {100 * decided // total if total else 100} %"
    yield heading("The review")
    found = state.rows.items.by_severity()
    done = Counter(row.severity for row in _decided(state))
    left = {severity: count - done[severity] for severity, count in found.items()}
    yield _line("  open", left, Link("is:open"), f"{total - decided:,} of {total:,}")
    yield _line("  decided", done, Link("is:decided is:found"), bar)
    for verdict, sign in VERDICTS.items():
        of_verdict = Counter(row.severity for row in _decided(state, verdict))
        if of_verdict:
            yield _line(f"    {sign.glyph} {sign.word}", of_verdict, Link(f"is:{_STATES[verdict]} is:found"))


_STATES = {
    Verdict.APPROVE: "approved",
    Verdict.REVOKE: "revoked",
    Verdict.NARROW: "narrowed",
    Verdict.ACCEPT_RISK: "accepted",
    Verdict.DEFER: "deferred",
}


def _decided(state: State, verdict: Verdict | None = None) -> Iterator[ItemRow]:
    """The rows with findings that were decided, or decided so."""
    found = len(state.rows.found)
    numbers = (n for n, one in state.decided.items() if n < found and (verdict is None or one.verdict is verdict))
    return (state.rows[number] for number in numbers)


# ── where ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _units(state: State) -> Iterator[BoardRow]:
    """The OUs two levels deep, and accounts that stand beside them; those with the worst first, and none without."""
    counts = OpenCounts(state)
    yield heading("Open, by OU")
    for place, depth in _tree(state, counts, "", 0):
        name = f"{'  ' * (depth + 1)}{state.places.name(place)}"
        yield _line(name, counts.of(place), Link("is:open", place))


def _tree(state: State, counts: OpenCounts, above: str, depth: int) -> Iterator[tuple[str, int]]:
    open_places = [place for place in state.places.children(above) if counts.of(place)]
    for place in sorted(open_places, key=lambda one: [-counts.of(one).get(s, 0) for s in reversed(Severity)]):
        is_shown = depth < 2 or not state.places.by_id[place].is_account
        if is_shown and depth < 3:
            yield place, depth
            yield from _tree(state, counts, place, depth + 1)


def _parties(state: State) -> Iterator[BoardRow]:
    yield heading("Open, by who gets in")
    found = state.rows.items.by_party()
    done = Counter((row.party, row.severity) for row in _decided(state))
    for party in sorted(Party, key=lambda one: not one.is_outside):
        left = {severity: found.get((party, severity), 0) - done[party, severity] for severity in Severity}
        if any(left.values()):
            sign = PARTIES[party]
            yield _line(f"  {sign.short}", left, Link(f"party:{PARTY_WORDS[party]} is:open"), sign.word)


# ── what is new, what is missing ─────────────────────────────────────────────────────────────────────────────────


def _news(sitting: Sitting, state: State) -> Iterator[BoardRow]:
    yield heading("Since the snapshot before")
    if sitting.earlier is None:
        yield BoardRow((Cell("  this is the first snapshot", Tone.MUTED),))
        return
    try:
        with open_snapshot(sitting.earlier) as before:
            then = before.items().found_ids()
    except StoreError as error:
        yield BoardRow((Cell(f"  not known: {error}", Tone.MEDIUM),))
        return
    now = state.rows.items.found_ids()
    new = Counter(severity for item, severity in now.items() if item not in then)
    gone = Counter(severity for item, severity in then.items() if item not in now)
    yield _line("  items that are new", new, Link(sheet=Sheet.CHANGES), "enter lists the changes")
    yield _line("  items that are gone", gone, Link(sheet=Sheet.CHANGES))


def _coverage(sitting: Sitting, state: State) -> Iterator[BoardRow]:
    summary = sitting.reader.summary()
    yield heading("Coverage")
    read = f"{summary.accounts_read:,} of {counted(summary.accounts, 'account')} read"
    yield BoardRow((Cell(f"  {read}, {counted(summary.roles, 'role')}"),))
    if summary.gaps:
        text = f"  {UNREAD.glyph} {counted(summary.gaps, 'gap')}, enter lists them"
        yield BoardRow((Cell(text, Tone.MEDIUM),), Link(sheet=Sheet.GAPS))
    unread = sum(place.is_unread for place in state.places.places)
    if unread:
        yield BoardRow((Cell(f"  {counted(unread, 'account')} not read in full", Tone.MEDIUM),), Link(sheet=Sheet.GAPS))


def _line(text: str, counts: Mapping[Any, int], link: Link, more: str = "") -> BoardRow:
    """A line with a number under each severity; what is none steps back."""
    return BoardRow((Cell(text), *(_number(s, counts.get(s, 0)) for s in _SHOWN), Cell(more, Tone.MUTED)), link)


def _number(severity: Severity, count: int) -> Cell:
    sign = SEVERITIES[severity]
    return Cell(f"{sign.glyph} {count:,}", sign.tone) if count else Cell("·", Tone.MUTED)
