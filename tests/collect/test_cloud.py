"""The snapshot equals what was served, exactly, whatever passes; and what lasts is a gap, neither more nor less.

`TRUSTVIEW_SEEDS=200 python -m pytest tests/collect/test_cloud.py` tries 200 organizations instead of a few.
"""

import os
import random
from dataclasses import replace

import pytest

from trustview.collect import Scope, collect
from trustview.snapshot import Snapshot

from .cloud.expected import Expected, Outcome, invent_rules
from .cloud.organization import EVIDENCE_DAYS, invent
from .cloud.server import Cloud, serve
from .cloud.trouble import Passing, Troubles
from .cloud.virtual_time import run_virtually
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
