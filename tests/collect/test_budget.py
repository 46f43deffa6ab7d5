"""The budget, on a clock of its own: how many requests get through in how much time."""

import asyncio

import pytest

from trustview.collect import budget
from trustview.collect.budget import SLOWEST, Bucket, Budget
from trustview.collect.scope import Limits


class Clock:
    """Time that passes only when somebody sleeps, in the place of the event loop's."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()

    class Asyncio:
        Semaphore = asyncio.Semaphore
        sleep = made.sleep

        @staticmethod
        def get_running_loop() -> Clock:
            return made

    monkeypatch.setattr(budget, "asyncio", Asyncio)
    monkeypatch.setattr(budget, "SLOWEST", SLOWEST)
    return made


async def take(bucket: Bucket, times: int) -> None:
    for _ in range(times):
        await bucket.take()


async def test_after_its_burst_a_bucket_gives_its_rate(clock: Clock) -> None:
    bucket = Bucket(10, 10, 1.0)
    await take(bucket, 110)

    assert clock.now - 1000 == pytest.approx(10.0)


async def test_without_a_burst_the_first_second_is_like_any_other(clock: Clock) -> None:
    bucket = Budget(Limits(), 1).bucket("1", "eu-west-1", "cloudtrail", "LookupEvents")
    await take(bucket, 20)

    assert clock.now - 1000 == pytest.approx(10.0)


async def test_idle_time_is_not_saved_up_beyond_the_burst(clock: Clock) -> None:
    bucket = Bucket(10, 10, 1.0)
    await take(bucket, 1)
    clock.now += 3600
    since = clock.now
    await take(bucket, 30)

    assert clock.now - since == pytest.approx(2.0)


async def test_a_refusal_halves_the_rate_and_several_at_once_count_as_one(clock: Clock) -> None:
    bucket = Bucket(8, 8, 1.0)
    for _ in range(5):
        bucket.slow_down()
    assert bucket.rate == 4
    clock.now += 1
    bucket.slow_down()

    assert bucket.rate == 2


async def test_it_never_gets_slower_than_the_slowest_and_recovers_to_its_limit(clock: Clock) -> None:
    bucket = Bucket(8, 8, 1.0)
    for _ in range(20):
        bucket.slow_down()
        clock.now += 1
    assert bucket.rate == SLOWEST
    for _ in range(200):
        bucket.speed_up()

    assert bucket.rate == 8


async def test_a_refused_bucket_is_held_for_a_moment(clock: Clock) -> None:
    bucket = Bucket(2, 2, 1.0)
    bucket.slow_down()
    await bucket.take()

    assert clock.now - 1000 >= 1.0


def test_accounts_regions_and_services_have_buckets_of_their_own_but_organizations_has_one() -> None:
    some = Budget(Limits(), 1)

    assert some.bucket("1", "", "iam", "ListRoles") is some.bucket("1", "", "iam", "ListAccountAliases")
    assert some.bucket("1", "", "iam", "ListRoles") is not some.bucket("2", "", "iam", "ListRoles")
    assert some.bucket("1", "a", "accessanalyzer", "ListFindings") is not some.bucket(
        "1", "b", "accessanalyzer", "ListFindings"
    )
    assert some.bucket("1", "", "organizations", "ListRoots") is some.bucket("2", "", "organizations", "ListAccounts")
