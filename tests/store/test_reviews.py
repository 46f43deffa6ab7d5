"""The journal on disk: nothing that was confirmed is lost, changed or removed, whoever writes and whoever is killed."""

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from trustview.errors import NewerFormatError, StoreError
from trustview.review import Decision, Entry, EntryKind, Verdict, make_entry, verify_chain
from trustview.store import ReviewStore, Workspace, open_reviews

REVIEW = "o-acme/2026-Q4"
AT = "2026-11-20T06:00:00Z"
HOSTILE = "[red]x\x1b[31m\u202e\x00=cmd()\ud800"

# Appends entries for ever and says each number once it is kept.
WRITER = """
import sys
from pathlib import Path
from trustview.review import Decision, EntryKind, Verdict, make_entry
from trustview.store import ReviewStore
path, review, who, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
print("ready", flush=True)
sys.stdin.readline()
with ReviewStore(path) as store:
    for number in range(count):
        decision = Decision(f"{who}-{number}", Verdict.APPROVE, who, "2026-11-20T06:00:00Z", "x" * 2000)
        kept = store.append(review, make_entry((), EntryKind.DECIDE, who, "2026-11-20T06:00:00Z", [decision]))
        print(kept.number, decision.item, flush=True)
"""


def decide(item: str, note: str = "") -> Entry:
    return make_entry((), EntryKind.DECIDE, "ann", AT, [Decision(item, Verdict.REVOKE, "ann", AT, note)])


def start_writer(path: Path, who: str, count: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WRITER, str(path), REVIEW, who, str(count)]
    writer = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    assert writer.stdout.readline() == "ready\n"
    return writer


def go(writer: subprocess.Popen[str]) -> None:
    assert writer.stdin
    writer.stdin.write("\n")
    writer.stdin.flush()


def items(journal: tuple[Entry, ...]) -> list[str]:
    return [decision.item for entry in journal for decision in entry.decisions]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reviews.db"


# ── one writer ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_entries_come_back_as_they_were_kept_after_a_restart(path: Path) -> None:
    with ReviewStore(path) as store:
        kept = [store.append(REVIEW, decide(f"item-{n}", HOSTILE)) for n in range(3)]
        undone = make_entry(kept, EntryKind.UNDO, "ann", AT, cleared=[HOSTILE])
        kept.append(store.append(REVIEW, undone))

    with ReviewStore(path) as store:
        assert store.journal(REVIEW) == tuple(kept)
        assert verify_chain(store.journal(REVIEW)) == 0
        assert kept[-1] == undone


def test_reviews_are_apart(path: Path) -> None:
    with ReviewStore(path) as store:
        store.append("b/2026-Q4", decide("one"))
        store.append("a/2026-Q4", decide("two"))
        store.append("b/2026-Q4", decide("three"))

        assert store.reviews() == ("a/2026-Q4", "b/2026-Q4")
        assert items(store.journal("b/2026-Q4")) == ["one", "three"]
        assert [entry.number for entry in store.journal("b/2026-Q4")] == [1, 2]
        assert store.journal("c/2026-Q4") == ()


def test_an_entry_is_sealed_on_the_newest_one_whatever_it_was_made_for(path: Path) -> None:
    with ReviewStore(path) as store:
        first, second = store.append(REVIEW, decide("one")), store.append(REVIEW, decide("two"))
        stale = store.append(REVIEW, replace(decide("three"), number=1, previous="", digest="0" * 64))

        assert (second.number, second.previous) == (2, first.digest)
        assert (stale.number, stale.previous) == (3, second.digest)
        assert verify_chain(store.journal(REVIEW)) == 0


def test_the_files_belong_to_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with open_reviews(Workspace(tmp_path / "home")) as store:
            store.append(REVIEW, decide("one"))
            modes = {child.name: stat.S_IMODE(child.stat().st_mode) for child in store.path.parent.iterdir()}
    finally:
        os.umask(before)

    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


# ── nothing is changed or removed ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '{}'",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT review, number, '{}' FROM entry",
        "REPLACE INTO entry SELECT review, number, '{}' FROM entry",
        "INSERT INTO entry SELECT review, number, '{}' FROM entry",
        "INSERT INTO entry SELECT review, number, '{}' FROM entry WHERE true ON CONFLICT DO UPDATE SET body = '{}'",
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_an_entry(path: Path, statement: str) -> None:
    with ReviewStore(path) as store:
        kept = store.append(REVIEW, decide("one"))
    database = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(statement)
    database.close()

    with ReviewStore(path) as store:
        assert store.journal(REVIEW) == (kept,)


def test_an_entry_forged_past_the_database_breaks_the_chain(path: Path) -> None:
    with ReviewStore(path) as store:
        for number in range(5):
            store.append(REVIEW, decide(f"item-{number}"))
    database = sqlite3.connect(path)
    database.execute("DROP TRIGGER entries_never_change")
    database.execute("UPDATE entry SET body = replace(body, 'revoke', 'approve') WHERE number = 3")
    database.commit()
    database.close()

    with ReviewStore(path) as store:
        assert verify_chain(store.journal(REVIEW)) == 3


# ── several writers, killed writers ──────────────────────────────────────────────────────────────────────────────


PEOPLE = ("ann", "bob", "cid", "dot")


def test_processes_that_begin_at_once_lose_nothing_and_keep_one_chain(path: Path) -> None:
    writers = [start_writer(path, who, 30) for who in PEOPLE]
    for writer in writers:
        go(writer)
    outputs = [writer.communicate(timeout=60)[0] for writer in writers]

    with ReviewStore(path) as store:
        journal = store.journal(REVIEW)
    assert [writer.returncode for writer in writers] == [0] * len(PEOPLE)
    assert verify_chain(journal) == 0
    assert sorted(items(journal)) == sorted(f"{who}-{n}" for who in PEOPLE for n in range(30))
    confirmed = {line for output in outputs for line in output.splitlines()}
    assert confirmed == {f"{entry.number} {entry.decisions[0].item}" for entry in journal}


def test_a_killed_process_loses_nothing_that_it_confirmed(path: Path) -> None:
    confirmed: list[str] = []
    chance = random.Random(7)  # noqa: S311 -- when to kill, not a secret
    for turn in range(6):
        writer = start_writer(path, f"turn{turn}", 100_000)
        go(writer)
        time.sleep(0.2 + chance.random() * 0.3)
        writer.send_signal(signal.SIGKILL)
        output = writer.communicate(timeout=30)[0]
        confirmed += output.split("\n")[:-1]

    with ReviewStore(path) as store:
        journal = store.journal(REVIEW)
        after = store.append(REVIEW, decide("afterwards"))
    assert len(confirmed) > 10
    assert verify_chain((*journal, after)) == 0
    assert set(confirmed) <= {f"{entry.number} {entry.decisions[0].item}" for entry in journal}


def test_opening_it_again_in_one_process_leaves_the_locks_of_the_first_alone(path: Path) -> None:
    probe = (
        "import sqlite3, sys; database = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None);"
        "database.execute('BEGIN IMMEDIATE')"
    )
    with ReviewStore(path) as first:
        first._database.execute("BEGIN IMMEDIATE")
        ReviewStore(path).close()
        result = subprocess.run([sys.executable, "-c", probe, str(path)], capture_output=True, text=True, check=False)
        first._database.execute("ROLLBACK")

    assert "database is locked" in result.stderr


def test_a_writer_that_waits_too_long_is_told_and_nothing_is_written(path: Path) -> None:
    with ReviewStore(path) as store:
        store.append(REVIEW, decide("one"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        store._database.execute("PRAGMA busy_timeout = 50")  # otherwise it waits half a minute
        with pytest.raises(StoreError, match="another trustview is writing"):
            store.append(REVIEW, decide("two"))
        other.execute("ROLLBACK")
        other.close()

        assert items(store.journal(REVIEW)) == ["one"]
        assert store.append(REVIEW, decide("three")).number == 2


# ── formats and damage ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_newer_format_is_refused_and_left_alone(path: Path) -> None:
    ReviewStore(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()

    with pytest.raises(NewerFormatError, match="newer trustview"):
        ReviewStore(path)


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 100, b"SQLite format 3\x00" * 200]
)
def test_a_file_that_is_no_journal_is_told_by_name_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(StoreError, match=r"reviews\.db"):
        ReviewStore(path)
    assert path.read_bytes() == content


def test_a_damaged_entry_is_told_and_nothing_is_sealed_on_it(path: Path) -> None:
    with ReviewStore(path) as store:
        store.append(REVIEW, decide("one"))
    database = sqlite3.connect(path)
    database.execute("INSERT INTO entry VALUES (?, 2, 'not JSON')", (REVIEW,))
    database.commit()
    database.close()

    with ReviewStore(path) as store:
        with pytest.raises(StoreError, match="nothing was changed"):
            store.journal(REVIEW)
        with pytest.raises(StoreError, match="nothing was changed"):
            store.append(REVIEW, decide("two"))
