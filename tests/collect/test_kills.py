"""Killed at random moments, the next run ends the same and asks nothing of what is kept: the log of the server says so.

`TRUSTVIEW_KILLS=50 python -m pytest tests/collect/test_kills.py` kills 50 runs instead of a few.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from trustview.collect import collect
from trustview.store import Shelf, open_shelf

from .cloud.expected import Outcome
from .cloud.organization import REGIONS, invent
from .cloud.server import Cloud, serve_in_thread
from .cloud.wire import Call
from .conftest import NOW, moment, small
from .test_cloud import enter

KILLS = int(os.environ.get("TRUSTVIEW_KILLS", "3"))
CONCURRENCY = 3
RUN = f"""
import asyncio, sys
from datetime import datetime
from pathlib import Path
from trustview.collect import Limits, Scope, collect
from trustview.store import open_shelf

async def main():
    with open_shelf(Path(sys.argv[1]), print) as shelf:
        fast = Limits(10_000, 10_000, 10_000, 10_000)
        scope = Scope(regions={REGIONS!r}, limits=fast, concurrency={CONCURRENCY})
        await collect(scope, shelf, lambda: datetime.fromisoformat("{NOW.isoformat()}"))
asyncio.run(main())
"""
TREE = ("ListAccounts", "ListAccountsForParent", "ListOrganizationalUnitsForParent", "DescribeOrganization")
REGIONAL = {
    "access-analyzer": "access-analyzer",
    "cognito-identity": "cognito-identity",
    "eks": "eks",
    "events": "events",
    "rolesanywhere": "roles-anywhere",
}
POLICIES = ("ListPolicies", "DescribePolicy", "ListTargetsForPolicy")


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with serve_in_thread(Cloud(invent(7, 14), page=3, latency=0.005)) as running:
        yield running


def part_of(call: Call) -> str:
    """The key, without its run, of the part that a call is made for; empty for calls that every run makes."""
    if call.service == "organizations":
        about = call.parameters.get("ResourceId", call.account)
        names = {**dict.fromkeys(TREE, "organizations"), **dict.fromkeys(POLICIES, "organizations-policies")}
        name = names.get(call.operation, "organizations-tags" if "ResourceId" in call.parameters else "")
        return f"{about}/{name}/global" if name else ""
    if call.service in REGIONAL:
        return f"{call.account}/{REGIONAL[call.service]}/{call.region}"
    is_of_account = call.service in ("iam", "ec2") and call.operation != "ListOrganizationsFeatures"
    return f"{call.account}/{call.service}/global" if is_of_account else ""


def run_and_kill(folder: Path, cloud: Cloud, rng: random.Random) -> None:
    """A collection in a process of its own, killed after so many requests."""
    enough = rng.randint(1, 160)
    here = str(Path(__file__).parents[2])
    cloud.asked.clear()
    with subprocess.Popen([sys.executable, "-c", RUN, str(folder)], env={**os.environ, "PYTHONPATH": here}) as process:
        while process.poll() is None and len(cloud.asked) < enough:
            time.sleep(0.001)
        time.sleep(rng.random() * 0.01)
        process.send_signal(signal.SIGKILL)


def kept_parts(shelf: Shelf) -> set[str]:
    return {key.split("/", 1)[1] for key in shelf.keys("") if not key.startswith("runs/")}


@pytest.mark.parametrize("seed", range(KILLS))
async def test_killed_and_gone_on_with(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    enter(cloud, monkeypatch)
    rng, told = random.Random(seed), list[str]()  # noqa: S311
    for _ in range(rng.randint(1, 2)):
        run_and_kill(tmp_path / "parts", cloud, rng)
    with open_shelf(tmp_path / "parts", told.append) as shelf:
        kept = kept_parts(shelf)
        cloud.asked.clear()
        snapshot = await collect(small(regions=REGIONS, concurrency=CONCURRENCY), shelf, moment)
        everything = kept_parts(shelf)
    asked = {part_of(call) for call in cloud.asked} - {""}
    hops = {call.parameters["RoleArn"].split(":")[4] for call in cloud.asked if call.operation == "AssumeRole"}
    complete = {key.split("/")[0] for key in everything} - {key.split("/")[0] for key in everything - kept}

    assert replace(snapshot, gaps=(), readings=()) == Outcome(cloud.served, ()).snapshot()
    assert {f"{r.account}/{r.service}/{r.region or 'global'}" for r in snapshot.readings} == everything
    assert asked <= everything
    assert not asked & kept
    assert not hops & complete
    assert told == []
