"""Budget: how fast we ask. The one place for rates, for requests in flight and for how often failures may be retried.

Rule 1: a bucket per account, Region and API gives at most its rate, after a small burst. Rule 2: a refusal for haste
lowers the rate: by half at first and while we are far too fast, by little once the rate that AWS bears is nearly found.
Rule 3: successes bring it back, quickly up to where we were refused, slowly from there. Rule 4: what one account
teaches about an API, accounts that begin later know. Rule 5: a request that is slow gives its place to another, so that
slow accounts never keep fast ones waiting. Rule 6: a service that fails everywhere is not asked again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush

from trustview.collect.scope import Limits

SLOWEST = 0.5
RECOVERY, CREEP, MOST_MORE = 0.05, 0.002, 0.2
FAR, NEAR = 0.5, 0.85
ENOUGH = 20
PATIENCE = 5.0
SOON = 0.001
RETRIES = 100


@dataclass(slots=True)
class Bucket:
    """A queue: each caller waits for the next free moment.

    Rates are in requests a second; `burst` is how many seconds of idleness may be caught up. `refused_at` is the rate
    at which AWS last refused, `answered` counts the successes since. `api` is what all buckets of its kind share.
    """

    limit: float
    rate: float
    burst: float
    api: str = ""
    free_at: float = 0.0
    held_until: float = 0.0
    lowered_at: float = -60.0
    refused_at: float = 0.0
    answered: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self) -> None:
        """Waits for its turn; callers are served in the order in which they came, each at the rate of that moment."""
        loop = asyncio.get_running_loop()
        async with self.turn:
            now = loop.time()
            free_at = max(self.free_at, now - self.burst) + 1 / self.rate
            while (wait := max(free_at, self.held_until) - loop.time()) > SOON:  # noqa: ASYNC110  held anew meanwhile
                await asyncio.sleep(wait)
            self.free_at = max(free_at, self.held_until)

    def slow_down(self) -> None:
        """After a refusal for haste; several refusals at once count as one."""
        now = asyncio.get_running_loop().time()
        if now - self.lowered_at >= 1.0:
            share = NEAR if self.refused_at and self.answered >= ENOUGH else FAR
            self.refused_at, self.answered = self.rate, 0
            self.rate, self.burst, self.lowered_at = max(self.rate * share, SLOWEST), 0.0, now
        self.held_until = now + 1 / self.rate

    def speed_up(self) -> None:
        """After a success."""
        self.answered += 1
        if self.rate < self.limit:
            is_near = 0.8 * self.refused_at <= self.rate <= 1.1 * self.refused_at
            more = self.rate * CREEP if is_near else min(self.rate * RECOVERY, MOST_MORE)
            self.rate = min(self.limit, self.rate + more)


class Budget:
    """The buckets of one run, the requests in flight, and the retries that are left."""

    def __init__(self, limits: Limits, concurrency: int) -> None:
        self._limits = limits
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._learned: dict[str, float] = {}
        self._retries: dict[tuple[str, str], int] = {}
        self._places = Places(concurrency)
        self._ranks: dict[str, int] = {}

    def bucket(self, account: str, region: str, service: str, operation: str) -> Bucket:
        """The bucket that a call belongs to."""
        api = operation if operation == "LookupEvents" else service
        key = ("", "", api) if service == "organizations" else (account, region, api)
        if key not in self._buckets:
            limit, burst = self._limit(api)
            learned = self._learned.get(api, limit)
            self._buckets[key] = Bucket(limit, learned, burst if learned == limit else 0.0, api)
        return self._buckets[key]

    def _limit(self, api: str) -> tuple[float, float]:
        """The rate that we allow ourselves, and the seconds of it that may come at once."""
        limits = self._limits
        if api == "LookupEvents":
            return limits.lookup_events, 0.0
        if api == "sts":
            return limits.sts, 0.2
        if api == "s3":
            return limits.storage, 1.0
        return limits.organizations if api == "organizations" else limits.others, 1.0

    def note_answer(self, bucket: Bucket, service: str, region: str) -> None:
        """After a success."""
        bucket.speed_up()
        if bucket.api in self._learned:
            self._learned[bucket.api] = min(bucket.limit, self._learned[bucket.api] * (1 + CREEP))
        self._retries[service, region] = min(RETRIES, self._retries.get((service, region), RETRIES) + 1)

    def note_refusal(self, bucket: Bucket) -> None:
        """After a refusal for haste."""
        bucket.slow_down()
        self._learned[bucket.api] = bucket.rate

    def may_retry(self, service: str, region: str) -> bool:
        """Takes one retry of a service in a Region, if one is left; each success gives one back."""
        left = self._retries.get((service, region), RETRIES)
        self._retries[service, region] = max(0, left - 1)
        return left > 0

    @asynccontextmanager
    async def in_flight(self, account: str) -> AsyncIterator[None]:
        """A place among the requests in flight, given to another when the answer takes long.

        The account that was asked first goes first, so that few accounts are half read at a time.
        """
        await self._places.take(self._ranks.setdefault(account, len(self._ranks)))
        late = asyncio.get_running_loop().call_later(PATIENCE, self._places.give_back)
        try:
            yield
        finally:
            if late.when() > asyncio.get_running_loop().time():
                late.cancel()
                self._places.give_back()


class Places:
    """So many places; who waits with the lowest rank gets the next."""

    def __init__(self, size: int) -> None:
        self._free = size
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._came = 0

    async def take(self, rank: int) -> None:
        """Waits for a place."""
        if self._free:
            self._free -= 1
            return
        self._came += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank, self._came, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """Gives a place to who waits, if anybody does."""
        while self._waiting:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
