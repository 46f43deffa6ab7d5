"""Opening analysed snapshots: what it costs to see the summary, one role, one account, one finding, one role's callers.

`python -m benchmarks.opening [ROLES …]` writes an organization of each size and opens it again, each time as a new
reader would. The smallest size is the baseline: what does not grow with the organization has a ratio of about one.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.measure import Measure, measure
from benchmarks.organizations import generate_snapshot
from trustview.analysis import analyse, chains_from, chains_into
from trustview.store import open_snapshot, save_snapshot

SIZES = (1_000, 10_000)


def measure_opening(sizes: Sequence[int] = SIZES) -> Iterator[Measure]:
    """For each size, each thing that people look at, the file opened anew for it."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {size: _write(Path(folder) / f"{size}.trustview", size) for size in sizes}
        for what, work in WORKS.items():
            baseline: Measure | None = None
            for size, (path, arn) in paths.items():
                found = measure("opening", f"{what}, {size:,}", 1, _opening(path, arn, work), baseline)
                baseline = baseline or found
                yield found


Work = Callable[[Path, str], object]


def _opening(path: Path, arn: str, work: Work) -> Callable[[], object]:
    return lambda: work(path, arn)


def _write(path: Path, size: int) -> tuple[Path, str]:
    """Write an analysed organization; its path and the ARN of a role in the middle."""
    gc.disable()
    snapshot = generate_snapshot(size)
    saved = save_snapshot(path, snapshot, analyse(snapshot))
    gc.enable()
    return saved, snapshot.roles[len(snapshot.roles) // 2].arn


def _see_summary(path: Path, arn: str) -> object:
    with open_snapshot(path) as file:
        return file.summary()


def _see_role(path: Path, arn: str) -> object:
    with open_snapshot(path) as file:
        return file.role(arn), file.grants_of(arn), file.findings_of(arn), file.edges_into(arn), file.edges_out_of(arn)


def _see_findings(path: Path, arn: str) -> object:
    with open_snapshot(path) as file:
        return list(file.findings(accounts=[arn.split(":")[4]]))


def _see_finding(path: Path, arn: str) -> object:
    with open_snapshot(path) as file:
        table = file.items()
        finding = next(iter(file.findings(accounts=[arn.split(":")[4]])))
        return file.finding(finding.id), table.numbers([finding.subject.item_id])


def _see_who_comes(path: Path, arn: str) -> object:
    with open_snapshot(path) as file:
        return list(chains_into(file.graph.into(arn), arn))


def _see_where_it_leads(path: Path, arn: str) -> object:
    with open_snapshot(path) as file:
        return list(chains_from(file.graph.out_of([arn]), [arn], are_members=True))


WORKS: dict[str, Work] = {
    "open, summary": _see_summary,
    "open, one role": _see_role,
    "open, one account's findings": _see_findings,
    "open, one finding": _see_finding,
    "open, who can become a role": _see_who_comes,
    "open, what a role can become": _see_where_it_leads,
}


def main() -> None:
    """Measure the sizes that the arguments name, the smallest first."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("roles", nargs="*", type=int, default=SIZES)
    for found in measure_opening(sorted(parser.parse_args().roles)):
        ratio = f"{found.ratio:6.2f} x {found.against}" if found.against else ""
        print(f"{found.what:40} {found.least * 1e3:8.3f} ms, median {found.middle * 1e3:8.3f} ms  {ratio}", flush=True)


if __name__ == "__main__":
    main()
