"""collect: one walk over AWS, from the organization down, into a Snapshot.

Rule 1: a part goes to the shelf as soon as it is complete, and what is on the shelf is not asked again. Rule 2: what
cannot be read becomes a gap, and the walk goes on; only who we are being refused, or an organization that cannot be
walked for no lasting reason, ends it. Rule 3: cancelled once, it finishes what is under way and keeps it; cancelled
twice, it stops at once. Rule 4: the snapshot does not depend on the order in which answers came.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from trustview.collect.aws import Aws, open_aws
from trustview.collect.failure import CallError, Failure, FailureKind
from trustview.collect.meter import Meter, Report
from trustview.collect.moments import write_moment
from trustview.collect.parts import Part, Parts
from trustview.collect.progress import AccountState
from trustview.collect.reader import Reader, together
from trustview.collect.run import Run, open_run
from trustview.collect.scope import Scope
from trustview.collect.services import REGIONS, SERVICES, TREE, Extent, Service
from trustview.collect.targets import Targets, choose_targets
from trustview.errors import SourceError
from trustview.snapshot import Account, Gap, GapKind, Organization, Snapshot

Clock = Callable[[], datetime]
ASKING_ABOUT = 8
NOT_IN_USE = "AWSOrganizationsNotInUseException"
ODD_ANSWER = (KeyError, TypeError, ValueError, AttributeError, IndexError)


def ignore(_event: object) -> None:
    """A report that nobody reads."""


async def collect(scope: Scope, parts: Parts, now: Clock, report: Report = ignore) -> Snapshot:
    """Everything the scope asks for, with a gap for each thing that could not be read.

    `parts` keeps what was read, so that the same call after an interruption goes on where it was. `now` gives aware
    moments. Raises CredentialsError when AWS does not accept who we are, UsageError when the scope names what is not
    there, SourceError when the organization cannot be walked.
    """
    async with open_aws(scope) as aws:
        run = open_run(scope, aws.caller, parts, now)
        try:
            return await _finish_or_stop(Walk(scope, aws, run, now, Meter(report, aws.counts)))
        finally:
            run.close()


async def _finish_or_stop(walk: Walk) -> Snapshot:
    """Rule 3; a cancelled walk ends by itself once nothing is under way."""
    work = asyncio.ensure_future(walk.go())
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        walk.stop()
        try:
            await asyncio.wait([work])
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        raise


class _StoppedError(Exception):
    """The walk was told to stop; it never leaves this file."""


class _NoEntryError(Exception):
    """An account could not be entered; it never leaves this file."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


@dataclass(slots=True)
class Walk:
    """The state of one walk: the values read so far, by service, account and Region, and the gaps."""

    scope: Scope
    aws: Aws
    run: Run
    now: Clock
    meter: Meter
    values: dict[str, dict[tuple[str, str], Any]] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    entries: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    fetched: set[str] = field(default_factory=set)
    cut_short: set[str] = field(default_factory=set)
    is_stopping: bool = False

    def stop(self) -> None:
        """Begins nothing new from now on."""
        self.is_stopping = self.meter.is_stopping = True
        self.meter.tell(at_once=True)

    async def go(self) -> Snapshot:
        """Walks everything and builds the snapshot."""
        telling = asyncio.ensure_future(self.meter.keep_telling())
        try:
            if self.run.is_resumed:
                self.meter.note(f"going on with the collection begun at {self.run.began}")
            organization = await self._read_organization()
            targets = choose_targets(organization, self.aws.caller.account, self.scope)
            self.meter.plan(len(targets.enter))
            await together(self._ask_about(organization, targets), self._read_accounts(organization, targets))
            if self.is_stopping:
                raise _StoppedError
            snapshot = self._build(targets)
            await self.run.finish()
        finally:
            telling.cancel()
        self.meter.tell(at_once=True)
        return snapshot

    def _build(self, targets: Targets) -> Snapshot:
        not_asked = (
            Gap("", service.name, "", GapKind.NOT_ASKED, service.not_asked)
            for service in SERVICES
            if not service.is_asked(self.scope)
        )
        gaps = {*self.gaps, *targets.gaps, *not_asked}
        order = sorted(gaps, key=lambda gap: (gap.account, gap.service, gap.region, gap.kind, gap.reason))
        snapshot = Snapshot(taken_at=write_moment(self.now()), source="aws", gaps=tuple(order))
        for service in SERVICES:
            values = self.values.get(service.name, {})
            snapshot = service.join(snapshot, [values[place] for place in sorted(values)])
        return snapshot

    # ── the organization ─────────────────────────────────────────────────────────────────────────────────────

    async def _read_organization(self) -> Organization | None:
        """The tree; None when the caller's account is in no organization or may not read it."""
        own = self.aws.caller.account
        try:
            organization: Organization = await self._obtain(TREE, own)
        except CallError as error:
            failure = error.failure
            if failure.code != NOT_IN_USE and failure.gap_kind is not GapKind.DENIED:
                raise SourceError(
                    f"the organization cannot be walked: {failure.reason}; the same command goes on where it was"
                ) from error
            kind = GapKind.NOT_ASKED if failure.code == NOT_IN_USE else GapKind.DENIED
            reason = f"only account {own} was read: {failure.reason}"
            self.gaps.append(Gap("", TREE.name, "", kind, reason))
            self.meter.note(reason)
            return None
        return organization

    async def _ask_about(self, organization: Organization | None, targets: Targets) -> None:
        """What the caller can ask of Organizations beyond the tree."""
        if organization is None:
            return
        own = self.aws.caller.account
        rest = [service for service in self._services(Extent.ORGANIZATION) if service is not TREE]
        jobs: list[Callable[[], Awaitable[object]]] = [partial(self._obtain_or_gap, service, own) for service in rest]
        for service in self._services(Extent.ABOUT):
            jobs += [partial(self._obtain_or_gap, service, own, "", account.id) for account in targets.about]
        self.meter.waiting = len(jobs)
        await self._work_off([partial(self._count_down, job) for job in jobs], ASKING_ABOUT)

    async def _count_down(self, job: Callable[[], Awaitable[object]]) -> None:
        await job()
        self.meter.waiting -= 1

    # ── the accounts ─────────────────────────────────────────────────────────────────────────────────────────

    async def _read_accounts(self, organization: Organization | None, targets: Targets) -> None:
        jobs = [partial(self._read_account, organization, account) for account in targets.enter]
        await self._work_off(jobs, self.scope.concurrency)

    async def _read_account(self, organization: Organization | None, account: Account) -> None:
        """Everything inside one account; a hop that is refused is one gap."""
        self.meter.begin(account.id, account.name)
        gaps_before = len(self.gaps)
        once = [self._obtain_or_gap(s, account.id) for s in self._services(Extent.ACCOUNT) if s is not REGIONS]
        try:
            await together(*once, self._read_regions(organization, account.id))
        except _NoEntryError as error:
            failure = error.failure
            self.gaps.append(Gap(account.id, "", "", failure.gap_kind, failure.reason))
            self.meter.end(account.id, AccountState.UNREAD, failure.reason)
            return
        if account.id in self.cut_short:
            return
        new = (gap for gap in self.gaps[gaps_before:] if gap.account == account.id)
        gaps = [gap for gap in new if gap.kind is not GapKind.NOT_ASKED]
        state = AccountState.READ if account.id in self.fetched else AccountState.KEPT
        self.meter.end(account.id, AccountState.PARTLY if gaps else state, "; ".join(gap.reason for gap in gaps))

    async def _read_regions(self, organization: Organization | None, account: str) -> None:
        """What is asked in every enabled Region of one account."""
        services = [s for s in self._services(Extent.REGION) if s.is_at(organization, account)]
        if not services:
            return
        asked = await self._choose_regions(services, account)
        await together(*(self._obtain_or_gap(service, account, region) for service in services for region in asked))

    async def _choose_regions(self, services: Iterable[Service], account: str) -> tuple[str, ...]:
        """The enabled Regions that the scope asks for; the others become gaps."""
        enabled = await self._obtain_or_gap(REGIONS, account)
        if enabled is None:
            fallback = self.scope.regions or tuple(sorted({self.aws.caller.region, "us-east-1"}))
            reason = f"which Regions are enabled is not known: only {', '.join(fallback)} were asked"
            self.gaps += [Gap(account, service.name, "", GapKind.FAILED, reason) for service in services]
            return fallback
        wanted = enabled if self.scope.regions is None else self.scope.regions
        for region in sorted(set(enabled) - set(wanted)):
            reason = "the Region was left out of the scope"
            self.gaps += [Gap(account, service.name, region, GapKind.NOT_ASKED, reason) for service in services]
        return tuple(region for region in enabled if region in wanted)

    # ── one part ─────────────────────────────────────────────────────────────────────────────────────────────

    def _services(self, extent: Extent) -> list[Service]:
        return [service for service in SERVICES if service.extent is extent and service.is_asked(self.scope)]

    async def _obtain_or_gap(self, service: Service, account: str, region: str = "", about: str = "") -> Any:  # noqa: ANN401
        """The value of a part; None, and a gap, when it cannot be had."""
        try:
            return await self._obtain(service, account, region, about)
        except CallError as error:
            self._add_gap(service, about or account, region, error.failure.gap_kind, error.failure.reason)
        except _StoppedError:
            self.cut_short.add(about or account)
        return None

    async def _obtain(self, service: Service, account: str, region: str = "", about: str = "") -> Any:  # noqa: ANN401
        """The value of a part, from the shelf or from AWS; CallError when it cannot be had."""
        place = (about or account, region)
        kept = await self.run.take(service.name, *place)
        obtained = _read_quietly(service, kept) if kept is not None else None
        if obtained is not None:
            self.meter.kept += 1
        else:
            obtained = await self._fetch(service, account, region, about)
        part, value = obtained
        for lack in part.lacks:
            self._add_gap(service, place[0], region, lack.kind, lack.reason)
        self.values.setdefault(service.name, {})[place] = value
        self.meter.tell()
        return value

    async def _fetch(self, service: Service, account: str, region: str, about: str) -> tuple[Part, Any]:
        """A part from AWS, put on the shelf when it is final, and its value."""
        if self.is_stopping:
            raise _StoppedError
        await self._enter(account)
        reader = Reader(self.aws, account, region, about or account, self.run.moment)
        try:
            answer = await service.fetch(reader, self.scope)
            part = Part(service.name, reader.about, region, write_moment(self.now()), answer, tuple(reader.lacks))
            value = service.read(part)
        except ODD_ANSWER as error:
            raise CallError(_odd(service, error)) from error
        if part.is_final:
            await self.run.put(part)
        if service.extent in (Extent.ACCOUNT, Extent.REGION):
            self.fetched.add(account)
        return part, value

    def _add_gap(self, service: Service, account: str, region: str, kind: GapKind, reason: str) -> None:
        where = "" if service.extent is Extent.ORGANIZATION else account
        self.gaps.append(Gap(where, service.name, region, kind, reason))

    async def _enter(self, account: str) -> None:
        """Makes sure, once, that an account can be entered; _NoEntryError when it cannot."""
        if account not in self.entries:
            self.entries[account] = asyncio.ensure_future(self.aws.enter(account))
        try:
            await asyncio.shield(self.entries[account])
        except CallError as error:
            raise _NoEntryError(error.failure) from error

    async def _work_off(self, jobs: Iterable[Callable[[], Awaitable[object]]], size: int) -> None:
        """Does all jobs, so many at a time; none waits for another that is slow."""
        waiting = deque(jobs)

        async def work() -> None:
            while waiting and not self.is_stopping:
                await waiting.popleft()()

        await together(*(work() for _ in range(min(size, len(waiting)))))


def _read_quietly(service: Service, part: Part) -> tuple[Part, Any] | None:
    """A part of the shelf and its value; None when it cannot be read: then it is asked for again."""
    try:
        return part, service.read(part)
    except ODD_ANSWER:
        return None


def _odd(service: Service, error: Exception) -> Failure:
    told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return Failure(FailureKind.FAILED, "", f"the answers of `{service.name}` cannot be read ({told})")
