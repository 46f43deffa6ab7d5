"""Coverage: how far the assumptions of an account's roles can be seen. THE ONE PLACE that reads evidence windows.

A call is recorded in the Region whose endpoint it went to, one to the global endpoint in us-east-1: only what was seen
in every Region at once tells that nothing happened.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import pairwise

from trustview.snapshot import EvidenceWindow, Gap, Snapshot

GLOBAL_REGION = "us-east-1"
"""Where calls to the global endpoint are recorded."""
_WITHOUT_GLOBAL = ("cn-", "us-gov-")
DAY = timedelta(days=1)
NOTHING_READ = "no evidence of CloudTrail was read"

Period = tuple[datetime, datetime]
_SERVICES = ("cloudtrail", "trail-bucket", "athena", "lake")
"""The sources of evidence, as gaps name them."""
_MOST_HOLES = 4


@dataclass(frozen=True, slots=True)
class Coverage:
    """What can be seen of one account.

    `stretches` are the periods that were seen in all `regions` without a hole, in order; `start` and `end` bound the
    newest, both None when there is none. `lacks` are sentences on what is missing: lower case, no full stop.
    """

    account: str
    start: datetime | None = None
    end: datetime | None = None
    regions: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    stretches: tuple[Period, ...] = ()

    @property
    def days(self) -> int:
        """How long the stretch is, to the nearest day."""
        return round((self.end - self.start) / DAY) if self.start and self.end else 0

    def saw_day(self, day: datetime, now: datetime) -> bool:
        """Whether a day, or what there is of it until now, was seen whole; `day` is its midnight in UTC."""
        last = min(day + DAY, now)
        return any(start <= day and last <= end for start, end in self.stretches)

    def sees(self, days: int, now: datetime | None) -> bool:
        """Whether the stretch goes back so many days from now."""
        return self.end is not None and now is not None and now - self.end <= DAY and self.days >= days


def read_moment(text: str) -> datetime | None:
    """A moment of ISO 8601, in UTC where it does not say; None for any other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def write_moment(moment: datetime) -> str:
    """A moment as people read it, to the minute; whole days without their hour."""
    moment = moment.astimezone(UTC)
    is_midnight = (moment.hour, moment.minute) == (0, 0)
    return moment.strftime("%Y-%m-%d") if is_midnight else moment.strftime("%Y-%m-%d %H:%M")


def coverage_of(snapshot: Snapshot, account: str, also: Iterable[str] = ()) -> Coverage:
    """The coverage of an account; `also` are Regions in which it is known to have been at work."""
    own = snapshot.windows_by_account.get(account, ())
    gaps = [gap for gap in snapshot.gaps_by_account.get(account, ()) if gap.service in ("", *_SERVICES)]
    if not own:
        reasons = tuple(dict.fromkeys(f"{NOTHING_READ} of the account: {gap.reason}" for gap in gaps))
        return Coverage(account, lacks=reasons or (f"{NOTHING_READ} of the account",))
    regions = tuple(sorted({*_regions(snapshot, account), *filter(None, also)}))
    seen = {region: _seen(window for window in own if window.region == region) for region in regions}
    together = reduce(_intersect, seen.values())
    start, end = together[-1] if together else (None, None)
    now = read_moment(snapshot.taken_at)
    asked = min((moment for window in own if (moment := read_moment(window.start))), default=None)
    lacks = (*_unseen(seen, gaps), *_holes(seen, asked, now))
    sources = tuple(sorted({window.source for window in own}))
    return Coverage(account, start, end, regions, sources, lacks, tuple(together))


def describe_coverage(coverage: Coverage) -> tuple[str, ...]:
    """The window in sentences, its holes included."""
    if coverage.start is None or coverage.end is None:
        return coverage.lacks
    period = f"{write_moment(coverage.start)} to {write_moment(coverage.end)}"
    count = len(coverage.regions)
    where = f"in `{coverage.regions[0]}`" if count == 1 else f"in all {count} Regions"
    return (f"evidence covers {period} ({coverage.days} days) {where}", *coverage.lacks)


# ── Regions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _regions(snapshot: Snapshot, account: str) -> Iterator[str]:
    """The Regions in which a call of an account may have been recorded."""
    windows = [window.region for window in snapshot.windows_by_account[account]]
    gaps = (gap.region for gap in snapshot.gaps_by_account.get(account, ()) if gap.service in _SERVICES)
    yield from (region for region in (*windows, *gaps, *regions_read(snapshot, account)) if region)
    if not any(region.startswith(_WITHOUT_GLOBAL) for region in windows):
        yield GLOBAL_REGION


def regions_read(snapshot: Snapshot, account: str, service: str = "") -> tuple[str, ...]:
    """The Regions of an account in which something, or one service, was read: as far as known all enabled ones."""
    readings = snapshot.readings_by_account.get(account, ())
    return tuple(sorted({one.region for one in readings if one.region and service in ("", one.service)}))


# ── periods ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _seen(windows: Iterable[EvidenceWindow]) -> list[Period]:
    """The stretches that windows of one Region see together, in order; where one has a hole another may not."""
    parts = sorted(part for window in windows for part in _without_holes(window))
    merged: list[Period] = []
    for start, end in parts:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _without_holes(window: EvidenceWindow) -> list[Period]:
    whole = _period(window.start, window.end)
    parts = [whole] if whole else []
    for hole in window.holes:
        gone = _period(*hole)
        if gone:
            parts = [left for part in parts for left in _cut(part, gone)]
    return parts


def _period(start: str, end: str) -> Period | None:
    first, last = read_moment(start), read_moment(end)
    return (first, last) if first and last and first < last else None


def _cut(part: Period, gone: Period) -> list[Period]:
    pieces = ((part[0], min(part[1], gone[0])), (max(part[0], gone[1]), part[1]))
    return [(start, end) for start, end in pieces if start < end]


def _intersect(one: list[Period], other: list[Period]) -> list[Period]:
    both = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other)
    return sorted((start, end) for start, end in both if start < end)


# ── what is missing ──────────────────────────────────────────────────────────────────────────────────────────────


def _unseen(seen: dict[str, list[Period]], gaps: list[Gap]) -> Iterator[str]:
    """The Regions of which nothing is known, those with one reason together."""
    reasons: dict[str, list[str]] = {}
    for region in (region for region, periods in seen.items() if not periods):
        reason = next((gap.reason for gap in gaps if gap.region in (region, "")), "")
        reasons.setdefault(reason, []).append(f"`{region}`")
    for reason, regions in reasons.items():
        yield f"nothing is known of {', '.join(regions)}{f': {reason}' if reason else ''}"


def _holes(seen: dict[str, list[Period]], asked: datetime | None, now: datetime | None) -> Iterator[str]:
    """The holes before, between and after the stretches; those of several Regions together."""
    found: dict[Period, list[str]] = {}
    for region, periods in seen.items():
        gone = [(before[1], after[0]) for before, after in pairwise(periods)]
        if periods and asked and periods[0][0] - asked > DAY:
            gone.append((asked, periods[0][0]))
        if periods and now and now - periods[-1][1] > DAY:
            gone.append((periods[-1][1], now))
        for hole in gone:
            found.setdefault(hole, []).append(f"`{region}`")
    for (start, end), regions in sorted(found.items())[:_MOST_HOLES]:
        yield f"nothing is known from {write_moment(start)} to {write_moment(end)} in {', '.join(regions)}"
    if len(found) > _MOST_HOLES:
        yield f"and {len(found) - _MOST_HOLES} more holes"
