"""Gathering: one part, from the shelf or from AWS, onto the shelf.

What is on the shelf is not asked again unless that may give more, and what an earlier turn read more completely stays.
Told to stop, it asks nothing new.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from trustview.collect.aws import Aws
from trustview.collect.failure import CallError, Failure
from trustview.collect.meter import Meter
from trustview.collect.moments import write_moment
from trustview.collect.notes import Notes
from trustview.collect.parts import Part
from trustview.collect.reader import Consent, Reader, refuse
from trustview.collect.run import Clock, Run
from trustview.collect.scope import Scope
from trustview.collect.services import Extent, Service
from trustview.collect.values import ODD_ANSWER, can_be_read, odd_answer
from trustview.collect.visit import Place, Visit


class StoppedError(Exception):
    """The walk was told to stop; it never leaves this folder."""


class NoEntryError(Exception):
    """An account could not be entered; it never leaves this folder."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


@dataclass(slots=True)
class Gathering:
    """What one walk has on the shelf (`places`); `wanted` are the accounts that the walk is about."""

    scope: Scope
    aws: Aws
    run: Run
    now: Clock
    meter: Meter
    consent: Consent = refuse
    wanted: tuple[str, ...] = ()
    places: set[Place] = field(default_factory=set)
    is_stopping: bool = False

    async def obtain(self, visit: Visit, service: Service, region: str = "") -> Part:
        """A part, from the shelf or from AWS; CallError when it cannot be had."""
        place = Place(service.name, visit.about, region)
        kept = await self.run.take(*place)
        part = kept if kept is not None and can_be_read(service, kept) else None
        if part is not None:
            self.meter.kept += place not in self.places
        else:
            part = await self._fetch_or_keep(visit, service, place)
        for lack in part.lacks:
            visit.add_gap(told_at(service, visit, region), lack.kind, lack.reason)
        visit.may_change |= not part.is_final
        self.places.add(place)
        self.meter.tell()
        return part

    async def _fetch_or_keep(self, visit: Visit, service: Service, place: Place) -> Part:
        """A part from AWS, put on the shelf; that of an earlier turn when it was more complete."""
        before = await self.run.find(*place) if place in self.places else None
        notes = self.run.notes(*place)
        try:
            part = await self._fetch(visit, service, place.region, notes)
        except CallError:
            if before is None:
                raise
            return before
        if before is not None and len(before.lacks) < len(part.lacks):
            return before
        await self.run.put(part)
        if part.is_final and notes.are_there:
            await self.run.forget_notes(*place)
        return part

    async def _fetch(self, visit: Visit, service: Service, region: str, notes: Notes) -> Part:
        """A part from AWS."""
        self._go_on()
        await self._enter(visit)
        visit.has_fetched = True
        reader = Reader(
            self.aws,
            visit.account,
            region,
            visit.about,
            self.run.moment,
            accounts=self.wanted,
            notes=notes,
            say=self.meter.note,
            consent=self.consent,
            go_on=self._go_on,
        )
        try:
            answer = await service.fetch(reader, self.scope)
        except ODD_ANSWER as error:
            raise CallError(odd_answer(service, error)) from error
        return Part(service.name, visit.about, region, write_moment(self.now()), answer, tuple(reader.lacks))

    def _go_on(self) -> None:
        """StoppedError when nothing new is to be begun."""
        if self.is_stopping:
            raise StoppedError

    async def _enter(self, visit: Visit) -> None:
        """Makes sure, once in a visit, that its account can be entered; NoEntryError when it cannot."""
        if visit.entry is None:
            visit.entry = asyncio.ensure_future(self.aws.enter(visit.account))
        try:
            await asyncio.shield(visit.entry)
        except CallError as error:
            raise NoEntryError(error.failure) from error


def told_at(service: Service, visit: Visit, region: str) -> Place:
    """Where a gap stands: what is asked once for the organization belongs to no account."""
    return Place(service.name, "" if service.extent in (Extent.ORGANIZATION, Extent.EVIDENCE) else visit.about, region)
