"""collect: AWS -> Snapshot. The walk fills the shelf, part by part; the snapshot is built from the shelf.

Cancelled once, the walk finishes what is under way and keeps it; cancelled twice, it stops at once.

Garbage is looked for seldom meanwhile: every answer is thousands of new values, which would be looked at again and
again although they go by themselves.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from trustview.collect.aws import open_aws
from trustview.collect.build import build
from trustview.collect.choice import choose_services
from trustview.collect.gathering import Gathering
from trustview.collect.meter import Meter, Report
from trustview.collect.moments import write_moment
from trustview.collect.parts import Parts
from trustview.collect.reader import Consent, refuse
from trustview.collect.run import Clock, open_run
from trustview.collect.scope import Scope
from trustview.collect.walk import Walk, Walked
from trustview.snapshot import Snapshot

Keep = Callable[[Snapshot], Awaitable[None]]
# Values that are made before garbage is looked for: some accounts' worth. More saves no time and costs memory.
SELDOM = (50_000, 10, 10)


def ignore(_event: object) -> None:
    """A report that nobody reads."""


async def keep_nothing(_snapshot: Snapshot) -> None:
    """Where the caller alone has to do with the snapshot."""


async def collect(
    scope: Scope,
    parts: Parts,
    now: Clock,
    report: Report = ignore,
    consent: Consent = refuse,
    keep: Keep = keep_nothing,
) -> Snapshot:
    """Everything the scope asks for, with a gap for each thing that could not be read.

    `parts` keeps what was read, so that the same call after an interruption goes on where it was; the run counts as
    finished when `keep` has done with the snapshot what is to be done. `now` gives aware moments; `consent` asks a
    person before anything is done that costs money.

    Raises CredentialsError when AWS does not accept who we are, UsageError when the scope names what is not
    there, SourceError when the organization cannot be walked.
    """
    services = choose_services(scope)
    with _seldom_collecting_garbage():
        async with open_aws(scope) as aws:
            run = open_run(scope, aws.caller, parts, now)
            try:
                meter = Meter(report, aws.counts)
                gathering = Gathering(scope, aws, run, now, meter, consent)
                walked = await _finish_or_stop(Walk(scope, services, aws.caller, run, meter, gathering))
                snapshot, is_whole = await build(walked, scope, run, write_moment(now()))
                await keep(snapshot)
                if is_whole:
                    await run.finish()
                return snapshot
            finally:
                run.close()


@contextmanager
def _seldom_collecting_garbage() -> Iterator[None]:
    """Garbage is collected, but seldom."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


async def _finish_or_stop(walk: Walk) -> Walked:
    """A cancelled walk ends by itself once nothing is under way."""
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
