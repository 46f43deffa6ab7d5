"""How fast and how small the collector is, against what one would write with the SDK, and against the floor.

    .venv/bin/python -m benchmarks.collector            100, 500 and 2,000 accounts of 200 roles; some minutes
    .venv/bin/python -m benchmarks.collector --quick    25 and 100 accounts

The server is a process of its own that answers after 60 ms; each collector is a process of its own too. The baselines
read a sample of accounts and are compared per account, less what a process costs before its first account. The floor is
the greater of calls x latency / requests in flight and of fetching and parsing the same bytes with nothing else.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.collector_server import LATENCY
from benchmarks.collectors import ASKED_PER_ACCOUNT

IN_FLIGHT = 64
FEW = 4
SAMPLES = {"sequential": 24, "threads": 64, "plain": 64, "floor": 200}
"""Accounts that a baseline reads."""
SMALL_ROLES, FEW_IN_FLIGHT = 5, 4


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
    least, whole = (_run(name, size, roles, in_flight) for size in (FEW, accounts))
    more = accounts - FEW
    cpu_each = (whole["cpu"] - least["cpu"]) / more
    seconds_each = (whole["seconds"] - least["seconds"]) / more
    rest = {key: value for key, value in whole.items() if key not in ("seconds", "cpu", "peak_mb")}
    return Run(name, accounts, whole["seconds"], whole["cpu"], whole["peak_mb"], cpu_each, seconds_each, rest)


def _run(name: str, accounts: int, roles: int, in_flight: int) -> dict[str, float]:
    with serve(accounts + 1, roles) as address:
        command = [sys.executable, "-m", "benchmarks.collectors", name, address, str(accounts), str(in_flight)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    values: dict[str, float] = json.loads(done.stdout)
    return values


def measure_collector(sizes: tuple[int, ...], roles: int = 200) -> Iterator[tuple[Run, Run | None]]:
    """Each run, with the one of ours to compare it with."""
    baselines = [run(name, size, roles, IN_FLIGHT) for name, size in SAMPLES.items()]
    for baseline in baselines:
        yield baseline, None
    for size in sizes:
        ours = run("ours", size, roles, IN_FLIGHT)
        yield ours, None
        for baseline in baselines:
            yield ours, baseline


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
    """Ours where latency dominates: small accounts and few requests in flight, against calls x latency / in flight."""
    found = run("ours", 200, SMALL_ROLES, FEW_IN_FLIGHT)
    calls = ASKED_PER_ACCOUNT + 1
    forced = calls * LATENCY / FEW_IN_FLIGHT
    return (
        f"where latency dominates ({SMALL_ROLES} roles, {FEW_IN_FLIGHT} in flight): {found.seconds_each * 1000:.1f} ms "
        f"wall per account, {found.seconds_each / forced:.2f} x the floor of {calls} calls x latency / in flight"
    )


def main() -> None:
    """Prints a line per run and per comparison."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.collector", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="25 and 100 accounts instead of 100, 500 and 2,000")
    sizes = (25, 100) if parser.parse_args().quick else (100, 500, 2000)
    print(show_latency_bound(), flush=True)
    for found, baseline in measure_collector(sizes):
        print(show(found, baseline), flush=True)


if __name__ == "__main__":
    main()
