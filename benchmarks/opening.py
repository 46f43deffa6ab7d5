"""Opening analysed snapshots: what it costs to see the summary, and one role with what was found on it, by size.

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
from trustview.analysis import analyse
from trustview.store import open_snapshot, save_snapshot

SIZES = (1_000, 10_000)


def measure_opening(sizes: Sequence[int] = SIZES) -> Iterator[Measure]:
    """For each size: open and read the summary; open and read one role, its grants, findings and neighbours."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {size: _write(Path(folder) / f"{size}.trustview", size) for size in sizes}
        for what, work in (("open, summary", _see_summary), ("open, one role", _see_role)):
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


def main() -> None:
    """Measure the sizes that the arguments name, the smallest first."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("roles", nargs="*", type=int, default=SIZES)
    for found in measure_opening(sorted(parser.parse_args().roles)):
        ratio = f"{found.ratio:6.2f} x {found.against}" if found.against else ""
        print(f"{found.what:28} {found.least * 1e3:8.3f} ms, median {found.middle * 1e3:8.3f} ms  {ratio}", flush=True)


if __name__ == "__main__":
    main()
