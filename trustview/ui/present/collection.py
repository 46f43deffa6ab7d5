"""The words of the collect screen: how far it is, one row per account, what is missing in one, which keys work."""

from __future__ import annotations

from collections.abc import Sequence

from trustview.collect import AccountState, duration
from trustview.ui.collection import AccountLine, Collection, Phase
from trustview.ui.present.signs import Sign, counted
from widgets.columns import Column
from widgets.fact_list import Fact, Heading
from widgets.key_help import KeyHint
from widgets.status_line import Segment
from widgets.tone import Cell, Line, Tone

_BAR = 12
READING = Sign("…", "reading", "being read", Tone.ACCENT)
WAITING = Sign("↷", "later", "failed, and is tried again at the end", Tone.MEDIUM)
STATES = {
    AccountState.READ: Sign("✓", "read", "read in full", Tone.GOOD),
    AccountState.KEPT: Sign("=", "kept", "read by an earlier run and kept", Tone.GOOD),
    AccountState.PARTLY: Sign("!", "in part", "read in part", Tone.MEDIUM),
    AccountState.UNREAD: Sign("x", "not read", "not read", Tone.HIGH),
}
COLUMNS = (
    Column("state", "state", 10),
    Column("account", "account", 12, priority=2),
    Column("name", "name", min_width=12),
    Column("seconds", "seconds", 7, align="right", priority=3),
    Column("reason", "missing", min_width=10, weight=3, priority=1),
)


def sign_of(line: AccountLine) -> Sign:
    """How an account stands."""
    if line.state is None:
        return WAITING if line.is_postponed else READING
    return STATES[line.state]


class AccountRows:
    """The rows of the table."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection

    def cells(self, row: int) -> Sequence[Cell]:
        """State, account, name, seconds, what is missing."""
        line = self.collection.lines[row]
        sign = sign_of(line)
        seconds = line.seconds if line.state is not None else self.collection.clock() - line.since
        return (
            sign.cell,
            Cell(line.account, Tone.MUTED),
            Cell(line.name, Tone.STRONG if line.has_gaps else Tone.PLAIN),
            Cell(f"{seconds:,.1f}", Tone.MUTED),
            Cell(line.reason, sign.tone if line.has_gaps else Tone.MUTED),
        )


_TITLES = {
    Phase.READING: ("collecting", Tone.STRONG),
    Phase.STOPPING: ("stopping", Tone.MEDIUM),
    Phase.ANALYSING: ("analysing", Tone.STRONG),
    Phase.STOPPED: ("stopped", Tone.MEDIUM),
    Phase.FAILED: ("interrupted", Tone.CRITICAL),
    Phase.DONE: ("collected", Tone.GOOD),
}


def top_line(collection: Collection) -> tuple[list[Segment], list[Segment]]:
    """How far it is, and how long it takes; left and right segments."""
    progress = collection.progress
    title, tone = _TITLES[collection.phase]
    left = [Segment("trustview", Tone.HEADING, 3), Segment(title, tone, 0)]
    if not progress.accounts_total:
        return [*left, Segment("reading the organization", Tone.PLAIN, 1)], []
    filled = _BAR * progress.done // progress.accounts_total
    left += [
        Segment(f"{'━' * filled}{'╌' * (_BAR - filled)}", Tone.ACCENT, 4),
        Segment(f"{progress.done:,}/{progress.accounts_total:,} accounts", Tone.PLAIN, 0),
    ]
    is_telling = collection.phase is Phase.READING and progress.seconds_left is not None and not progress.is_complete
    return left, [Segment(f"about {duration(progress.seconds_left or 0)} left", Tone.STRONG, 1)] if is_telling else []


def numbers_line(collection: Collection) -> tuple[list[Segment], list[Segment]]:
    """Calls and their rate; what is missing, throttled, tried again, kept; left and right segments."""
    progress = collection.progress
    gaps = Tone.HIGH if progress.failed else Tone.MUTED
    left = [
        Segment(counted(progress.calls, "call"), Tone.PLAIN, 1),
        Segment(f"{progress.rate:,.0f}/s", Tone.MUTED, 2),
        Segment(f"{progress.throttled:,} throttled", Tone.MEDIUM if progress.throttled else Tone.MUTED, 3),
        Segment(f"{progress.retried:,} asked again", Tone.MUTED, 5),
        Segment(f"{progress.postponed:,} to try again", Tone.MEDIUM if progress.postponed else Tone.MUTED, 4),
        Segment(f"{counted(progress.kept, 'part')} kept", Tone.MUTED, 6),
    ]
    if progress.waiting and progress.done == progress.accounts_total:
        left.insert(0, Segment(f"{counted(progress.waiting, 'question')} to the organization left", Tone.STRONG, 0))
    return left, [Segment(f"{counted(progress.failed, 'account')} with gaps", gaps, 0)]


def account_facts(line: AccountLine | None) -> tuple[Fact | Heading, ...]:
    """All that is told of one account."""
    if line is None:
        return (Fact("", "no account has begun"),)
    sign = sign_of(line)
    reasons = [Fact("missing", reason, sign.tone) for reason in line.reason.split("; ") if reason]
    return (Heading(line.name, line.account), Fact("state", sign.word, sign.tone, sign.glyph), *reasons)


_SAID = {
    Phase.STOPPING: "finishing what is under way and keeping it; s once more stops at once",
    Phase.ANALYSING: "everything is read; the snapshot is analysed and saved",
    Phase.STOPPED: "stopped; what was read is kept: c goes on where it was, q leaves",
}


def notice_line(collection: Collection) -> Line:
    """What there is to know or to do now."""
    if collection.phase is Phase.FAILED:
        return (Cell(f"✗ {collection.notice}", Tone.CRITICAL),)
    if collection.phase is Phase.DONE:
        missing = f"! {counted(collection.gaps, 'gap')}: nothing is concluded from what is missing"
        told = Cell(missing, Tone.MEDIUM) if collection.gaps else Cell("✓ all that was asked for was read", Tone.GOOD)
        return told, Cell(" · enter goes on")
    said = _SAID.get(collection.phase, collection.notice)
    return (Cell(said),) if said else ()


_KEYS = {
    Phase.READING: (KeyHint("s", "stop"),),
    Phase.STOPPING: (KeyHint("s", "stop at once"),),
    Phase.ANALYSING: (),
    Phase.STOPPED: (KeyHint("c", "go on"),),
    Phase.FAILED: (KeyHint("c", "go on"),),
    Phase.DONE: (KeyHint("enter", "go on"),),
}


def footer(phase: Phase, *, only_gaps: bool) -> tuple[KeyHint, ...]:
    """The keys that work now, the most important first."""
    return (
        *_KEYS[phase],
        KeyHint("!", "all accounts" if only_gaps else "only gaps", "exclamation_mark"),
        KeyHint("j", "down"),
    )


LEAVE = KeyHint("q", "leave")
