"""The use of an item in words and shades: who came by its grants, when, and how far that can be seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from trustview.analysis import (
    WEEKDAYS,
    CallerUse,
    Grant,
    KnownUse,
    UseState,
    callers_of_uses,
    describe_coverage,
    habit_of,
    quarter_of,
    read_moment,
)
from trustview.ui.detail import Detail, SeenUse
from trustview.ui.places import Places
from trustview.ui.present.signs import counted
from widgets.fact_list import Fact, Heading
from widgets.tone import Cell, Tone
from widgets.use_strip import HeatRow, heat_lines

Lines = Iterator[Fact | Heading]

_TONES: Mapping[UseState, Tone] = {UseState.USED: Tone.STRONG, UseState.UNUSED: Tone.MEDIUM, UseState.UNKNOWN: Tone.LOW}
_HOURS = ("0", "6", "12", "18")
_MOST_CALLERS = 6
# Narrow enough, with its labels, for the pane of a terminal of 80 columns: each shade of the quarter is two days.
_STRIP = 50


def use_facts(detail: Detail, places: Places) -> Lines:
    """What is known of the use of each of the item's grants in this role."""
    seen = detail.use
    if seen is None:
        return
    for grant in detail.grants:
        known = seen.by_grant[grant.id]
        yield Heading("Use", grant.principal.value if len(detail.grants) > 1 else "")
        for number, reason in enumerate(known.reasons):
            yield Fact(" " if number else "use", reason, Tone.PLAIN if number else _TONES[known.state])
        yield from _callers(known, places)
        yield from _window(known)
        yield from _strips(known, seen)


def role_use_facts(seen: SeenUse, grants: Iterable[Grant], places: Places) -> Lines:
    """What is known of the use of a role as a whole: every caller with all that its calls told, and each way in."""
    whole = seen.whole
    yield Heading("Use of the role", counted(whole.count, "call"))
    for number, reason in enumerate(whole.reasons):
        yield Fact(" " if number else "use", reason, Tone.PLAIN if number else _TONES[whole.state])
    yield from _window(whole)
    yield from _strips(whole, seen)
    callers = callers_of_uses(whole.uses)
    yield Heading("Who came", counted(len(callers), "caller"))
    for one in callers:
        yield Fact("", _caller(one, places))
        yield from _details(one)
    yield Heading("By which way in")
    for grant in grants:
        known = seen.by_grant[grant.id]
        name = Cell(grant.party_name or grant.principal.value, Tone.STRONG)
        told = f" · {known.state.value}, {counted(known.count, 'call')}"
        yield Fact(f"{grant.statement} {grant.sid}".rstrip(), (name, Cell(told, _TONES[known.state])))
        if known.state is not UseState.USED:
            yield from (Fact(" ", reason, Tone.MUTED) for reason in known.reasons)


def _details(one: CallerUse) -> Lines:
    """From when, whence and with what a caller came."""
    told = (
        ("since", one.first[:10]),
        ("by", ", ".join(action.removeprefix("sts:") for action in one.actions)),
        ("from", ", ".join(one.origins)),
        ("with", ", ".join(one.agents)),
        ("in", ", ".join(one.regions)),
        ("as", ", ".join(one.source_identities)),
        ("ExternalId", f"in {counted(one.with_external_id, 'call')}" if one.with_external_id else ""),
    )
    line = " · ".join(f"{label} {text}" for label, text in told if text)
    if line:
        yield Fact("", (Cell(f"    {line}", Tone.MUTED),))


def _window(known: KnownUse) -> Lines:
    for number, sentence in enumerate(describe_coverage(known.coverage)):
        is_hole = number > 0 or known.coverage.start is None
        yield Fact(" " if number else "window", sentence, Tone.MEDIUM if is_hole else Tone.MUTED)


def _callers(known: KnownUse, places: Places) -> Lines:
    callers = callers_of_uses(known.uses)
    for number, one in enumerate(callers[:_MOST_CALLERS]):
        yield Fact(" " if number else "callers", _caller(one, places))
    if len(callers) > _MOST_CALLERS:
        yield Fact(" ", f"and {len(callers) - _MOST_CALLERS} more: `trustview usage` lists them", Tone.MUTED)


def _caller(one: CallerUse, places: Places) -> tuple[Cell, ...]:
    """The name that people know first, then how often and when last."""
    name = one.caller.partition(":role/")[2] or one.caller.partition(":user/")[2] or one.caller
    account = places.name(one.account) if one.account else ""
    where = f" @ {account}" if account and account != name else ""
    told = [counted(one.count, "call"), *([f"{one.refused} refused"] if one.refused else [])]
    told += [f"{one.with_mfa} with MFA"] if one.with_mfa else []
    return (Cell(name, Tone.STRONG), Cell(where), Cell(f" · {', '.join(told)}, last {one.last[:10]}", Tone.MUTED))


def _strips(known: KnownUse, seen: SeenUse) -> Lines:
    """The days of the quarter, those that nobody saw marked, and the hours of the week."""
    now = read_moment(seen.taken_at)
    if now is None or (known.coverage.start is None and not known.count):
        return
    counts = [count for _, count in quarter_of(known.uses, known.coverage, now)]
    for line in heat_lines([HeatRow("day", counts)], (), _STRIP):
        yield Fact("", line)
    if known.count:
        rows = [
            HeatRow(name, counts, str(sum(counts) or ""))
            for name, counts in zip(WEEKDAYS, habit_of(known.uses, seen.hours), strict=True)
        ]
        for line in heat_lines(rows, _HOURS, _STRIP):
            yield Fact("", line)
    yield Fact("", f"the last 90 days, and hours in {seen.hours.timezone}: · none, ░▒▓█ more, ? not seen", Tone.MUTED)
