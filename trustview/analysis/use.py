"""What is known of the use of a role, a grant, a principal? THE ONE PLACE that tells it.

Used: it was seen. Not used: everything was seen, and this was not. Not known: whatever lies between, and why. Refused
calls are never use. What IAM says of a role's last use is counted against "not used" and never for it: it names neither
the caller nor the way in.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_access-advisor.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from trustview.analysis.access import Access
from trustview.analysis.coverage import DAY, Coverage, coverage_of, describe_coverage, read_moment, write_moment
from trustview.analysis.grant import Grant
from trustview.analysis.reach import Representative, ask_of_grant
from trustview.analysis.settings import Settings
from trustview.analysis.use_requests import requests_of, what_is_told, who_asks
from trustview.policy import read_caller
from trustview.snapshot import Role, Snapshot, Use


class UseState(StrEnum):
    """What can be said of the use of something."""

    USED = "used"
    UNUSED = "not used"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class KnownUse:
    """What is known of the use of a role, a grant or a principal.

    `uses` are those that belong to it, refused calls included. `reasons` are sentences (lower case, no full stop) that
    say why the state is what it is; `doubts` those for which nothing here may be called unused. `coverage` is the
    window in which anything was seen.
    """

    state: UseState
    uses: tuple[Use, ...]
    coverage: Coverage
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How often it was used."""
        return sum(use.count for use in self.uses)

    @property
    def callers(self) -> tuple[str, ...]:
        """Who used it, in the order of their names."""
        return tuple(sorted({use.caller for use in self.uses if use.count}))

    @property
    def last(self) -> str:
        """The hour of its last use, as in `Use`; empty when none was seen."""
        return max((use.hour for use in self.uses if use.count), default="")

    @property
    def sentences(self) -> tuple[str, ...]:
        """State and window in words, for people."""
        return (*self.reasons, *describe_coverage(self.coverage))

    def part(self, belongs: Callable[[Use], bool]) -> KnownUse:
        """What is known of those calls alone that belong to something."""
        uses = tuple(use for use in self.uses if belongs(use))
        return _known(uses, self.coverage, self.doubts, ())


def use_of_role(snapshot: Snapshot, role: Role, days: int) -> KnownUse:
    """What is known of a role's use; `not used` takes a window of so many days that saw everything.

    The snapshot may hold the uses of this role alone, with windows, gaps and readings.
    """
    uses = tuple(use for use in snapshot.uses if use.role == role.arn)
    coverage = coverage_of(snapshot, role.account, (role.last_used_region,))
    return judge_role(role, uses, coverage, read_moment(snapshot.taken_at), days)


def judge_role(role: Role, uses: tuple[Use, ...], coverage: Coverage, now: datetime | None, days: int) -> KnownUse:
    """The same of uses and coverage that are at hand."""
    doubts = tuple(_doubts(role, uses, coverage, now, days))
    return _known(uses, coverage, doubts, (_last_used(role),))


def _known(uses: tuple[Use, ...], coverage: Coverage, doubts: tuple[str, ...], remembered: tuple[str, ...]) -> KnownUse:
    if any(use.count for use in uses):
        return KnownUse(UseState.USED, uses, coverage, (_describe_use(uses),), doubts)
    if doubts:
        reasons = ("whether it is used is not known", *doubts, *remembered)
        return KnownUse(UseState.UNKNOWN, uses, coverage, reasons, doubts)
    return KnownUse(UseState.UNUSED, uses, coverage, ("nobody was seen using it", *remembered))


def _describe_use(uses: Iterable[Use]) -> str:
    """How often, by how many, and when last."""
    seen = [use for use in uses if use.count]
    callers = {use.caller for use in seen}
    total = sum(use.count for use in seen)
    who = "one caller" if len(callers) == 1 else f"{len(callers)} callers"
    return f"used {'once' if total == 1 else f'{total} times'} by {who}, last on {max(use.hour for use in seen)[:10]}"


def _doubts(role: Role, uses: tuple[Use, ...], coverage: Coverage, now: datetime | None, days: int) -> Iterator[str]:
    """Why it cannot be said that something on a role was not used."""
    created = read_moment(role.created)
    if not coverage.sees(days, now):
        yield f"nobody saw all of the last {days} days"
    if created and now and now - created < days * DAY:
        yield f"the role exists since {write_moment(created)[:10]} only"
    if _is_unexplained(role, uses, coverage):
        yield "IAM knows of a use that nobody saw as an assumption"


def _is_unexplained(role: Role, uses: Iterable[Use], coverage: Coverage) -> bool:
    """Whether IAM remembers a use within the window that no call explains; a session lives at most twelve hours."""
    last = read_moment(role.last_used)
    if last is None or coverage.start is None:
        return False
    seen: list[datetime] = [moment for use in uses if use.count and (moment := read_moment(use.hour))]
    return last > max([coverage.start, *seen]) + DAY


def _last_used(role: Role) -> str:
    if not role.last_used:
        return "IAM tells no last use: never within its 400 days, or it was not read"
    where = f" in `{role.last_used_region}`" if role.last_used_region else ""
    return f"IAM says that it was last used on {role.last_used[:10]}{where}; by whom it does not say"


# ── grants and principals ────────────────────────────────────────────────────────────────────────────────────────


class UseBook:
    """The uses of a whole snapshot, by role, with what was found of accounts and callers already."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._days = access.settings.thresholds.unused_days
        self._now = read_moment(access.snapshot.taken_at)
        by_role: dict[str, list[Use]] = {}
        for use in access.snapshot.uses:
            by_role.setdefault(use.role, []).append(use)
        self.by_role = {role: tuple(uses) for role, uses in by_role.items()}
        self._coverages: dict[tuple[str, str], Coverage] = {}
        self._seen: dict[tuple[str, str], bool] = {}
        self._roles: dict[str, KnownUse] = {}

    def coverage(self, role: Role) -> Coverage:
        """How far the assumptions of a role can be seen."""
        key = (role.account, role.last_used_region)
        if key not in self._coverages:
            self._coverages[key] = coverage_of(self._access.snapshot, role.account, (role.last_used_region,))
        return self._coverages[key]

    def sees(self, role: Role) -> bool:
        """Whether all assumptions of a role were seen for so long that it could be called unused."""
        key = (role.account, role.last_used_region)
        if key not in self._seen:
            self._seen[key] = self.coverage(role).sees(self._days, self._now)
        return self._seen[key]

    def of_role(self, role: Role) -> KnownUse:
        """What is known of a role's use."""
        if role.arn not in self._roles:
            uses = self.by_role.get(role.arn, ())
            self._roles[role.arn] = judge_role(role, uses, self.coverage(role), self._now, self._days)
        return self._roles[role.arn]

    def of_grant(self, grant: Grant) -> KnownUse:
        """What is known of the use of one way into a role."""
        return use_of_grant(self._access, grant, self.of_role(self._access.role(grant.role)))


def use_book(access: Access) -> UseBook:
    """The book of an access, made once."""
    memory = access.memory.setdefault("use book", {})
    if "book" not in memory:
        memory["book"] = UseBook(access)
    book: UseBook = memory["book"]
    return book


def use_of_grant(access: Access, grant: Grant, whole: KnownUse) -> KnownUse:
    """What is known of one way into a role, from what is known of the role.

    A call that may have come in several ways belongs to the one that names its caller; where none does, nobody can say.
    """
    known = whole.part(lambda use: may_come_by(access, grant, use))
    others = [other for other in access.grants_by_role.get(grant.role, ()) if other.id != grant.id]
    mine = [
        use
        for use in known.uses
        if use.count and (_names(grant, use) or not any(may_come_by(access, other, use) for other in others))
    ]
    if known.state is UseState.UNUSED and any(_came_otherwise(access, grant, others, use) for use in whole.uses):
        reason = "those whom it lets in came, though not as it asks today: it may have asked for less then"
        return replace(known, state=UseState.UNKNOWN, reasons=(reason, *known.reasons[1:]))
    if mine or known.state is not UseState.USED:
        return known
    reason = "each call that may have come in this way may have come in another way as well"
    return replace(known, state=UseState.UNKNOWN, reasons=(reason, *known.reasons))


def use_of_ways(
    snapshot: Snapshot, role: Role, grants: tuple[Grant, ...], settings: Settings
) -> tuple[KnownUse, dict[str, KnownUse]]:
    """What is known of one role and, by id, of each of its grants; the snapshot may hold no more than this role."""
    whole = use_of_role(snapshot, role, settings.thresholds.unused_days)
    access = Access(snapshot, grants=grants, settings=settings)
    return whole, {grant.id: use_of_grant(access, grant, whole) for grant in grants}


def use_of_principal(whole: KnownUse, principal: str) -> KnownUse:
    """What is known of one principal's use of a role or grant: who called only as its account may be it."""
    known = whole.part(lambda use: use.caller == principal)
    account = read_caller(principal).account
    if known.state is UseState.USED or not any(use.caller == account and use.count for use in whole.uses):
        return known
    return replace(known, state=UseState.UNKNOWN, reasons=("calls of its account do not say who called",))


# ── who called ───────────────────────────────────────────────────────────────────────────────────────────────────


def may_come_by(access: Access, grant: Grant, use: Use) -> bool:
    """Whether a call may have come in by a grant, as far as the trust policy of today and the record tell."""
    memory = access.memory.setdefault("came by", {})
    key = (grant.id, what_is_told(use))
    if key not in memory:
        memory[key] = use.action in grant.actions and _lets_in(access, grant, use)
    return bool(memory[key])


def _lets_in(access: Access, grant: Grant, use: Use) -> bool:
    """Whether the engine may let in one of the requests that the use may have been."""
    role = access.role(grant.role)
    organization, trust = access.snapshot.organization, access.trust_policy(role)
    asked = requests_of(use, lambda caller: access.context_of(role, caller), organization, (trust,))
    return any(ask_of_grant(access, grant, Representative(*request)).may_be_allowed for request in asked)


def _came_otherwise(access: Access, grant: Grant, others: Iterable[Grant], use: Use) -> bool:
    """Whether a call that no way of today explains is of a caller whom a grant means, whatever else it asks."""
    if not use.count or use.action not in grant.actions:
        return False
    caller = who_asks(use)
    bare = Representative(caller, access.context_of(access.role(grant.role), caller))
    is_meant = ask_of_grant(access, grant, bare).may_be_allowed
    return is_meant and not any(may_come_by(access, other, use) for other in (grant, *others))


def _names(grant: Grant, use: Use) -> bool:
    """Whether the grant names just this caller, so that it explains the call before wider ones do."""
    return grant.principal.value == use.caller
