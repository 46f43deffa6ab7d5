"""How fast and how small the collector is, against what one would write with the SDK, and against the floor.

    python -m benchmarks collector                 100 accounts of 200 roles, in the form of the other subjects
    python -m benchmarks.collector                 100, 500 and 2,000 accounts, with wall time and memory; ten minutes
    python -m benchmarks.collector 50 --roles 20   another size

The server is a process of its own that answers after 60 ms; each collector is a process of its own too, and all ask
the same of every account. The baselines read a sample of accounts and are compared per account, less what a process
costs before its first account. Ours does more for it: it walks the organization, keeps every part on the shelf, and
reads all of them back into the snapshot. "walk" is that without the snapshot, which is the part that must not grow.
The floor is the greater of calls x latency / requests in flight, and of fetching and parsing the same bytes with
nothing else around it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.collector_server import LATENCY
from benchmarks.collectors import ASKED_PER_ACCOUNT
from benchmarks.measure import Measure

IN_FLIGHT = 64
FEW = 4
SIZES, ROLES = (100, 500, 2_000), 200
SAMPLES = {"sequential": 24, "threads": 64, "plain": 64, "floor": 200}
"""Accounts that a baseline reads."""
TITLES = {
    "sequential": "boto3, one by one",
    "threads": "boto3, 16 threads",
    "plain": "aiobotocore, semaphore",
    "floor": "bytes fetched and parsed",
}
SMALL_ROLES, FEW_IN_FLIGHT, SMALL_ACCOUNTS = 5, 4, 100


@dataclass(frozen=True, slots=True)
class Run:
    """One collector on so many accounts: seconds of wall and CPU, MB at the peak, and per account beyond the first."""

    name: str
    accounts: int
    seconds: float
    cpu: float
    peak_mb: float
    cpu_each: float
    seconds_each: float
    more: dict[str, float]


@contextmanager
def serve(accounts: int, roles: int) -> Iterator[str]:
    """The server's address, for as long as the context lasts."""
    command = [sys.executable, "-m", "benchmarks.collector_server", str(accounts), str(roles)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.communicate()


def run(name: str, accounts: int, roles: int, in_flight: int) -> Run:
    """One collector on a few accounts, then on all of them; the difference is what an account costs."""
    least, whole = (run_once(name, size, roles, in_flight) for size in (FEW, accounts))
    more = accounts - FEW
    cpu_each = (whole["cpu"] - least["cpu"]) / more
    seconds_each = (whole["seconds"] - least["seconds"]) / more
    rest = {key: value for key, value in whole.items() if key not in ("seconds", "cpu", "peak_mb")}
    return Run(name, accounts, whole["seconds"], whole["cpu"], whole["peak_mb"], cpu_each, seconds_each, rest)


def run_once(name: str, accounts: int, roles: int, in_flight: int) -> dict[str, float]:
    """What one collector took, in seconds and MB; it fails when the collector does."""
    with serve(accounts + 1, roles) as address:
        command = [sys.executable, "-m", "benchmarks.collectors", name, address, str(accounts), str(in_flight)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    values: dict[str, float] = json.loads(done.stdout)
    return values


def compare(sizes: Iterable[int], roles: int) -> Iterator[tuple[Run, Run | None]]:
    """Each run as it comes, the baselines first; and ours again with each of them."""
    baselines = []
    for name, size in SAMPLES.items():
        baselines.append(run(name, size, roles, IN_FLIGHT))
        yield baselines[-1], None
    for size in sizes:
        ours = run("ours", size, roles, IN_FLIGHT)
        yield ours, None
        for baseline in baselines:
            yield ours, baseline


def measure_collector() -> Iterator[Measure]:
    """Processor time per account of each, then of ours to each; and wall time where latency dominates."""
    for found, baseline in compare(SIZES[:1], ROLES):
        title = TITLES.get(found.name, "trustview collect")
        if baseline is None:
            yield Measure("collector", title, found.accounts, found.cpu_each, found.cpu_each)
        else:
            ratio = found.cpu_each / baseline.cpu_each
            against = TITLES[baseline.name]
            yield Measure("collector", title, found.accounts, found.cpu_each, found.cpu_each, against, ratio)
    found, forced = measure_latency_bound()
    each = found.seconds_each
    yield Measure("collector", "wall, latency bound", found.accounts, forced, forced)
    yield Measure("collector", "trustview collect", found.accounts, each, each, "wall, latency bound", each / forced)


def measure_latency_bound() -> tuple[Run, float]:
    """Ours on small accounts with few requests in flight, and the seconds per account that latency alone forces."""
    forced = ASKED_PER_ACCOUNT * LATENCY / FEW_IN_FLIGHT
    return run("ours", SMALL_ACCOUNTS, SMALL_ROLES, FEW_IN_FLIGHT), forced


def show(run: Run, baseline: Run | None) -> str:
    """One line of the table."""
    if baseline is not None:
        cpu, seconds = run.cpu_each / baseline.cpu_each, run.seconds_each / baseline.seconds_each
        return f"    per account, to {baseline.name:10} cpu x {cpu:6.3f}   wall x {seconds:6.3f}"
    each = f"{run.cpu_each * 1000:7.1f} ms cpu, {run.seconds_each * 1000:7.1f} ms wall per account"
    more = "".join(f", {key} {value:,.0f}" for key, value in run.more.items())
    return (
        f"{run.name:10} {run.accounts:5} accounts  {run.seconds:6.1f} s wall  {run.cpu:6.1f} s cpu  "
        f"{run.peak_mb:5.0f} MB peak  {each}{more}"
    )


def show_latency_bound() -> str:
    """The wall time of ours to what latency forces."""
    found, forced = measure_latency_bound()
    return (
        f"where latency dominates ({SMALL_ROLES} roles, {FEW_IN_FLIGHT} in flight): {found.seconds_each * 1000:.1f} ms "
        f"wall per account, {found.seconds_each / forced:.2f} x {ASKED_PER_ACCOUNT} calls x latency / in flight"
    )


def main() -> None:
    """Prints a line per run and per comparison."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.collector", description=__doc__.partition("\n")[0])
    parser.add_argument("accounts", nargs="*", type=int, default=SIZES)
    parser.add_argument("--roles", type=int, default=ROLES)
    arguments = parser.parse_args()
    print(show_latency_bound(), flush=True)
    for found, baseline in compare(arguments.accounts, arguments.roles):
        print(show(found, baseline), flush=True)


if __name__ == "__main__":
    main()
