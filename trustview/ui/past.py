"""Past: what was decided on a role in every review, and what became of it from snapshot to snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trustview.analysis import Grant, GrantDifference, compare_grants
from trustview.errors import TrustviewError
from trustview.review import Decision, Entry, Reopened, current_decisions
from trustview.snapshot import Difference, GapKind, Role, Snapshot, Subject, diff_snapshots
from trustview.store import ReviewStore, excerpt_on_role, list_snapshots, open_snapshot

MOST_SNAPSHOTS = 40
"""So many of the newest snapshots are looked into."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one review came to on one way into the role; `reopened` what opened it again."""

    review: str
    way: Grant
    decision: Decision | None = None
    reopened: Reopened | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """The role in one snapshot, against the one before in which it could be looked for.

    `since` is when that was. `role` is None where it is not there; `problem` says why nothing is known of it then.
    `written` are what its texts, `effects` what its ways in changed by; `is_first` where there is nothing to compare
    with.
    """

    name: str
    taken_at: str
    since: str = ""
    role: Role | None = None
    before: Role | None = None
    problem: str = ""
    is_first: bool = False
    written: tuple[Difference, ...] = ()
    effects: tuple[GrantDifference, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.is_first or self.problem or self.written or self.effects)


@dataclass(frozen=True, slots=True)
class Past:
    """The newest first; `left_out` counts older snapshots that were not looked into."""

    said: tuple[Said, ...]
    moments: tuple[Moment, ...]
    left_out: int = 0


class PastReader:
    """Reads the past of roles; decisions of other reviews are read once as long as nothing is added to them."""

    def __init__(self, reviews: ReviewStore, folder: Path) -> None:
        self._reviews = reviews
        self._folder = folder
        self._known: dict[str, tuple[int, Mapping[str, Decision], tuple[Reopened, ...]]] = {}

    def read(self, arn: str, account: str, review: str, journal: tuple[Entry, ...]) -> Past:
        """The past of one role; `journal` is that of the review under way, which is shown already."""
        entries = list_snapshots(self._folder)
        ways: dict[str, Grant] = {}
        moments: list[Moment] = []
        before: _Seen | None = None
        for entry in entries[-MOST_SNAPSHOTS:]:
            try:
                now = _look(entry.path, arn, account)
            except TrustviewError as error:
                moments.append(Moment(entry.name, "", problem=str(error)))
                continue
            moments.append(_compare(entry.name, before, now))
            ways.update({grant.fleet: grant for grant in now.grants})
            before = before if now.problem else now
        said = tuple(self._said(ways, review, journal))
        return Past(said, tuple(reversed(moments)), max(0, len(entries) - MOST_SNAPSHOTS))

    def _said(self, ways: Mapping[str, Grant], review: str, journal: tuple[Entry, ...]) -> list[Said]:
        found: list[Said] = []
        organization = review.rpartition("/")[0]
        for name in sorted(self._reviews.reviews(), reverse=True):
            if name.rpartition("/")[0] != organization:
                continue
            decisions, reopened = _sum_up(journal) if name == review else self._of(name)
            found += [Said(name, way, decisions[item]) for item, way in ways.items() if item in decisions]
            found += [
                Said(name, ways[one.item], reopened=one)
                for one in reopened
                if one.item in ways and one.item not in decisions
            ]
        return found

    def _of(self, review: str) -> tuple[Mapping[str, Decision], tuple[Reopened, ...]]:
        newest = self._reviews.newest(review)
        known = self._known.get(review)
        if known is None or known[0] != newest:
            known = self._known[review] = (newest, *_sum_up(self._reviews.journal(review)))
        return known[1:]


def _sum_up(journal: tuple[Entry, ...]) -> tuple[Mapping[str, Decision], tuple[Reopened, ...]]:
    return current_decisions(journal), tuple(one for entry in journal for one in entry.reopened)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A role in one snapshot; `problem` where it is not there because its account was not read in full."""

    facts: Snapshot
    grants: tuple[Grant, ...]
    problem: str

    @property
    def role(self) -> Role | None:
        return next(iter(self.facts.accounts[0].roles), None)


def _look(path: Path, arn: str, account: str) -> _Seen:
    with open_snapshot(path) as file:
        found = excerpt_on_role(file, arn, account, has_guardrails=False)
        gap = next((gap for gap in found.gaps if gap.kind is not GapKind.NOT_ASKED), None)
        is_missed = gap is not None and not found.accounts[0].roles
        problem = f"not all of its account was read: {gap.reason}" if gap is not None and is_missed else ""
        return _Seen(found, file.grants_of(arn), problem)


def _compare(name: str, before: _Seen | None, now: _Seen) -> Moment:
    """One snapshot against the one before."""
    taken_at = now.facts.taken_at
    if now.problem:
        return Moment(name, taken_at, problem=now.problem)
    if before is None:
        return Moment(name, taken_at, role=now.role, is_first=True)
    told = (Subject.ROLE, Subject.POLICY)
    return Moment(
        name,
        taken_at,
        before.facts.taken_at,
        now.role,
        before.role,
        written=tuple(one for one in diff_snapshots(before.facts, now.facts) if one.subject in told),
        effects=compare_grants(before.grants, now.grants),
    )
