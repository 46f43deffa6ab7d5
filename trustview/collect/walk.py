"""Walk: over AWS, from the organization down, onto the shelf.

Rule 1: every part goes onto the shelf (`gathering`), and nothing but the tree stays in memory. Rule 2: what cannot be
read becomes a gap, and the walk goes on; only who we are being refused, or an organization that cannot be walked for no
lasting reason, ends it. Rule 3: what failed for a reason that may pass is asked once more after everything else.
Rule 4: told to stop, it begins nothing new.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from trustview.collect.failure import CallError
from trustview.collect.gathering import Gathering, NoEntryError, StoppedError, told_at
from trustview.collect.meter import Meter
from trustview.collect.parts import Part
from trustview.collect.progress import AccountState
from trustview.collect.reader import together
from trustview.collect.run import Run
from trustview.collect.scope import Scope
from trustview.collect.services import IAM, REGIONS, TREE, Extent, Service, trust_policies
from trustview.collect.sessions import Caller
from trustview.collect.targets import Targets, choose_targets
from trustview.collect.values import ODD_ANSWER, odd_answer, read_value
from trustview.collect.visit import Place, Visit
from trustview.errors import SourceError
from trustview.snapshot import Account, Gap, GapKind, Organization

ASKING_ABOUT = 8
# Accounts that are begun for each request that may be in flight: most of them wait for their own limits.
ACCOUNTS_PER_REQUEST = 4
NOT_IN_USE = "AWSOrganizationsNotInUseException"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Walked:
    """Which parts are on the shelf, and what could not be read."""

    places: frozenset[Place]
    gaps: tuple[Gap, ...]


Turn = Callable[[], Awaitable["Turn | None"]]
"""Something to do; it gives what is to be done about the same thing at the end, if anything."""


@dataclass(slots=True)
class Walk:
    """One walk, with the gaps that it leaves."""

    scope: Scope
    services: tuple[Service, ...]
    caller: Caller
    run: Run
    meter: Meter
    gathering: Gathering
    gaps: list[Gap] = field(default_factory=list)

    def stop(self) -> None:
        """Begins nothing new from now on."""
        self.gathering.is_stopping = self.meter.is_stopping = True
        self.meter.tell(at_once=True)

    async def go(self) -> Walked:
        """Walks everything; StoppedError when it was told to stop."""
        telling = asyncio.ensure_future(self.meter.keep_telling())
        try:
            if self.run.is_resumed:
                self.meter.note(f"going on with the collection begun at {self.run.began}")
            organization = await self._read_organization()
            targets = choose_targets(organization, self.caller.account, self.scope)
            self.meter.plan(len(targets.enter))
            self.gathering.wanted = tuple(account.id for account in targets.about or targets.enter)
            await together(
                self._ask_about(organization, targets),
                self._read_accounts(organization, targets),
                self._read_evidence(),
            )
            if self.gathering.is_stopping:
                raise StoppedError
        finally:
            telling.cancel()
        self.meter.tell(at_once=True)
        return Walked(frozenset(self.gathering.places), (*self.gaps, *targets.gaps))

    # ── the organization ─────────────────────────────────────────────────────────────────────────────────────

    async def _read_organization(self) -> Organization | None:
        """The tree; None when the caller's account is in no organization or may not read it."""
        own = self.caller.account
        for is_last in (False, True):
            visit = Visit(own, own, is_last)
            try:
                organization: Organization = read_value(TREE, await self.gathering.obtain(visit, TREE))
            except CallError as error:
                self._go_without_organization(error)
                return None
            if not visit.wants_another:
                break
        self._close(visit)
        return organization

    def _go_without_organization(self, error: CallError) -> None:
        """A gap for everything but our own account; SourceError when there is no lasting reason for it."""
        failure = error.failure
        if failure.code != NOT_IN_USE and failure.gap_kind is not GapKind.DENIED:
            raise SourceError(
                f"the organization cannot be walked: {failure.reason}; the same command goes on where it was"
            ) from error
        kind = GapKind.NOT_ASKED if failure.code == NOT_IN_USE else GapKind.DENIED
        reason = f"only account {self.caller.account} was read: {failure.reason}"
        self.gaps.append(Gap("", TREE.name, "", kind, reason))
        self.meter.note(reason)

    async def _ask_about(self, organization: Organization | None, targets: Targets) -> None:
        """What the caller can ask of Organizations beyond the tree."""
        if organization is None:
            return
        own = self.caller.account
        rest = [service for service in self._services(Extent.ORGANIZATION) if service is not TREE]
        turns = [partial(self._ask, service, own, is_last=False) for service in rest]
        for service in self._services(Extent.ABOUT):
            turns += [partial(self._ask, service, account.id, is_last=False) for account in targets.about]
            turns += [partial(self._ask, service, unit.id, is_last=False) for unit in organization.units]
        self.meter.plan_questions(len(turns))
        await self._work_off(turns, ASKING_ABOUT)

    async def _ask(self, service: Service, about: str, *, is_last: bool) -> Turn | None:
        """One question that the caller can ask from outside."""
        visit = Visit(self.caller.account, about, is_last)
        await self._obtain_or_gap(visit, service)
        if visit.wants_another:
            return partial(self._ask, service, about, is_last=True)
        self._close(visit)
        self.meter.answer()
        return None

    # ── the accounts ─────────────────────────────────────────────────────────────────────────────────────────

    async def _read_accounts(self, organization: Organization | None, targets: Targets) -> None:
        turns = [partial(self._read_account, organization, account, is_last=False) for account in targets.enter]
        await self._work_off(turns, self.scope.concurrency * ACCOUNTS_PER_REQUEST)

    async def _read_account(self, organization: Organization | None, account: Account, *, is_last: bool) -> Turn | None:
        """Everything inside one account; a hop that is refused is one gap."""
        self.meter.begin(account.id, account.name)
        visit = Visit(account.id, account.id, is_last)
        once = [s for s in self._services_at(Extent.ACCOUNT, organization, account.id) if s not in (REGIONS, IAM)]
        state = AccountState.READ
        try:
            await together(
                *(self._obtain_or_gap(visit, service) for service in once),
                self._read_regions(organization, visit),
            )
        except NoEntryError as error:
            visit.gaps.clear()
            visit.add_failure(Place("", account.id, ""), error.failure)
            state = AccountState.UNREAD
        if visit.is_cut_short:
            return None
        if visit.wants_another:
            self.meter.postpone(account.id)
            return partial(self._read_account, organization, account, is_last=True)
        self._close(visit)
        self._tell_end(visit, state)
        return None

    def _tell_end(self, visit: Visit, state: AccountState) -> None:
        reasons = [gap.reason for gap in visit.gaps if gap.kind is not GapKind.NOT_ASKED]
        if state is AccountState.READ:
            state = (
                AccountState.PARTLY if reasons else state if visit.has_fetched or visit.is_last else AccountState.KEPT
            )
        self.meter.end(visit.about, state, "; ".join(reasons))

    async def _read_regions(self, organization: Organization | None, visit: Visit) -> None:
        """The IAM of one account, and what is asked in its enabled Regions: some of it only where a role is for it."""
        services = self._services_at(Extent.REGION, organization, visit.about)
        enabled = self._know(visit, REGIONS, REGIONS.read) if services else _nothing()
        trusts, regions = await together(self._know(visit, IAM, trust_policies), enabled)
        wanted = [service for service in services if service.is_of_use(trusts)]
        asked = self._choose_regions(wanted, visit, regions)
        await together(*(self._obtain_or_gap(visit, service, region) for service in wanted for region in asked))

    def _choose_regions(
        self, services: Iterable[Service], visit: Visit, enabled: tuple[str, ...] | None
    ) -> tuple[str, ...]:
        """The enabled Regions that the scope asks for; the others become gaps, the same for every account."""
        if enabled is None:
            fallback = self.scope.regions or self.caller.main_regions
            reason = f"which Regions are enabled is not known: only {', '.join(fallback)} were asked"
            for service in services:
                visit.add_gap(Place(service.name, visit.about, ""), GapKind.FAILED, reason)
            return fallback
        wanted = enabled if self.scope.regions is None else self.scope.regions
        for region in sorted(set(enabled) - set(wanted)):
            for service in services:
                place = Place(service.name, "", region)
                visit.add_gap(place, GapKind.NOT_ASKED, "the Region was left out of the scope")
        return tuple(region for region in enabled if region in wanted)

    async def _know(self, visit: Visit, service: Service, read: Callable[[Part], T]) -> T | None:
        """What a part says of what else is asked; None, and a gap, when it cannot be had."""
        part = await self._obtain_or_gap(visit, service)
        try:
            return read(part) if part is not None else None
        except ODD_ANSWER as error:
            visit.add_failure(told_at(service, visit, ""), odd_answer(service, error))
            return None

    # ── evidence that lies in one place ──────────────────────────────────────────────────────────────────────────

    async def _read_evidence(self) -> None:
        """What is known of the use of all roles, where a source of it is named."""
        account = self.scope.evidence_account or self.caller.account
        for service in self._services(Extent.EVIDENCE):
            for is_last in (False, True):
                visit = Visit(account, account, is_last)
                try:
                    await self._obtain_or_gap(visit, service, self.scope.evidence_region)
                except NoEntryError as error:
                    visit.add_failure(Place(service.name, "", ""), error.failure)
                if not visit.wants_another or self.gathering.is_stopping or self.scope.evidence.is_paid:
                    break
            self._close(visit)

    # ── one part ─────────────────────────────────────────────────────────────────────────────────────────────

    def _services(self, extent: Extent) -> list[Service]:
        return [service for service in self.services if service.extent is extent]

    def _services_at(self, extent: Extent, organization: Organization | None, account: str) -> list[Service]:
        own = self.caller.account
        return [service for service in self._services(extent) if service.is_at(organization, account, own)]

    async def _obtain_or_gap(self, visit: Visit, service: Service, region: str = "") -> Part | None:
        """A part; None, and a gap, when it cannot be had."""
        try:
            return await self.gathering.obtain(visit, service, region)
        except CallError as error:
            visit.add_failure(told_at(service, visit, region), error.failure)
        except StoppedError:
            visit.is_cut_short = True
        return None

    def _close(self, visit: Visit) -> None:
        """Nothing more will be asked: the gaps stay."""
        self.gaps.extend(visit.gaps)

    async def _work_off(self, turns: Iterable[Turn], size: int) -> None:
        """Takes all turns, so many at a time; none waits for another that is slow, another try comes last."""
        waiting = deque(turns)

        async def work() -> None:
            while waiting and not self.gathering.is_stopping:
                again = await waiting.popleft()()
                if again is not None:
                    waiting.append(again)

        await together(*(work() for _ in range(min(size, len(waiting)))))


async def _nothing() -> None:
    """Where nothing is asked by Region."""
