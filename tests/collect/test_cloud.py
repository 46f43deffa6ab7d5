"""The snapshot equals what was served, exactly, whatever passes; and what lasts is a gap, neither more nor less.

`TRUSTVIEW_SEEDS=200 python -m pytest tests/collect/test_cloud.py` tries 200 organizations instead of a few.
"""

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from trustview.collect import Scope, collect
from trustview.errors import CredentialsError
from trustview.snapshot import ProviderKind, Snapshot

from .cloud.expected import Expected, Outcome, invent_rules
from .cloud.organization import EVIDENCE_DAYS, Invented, invent
from .cloud.server import Cloud, serve
from .cloud.trouble import EXPIRED, GONE, SKEWED, Fault, Passing, Rule, Troubles
from .cloud.virtual_time import run_virtually
from .cloud.wire import Call, Refused
from .conftest import Shelf, moment

SEEDS = int(os.environ.get("TRUSTVIEW_SEEDS", "10"))


def prepare(seed: int) -> tuple[Cloud, Outcome]:
    """An organization of this seed, its trouble, and what must come of it."""
    rng = random.Random(seed)  # noqa: S311
    evidence, details = seed % 3 == 0, seed % 2 == 0
    served = invent(seed, rng.randint(1, 12), evidence=evidence)
    rules = invent_rules(rng, served, evidence=evidence)
    passing = Passing(served.management, random.Random(seed), rng.choice((0.0, 0.1, 0.4)))  # noqa: S311
    cloud = Cloud(served, page=rng.choice((1, 3, 1000)), repeats=rng.random() < 0.5, latency=0.06)
    cloud.trouble = Troubles(rules, passing)
    return cloud, Outcome(served, rules, evidence, details)


def enter(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leads the SDK to the cloud, and nowhere else."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)


def unexplained(snapshot: Snapshot, expected: list[Expected]) -> tuple[list[object], list[object]]:
    """Gaps that are too many, and gaps that are missing."""
    missing = list(expected)
    surplus: list[object] = []
    for gap in snapshot.gaps:
        where = (gap.account, gap.service, gap.region, gap.kind)
        found = next((one for one in missing if one[:4] == where and one[4] in gap.reason), None)
        if found is None:
            surplus.append(gap)
        else:
            missing.remove(found)
    return surplus, list(missing)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_snapshot_is_what_was_served(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud, outcome = prepare(seed)
    random.seed(seed)

    async def run() -> Snapshot:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            scope = Scope(
                evidence_days=EVIDENCE_DAYS if outcome.evidence else 0,
                including=("access-analyzer-details",) if outcome.details else (),
            )
            return await collect(scope, Shelf(), moment)

    snapshot = run_virtually(run())

    assert unexplained(snapshot, outcome.gaps()) == ([], []), cloud.faults
    assert replace(snapshot, gaps=(), readings=()) == outcome.snapshot()


def gather(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> Snapshot:
    """The snapshot of a cloud, in virtual time."""

    async def run() -> Snapshot:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            return await collect(Scope(), shelf, moment)

    return run_virtually(run())


# ── who we are ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("enough", [3, 40, 90])
@pytest.mark.parametrize("refused", [EXPIRED, Refused("InvalidClientTokenId", "The security token is invalid", 403)])
def test_after_logging_in_again_the_same_call_goes_on(
    monkeypatch: pytest.MonkeyPatch, enough: int, refused: Refused
) -> None:
    """The caller's session ends, or is revoked, after so many requests."""
    cloud, shelf = Cloud(invent(5, 12), page=3, latency=0.06), Shelf()

    def trouble(call: Call) -> Fault | None:
        return refused if call.account == cloud.served.management and len(cloud.asked) > enough else None

    cloud.trouble = trouble
    with pytest.raises(CredentialsError, match=r"log in again .* the same command goes on where it was"):
        gather(cloud, monkeypatch, shelf)
    kept = {key for key in shelf.keys("run-0/") if key.split("/")[2] == "iam"}
    cloud.trouble = Troubles(())
    cloud.log_in()
    cloud.asked.clear()
    snapshot = gather(cloud, monkeypatch, shelf)
    again = {f"run-0/{call.account}/iam/global" for call in cloud.asked if call.service == "iam"}

    assert replace(snapshot, gaps=(), readings=()) == Outcome(cloud.served, ()).snapshot()
    assert not again & kept
    assert shelf.finished == ["run-0"]


def test_clocks_that_differ_are_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud(invent(5, 3), trouble=lambda _call: SKEWED)

    with pytest.raises(CredentialsError, match="set the clock of this machine"):
        gather(cloud, monkeypatch, Shelf())


# ── what is deleted while it is read ─────────────────────────────────────────────────────────────────────────────


def gone(served: Invented) -> tuple[tuple[Rule, ...], Callable[[Snapshot], Snapshot]]:
    """An identity provider and a guardrail that are listed and then not there; and the snapshot without them."""
    provider = next(p for f in served.perfect.accounts for p in f.providers if p.kind is ProviderKind.OIDC)
    policy = served.organization.guardrails[-1]

    def leave_out(snapshot: Snapshot) -> Snapshot:
        organization = replace(
            served.organization, guardrails=tuple(p for p in served.organization.guardrails if p is not policy)
        )
        accounts = tuple(
            replace(facts, providers=tuple(p for p in facts.providers if p is not provider))
            for facts in snapshot.accounts
        )
        return replace(snapshot, organization=organization, accounts=accounts)

    rules = (
        Rule(GONE["GetOpenIDConnectProvider"], operation="GetOpenIDConnectProvider", within=provider.arn),
        Rule(GONE["DescribePolicy"], operation="DescribePolicy", within=f'"{policy.id}"'),
    )
    return rules, leave_out


def test_what_is_deleted_after_it_was_listed_is_not_there_and_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    served = invent(8, 10)
    rules, leave_out = gone(served)
    snapshot = gather(Cloud(served, trouble=Troubles(rules)), monkeypatch, Shelf())

    assert replace(snapshot, gaps=(), readings=()) == leave_out(Outcome(served, ()).snapshot())
    assert unexplained(snapshot, Outcome(served, ()).gaps()) == ([], [])


# ── freshness ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_snapshot_says_when_each_part_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud, shelf = Cloud(invent(6, 6)), Shelf()
    gather(cloud, monkeypatch, shelf)
    hours = iter(range(10**6))
    cloud.asked.clear()

    async def later() -> Snapshot:
        async with serve(cloud):
            enter(cloud, monkeypatch)
            scope = Scope(max_age_seconds=24 * 3600)
            return await collect(scope, shelf, lambda: moment() + timedelta(minutes=next(hours)))

    for key in [key for key in shelf.keys("run-0/") if "/iam/" in key][:1]:
        del shelf.values[key]
    snapshot = run_virtually(later())
    times = {(one.service, one.account, one.region): one.read_at for one in snapshot.readings}
    young = {place for place, read_at in times.items() if read_at > "2026-11-24T09:00:00Z"}

    assert len(times) == len(snapshot.readings) > 10
    assert [service for service, _, _ in young] == ["iam"]
    assert {call.service for call in cloud.asked} == {"sts", "iam"}
    assert all(facts.read_at == times["iam", facts.id, ""] for facts in snapshot.accounts)
