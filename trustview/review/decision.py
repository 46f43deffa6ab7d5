"""Verdict, Decision, Entry: what a person said about a review item, and the journal entry that keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from trustview.review.attestation import Attestation
from trustview.review.scope import Assignment, Scope


class Verdict(StrEnum):
    """The five answers; no answer means not reviewed."""

    APPROVE = "approve"
    REVOKE = "revoke"
    NARROW = "narrow"
    ACCEPT_RISK = "accept risk"
    DEFER = "defer"

    @property
    def needs_note(self) -> bool:
        """Whether it must be justified even for a single item."""
        return self in (Verdict.ACCEPT_RISK, Verdict.DEFER)

    @property
    def needs_date(self) -> bool:
        """Whether it holds only until a day that must be given."""
        return self in (Verdict.ACCEPT_RISK, Verdict.DEFER)


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's answer for one review item.

    `until` is a day (`2027-02-20`) for decisions that expire or are deferred; `assignee` whom a deferral goes to.
    `owner` is who answers for it, `change` the id of the change that NARROW chose. `basis` is the digest of what it
    stands on (see `basis.py`). One that carries over says from which review, and `because` why it still holds.
    """

    item: str
    verdict: Verdict
    by: str
    at: str
    note: str = ""
    until: str = ""
    assignee: str = ""
    owner: str = ""
    change: str = ""
    basis: str = ""
    carried_from: str = ""
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reopened:
    """An item whose decision of last time does not carry over: what it was, what changed, and the id of what was found.

    `check` is empty where nothing is found that has a name of its own.
    """

    item: str
    verdict: Verdict
    because: tuple[str, ...]
    check: str = ""


class EntryKind(StrEnum):
    """What an entry does: begin, share work out, decide items, take a batch back, bring it back, or sign off."""

    START = "start"
    ASSIGN = "assign"
    DECIDE = "decide"
    UNDO = "undo"
    REDO = "redo"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a review, a whole batch as one; never changed and never removed.

    `decisions` are what DECIDE says, with `cleared` the items whose decision it takes away; `attestation` is what CLOSE
    signs, and nothing comes after it. Of START they are those that carry over from review `last`, and `reopened` those
    that do not, within `scope`. `assigned` is what ASSIGN shares out. `seen` is the newest entry that whoever
    decided had before their eyes; -1 where nobody said.
    `digest` seals the entry together with the one before it.
    """

    number: int
    kind: EntryKind
    by: str
    at: str
    decisions: tuple[Decision, ...] = ()
    cleared: tuple[str, ...] = ()
    previous: str = ""
    digest: str = ""
    attestation: Attestation | None = None
    seen: int = -1
    last: str = ""
    reopened: tuple[Reopened, ...] = ()
    scope: Scope | None = None
    assigned: tuple[Assignment, ...] = ()


def check_decision(verdict: Verdict, items: int, note: str, until: str, today: str, assignee: str | None = None) -> str:
    """What is missing before the decision can be taken; empty when nothing is.

    `today` and `until` are days (`2026-11-20`). Bulk decisions always need a note. `assignee` is None while it is not
    asked for.
    """
    if not note.strip() and (verdict.needs_note or items > 1):
        return "a note is needed: say why"
    if verdict is Verdict.DEFER and assignee is not None and not assignee.strip():
        return "somebody is needed to whom it goes"
    if not verdict.needs_date:
        return ""
    if not _is_day(until):
        return f"`{until}` is no day: write it as 2027-02-20" if until else "a day is needed: write it as 2027-02-20"
    return "" if until > today else f"`{until}` is not in the future"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
