"""A service that a Region does not offer has no address there: that is told as such, once, and is no failure."""

from dataclasses import replace

import pytest

from trustview.collect.aws import Aws, open_aws
from trustview.collect.doctor import examine
from trustview.collect.failure import CallError, FailureKind
from trustview.snapshot import GapKind

from .cloud.expected import Outcome
from .cloud.organization import invent
from .cloud.server import Cloud, serve
from .cloud.virtual_time import run_virtually
from .conftest import Shelf, small
from .test_cloud import enter, gather

NOWHERE = "http://events.nowhere.invalid"
"""A name that nobody will ever know: https://www.rfc-editor.org/rfc/rfc2606"""


def without_events(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """A cloud whose EventBridge has no address."""
    monkeypatch.setattr(
        Cloud, "environment", lambda cloud: {**environment(cloud), "AWS_ENDPOINT_URL_EVENTBRIDGE": NOWHERE}
    )
    return Cloud(invent(5, 6))


environment = Cloud.environment


def test_what_is_not_offered_is_told_once_for_each_region_and_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = without_events(monkeypatch)
    snapshot = gather(cloud, monkeypatch, Shelf())
    gaps = [gap for gap in snapshot.gaps if gap.service == "events"]
    regions = {region for one in cloud.served.enabled.values() for region in one}

    assert {(gap.account, gap.kind) for gap in gaps} == {("", GapKind.NOT_ASKED)}
    assert sorted(gap.region for gap in gaps) == sorted(regions)
    assert (
        gaps[0].reason
        == f"`events` has no address in {gaps[0].region}: it is not offered there, or its name is blocked"
    )
    assert snapshot.accounts == Outcome(cloud.served, ()).snapshot().accounts


def test_the_doctor_does_not_complain_of_what_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = without_events(monkeypatch)

    async def run() -> list[str]:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            return [one.detail for one in await examine(small()) if one.what.endswith(": events") and one.is_ok]

    assert set(run_virtually(run())) == {"can be read in 0 Regions"}


async def ask_events(aws: Aws) -> FailureKind:
    """How the question for event buses ends."""
    with pytest.raises(CallError) as caught:
        await aws.call("", "eu-west-1", "events", "ListEventBuses", {}, needs="EventBuses")
    return caught.value.failure.kind


@pytest.mark.parametrize(
    ("endpoint", "expected"), [("", FailureKind.NO_ADDRESS), ("http://sts.nowhere.invalid", FailureKind.TRANSIENT)]
)
def test_where_no_name_is_known_nothing_is_concluded(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, expected: FailureKind
) -> None:
    cloud = without_events(monkeypatch)

    async def run() -> tuple[FailureKind, int]:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            async with open_aws(small()) as aws:
                aws.sessions.caller = replace(aws.caller, endpoint=endpoint or aws.caller.endpoint)
                kinds = {await ask_events(aws), await ask_events(aws)}
                assert len(kinds) == 1
                return kinds.pop(), aws.counts.calls

    kind, calls = run_virtually(run())

    assert kind is expected
    assert calls == (2 if expected is FailureKind.NO_ADDRESS else 11)
