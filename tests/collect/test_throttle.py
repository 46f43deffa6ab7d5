"""AWS's limits, on a clock of their own: hardly a call is refused, and the run takes what the limits force.

Seconds are virtual (see `cloud.virtual_time`): what is counted is the schedule, not how fast this machine is.
"""

import asyncio
import random
from collections import Counter

import pytest

from trustview.collect import Scope, collect
from trustview.collect import budget as budgets
from trustview.snapshot import GapKind, Snapshot

from .cloud.organization import EVIDENCE_DAYS, invent
from .cloud.server import Cloud, serve
from .cloud.trouble import BROKEN, Fault, Late, Throttle, no_trouble
from .cloud.virtual_time import run_virtually
from .cloud.wire import Call
from .conftest import Shelf, moment
from .test_cloud import enter

LATENCY = 0.06
ALLOWED = {
    "organizations": (10.0, 20.0),
    "iam": (15.0, 15.0),
    "sts": (600.0, 600.0),
    "ec2": (20.0, 100.0),
    "LookupEvents": (2.0, 2.0),
}
"""(requests a second, at once): what AWS documents, and where it does not, what was seen."""
STRICTER = {**ALLOWED, "organizations": (5.0, 10.0), "iam": (4.0, 4.0), "sts": (20.0, 20.0)}
LEARNING = 10.0


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the pauses are what is tested; only their jitter is the same every time."""
    random.seed(1)


def run(cloud: Cloud, scope: Scope, monkeypatch: pytest.MonkeyPatch) -> tuple[Snapshot, float]:
    """The snapshot of a cloud, and the virtual seconds it took."""

    async def collected() -> tuple[Snapshot, float]:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            since = asyncio.get_running_loop().time()
            return await collect(scope, Shelf(), moment), asyncio.get_running_loop().time() - since

    return run_virtually(collected())


def forced(cloud: Cloud, limits: dict[str, tuple[float, float]]) -> float:
    """The seconds that the limits alone force on the calls that were answered."""
    calls: Counter[tuple[str, str, str]] = Counter()
    for call in cloud.answered:
        name = call.operation if call.operation in limits else call.service
        calls[call.account, call.region, name] += name in limits
    return max((number - limits[name][1]) / limits[name][0] for (_, _, name), number in calls.items() if number)


@pytest.mark.parametrize("evidence", [0, EVIDENCE_DAYS], ids=["without evidence", "with evidence"])
@pytest.mark.parametrize("limits", [ALLOWED, STRICTER], ids=["limits as known", "limits stricter than known"])
def test_hardly_a_call_is_refused_and_the_run_takes_what_the_limits_force(
    monkeypatch: pytest.MonkeyPatch, limits: dict[str, tuple[float, float]], evidence: int
) -> None:
    throttle = Throttle(limits)
    cloud = Cloud(invent(1, 70, roles=3, evidence=bool(evidence)), trouble=throttle, latency=LATENCY)
    snapshot, seconds = run(cloud, Scope(evidence_days=evidence), monkeypatch)
    began: dict[str, float] = {}
    for at, call in throttle.refused:
        began.setdefault(call.service, at)
    steady = [call for at, call in throttle.refused if at - began[call.service] > LEARNING]

    assert not [gap for gap in snapshot.gaps if gap.kind is GapKind.FAILED]
    assert len(steady) < 0.02 * len(cloud.asked)
    assert len(throttle.refused) < (0.05 if limits is STRICTER else 0.001) * len(cloud.asked)
    assert seconds <= 1.2 * forced(cloud, limits) + 2 * LATENCY * 10


def finished_at(cloud: Cloud, slow: set[str]) -> float:
    """When the last account that is not slow got its last answer, since the first request."""
    paired = zip(cloud.moments, cloud.asked, strict=True)
    return max(at for at, call in paired if call.service == "iam" and call.account not in slow) - cloud.moments[0]


def test_fast_accounts_do_not_wait_for_slow_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    served = invent(2, 80, roles=3)
    slow = set(sorted(served.enabled)[1:7])

    def trouble(call: Call) -> Fault | None:
        return Late(50.0) if call.service == "iam" and call.account in slow else None

    scope, questions = Scope(concurrency=16, without=("organizations-tags",)), 5
    alone, delayed = (Cloud(served, trouble=one, latency=LATENCY) for one in (no_trouble, trouble))
    run(alone, scope, monkeypatch)
    run(delayed, scope, monkeypatch)

    patience = budgets.PATIENCE * (1 + len(slow) * questions / scope.concurrency)
    assert finished_at(delayed, slow) <= 1.5 * finished_at(alone, slow) + patience


def test_one_account_that_is_throttled_all_the_time_slows_down_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    served = invent(3, 60, roles=3)
    hot = sorted(served.enabled)[1]
    throttle = Throttle({"iam": (0.2, 1.0)})

    def trouble(call: Call) -> Fault | None:
        return throttle(call) if call.account == hot else None

    scope = Scope(without=("organizations-tags",))
    alone, throttled = (Cloud(served, trouble=one, latency=LATENCY) for one in (no_trouble, trouble))
    run(alone, scope, monkeypatch)
    snapshot, _ = run(throttled, scope, monkeypatch)

    assert finished_at(throttled, {hot}) <= 2 * finished_at(alone, {hot})
    assert {gap.account for gap in snapshot.gaps if gap.kind is GapKind.FAILED} <= {hot}


def test_a_service_that_fails_everywhere_is_not_asked_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    served = invent(4, 50, roles=3)
    cloud = Cloud(served, trouble=lambda call: BROKEN if call.service == "iam" else None, latency=LATENCY)
    snapshot, _ = run(cloud, Scope(without=("organizations-tags",)), monkeypatch)
    calls = (call for call in cloud.asked if call.service == "iam" and call.operation != "ListOrganizationsFeatures")
    asked = Counter(call.account for call in calls)
    turns, questions = 2, 5

    assert sum(asked.values()) <= turns * questions * len(served.enabled) + budgets.RETRIES
    assert {gap.account for gap in snapshot.gaps if gap.service == "iam"} == set(served.enabled)
    assert not snapshot.accounts
