"""The parts shelf: kept, found again, forged, damaged, killed."""

import io
import os
import pickle
import pickletools
import random
import secrets
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustview.errors import StoreError
from trustview.store import Shelf, open_shelf
from trustview.store.parts import MAGIC, DamagedError, pack, unpack

KEY = "run/111122223333/iam/global"
Told = list[str]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "parts"


@pytest.fixture
def told() -> Told:
    return []


def forge(folder: Path, sql: str, *values: object) -> None:
    """Changes the database behind the shelf's back."""
    connection = sqlite3.connect(folder / "cache.db")
    connection.execute(sql, values)
    connection.commit()
    connection.close()


def rows(folder: Path, sql: str = "SELECT key, raw, mode, filename, value FROM Cache") -> list[Any]:
    connection = sqlite3.connect(folder / "cache.db")
    found = connection.execute(sql).fetchall()
    connection.close()
    return found


# ── kept ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_put_is_found_again_by_another_process(folder: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        shelf.put(KEY, {"answer": ["ünïcode \ud800 \x00", 1.5, None]})
    with open_shelf(folder, told.append) as shelf:
        assert shelf.get(KEY) == {"answer": ["ünïcode \ud800 \x00", 1.5, None]}
        assert shelf.get("run/other") is None
    assert told == []


def test_keys_are_found_and_removed_by_their_beginning(folder: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        for key in ("a/1", "a/2", "ab/1", "b/1"):
            shelf.put(key, key)
        assert shelf.keys("a/") == ("a/1", "a/2")
        shelf.remove("a/")
        assert shelf.keys() == ("ab/1", "b/1")


@given(JSON)
def test_every_json_value_is_packed_and_unpacked_the_same(value: object) -> None:
    assert unpack(pack(value)) == value


@given(JSON, st.data())
def test_a_single_changed_byte_is_noticed(value: object, data: st.DataObject) -> None:
    packed = bytearray(pack(value))
    place = data.draw(st.integers(0, len(packed) - 1))
    packed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(DamagedError):
        unpack(bytes(packed))


@pytest.mark.parametrize("key", [1, 1.5, b"bytes", ("a", "b"), None], ids=repr)
def test_only_text_is_a_key(folder: Path, told: Told, key: Any) -> None:  # noqa: ANN401
    with open_shelf(folder, told.append) as shelf:
        with pytest.raises(TypeError):
            shelf.put(key, 1)
        with pytest.raises(TypeError):
            shelf.get(key)


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", float("nan")], ids=lambda value: type(value).__name__)
def test_what_is_not_json_is_not_kept(folder: Path, told: Told, value: object) -> None:
    with open_shelf(folder, told.append) as shelf:
        with pytest.raises((TypeError, ValueError)):
            shelf.put(KEY, value)
        assert shelf.keys() == ()


def test_nothing_is_evicted_even_far_beyond_the_usual_limit(folder: Path, told: Told) -> None:
    """A size that counts as 40 GB: with the usual settings every new value would push old ones out."""
    with open_shelf(folder, told.append) as shelf:
        for number in range(40):
            shelf.put(f"run/{number}", number)
            forge(folder, "UPDATE Settings SET value = ? WHERE key = 'size'", 10**9 * (number + 1))
        assert [shelf.get(f"run/{number}") for number in range(40)] == list(range(40))


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newest_unfinished_run_of_a_scope_is_found(folder: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        old = shelf.begin_run("scope", "2026-11-20T06:00:00Z")
        new = shelf.begin_run("scope", "2026-11-21T06:00:00Z")
        shelf.begin_run("another", "2026-11-22T06:00:00Z")

        assert shelf.find_run("scope") == (new, "2026-11-21T06:00:00Z")
        assert shelf.runs("scope") == (new, old)
        assert shelf.find_run("none") is None


def test_runs_that_did_not_finish_are_told_newest_first(folder: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        assert shelf.unfinished() == ()
        shelf.begin_run("scope", "2026-11-20T06:00:00Z")
        done = shelf.begin_run("another", "2026-11-21T06:00:00Z")
        shelf.begin_run("third", "2026-11-22T06:00:00Z")
        shelf.finish_run(done)

        assert shelf.unfinished() == ("2026-11-22T06:00:00Z", "2026-11-20T06:00:00Z")


def test_finishing_a_run_throws_away_the_earlier_ones_of_its_scope_only(folder: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        runs = [shelf.begin_run(scope, "2026-11-20T06:00:00Z") for scope in ("scope", "another", "scope")]
        for run in runs:
            shelf.put(f"{run}/1/iam/global", run)
        shelf.finish_run(runs[2])

        assert shelf.find_run("scope") is None
        assert shelf.runs("scope") == (runs[2],)
        assert [shelf.get(f"{run}/1/iam/global") for run in runs] == [None, runs[1], runs[2]]


def test_runs_of_other_scopes_do_not_pile_up(folder: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        runs = [shelf.begin_run(f"scope {number}", f"2026-11-20T06:00:{number:02}Z") for number in range(20)]
        for run in runs:
            shelf.finish_run(run)

        assert len(shelf.keys("runs/")) == 9


# ── forged ───────────────────────────────────────────────────────────────────────────────────────────────────────


class Bomb:
    """Unpickling it leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.trace),)


def pickled(tmp_path: Path) -> bytes:
    return pickle.dumps(Bomb(tmp_path / "exploded"))


NAMED = "UPDATE Cache SET mode = ?, value = NULL, filename = ?"
FORGED_ROWS: dict[str, Callable[[Path], tuple[str, list[object]]]] = {
    "a pickled value": lambda tmp: ("UPDATE Cache SET mode = 4, value = ?", [pickled(tmp)]),
    "a pickled value said to be raw": lambda tmp: ("UPDATE Cache SET value = ?", [pickled(tmp)]),
    "a pickled value in a file": lambda tmp: (NAMED, [4, file(tmp, pickled(tmp))]),
    "a file to read": lambda tmp: (NAMED, [2, file(tmp, b"somebody's")]),
    "a text file to read": lambda tmp: (NAMED, [3, f"../{Path(file(tmp, b'text')).name}"]),
    "a file beside a good value": lambda tmp: ("UPDATE Cache SET filename = ?", [file(tmp, b"somebody's")]),
    "text": lambda _tmp: ("UPDATE Cache SET value = ?", ["text"]),
    "a number": lambda _tmp: ("UPDATE Cache SET value = ?", [7]),
    "nothing": lambda _tmp: ("UPDATE Cache SET value = NULL", []),
    "an unknown mode": lambda _tmp: ("UPDATE Cache SET mode = 'x'", []),
    "the value of another key": lambda _tmp: ("UPDATE Cache SET value = ?", [pack(["run/other", 1])]),
    "another shape": lambda _tmp: ("UPDATE Cache SET value = ?", [pack({"a": 1})]),
    "a bomb of brackets": lambda _tmp: ("UPDATE Cache SET value = ?", [brackets()]),
}  # fmt: skip


def file(folder: Path, content: bytes) -> str:
    (folder / "victim").write_bytes(content)
    return str(folder / "victim")


def brackets() -> bytes:
    """Well packed, but too deep to be read."""
    import zlib
    from hashlib import blake2b

    content = zlib.compress(b"[" * 200_000)
    return MAGIC + blake2b(content, digest_size=16).digest() + content


@pytest.mark.parametrize("name", FORGED_ROWS)
def test_a_forged_row_runs_nothing_reads_nothing_and_costs_its_part(
    folder: Path, tmp_path: Path, told: Told, name: str
) -> None:
    with open_shelf(folder, told.append) as shelf:
        shelf.put(KEY, 1)
    sql, values = FORGED_ROWS[name](tmp_path)
    forge(folder, sql, *values)
    with open_shelf(folder, told.append) as shelf:
        assert shelf.get(KEY) is None
        assert shelf.keys() == ()
        shelf.put(KEY, 2)
        assert shelf.get(KEY) == 2

    assert not (tmp_path / "exploded").exists()
    assert len(told) == 1
    assert KEY in told[0]
    assert "\n" not in told[0]


def test_a_forged_key_is_never_unpickled_and_never_listed(folder: Path, tmp_path: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        shelf.put(KEY, 1)
    for raw, key in ((0, pickled(tmp_path)), (0, KEY), (1, b"bytes"), (1, 7)):
        forge(folder, "INSERT INTO Cache (key, raw, mode, value) VALUES (?, ?, 1, ?)", key, raw, pickled(tmp_path))
    with open_shelf(folder, told.append) as shelf:
        assert shelf.keys("run") in ((KEY,), (KEY, KEY))
        assert set(shelf.keys()) == {KEY}
        assert shelf.get(KEY) == 1

    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("replace", [False, True], ids=["removed", "replaced"])
def test_removing_a_row_removes_no_file_that_it_names(folder: Path, tmp_path: Path, told: Told, replace: bool) -> None:
    victim = Path(file(tmp_path, b"somebody's"))
    with open_shelf(folder, told.append) as shelf:
        shelf.put(KEY, 1)
    forge(folder, "UPDATE Cache SET mode = 2, filename = ?", "../victim")
    with open_shelf(folder, told.append) as shelf:
        if replace:
            shelf.put(KEY, 2)
        else:
            shelf.remove("run/")

    assert victim.read_bytes() == b"somebody's"


def test_settings_that_are_not_ours_are_ignored(folder: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        shelf.put(KEY, 1)
    forged = {
        "eviction_policy": "least-recently-stored", "cull_limit": 1000, "size_limit": 1, "disk_min_file_size": 1 << 20,
        "disk_pickle_protocol": 5, "disk_anything": "x", "get": "not a method", "_disk": 7, "sqlite_synchronous": 0,
        "sqlite_writable_schema": 1, "sqlite_journal_mode": "off", "tag_index": 1, "statistics": 1,
    }  # fmt: skip
    for name, value in forged.items():
        forge(folder, "INSERT OR REPLACE INTO Settings VALUES (?, ?)", name, value)
    with open_shelf(folder, told.append) as shelf:
        assert shelf.get(KEY) == 1
        for number in range(30):
            shelf.put(f"run/{number}", "x" * 1000)
        assert len(shelf.keys()) == 31
    kept = dict(rows(folder, "SELECT key, value FROM Settings"))

    assert kept["eviction_policy"] == "none"
    assert kept["cull_limit"] == 0
    assert kept["sqlite_journal_mode"] == "wal"
    assert not {"disk_anything", "get", "_disk", "sqlite_writable_schema"} & kept.keys()
    assert told == []


def test_no_file_of_the_shelf_holds_a_pickle_and_all_is_the_owners_alone(folder: Path, told: Told) -> None:
    before = os.umask(0)
    try:
        with open_shelf(folder, told.append) as shelf:
            for number in range(20):
                shelf.put(f"run/{number}", {"role": ["x" * 50_000, number]})
            modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
            found = rows(folder)
    finally:
        os.umask(before)

    assert folder.stat().st_mode & 0o777 == 0o700
    assert set(modes.values()) == {0o600}
    assert set(modes) <= {"cache.db", "cache.db-wal", "cache.db-shm"}
    assert len(found) == 20
    for key, raw, kind, filename, value in found:
        assert (type(key), raw, kind, filename) == (str, 1, 1, None)
        assert value.startswith(MAGIC)
        with pytest.raises(ValueError, match="no MARK exists on stack"):
            pickletools.dis(value, out=io.StringIO())


# ── damaged ──────────────────────────────────────────────────────────────────────────────────────────────────────


def fill(folder: Path, told: Told) -> None:
    with open_shelf(folder, told.append) as shelf:
        for number in range(30):
            shelf.put(f"run/{number:02}", {"number": number, "noise": secrets.token_hex(20_000)})
    assert told == []


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda content: content[: len(content) // 2],
    "garbage": lambda content: b"garbage!" * (len(content) // 8),
    "a bad header": lambda content: b"\0" * 100 + content[100:],
    "zeroes": lambda content: b"\0" * len(content),
    "another database": lambda content: another_database(),
}


def another_database() -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE Cache (something TEXT)")
    connection.execute("CREATE TABLE Settings (something TEXT)")
    connection.commit()
    return connection.serialize()


@pytest.mark.parametrize("name", DAMAGES)
def test_a_database_that_does_not_open_is_set_aside_and_a_new_one_begun(folder: Path, told: Told, name: str) -> None:
    fill(folder, told)
    database = folder / "cache.db"
    damaged = DAMAGES[name](database.read_bytes())
    database.write_bytes(damaged)
    with open_shelf(folder, told.append) as shelf:
        found = [shelf.get(f"run/{number:02}") for number in range(30)]
        shelf.put(KEY, "new")
        assert shelf.get(KEY) == "new"

    kept = [number for number, value in enumerate(found) if value is not None]
    assert [value["number"] for value in found if isinstance(value, dict)] == kept
    assert any("set aside as" in line for line in told)
    assert (folder / "damaged-1.db").read_bytes()[:100] == damaged[:100]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_flipped_bytes_cost_only_the_parts_they_hit(folder: Path, told: Told) -> None:
    fill(folder, told)
    database = folder / "cache.db"
    content = bytearray(database.read_bytes())
    chance = random.Random(11)  # noqa: S311  the same places in every run
    starts = [place for place in range(len(content)) if content.startswith(MAGIC, place)]
    for start in chance.sample(starts, 10):
        content[start + 2000] ^= 0xFF
    database.write_bytes(bytes(content))
    with open_shelf(folder, told.append) as shelf:
        found = [shelf.get(f"run/{number:02}") for number in range(30)]

    assert sum(value is None for value in found) == 10
    assert len(told) == 10
    assert all(isinstance(value, dict) and value["number"] == number for number, value in enumerate(found) if value)


def test_two_damaged_databases_are_both_kept(folder: Path, told: Told) -> None:
    for _ in range(2):
        with open_shelf(folder, told.append) as shelf:
            shelf.put(KEY, 1)
        (folder / "cache.db").write_bytes(b"garbage" * 1000)
    with open_shelf(folder, told.append):
        pass

    assert {path.name for path in folder.glob("damaged-*.db")} == {"damaged-1.db", "damaged-2.db"}
    assert len(told) == 2


def test_a_place_that_cannot_be_written_says_what_to_do(tmp_path: Path, told: Told) -> None:
    (tmp_path / "parts").write_text("")

    with pytest.raises(StoreError, match="TRUSTVIEW_HOME"):
        open_shelf(tmp_path / "parts", told.append)


def test_a_path_that_would_be_expanded_is_refused(tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELSEWHERE", "x")
    with pytest.raises(StoreError, match=r"holds a `~` or `\$`"):
        open_shelf(tmp_path / "$ELSEWHERE", told.append)


# ── several at once, and killed ──────────────────────────────────────────────────────────────────────────────────

WRITE = """
import sys
from pathlib import Path
from trustview.store import open_shelf
with open_shelf(Path(sys.argv[1]), print) as shelf:
    for number in range(int(sys.argv[3])):
        shelf.put(f"{sys.argv[2]}/{number:04}", {"number": number, "text": "x" * 30_000})
        print(number, flush=True)
"""


def write(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    here = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", WRITE, str(folder), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": here})


def read_all(shelf: Shelf, name: str) -> list[int]:
    values = [shelf.get(key) for key in shelf.keys(f"{name}/")]
    return [value["number"] for value in values if isinstance(value, dict)]


def test_several_processes_write_at_once(folder: Path, told: Told) -> None:
    processes = [write(folder, f"run{number}", 40) for number in range(3)]
    for process in processes:
        assert process.communicate()[0].splitlines() == [str(number) for number in range(40)]
        assert process.returncode == 0
    with open_shelf(folder, told.append) as shelf:
        assert [read_all(shelf, f"run{number}") for number in range(3)] == [list(range(40))] * 3
    assert told == []


def test_whatever_was_confirmed_before_a_kill_is_there(folder: Path, told: Told) -> None:
    for turn in range(4):
        confirmed = 0
        with write(folder, f"run{turn}", 100_000) as process:
            assert process.stdout is not None
            for _ in range(random.randint(1, 30)):  # noqa: S311  other moments in every run
                confirmed = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
        with open_shelf(folder, told.append) as shelf:
            assert read_all(shelf, f"run{turn}")[: confirmed + 1] == list(range(confirmed + 1))
    assert told == []
