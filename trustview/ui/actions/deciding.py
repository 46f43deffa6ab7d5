"""Deciding, clearing, noting, undoing: each asks what is missing, then writes one step into the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from trustview.analysis import Severity
from trustview.review import Decision, EntryKind, Verdict, check_decision, step_to_redo, step_to_undo
from trustview.ui.desk import Desk
from trustview.ui.present.signs import VERDICTS
from trustview.ui.present.status import about, about_briefly, say_decided, say_step

_DAYS = {Verdict.ACCEPT_RISK: 90, Verdict.DEFER: 14}
"""How long a decision holds if the reviewer takes the day that is offered."""


@dataclass(frozen=True, slots=True)
class _Answers:
    """What was asked for a decision."""

    note: str = ""
    until: str = ""
    assignee: str = ""


async def approve(desk: Desk) -> None:
    """Right as it is."""
    await _decide(desk, Verdict.APPROVE)


async def revoke(desk: Desk) -> None:
    """Remove the grant."""
    await _decide(desk, Verdict.REVOKE)


async def narrow(desk: Desk) -> None:
    """Apply the proposed change; refused where there is none, or where the one that is shown ends nothing."""
    from trustview.ui.best_change import best_changes  # noqa: PLC0415 -- after the first screen

    numbers, fix = desk.state.targets, desk.bench.fix
    idle = next((number for number in numbers if fix.is_idle_for(desk.state.rows[number].id)), None)
    shown = {number: _shown_change(desk, number) for number in numbers}
    unseen = [desk.state.rows[number].id for number in numbers if not shown[number]]
    if len(unseen) > 1:
        desk.say(f"weighing the changes of {about_briefly(desk.state, numbers)}")
    best = await asyncio.to_thread(best_changes, desk.reader, unseen)
    chosen = {number: shown[number] or best[desk.state.rows[number].id] for number in numbers}
    without = [number for number, change in chosen.items() if not change]
    if idle is not None and idle not in without:
        _offer(desk, idle, chosen[idle])
    elif without:
        which = about_briefly(desk.state, tuple(without))
        desk.say(f"no change is proposed for {which}: revoke (r), accept the risk (w) or approve (a)", is_bad=True)
    elif desk.state.targets == numbers:
        await _decide(desk, Verdict.NARROW, chosen, _instead(desk, chosen))
    else:
        desk.say("the choice moved while the changes were weighed; nothing is decided", is_bad=True)


async def accept_risk(desk: Desk) -> None:
    """Wrong but tolerated until a day."""
    await _decide(desk, Verdict.ACCEPT_RISK)


async def defer(desk: Desk) -> None:
    """Somebody else, later."""
    await _decide(desk, Verdict.DEFER)


def _shown_change(desk: Desk, number: int) -> str:
    """The id of the change that the Fix pane shows of an item; empty where it shows none that narrow can take.

    That is one that leaves a way in, and ends something that was found on the item.
    """
    item = desk.state.rows[number].id
    shown = desk.bench.fix.chosen_for(item)
    is_taken = shown is not None and not shown.is_removal and not desk.bench.fix.is_idle_for(item)
    return shown.remediation.id if shown is not None and is_taken else ""


def _instead(desk: Desk, chosen: Mapping[int, str]) -> str:
    """Which change was taken where the one that is shown takes the way in away; empty where it is the one shown."""
    if len(chosen) != 1:
        return ""
    (number, change), *_ = chosen.items()
    shown = desk.bench.fix.chosen_for(desk.state.rows[number].id)
    is_other = shown is not None and shown.is_removal
    return f"by `{change}`, the best change that leaves a way in" if is_other else ""


def _offer(desk: Desk, number: int, change: str) -> None:
    """Say that the change that is shown ends nothing of an item, and show the one that does."""
    desk.bench.fix.offer(desk.state.rows[number].id, change)
    which = about_briefly(desk.state, (number,))
    desk.say(
        f"the change that was shown ends nothing of {which}; the Fix pane (5) now shows one that does", is_bad=True
    )


async def _decide(
    desk: Desk, verdict: Verdict, changes: Mapping[int, str] = MappingProxyType({}), how: str = ""
) -> None:
    numbers = desk.state.targets
    if not numbers:
        desk.say("there is nothing under the cursor to decide", is_bad=True)
        return
    answers = await _ask(desk, verdict, numbers)
    if answers is None:
        desk.say(f"{verdict.value} was left; nothing is decided")
        return
    at = desk.now()
    said = (verdict, desk.reviewer, at, answers.note, answers.until, answers.assignee)
    decisions = [Decision(desk.state.rows[n].id, *said, change=changes.get(n, "")) for n in numbers]
    desk.keep(EntryKind.DECIDE, say_decided(desk.state, verdict, numbers, how), decisions)


async def _ask(desk: Desk, verdict: Verdict, numbers: tuple[int, ...]) -> _Answers | None:
    """Ask for whatever the decision needs; None when the reviewer leaves a question."""
    head = f"{VERDICTS[verdict].glyph} {verdict.value} {about(desk.state, numbers)}"
    if not await _is_meant(desk, verdict, numbers, head):
        return None
    assignee: str | None = ""
    until: str | None = ""
    note: str | None = ""
    with desk.bench.asking() as prompt:
        if verdict is Verdict.DEFER:
            assignee = await prompt.ask(f"{head} · to whom? (esc leaves)", placeholder="a name or team", required=True)
        if verdict.needs_date and assignee is not None:
            until = await prompt.ask(
                f"{head} · until which day? (esc leaves)",
                value=str(date.fromisoformat(desk.today) + timedelta(days=_DAYS[verdict])),
                required=True,
                validate=lambda text: check_decision(verdict, 1, "asked next", text, desk.today) or None,
            )
        if (verdict.needs_note or len(numbers) > 1) and assignee is not None and until is not None:
            note = await prompt.ask(
                f"{head} · why? (esc leaves)",
                placeholder="the note of the decision; ↑ ↓ offer what was said before",
                required=True,
                offers=_offers(desk),
            )
    if assignee is None or until is None or note is None:
        return None
    return _Answers(note, until, assignee)


LARGE = 50
"""From how many items on an approval must be confirmed by typing their number."""


async def _is_meant(desk: Desk, verdict: Verdict, numbers: tuple[int, ...], head: str) -> bool:
    """Whether the reviewer means it: to let many ways in stand, or critical ones, takes typing how many they are."""
    lets_stand = verdict in (Verdict.APPROVE, Verdict.ACCEPT_RISK)
    worst = max((row.severity or 0 for row in map(desk.state.rows.__getitem__, numbers)), default=0)
    if not lets_stand or len(numbers) < 2 or (len(numbers) < LARGE and worst < Severity.CRITICAL):
        return True
    count = str(len(numbers))
    with desk.bench.asking() as prompt:
        typed = await prompt.ask(
            f"{head} · type {count} to go on (esc leaves)",
            required=True,
            validate=lambda text: None if text.replace(",", "") == count else f"that is not {count}",
        )
    return typed is not None


def _offers(desk: Desk) -> tuple[str, ...]:
    """The justifications of the settings, then what was noted in this review, the last first."""
    noted = (decision.note for entry in reversed(desk.state.journal) for decision in entry.decisions if decision.note)
    return tuple(dict.fromkeys((*desk.state.preferences.justifications, *noted)))


# ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────


async def note(desk: Desk) -> None:
    """Another note on what is decided already."""
    found = [(n, d) for n in desk.state.targets if (d := desk.state.decision(n)) is not None]
    if not found:
        desk.say("a note belongs to a decision: decide first (a r f w d)", is_bad=True)
        return
    numbers = tuple(number for number, _ in found)
    needed = any(d.verdict.needs_note for _, d in found) or len(found) > 1
    with desk.bench.asking() as prompt:
        text = await prompt.ask(
            f"note on {about(desk.state, numbers)} (esc leaves)",
            value=found[0][1].note,
            placeholder="why",
            required=needed,
        )
    if text is None:
        desk.say("the note is as it was")
        return
    at = desk.now()
    decisions = [replace(decision, note=text, by=desk.reviewer, at=at) for _, decision in found]
    desk.keep(EntryKind.DECIDE, f"noted on {about_briefly(desk.state, numbers)} · u undoes it", decisions)


async def owner(desk: Desk) -> None:
    """Who answers for what is decided already."""
    found = [(n, d) for n in desk.state.targets if (d := desk.state.decision(n)) is not None]
    if not found:
        desk.say("an owner belongs to a decision: decide first (a r f w d)", is_bad=True)
        return
    numbers = tuple(number for number, _ in found)
    said = (one.owner for entry in reversed(desk.state.journal) for one in entry.decisions if one.owner)
    with desk.bench.asking() as prompt:
        name = await prompt.ask(
            f"{about(desk.state, numbers)} · who answers for it? (enter without a name: nobody, esc leaves)",
            value=found[0][1].owner,
            placeholder="a name or team; ↑ ↓ offer those named before",
            offers=tuple(dict.fromkeys(said)),
        )
    if name is None:
        desk.say("the owner is as it was")
        return
    at = desk.now()
    decisions = [replace(one, owner=name.strip(), by=desk.reviewer, at=at) for _, one in found]
    who = name.strip() or "nobody"
    desk.keep(EntryKind.DECIDE, f"{who} answers for {about_briefly(desk.state, numbers)} · u undoes it", decisions)


def clear(desk: Desk) -> None:
    """Open again."""
    numbers = tuple(number for number in desk.state.targets if desk.state.decision(number) is not None)
    if not numbers:
        desk.say("nothing is decided here", is_bad=True)
        return
    notice = f"open again: {about_briefly(desk.state, numbers)} · u undoes it"
    desk.keep(EntryKind.DECIDE, notice, cleared=[desk.state.rows[number].id for number in numbers])


def undo(desk: Desk) -> None:
    """Take back the last step, a batch as one."""
    step = step_to_undo(desk.state.journal, desk.reviewer)
    if step is None:
        desk.say("nothing to undo: this review has no steps of yours")
        return

    desk.keep(EntryKind.UNDO, f"undid: {say_step(desk.state, step)} · U redoes it")


def redo(desk: Desk) -> None:
    """Bring back what undo took."""
    step = step_to_redo(desk.state.journal, desk.reviewer)
    if step is None:
        desk.say("nothing to redo")
        return
    desk.keep(EntryKind.REDO, f"redid: {say_step(desk.state, step)}")
