"""Files of a trail, reduced in several processes: nothing is lost or counted twice, whatever ends a run and where."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from benchmarks.trails import Plan, write_trail
from tests.collect.services.test_cloudtrail import AS_ACCOUNT, CALLER, DEPLOY, HUB, SESSION, SNAPSHOT, TARGET, record
from tests.collect.test_trail_files import trail
from trustview.collect import FileMark, Reducer, Tally, Work, batches, find_trail_run
from trustview.collect.evidence import count_uses
from trustview.collect.reduction import Reduced
from trustview.errors import SourceError
from trustview.snapshot import Snapshot, Use
from trustview.store import Shelf, list_files, open_shelf, read_named

NOW = "2026-11-24T09:00:00Z"
PLAN = Plan(1500, accounts=3, regions=2, days=2)
NOTHING = Snapshot("", "files")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 500 files of an invented trail, with digests between them as AWS puts them."""
    path = tmp_path_factory.mktemp("trail")
    told = [write_trail(path, PLAN, region, day) for region, day in PLAN.parts]
    digests = path / "AWSLogs" / PLAN.account_ids[0] / "CloudTrail-Digest" / "one.json.gz"
    digests.parent.mkdir(parents=True)
    digests.write_bytes(gzip.compress(b'{"awsAccountId":"1","digestStartTime":"2026-09-01T00:00:00Z"}'))
    (path / "told.json").write_text(json.dumps([dict(one) for one in told]))
    return path


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_FILES", 16)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path / "parts", print) as opened:
        yield opened


def silent(_text: str) -> None:
    """Warnings that nobody reads."""


def read(path: str) -> bytes:
    file = read_named(path)
    if file.problem:
        raise ValueError(file.problem)
    return file.content


def batches_of(folder: Path, shelf: Shelf) -> set[str]:
    """The fingerprints of the batches of these files that a shelf keeps."""
    run = find_trail_run(shelf, [str(folder)], NOW)
    return {key.split("/")[1] for key in shelf.keys(f"{run}/")}


def reduce(
    folder: Path, shelf: Shelf, processes: int = 1, reading: Callable[[str], bytes] = read, tally: Tally | None = None
) -> Reduced:
    work = Work(partial(open_shelf, shelf._folder, silent), reading)
    run = find_trail_run(shelf, [str(folder)], NOW)
    with Reducer(work, shelf, run, processes, lambda _tally: None, tally or Tally()) as reducer:
        for file in list_files([folder]):
            if file.path.endswith(".gz"):
                reducer.add(FileMark(file.path, file.size, file.version))
        return reducer.finish()


def uses_of(reduced: Reduced, snapshot: Snapshot = NOTHING) -> tuple[Use, ...]:
    return count_uses(reduced.calls, snapshot)


@pytest.mark.usefixtures("small_batches")
def test_several_processes_find_what_one_finds_and_every_call_counts_once(folder: Path, tmp_path: Path) -> None:
    told = json.loads((folder / "told.json").read_text())
    found = []
    for processes in (1, 2):
        with open_shelf(tmp_path / f"parts-{processes}", print) as shelf:
            reduced = reduce(folder, shelf, processes)
            found.append((reduced.seen, reduced.problems, uses_of(reduced)))

    alone, together = found
    assert alone == together
    assert sum(use.count for use in together[2]) == sum(one["calls"] - one.get("refused", 0) for one in told) > 50
    assert sum(use.refused for use in together[2]) == sum(one.get("refused", 0) for one in told)
    assert {account for account, _, _ in together[0]} == set(PLAN.account_ids)


@pytest.mark.usefixtures("small_batches")
def test_no_caller_of_ours_is_told_by_its_account_alone(folder: Path, shelf: Shelf) -> None:
    """The copies of calls across accounts lie in files of different accounts, in different batches."""
    uses = uses_of(reduce(folder, shelf))
    across = [use for use in uses if use.caller_account and use.caller_account != use.role.split(":")[4]]

    assert across
    assert [use.caller for use in across if not use.caller.startswith("arn:aws:iam::")] == []


class PulledPlugError(Exception):
    """Somebody pulls the plug."""


@pytest.mark.usefixtures("small_batches")
def test_what_was_read_before_an_interruption_is_not_read_again(folder: Path, shelf: Shelf, tmp_path: Path) -> None:
    before: list[str] = []
    after: list[str] = []

    def read_some(path: str) -> bytes:
        if len(before) == 150:
            raise PulledPlugError
        before.append(path)
        return read(path)

    def read_rest(path: str) -> bytes:
        after.append(path)
        return read(path)

    with pytest.raises(PulledPlugError):
        reduce(folder, shelf, reading=read_some)
    resumed = uses_of(reduce(folder, shelf, reading=read_rest))
    with open_shelf(tmp_path / "fresh", print) as fresh:
        assert resumed == uses_of(reduce(folder, fresh))

    everything = {file.path for file in list_files([folder]) if file.path.endswith(".gz")}
    again = set(before) & set(after)
    assert set(before) | set(after) == everything
    assert len(again) < 100
    assert again == set(before[-len(again) :])


@pytest.mark.usefixtures("small_batches")
def test_only_batches_with_new_or_changed_files_are_read_again(folder: Path, shelf: Shelf, tmp_path: Path) -> None:
    copied = tmp_path / "copied"
    subprocess.run(["cp", "-r", str(folder), str(copied)], check=True)
    first = uses_of(reduce(copied, shelf))
    files = [Path(file.path) for file in list_files([copied]) if file.path.endswith(".gz")]
    call = record(AS_ACCOUNT, recipientAccountId=TARGET)
    files[0].with_name("zz_new.json.gz").write_bytes(trail(call))
    os.utime(files[-1], ns=(1, 1))
    tally = Tally()
    second = uses_of(reduce(copied, shelf, tally=tally))

    assert len(second) == len(first) + 1
    assert tally.files == len(files) + 1
    assert tally.kept >= len(files) - 2 * 100


@pytest.mark.usefixtures("small_batches")
def test_what_the_shelf_keeps_of_files_that_are_gone_is_thrown_away(folder: Path, shelf: Shelf, tmp_path: Path) -> None:
    copied = tmp_path / "copied"
    subprocess.run(["cp", "-r", str(folder), str(copied)], check=True)
    reduce(copied, shelf)
    before = batches_of(copied, shelf)
    for account in PLAN.account_ids[1:]:
        subprocess.run(["rm", "-r", *map(str, copied.glob(f"AWSLogs/*/{account}"))], check=True)
    reduced = reduce(copied, shelf)

    assert {account for account, _, _ in reduced.seen} == {PLAN.account_ids[0]}
    with open_shelf(tmp_path / "anew", print) as anew:
        reduce(copied, anew)
        assert batches_of(copied, shelf) == batches_of(copied, anew)
    assert len(batches_of(copied, shelf)) < len(before)


def test_a_file_that_is_damaged_is_named_and_costs_no_other(shelf: Shelf, tmp_path: Path) -> None:
    ours = record(SESSION, sharedEventID="s", eventID="a", recipientAccountId=CALLER)
    theirs = record(AS_ACCOUNT, sharedEventID="s", eventID="b", recipientAccountId=TARGET)
    for name, content in (("a", trail(ours)), ("b", trail(ours)[:-9]), ("c", trail(theirs))):
        (tmp_path / "files").mkdir(exist_ok=True)
        (tmp_path / "files" / f"{name}.gz").write_bytes(content)
    reduced = reduce(tmp_path / "files", shelf)

    assert [(Path(path).name, reason) for path, reason in reduced.problems] == [("b.gz", "the file is cut off")]
    assert [(use.role, use.caller, use.count) for use in uses_of(reduced, SNAPSHOT)] == [(DEPLOY.arn, HUB.arn, 1)]


def test_the_same_file_twice_counts_once(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    for name in ("a.gz", "b.gz"):
        (tmp_path / "files" / name).write_bytes(trail(record(SESSION, recipientAccountId=CALLER)))

    assert [use.count for use in uses_of(reduce(tmp_path / "files", shelf), SNAPSHOT)] == [1]


@pytest.mark.usefixtures("small_batches")
def test_what_is_damaged_on_the_shelf_is_told_and_read_again_by_the_next_run(folder: Path, shelf: Shelf) -> None:
    whole = uses_of(reduce(folder, shelf))
    day = next(key for key in shelf.keys("") if key.endswith("2026-09-02"))
    shelf.put(day, "damaged")
    with pytest.raises(SourceError, match="the same command reads that part of it again"):
        uses_of(reduce(folder, shelf))

    assert uses_of(reduce(folder, shelf)) == whole


def test_killed_outright_the_next_run_ends_the_same(folder: Path, tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from tests.collect import test_reducing as here
from trustview.collect import batches
from trustview.store import open_shelf
batches.BATCH_FILES = 8
if __name__ == "__main__":
    with open_shelf(Path(sys.argv[1]), print) as shelf:
        here.reduce(Path({str(folder)!r}), shelf, 2, here.read_slowly)
"""
    script = tmp_path / "run.py"
    script.write_text(code)
    parts = tmp_path / "parts"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2])])}
    killed = subprocess.Popen([sys.executable, str(script), str(parts)], env=environment)
    with open_shelf(parts, print) as shelf:
        while killed.poll() is None and len(shelf.keys()) < 12:
            time.sleep(0.05)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        tally = Tally()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(batches, "BATCH_FILES", 8)
            resumed = uses_of(reduce(folder, shelf, tally=tally))
    with open_shelf(tmp_path / "fresh", print) as fresh:
        assert resumed == uses_of(reduce(folder, fresh))
    assert tally.kept > 0


def read_slowly(path: str) -> bytes:
    time.sleep(0.01)
    return read(path)


def test_a_use_by_files_is_the_use_that_one_file_of_all_records_gives(shelf: Shelf, tmp_path: Path) -> None:
    """However records are cut into files, hours and batches, the uses are the same."""
    records = [replace_time(record(SESSION, eventID=f"{hour}", recipientAccountId=CALLER), hour) for hour in range(24)]
    for name, files in (("many", [[one] for one in records]), ("one", [records])):
        (tmp_path / name).mkdir()
        for number, some in enumerate(files):
            (tmp_path / name / f"{number:02}.gz").write_bytes(trail(*some))

    many, one = (uses_of(reduce(tmp_path / name, shelf), SNAPSHOT) for name in ("many", "one"))
    assert many == one
    assert [replace(use, hour="") for use in one] == [replace(one[0], hour="")] * 24


def replace_time(given: dict[str, object], hour: int) -> dict[str, object]:
    return {**given, "eventTime": f"2026-11-02T{hour:02}:05:00Z"}
