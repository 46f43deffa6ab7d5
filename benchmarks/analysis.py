"""The analysis of whole organizations: time, memory, and the ratio to merely parsing the same input as JSON.

`python -m benchmarks.analysis [ROLES …]` runs each size in a process of its own, so that the peak memory is its own.
Time is CPU time of the process; garbage collection is off while it builds, as it is in the product. Then one role is
changed in turn, in its trust policy or in what it may do, and what that changes is analysed again (`what_if`).
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from benchmarks.measure import Measure
from benchmarks.organizations import account_details, generate_snapshot
from trustview.analysis import CHECKS, Analysis, Party, analyse, what_if
from trustview.policy import Privilege
from trustview.snapshot import Role, Snapshot

SIZES = (1_000, 10_000, 100_000)


def measure(roles: int, seed: int, *, with_checks: bool) -> dict[str, Any]:
    """Generate one organization, parse it as JSON, analyse it; seconds of CPU and mebibytes."""
    gc.disable()
    snapshot = generate_snapshot(roles, seed)
    parsing = {name: _parse(snapshot, loads) for name, loads in _parsers().items()}
    before = _peak()
    started = time.process_time()
    analysis = analyse(snapshot, CHECKS if with_checks else ())
    seconds, peak = time.process_time() - started, _peak()
    started = time.process_time()
    assert analysis.graph.walk([0]).order
    graph = time.process_time() - started
    changed = {name: _try_out(snapshot, analysis, role) for name, role in _changes(snapshot, analysis)}
    return {
        "roles": len(snapshot.roles),
        "grants": len(analysis.grants),
        "edges": len(analysis.edges),
        "findings": len(analysis.findings),
        "seconds": round(seconds, 2),
        "microseconds per role": round(1e6 * seconds / len(snapshot.roles)),
        "graph seconds": round(graph, 2),
        **{f"seconds after {name}": round(spent, 2) for name, spent in changed.items()},
        **{f"{name} to all": round(spent / seconds, 4) for name, spent in changed.items()},
        "input MB": round(parsing["json"][1] / 1e6, 1),
        **{f"ratio to {name}": round(seconds / spent, 1) for name, (spent, _) in parsing.items()},
        "MiB before": before,
        "MiB": peak,
        "MiB after changes": _peak(),
    }


def _try_out(snapshot: Snapshot, analysis: Analysis, role: Role) -> float:
    """Seconds for the analysis with another role in the place of the one of its name."""
    started = time.process_time()
    what_if(snapshot, analysis, [role])
    return time.process_time() - started


def _changes(snapshot: Snapshot, analysis: Analysis) -> Iterator[tuple[str, Role]]:
    """One role of the middle that lets nobody in any more, one that may do less, an administrator and a vendor shut.

    The first change after a snapshot was opened also sorts by account what all changes need.
    """
    role = snapshot.roles[len(snapshot.roles) // 2]
    admins = [grant.role for grant in analysis.grants if grant.privilege is Privilege.ADMIN]
    shut = '{"Version": "2012-10-17", "Statement": []}'
    vendors = [grant.role for grant in analysis.grants if grant.party is Party.VENDOR]
    yield "the first change", replace(role, trust_policy=shut)
    yield "a trust policy", replace(role, trust_policy=shut)
    yield "permissions", replace(role, inline=(), attached=("arn:aws:iam::aws:policy/ReadOnlyAccess",))
    yield "an administrator", replace(snapshot.roles_by_arn[admins[len(admins) // 2]], trust_policy=shut)
    yield "a vendor's role", replace(snapshot.roles_by_arn[vendors[len(vendors) // 2]], trust_policy=shut)


def _parsers() -> dict[str, Callable[[str], object]]:
    found: dict[str, Callable[[str], object]] = {"json": json.loads}
    if find_spec("orjson"):
        import orjson  # type: ignore[import-not-found, unused-ignore]

        found["orjson"] = orjson.loads
    return found


def _parse(snapshot: Snapshot, loads: Callable[[str], object]) -> tuple[float, int]:
    """Seconds to parse the account files, one after the other, and their size in bytes."""
    seconds, size = 0.0, 0
    for facts in snapshot.accounts:
        text = json.dumps(account_details(facts))
        started = time.process_time()
        loads(text)
        seconds += time.process_time() - started
        size += len(text)
    return seconds, size


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure the sizes that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("roles", nargs="*", type=int, default=SIZES)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--without-checks", action="store_true")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        print(json.dumps(measure(arguments.roles[0], arguments.seed, with_checks=not arguments.without_checks)))
        return
    for roles in arguments.roles:
        options = [*["--without-checks"][: arguments.without_checks], "--seed", str(arguments.seed), "--here"]
        command = [sys.executable, "-m", "benchmarks.analysis", str(roles), *options]
        line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        print(line.strip() if arguments.json else _table(json.loads(line)), flush=True)


def measure_analysis() -> Iterator[Measure]:
    """The analysis of two sizes, per role, against parsing the same input; one round each."""
    for roles in SIZES[:2]:
        found = measure(roles, 7, with_checks=True)
        each = found["seconds"] / found["roles"]
        what, against = f"{found['roles']:,} roles", "json.loads"
        yield Measure("analysis", what, found["roles"], each, each, against, found["ratio to json"])


def _table(result: dict[str, Any]) -> str:
    return "  ".join(f"{name} {value:,}" for name, value in result.items())


if __name__ == "__main__":
    main()
