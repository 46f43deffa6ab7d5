"""Budget: how fast we ask. The one place for rates: a bucket per account and API, and requests in flight.

Rule 1: a bucket gives at most its rate, after a small burst. Rule 2: a refusal for haste halves the rate and holds the
bucket for a moment. Rule 3: every success brings the rate back a little, up to where it began.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from trustview.collect.scope import Limits

SLOWEST = 0.5
RECOVERY = 0.05


@dataclass(slots=True)
class Bucket:
    """Places in a queue of time: each caller gets the next free moment and sleeps until then.

    Rates are in requests a second; `burst` is how many seconds of idleness may be caught up.
    """

    limit: float
    rate: float
    burst: float
    free_at: float = 0.0
    lowered_at: float = -60.0

    async def take(self) -> None:
        """Waits for its turn; callers are served in the order in which they came."""
        now = asyncio.get_running_loop().time()
        self.free_at = max(self.free_at, now - self.burst) + 1 / self.rate
        if self.free_at > now:
            await asyncio.sleep(self.free_at - now)

    def slow_down(self) -> None:
        """After a refusal for haste; several refusals at once count as one."""
        now = asyncio.get_running_loop().time()
        if now - self.lowered_at >= 1.0:
            self.rate, self.lowered_at = max(self.rate / 2, SLOWEST), now
        self.free_at = max(self.free_at, now + 1 / self.rate)

    def speed_up(self) -> None:
        """After a success."""
        if self.rate < self.limit:
            self.rate = min(self.limit, self.rate * (1 + RECOVERY))


class Budget:
    """The buckets of one run, and the most requests that may be in flight."""

    def __init__(self, limits: Limits, concurrency: int) -> None:
        self._limits = limits
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self.in_flight = asyncio.Semaphore(concurrency)

    def bucket(self, account: str, region: str, service: str, operation: str) -> Bucket:
        """The bucket that a call belongs to."""
        limits = self._limits
        if operation == "LookupEvents":
            rate, burst, key = limits.lookup_events, 0.0, (account, region, operation)
        elif service == "organizations":
            rate, burst, key = limits.organizations, 1.0, ("", "", service)
        else:
            rate, burst = limits.sts if service == "sts" else limits.others, 1.0
            key = (account, region, service)
        if key not in self._buckets:
            self._buckets[key] = Bucket(rate, rate, burst)
        return self._buckets[key]
