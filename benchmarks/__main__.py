"""Run the benchmarks: all of them, or those that words choose; `--json` prints values."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict

from benchmarks.analysis import measure_analysis
from benchmarks.cockpit import measure_cockpit
from benchmarks.collector import measure_collector
from benchmarks.decisions import measure_decisions
from benchmarks.measure import Measure
from benchmarks.narrowing import measure_proofs
from benchmarks.opening import measure_opening
from benchmarks.reviews import measure_reviews
from benchmarks.trail_files import measure_trails

SUBJECTS: dict[str, Callable[[], Iterator[Measure]]] = {
    "analysis": measure_analysis,
    "cockpit": measure_cockpit,
    "collector": measure_collector,
    "decisions": measure_decisions,
    "opening": measure_opening,
    "proofs": measure_proofs,
    "reviews": measure_reviews,
    "trails": measure_trails,
}


def main() -> int:
    """Print a line per measure, as soon as it is there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"of {', '.join(SUBJECTS)}; all by default")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    unknown = set(arguments.subjects) - set(SUBJECTS)
    if unknown:
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    found = [_show(each, quiet=arguments.json) for name in arguments.subjects or SUBJECTS for each in SUBJECTS[name]()]
    if arguments.json:
        print(json.dumps([asdict(each) | {"per_second": each.per_second} for each in found], indent=2))
    return 0


def _show(each: Measure, *, quiet: bool) -> Measure:
    if not quiet:
        ratio = f"{each.ratio:6.2f} x {each.against}" if each.against else ""
        times = f"{each.least * 1e6:9.1f} µs, median {each.middle * 1e6:8.1f} µs {each.per_second:10,.0f}/s"
        print(f"{each.subject:24} {each.what:24} {each.items:7} {times} {ratio}", flush=True)
    return each


if __name__ == "__main__":
    raise SystemExit(main())
