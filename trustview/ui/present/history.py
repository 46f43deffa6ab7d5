"""The history of a role: what every review came to, and what changed from snapshot to snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterator

from trustview.analysis import GrantDifference, pretty_policy
from trustview.snapshot import Difference, DifferenceKind, Role
from trustview.snapshot import Subject as DifferenceSubject
from trustview.ui.past import Moment, Past, Said
from trustview.ui.present.differences import EFFECTS, WRITTEN
from trustview.ui.present.signs import UNREAD, VERDICTS, counted, day_of
from trustview.ui.present.titles import name_of_caller
from widgets.fact_list import Fact, Heading
from widgets.sections import POINTER
from widgets.tone import Cell, Tone

Lines = Iterator[Fact | Heading]


def past_facts(past: Past, number: int) -> Lines:
    """All of it, the newest first; `number` is the change whose texts are shown."""
    yield Heading("Decided", "in this and earlier reviews" if past.said else "nothing, in no review")
    review = ""
    for said in past.said:
        label = said.review.rpartition("/")[2]
        yield from _said(said, " " if label == review else label)
        review = label
    yield Heading("From snapshot to snapshot", counted(len(past.moments), "snapshot"))
    changed = _compared(past)
    shown = changed[number % len(changed)] if changed else None
    yield from _moments(past, shown)
    if past.left_out:
        yield Fact("", f"{counted(past.left_out, 'older snapshot')} not looked into: `trustview diff` does", Tone.MUTED)


def past_changes(past: Past) -> tuple[tuple[str, str, str], ...]:
    """Of each change of the texts its title, and the texts before and after."""
    return tuple((f"{day_of(moment.since)} → {day_of(moment.taken_at)}", *_texts(moment)) for moment in _compared(past))


def _compared(past: Past) -> list[Moment]:
    return [moment for moment in past.moments if moment.written]


# ── decisions ────────────────────────────────────────────────────────────────────────────────────────────────────


def _said(said: Said, label: str) -> Lines:
    who = Cell(f" ← {name_of_caller(said.way.principal.value, said.way.party_name)}", Tone.STRONG)
    if said.decision is not None:
        one, sign = said.decision, VERDICTS[said.decision.verdict]
        until = f" until {one.until}" if one.until else ""
        told = f" · by {one.by}, {day_of(one.at)}{until}"
        yield Fact(label, (Cell(f"{sign.glyph} {sign.word}", sign.tone), who, Cell(told, Tone.MUTED)))
        about = [one.note, f"owner {one.owner}" if one.owner else "", f"for {one.assignee}" if one.assignee else ""]
        about += [f"carried over from {one.carried_from.rpartition('/')[2]}" if one.carried_from else ""]
        yield from (Fact(" ", text, Tone.MUTED) for text in about if text)
    if said.reopened is not None:
        sign = VERDICTS[said.reopened.verdict]
        told = f"{sign.glyph} {sign.word} of last time open again"
        yield Fact(label, (Cell(told, Tone.MEDIUM), who))
        yield from (Fact(" ", text, Tone.MUTED) for text in said.reopened.because)


# ── snapshots ────────────────────────────────────────────────────────────────────────────────────────────────────


def _moments(past: Past, shown: Moment | None) -> Lines:
    """Each with what changed; several in a row without a change are one line."""
    quiet: list[Moment] = []
    for moment in past.moments:
        if moment.is_change:
            yield from _quiet(quiet)
            quiet = []
            yield from _moment(moment, is_shown=moment is shown)
        else:
            quiet.append(moment)
    yield from _quiet(quiet)


def _quiet(moments: list[Moment]) -> Lines:
    if moments:
        days = f" to {day_of(moments[0].taken_at)}" if len(moments) > 1 else ""
        told = "as before" if moments[0].role else "not there"
        yield Fact(day_of(moments[-1].taken_at), f"{told}{days}", Tone.MUTED)


def _moment(moment: Moment, *, is_shown: bool) -> Lines:
    day = day_of(moment.taken_at) or moment.name
    if moment.problem:
        yield Fact(day, f"not known: {moment.problem}", UNREAD.tone, UNREAD.glyph)
        return
    lines: list[tuple[Cell, ...]] = []
    if moment.is_first:
        lines.append((Cell("the first snapshot that is kept" if moment.role else "not there"),))
    lines += [_effect(one) for one in moment.effects]
    lines += [(Cell(_written(one), Tone.MUTED),) for one in moment.written]
    for index, line in enumerate(lines):
        pointer = Cell(f"{POINTER} " if is_shown and not index else "  ", Tone.ACCENT)
        yield Fact(" " if index else day, (pointer, *line))


def _effect(one: GrantDifference) -> tuple[Cell, ...]:
    sign, tone = EFFECTS[one.kind]
    who = name_of_caller(one.grant.principal.value, one.grant.party_name)
    because = f": {'; '.join(one.because)}" if one.because else ""
    return (Cell(f"{sign} way in {one.kind.value}", tone), Cell(f" ← {who}", Tone.STRONG), Cell(because))


_FIELDS = {"attached": "managed policies", "inline": "inline policies", "max_session_seconds": "longest session"}


def _written(one: Difference) -> str:
    what = "the role" if one.subject is DifferenceSubject.ROLE else f"policy {one.name.rpartition('/')[2]}"
    if one.kind is not DifferenceKind.CHANGED:
        return f"{WRITTEN[one.kind]} {what} {one.kind.value}"
    field = _FIELDS.get(one.field, one.field.replace("_", " "))
    return f"{WRITTEN[one.kind]} {field}" if what == "the role" else f"{WRITTEN[one.kind]} {what}"


def _texts(moment: Moment) -> tuple[str, str]:
    """What is written before and after: the trust policy, then whatever else is otherwise."""
    others = [one for one in moment.written if one.field not in ("", "trust_policy")]
    sides = []
    for role, is_old in ((moment.before, True), (moment.role, False)):
        parts = [_trust(role)]
        parts += [f"{_written(one)[2:]}:\n{_pretty(one.old if is_old else one.new)}" for one in others]
        sides.append("\n".join(filter(None, parts)))
    return sides[0], sides[1]


def _trust(role: Role | None) -> str:
    return pretty_policy(role.trust_policy) if role else ""


def _pretty(text: str) -> str:
    """A value, each entry on its own line; policies among them indented."""
    lines = []
    for line in text.split("\n"):
        name, _, document = line.partition(": {")
        lines += [f"{name}:", _indented("{" + document)] if document else [_indented(line)]
    return "\n".join(lines)


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2) if text.startswith("{") else text
    except ValueError:
        return text
