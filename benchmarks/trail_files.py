"""How fast files of a trail are reduced to uses, against unpacking them and searching their bytes.

`TRUSTVIEW_RECORDS` says how many records are invented (3,000,000), `TRUSTVIEW_TRAIL` names a folder to keep them in.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

from benchmarks.measure import Measure, measure
from benchmarks.trails import Plan, write_trail
from trustview.cli.reducing import mark_of, open_reducer
from trustview.collect.evidence import count_uses
from trustview.snapshot import Snapshot, Use
from trustview.store import Workspace, list_files

RECORDS, PROCESSES, ROUNDS = 3_000_000, 2, 2
NEEDLE = b"AssumeRole"
CHUNK = 256


def measure_trails() -> Iterator[Measure]:
    """The same files in as many processes: unpacked and searched, then reduced to uses."""
    plan = Plan(int(os.environ.get("TRUSTVIEW_RECORDS", RECORDS)), accounts=20, days=10)
    with _written(plan) as (folder, told):
        megabytes = told["bytes"] / 1e6
        print(f"{told['records']:,} records, {told['files']:,} files, {megabytes:,.0f} MB unpacked", file=sys.stderr)
        searching = measure(
            "trail files", "unpack and search", told["records"], partial(_search, folder), rounds=ROUNDS
        )
        yield searching
        faster = partial(_search, folder, "isal.isal_zlib")
        yield measure("trail files", "unpack by isal, search", told["records"], faster, searching, rounds=ROUNDS)
        reduce = partial(_reduce, folder, told)
        yield measure("trail files", "reduce to uses", told["records"], reduce, searching, rounds=ROUNDS)
    for who, name in ((resource.RUSAGE_SELF, "parent"), (resource.RUSAGE_CHILDREN, "largest child")):
        print(f"peak memory of the {name}: {resource.getrusage(who).ru_maxrss / 1e3:,.0f} MB", file=sys.stderr)


@contextmanager
def _written(plan: Plan) -> Iterator[tuple[Path, Counter[str]]]:
    """A folder with the trail, and what it holds."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("TRUSTVIEW_TRAIL") or temporary)
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            told = sum(
                pool.map(write_trail, *zip(*((folder, plan, *part) for part in plan.parts), strict=True)), Counter()
            )
        yield folder, told


def _search(folder: Path, library: str = "zlib") -> int:
    """How often the needle stands in all files, unpacked by a library."""
    paths = [file.path for file in list_files([folder])]
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        return sum(pool.map(partial(_search_files, library), chunks))


def _search_files(library: str, paths: list[str]) -> int:
    unpack = import_module(library).decompress
    return sum(unpack(Path(path).read_bytes(), 31).count(NEEDLE) for path in paths)


def _reduce(folder: Path, told: Counter[str]) -> tuple[Use, ...]:
    """The uses in all files, with an empty shelf; every call that was invented must be there once."""
    with (
        tempfile.TemporaryDirectory() as home,
        open_reducer(Workspace(Path(home)), [str(folder)], "2026-11-24T09:00:00Z", PROCESSES) as reducer,
    ):
        for file in list_files([folder]):
            reducer.add(mark_of(file.path, file.size, file.version))
        uses = count_uses(reducer.finish().calls, Snapshot("", "files"))
    assert sum(use.count for use in uses) == told["calls"] - told["refused"]
    assert sum(use.refused for use in uses) == told["refused"]
    return uses
