"""The top line, the line of notices, and the question lines of the prompt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from trustview.analysis import Severity
from trustview.review import Entry, Verdict, is_closed
from trustview.ui.present.signs import VERDICTS, counted, severity_sign
from trustview.ui.state import State
from widgets.status_line import Segment
from widgets.tone import Cell, Line, Tone

TwoSides = tuple[list[Segment], list[Segment]]
_BAR = 10
_ROOMY = 100


def top_line(state: State, organization: str, review: str, taken_at: str, gaps: int, width: int) -> TwoSides:
    """What is under review, how far it is, from when it is, and what is missing; left and right segments."""
    decided, total = state.progress
    filled = decided * _BAR // total if total else 0
    is_roomy = width >= _ROOMY
    bar = Segment(f"{'━' * filled}{'╌' * (_BAR - filled)}", Tone.ACCENT, 5)
    left = [
        Segment("trustview", Tone.HEADING, 0),
        Segment(organization, Tone.STRONG, 1),
        Segment(review, Tone.PLAIN, 3),
        *((bar,) if is_roomy else ()),
        Segment(f"{decided:,}/{total:,} decided", Tone.GOOD if total and decided == total else Tone.PLAIN, 2),
        *((Segment(f"{total - decided:,} left", Tone.PLAIN, 4),) if is_roomy and decided < total else ()),
        *((Segment("signed off", Tone.GOOD, 1),) if is_closed(state.journal) else ()),
    ]
    taken = f"snapshot {short_moment(taken_at)}" if is_roomy else short_moment(taken_at)
    missing = Segment(f"! {counted(gaps, 'gap')}", Tone.MEDIUM, 1) if gaps else Segment("no gaps", Tone.MUTED, 6)
    return left, [Segment(taken, Tone.MUTED, 4), missing]


def short_moment(moment: str) -> str:
    """`2026-11-20T06:00:00Z` as `2026-11-20 06:00Z`."""
    day, _, time = moment.partition("T")
    return f"{day} {time[:5]}Z" if time else day


def notice_line(state: State) -> Line:
    """The last notice; a refusal or an error has a sign."""
    if state.notice.is_bad:
        return (Cell(f"✗ {state.notice.text}", Tone.CRITICAL),)
    return (Cell(state.notice.text),) if state.notice.text else ()


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────


def severity_counts(state: State, numbers: Iterable[int]) -> str:
    """`✖1 ▲4 ■33`: how bad the items are."""
    counts = Counter(state.rows[number].severity for number in numbers)
    order: tuple[Severity | None, ...] = (*reversed(Severity), None)
    return " ".join(f"{severity_sign(severity).glyph}{counts[severity]:,}" for severity in order if counts[severity])


def about(state: State, numbers: tuple[int, ...]) -> str:
    """What a question is about: the item by its role and who gets in, or so many with their severities."""
    if len(numbers) == 1:
        row = state.rows[numbers[0]]
        if not row.grants:
            return row.role_name
        return f"{row.role_name.rpartition('/')[2]} ← {row.party_name or row.principal}"
    return f"{counted(len(numbers), 'item')} ({severity_counts(state, numbers)})"


def about_briefly(state: State, numbers: tuple[int, ...]) -> str:
    """The same for a notice: the role alone, or so many."""
    if len(numbers) == 1:
        return state.rows[numbers[0]].role_name.rpartition("/")[2]
    return counted(len(numbers), "item")


def say_decided(state: State, verdict: Verdict, numbers: tuple[int, ...], how: str = "") -> str:
    """What was just decided, and how where that has to be said."""
    what = " ".join(filter(None, (about_briefly(state, numbers), how)))
    return f"{VERDICTS[verdict].glyph} {verdict.value}: {what} · u undoes it"


def say_step(state: State, entry: Entry) -> str:
    """What a step of the journal did."""
    numbers = state.rows.numbers((*entry.cleared, *(decision.item for decision in entry.decisions)))
    items = tuple(numbers[d.item] for d in entry.decisions if d.item in numbers)
    if items:
        return f"{entry.decisions[0].verdict.value} of {about_briefly(state, items)}"
    cleared = tuple(numbers[item] for item in entry.cleared if item in numbers)
    return f"clearing of {about_briefly(state, cleared)}" if cleared else "a step on items of another snapshot"
