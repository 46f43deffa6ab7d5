"""LookupEvents against a server that throttles like AWS, on a clock of its own: everything, hardly a call in vain.

Seconds are virtual (see `cloud.virtual_time`).
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from trustview.collect import Limits, Scope, collect
from trustview.collect.moments import write_moment
from trustview.collect.parts import Lack
from trustview.collect.services.cloudtrail import PAGE, PAGES_NOTED
from trustview.snapshot import GapKind, Snapshot

from .cloud.answers import Answer
from .cloud.organization import invent
from .cloud.server import Cloud, serve
from .cloud.trouble import BROKEN, LOST_TOKEN, Fault, Throttle
from .cloud.virtual_time import run_virtually
from .cloud.wire import Call
from .conftest import NOW, Shelf, moment
from .test_cloud import enter

DAYS = 90
EVENTS = 4200
START = NOW - timedelta(days=DAYS)
ALLOWED = {"LookupEvents": (2.0, 2.0)}
"""(requests a second, at once), for each account and Region: what AWS documents."""
SERVED = invent(5, 3, roles=2)
ACCOUNTS = sorted(SERVED.enabled)
BUSY, REGION = ACCOUNTS[0], "us-east-1"
QUIET = ("organizations-tags", "events", "trails", "access-analyzer", "identity-center")


@pytest.fixture(autouse=True)
def no_long_pauses() -> None:
    """Here the pauses are what is tested; only their jitter is the same every time."""
    random.seed(1)


def history() -> list[Answer]:
    """The event history of one busy account and Region, newest first; many calls fall into one second."""
    chance = random.Random(7)  # noqa: S311
    moments = sorted((START + chance.random() ** 2 * timedelta(days=DAYS) for _ in range(EVENTS)), reverse=True)
    found = []
    for number, at in enumerate(moments):
        when = write_moment(at)
        record = {
            "eventID": f"event-{number}",
            "eventTime": when,
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRole",
            "awsRegion": REGION,
            "userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"},
            "requestParameters": {"roleArn": f"arn:aws:iam::{BUSY}:role/Role{number % 3}"},
        }
        found.append({"EventId": record["eventID"], "EventTime": when, "CloudTrailEvent": json.dumps(record)})
    return found


HISTORY = history()


def seconds(value: Any) -> float:  # noqa: ANN401
    return float(value) if isinstance(value, int | float) else datetime.fromisoformat(str(value)).timestamp()


def edit(call: Call, answer: Answer) -> Answer:
    """Puts the history into the answers, cut by time and event name as CloudTrail does."""
    if call.operation != "LookupEvents":
        return answer
    wanted = call.parameters["LookupAttributes"][0]["AttributeValue"]
    if (call.account, call.region, wanted) != (BUSY, REGION, "AssumeRole"):
        return {"Events": []}
    first, last = seconds(call.parameters["StartTime"]), seconds(call.parameters["EndTime"])
    return {"Events": [event for event in HISTORY if first <= seconds(event["EventTime"]) <= last]}


@dataclass
class Lookups:
    """The calls of LookupEvents that a server saw, with their moments."""

    cloud: Cloud
    calls: list[tuple[float, Call]] = field(default_factory=list)

    def __post_init__(self) -> None:
        paired = zip(self.cloud.moments, self.cloud.asked, strict=True)
        self.calls = [(at, call) for at, call in paired if call.operation == "LookupEvents"]

    @property
    def of_busy(self) -> int:
        return sum((call.account, call.region) == (BUSY, REGION) for _, call in self.calls)

    def by_place(self) -> Iterator[list[float]]:
        places = {(call.account, call.region) for _, call in self.calls}
        for place in places:
            yield [at for at, call in self.calls if (call.account, call.region) == place]


def run(
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
    shelf: Shelf,
    stop_after: int = 0,
    **given: Any,  # noqa: ANN401
) -> Snapshot | None:
    """The snapshot; None when it was stopped after so many calls of LookupEvents."""
    scope = Scope(
        **{"evidence_days": DAYS, "regions": (REGION,), "without": QUIET, "limits": Limits(500, 2.0, 500, 500), **given}
    )

    async def stop(work: asyncio.Task[Snapshot]) -> None:
        while not work.done() and Lookups(cloud).of_busy < stop_after:  # noqa: ASYNC110  virtual time
            await asyncio.sleep(0.5)
        work.cancel()

    async def collected() -> Snapshot | None:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            work = asyncio.ensure_future(collect(scope, shelf, moment))
            stopping = asyncio.ensure_future(stop(work)) if stop_after else None
            try:
                return await work
            except asyncio.CancelledError:
                return None
            finally:
                if stopping is not None:
                    stopping.cancel()

    return run_virtually(collected())


def served(trouble: Callable[[Call], Fault | None], **given: Any) -> Cloud:  # noqa: ANN401
    return Cloud(SERVED, edit=edit, latency=0.06, trouble=trouble, **given)


def counted(snapshot: Snapshot | None) -> int:
    assert snapshot is not None
    return sum(use.count for use in snapshot.uses)


def gaps(snapshot: Snapshot | None) -> list[Lack]:
    assert snapshot is not None
    return [
        Lack(gap.kind, gap.reason)
        for gap in snapshot.gaps
        if gap.service == "cloudtrail" and gap.reason != "the Region was left out of the scope"
    ]


NEEDED = -(-EVENTS // PAGE) + 2
"""The pages of the busy event name, and one for each of the others."""


def test_everything_is_read_never_faster_than_allowed_and_no_call_is_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    throttle = Throttle(ALLOWED)
    cloud = served(throttle)
    snapshot = run(cloud, monkeypatch, Shelf())
    lookups = Lookups(cloud)

    assert counted(snapshot) == EVENTS
    assert gaps(snapshot) == []
    assert throttle.refused == []
    assert lookups.of_busy == NEEDED
    for moments in lookups.by_place():
        assert all(later - earlier > 0.999 for earlier, later in zip(moments, moments[2:], strict=False))


@pytest.mark.parametrize("rate", [1.9, 1.0, 0.7])
def test_a_server_that_bears_less_refuses_hardly_a_call(rate: float, monkeypatch: pytest.MonkeyPatch) -> None:
    throttle = Throttle({"LookupEvents": (rate, 2.0)})
    cloud = served(throttle)
    snapshot = run(cloud, monkeypatch, Shelf())
    lookups = Lookups(cloud)

    assert counted(snapshot) == EVENTS
    assert gaps(snapshot) == []
    assert lookups.of_busy - NEEDED <= 0.05 * lookups.of_busy


@pytest.mark.parametrize("stops", [1, 3])
def test_an_interrupted_reading_goes_on_at_the_time_where_it_was(stops: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, cloud = Shelf(), served(Throttle(ALLOWED))
    for number in range(1, stops + 1):
        assert run(cloud, monkeypatch, shelf, stop_after=number * (PAGES_NOTED + 4)) is None
    snapshot = run(cloud, monkeypatch, shelf)
    asked = Lookups(cloud).of_busy

    assert counted(snapshot) == EVENTS
    assert gaps(snapshot) == []
    assert asked - NEEDED <= max(2 * stops, 0.05 * asked)
    assert not [key for key in shelf.keys("") if key.endswith("/reached") or "/copies-" in key]


@pytest.mark.parametrize("places", [(30,), (10, 30, 60)], ids=str)
def test_where_the_token_of_a_page_is_forgotten_it_goes_on_by_time(
    places: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    throttle, number = Throttle(ALLOWED), Counter[str]()

    def trouble(call: Call) -> Fault | None:
        if call.operation == "LookupEvents" and (call.account, call.region) == (BUSY, REGION):
            number["asked"] += 1
            if number["asked"] in places:
                return LOST_TOKEN["cloudtrail"]
        return throttle(call)

    cloud = served(trouble)
    snapshot = run(cloud, monkeypatch, Shelf())

    assert counted(snapshot) == EVENTS
    assert gaps(snapshot) == []
    assert Lookups(cloud).of_busy - NEEDED <= 0.05 * NEEDED


def test_what_failed_goes_on_from_there_in_the_second_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    number = Counter[str]()

    def trouble(call: Call) -> Fault | None:
        if call.operation == "LookupEvents" and (call.account, call.region) == (BUSY, REGION):
            number["asked"] += 1
            return BROKEN if 50 <= number["asked"] < 55 else None
        return None

    cloud = served(trouble)
    snapshot = run(cloud, monkeypatch, Shelf())

    assert counted(snapshot) == EVENTS
    assert gaps(snapshot) == []
    assert Lookups(cloud).of_busy - NEEDED <= 5 + 3


def test_a_sample_says_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = served(Throttle(ALLOWED))
    snapshot = run(cloud, monkeypatch, Shelf(), evidence_pages=10)
    oldest = HISTORY[10 * PAGE - 1]["EventTime"]

    assert counted(snapshot) == 10 * PAGE
    assert gaps(snapshot) == [
        Lack(GapKind.NOT_ASKED, f"AssumeRole before {oldest}: only the newest 500 were asked for")
    ]
    assert snapshot is not None
    (window,) = [one for one in snapshot.windows if one.account == BUSY]
    assert window.holes == ((write_moment(START), oldest),)
    assert replace(window, holes=()).end == write_moment(NOW.astimezone(UTC))
    assert Lookups(cloud).of_busy == 10 + 2
