"""The journal on disk: nothing that was confirmed is lost, changed or removed, whoever writes and whoever is killed."""

import os
import random
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.postgres import new_database
from trustview.errors import NewerFormatError, ReviewBegunError, ReviewClosedError, StoreError, UsageError
from trustview.review import Decision, Entry, EntryKind, Verdict, find_faults, make_entry, verify_chain, write_entry
from trustview.store import ReviewStore, Workspace, open_reviews

REVIEW = "o-acme/2026-Q4"
AT = "2026-11-20T06:00:00Z"
HOSTILE = "[red]x\x1b[31m\u202e\x00=cmd()\ud800"

# Appends entries for ever and says each number once it is kept.
WRITER = """
import sys
from pathlib import Path
from trustview.review import Decision, EntryKind, Verdict, make_entry
from trustview.store import ReviewStore, review_database
place, review, who, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
print("ready", flush=True)
sys.stdin.readline()
with ReviewStore(place if "://" in place else Path(place)) as store:
    for number in range(count):
        decision = Decision(f"{who}-{number}", Verdict.APPROVE, who, "2026-11-20T06:00:00Z", "x" * 2000)
        kept = store.append(review, make_entry((), EntryKind.DECIDE, who, "2026-11-20T06:00:00Z", [decision]))
        print(kept.number, decision.item, flush=True)
"""


def decide(item: str, note: str = "") -> Entry:
    return make_entry((), EntryKind.DECIDE, "ann", AT, [Decision(item, Verdict.REVOKE, "ann", AT, note)])


def start_writer(place: Path | str, who: str, count: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WRITER, str(place), REVIEW, who, str(count)]
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


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, path: Path) -> Path | str:
    """An empty database of each kind."""
    if request.param == "SQLite":
        return path
    return new_database(request.getfixturevalue("postgres"))


# ── one writer ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_entries_come_back_as_they_were_kept_after_a_restart(place: Path | str) -> None:
    with ReviewStore(place) as store:
        kept = [store.append(REVIEW, decide(f"item-{n}", HOSTILE)) for n in range(3)]
        undone = make_entry(kept, EntryKind.UNDO, "ann", AT, cleared=[HOSTILE])
        kept.append(store.append(REVIEW, undone))

    with ReviewStore(place) as store:
        assert store.journal(REVIEW) == tuple(kept)
        assert verify_chain(store.journal(REVIEW)) == 0
        assert kept[-1] == undone


def test_reviews_are_apart(place: Path | str) -> None:
    with ReviewStore(place) as store:
        store.append("b/2026-Q4", decide("one"))
        store.append("a/2026-Q4", decide("two"))
        store.append("b/2026-Q4", decide("three"))

        assert store.reviews() == ("a/2026-Q4", "b/2026-Q4")
        assert items(store.journal("b/2026-Q4")) == ["one", "three"]
        assert [entry.number for entry in store.journal("b/2026-Q4")] == [1, 2]
        assert store.journal("c/2026-Q4") == ()


def test_an_entry_is_sealed_on_the_newest_one_whatever_it_was_made_for(place: Path | str) -> None:
    with ReviewStore(place) as store:
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
            modes = {child.name: stat.S_IMODE(child.stat().st_mode) for child in Path(store.name).parent.iterdir()}
    finally:
        os.umask(before)

    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


def test_only_what_came_after_an_entry_is_read_when_asked(place: Path | str) -> None:
    with ReviewStore(place) as store:
        for number in range(4):
            store.append(REVIEW, decide(f"item-{number}"))

        assert store.newest(REVIEW) == 4
        assert store.newest("another") == 0
        assert items(store.journal(REVIEW, after=2)) == ["item-2", "item-3"]


def test_what_decisions_stand_on_is_kept_once(place: Path | str) -> None:
    with ReviewStore(place) as store:
        store.append(REVIEW, decide("one"), {"a" * 64: HOSTILE.encode("unicode_escape").decode(), "b" * 64: "{}"})
        store.append(REVIEW, decide("two"), {"a" * 64: "another text", "c" * 64: "[]"})

        first = HOSTILE.encode("unicode_escape").decode()
        assert store.bases(["a" * 64, "c" * 64, "d" * 64]) == {"a" * 64: first, "c" * 64: "[]"}


def test_a_review_begins_once_and_ends_once(place: Path | str) -> None:
    def entry(kind: EntryKind) -> Entry:
        return make_entry((), kind, "bob", AT)

    with ReviewStore(place) as store:
        store.append(REVIEW, entry(EntryKind.START))
        with pytest.raises(ReviewBegunError, match="begun already"):
            store.append(REVIEW, entry(EntryKind.START))
        store.append(REVIEW, entry(EntryKind.CLOSE))
        with pytest.raises(ReviewClosedError, match="signed off by bob"):
            store.append(REVIEW, decide("late"))

        assert [one.kind for one in store.journal(REVIEW)] == [EntryKind.START, EntryKind.CLOSE]


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


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '{}'",
        "DELETE FROM entry",
        "TRUNCATE entry",
        "TRUNCATE basis",
        "DELETE FROM basis",
        "INSERT INTO entry SELECT review, number, '{}' FROM entry",
        "INSERT INTO entry SELECT review, 7, '{}' FROM entry",
        "INSERT INTO entry SELECT review, number, '{}' FROM entry ON CONFLICT (review, number) DO UPDATE SET body = ''",
    ],
)
def test_postgres_too_refuses_to_change_or_remove_an_entry(postgres: str, statement: str) -> None:
    url = new_database(postgres)
    with ReviewStore(url) as store:
        kept = store.append(REVIEW, decide("one"), {"a": "{}"})
        with psycopg.connect(url) as database, pytest.raises(psycopg.errors.IntegrityConstraintViolation):
            database.execute(statement.encode())

        assert store.journal(REVIEW) == (kept,)
        assert store.bases("a") == {"a": "{}"}


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


def test_processes_that_begin_at_once_lose_nothing_and_keep_one_chain(place: Path | str) -> None:
    writers = [start_writer(place, who, 30) for who in PEOPLE]
    for writer in writers:
        go(writer)
    outputs = [writer.communicate(timeout=60)[0] for writer in writers]

    with ReviewStore(place) as store:
        journal = store.journal(REVIEW)
    assert [writer.returncode for writer in writers] == [0] * len(PEOPLE)
    assert verify_chain(journal) == 0
    assert sorted(items(journal)) == sorted(f"{who}-{n}" for who in PEOPLE for n in range(30))
    confirmed = {line for output in outputs for line in output.splitlines()}
    assert confirmed == {f"{entry.number} {entry.decisions[0].item}" for entry in journal}


def test_a_killed_process_loses_nothing_that_it_confirmed(place: Path | str) -> None:
    """At random moments; as many as `TRUSTVIEW_KILLS` says."""
    confirmed: list[str] = []
    turns = int(os.environ.get("TRUSTVIEW_KILLS", "8"))
    chance = random.Random(7)  # noqa: S311 -- when to kill, not a secret
    for turn in range(turns):
        writer = start_writer(place, f"turn{turn}", 100_000)
        go(writer)
        assert writer.stdout
        confirmed += [writer.stdout.readline().rstrip("\n") for _ in range(chance.randrange(6))]
        time.sleep(chance.random() * 0.02)
        writer.send_signal(signal.SIGKILL)
        output = writer.communicate(timeout=30)[0]
        confirmed += output.split("\n")[:-1]

    with ReviewStore(place) as store:
        journal = store.journal(REVIEW)
        after = store.append(REVIEW, decide("afterwards"))
        faults = find_faults(store.kept(REVIEW))
    assert len(confirmed) >= turns
    assert faults == ()
    assert verify_chain((*journal, after)) == 0
    assert set(confirmed) <= {f"{entry.number} {entry.decisions[0].item}" for entry in journal}


def test_opening_it_again_in_one_process_leaves_the_locks_of_the_first_alone(path: Path) -> None:
    probe = (
        "import sqlite3, sys; database = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None);"
        "database.execute('BEGIN IMMEDIATE')"
    )
    with ReviewStore(path) as store:
        store.append(REVIEW, decide("one"))
    first = sqlite3.connect(path, isolation_level=None)
    first.execute("BEGIN IMMEDIATE")
    with ReviewStore(path) as again:
        assert again.newest(REVIEW) == 1
    result = subprocess.run([sys.executable, "-c", probe, str(path)], capture_output=True, text=True, check=False)
    first.execute("ROLLBACK")
    first.close()

    assert "database is locked" in result.stderr


def test_a_writer_that_waits_too_long_is_told_and_nothing_is_written(path: Path) -> None:
    with ReviewStore(path, wait=1) as store:
        store.append(REVIEW, decide("one"))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another trustview is writing"):
            store.append(REVIEW, decide("two"))
        other.execute("ROLLBACK")
        other.close()

        assert items(store.journal(REVIEW)) == ["one"]
        assert store.append(REVIEW, decide("three")).number == 2


# ── formats and damage ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_newer_format_is_refused_and_left_alone(path: Path) -> None:
    with ReviewStore(path) as store:
        store.reviews()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()

    with ReviewStore(path) as store, pytest.raises(NewerFormatError, match="newer trustview"):
        store.reviews()


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 100, b"SQLite format 3\x00" * 200]
)
def test_a_file_that_is_no_journal_is_told_by_name_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with ReviewStore(path) as store, pytest.raises(StoreError, match=r"reviews\.db"):
        store.reviews()
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


def test_a_file_of_the_first_layout_goes_on(path: Path) -> None:
    """As trustview made it before there were bases; its own guards stay."""
    database = sqlite3.connect(path)
    database.executescript(FIRST_LAYOUT)
    old = make_entry((), EntryKind.DECIDE, "ann", AT, [Decision("one", Verdict.APPROVE, "ann", AT)])
    database.execute("INSERT INTO entry VALUES (?, 1, ?)", (REVIEW, write_entry(old)))
    database.commit()

    with ReviewStore(path) as store:
        assert store.journal(REVIEW) == (old,)
        new = store.append(REVIEW, decide("two"), {"a": "{}"})
        assert (new.number, new.previous) == (2, old.digest)
        assert store.bases("a") == {"a": "{}"}
    assert database.execute("PRAGMA user_version").fetchone() == (2,)
    with pytest.raises(sqlite3.IntegrityError, match="never removed"):
        database.execute("DELETE FROM entry")
    database.close()


FIRST_LAYOUT = """
CREATE TABLE entry (review TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (review, number))
WITHOUT ROWID;
CREATE TRIGGER entries_never_change BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'a decision is never removed'); END;
CREATE TRIGGER entries_are_never_replaced BEFORE INSERT ON entry
WHEN NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM entry WHERE review = NEW.review)
BEGIN SELECT RAISE(ABORT, 'a decision comes after the newest one'); END;
PRAGMA user_version = 1;
"""


def test_a_newer_layout_of_postgres_is_refused_and_left_alone(postgres: str) -> None:
    url = new_database(postgres)
    with ReviewStore(url) as store:
        store.append(REVIEW, decide("one"))
    with psycopg.connect(url) as database:
        database.execute("UPDATE trustview_layout SET format = 99")

    with ReviewStore(url) as store, pytest.raises(NewerFormatError, match=r"newer trustview \(format 99\)"):
        store.append(REVIEW, decide("two"))


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("url", ["nowhere", "mysql://root:geheim@host/x", "postgresql", "://:geheim@", "sqlite://"])
def test_what_is_no_address_of_reviews_is_refused_without_repeating_it(url: str) -> None:
    with ReviewStore(url) as store, pytest.raises(UsageError, match="the database of reviews") as refused:
        store.reviews()
    assert "geheim" not in str(refused.value)


def test_no_message_tells_a_password(tmp_path: Path) -> None:
    url = f"postgresql://ann:geheim@/reviews?host={tmp_path}&options=geheim"
    with ReviewStore(url) as store:
        assert store.name == "postgresql://ann:***@/reviews"
        with pytest.raises(StoreError, match="cannot be reached") as refused:
            store.append(REVIEW, decide("one"))
    assert "geheim" not in str(refused.value)


def test_a_file_may_be_named_by_its_address(path: Path) -> None:
    with ReviewStore(f"sqlite:///{path}") as store:
        kept = store.append(REVIEW, decide("one"))
    with ReviewStore(path) as store:
        assert store.journal(REVIEW) == (kept,)


def test_the_environment_may_say_where_decisions_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTVIEW_REVIEW_DATABASE", f"sqlite:///{tmp_path / 'team.db'}")
    with open_reviews(Workspace(tmp_path / "home")) as store:
        store.append(REVIEW, decide("one"))
    with open_reviews(Workspace(tmp_path / "home"), f"sqlite:///{tmp_path / 'other.db'}") as other:
        assert other.reviews() == ()
    assert (tmp_path / "team.db").is_file()


# ── a server that goes away ──────────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_ends_is_told_and_what_was_confirmed_is_there_when_it_is_back(postgres: str) -> None:
    url = new_database(postgres)
    with ReviewStore(url) as store:
        kept = store.append(REVIEW, decide("one"))
        end_connections(url)
        again = store.append(REVIEW, decide("two"))

        assert store.journal(REVIEW) == (kept, again)


def test_a_server_that_ends_while_it_writes_leaves_nothing_half_done(postgres: str) -> None:
    url = new_database(postgres)
    with ReviewStore(url) as store, ThreadPoolExecutor() as threads:
        kept = store.append(REVIEW, decide("one"))
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE entry IN SHARE ROW EXCLUSIVE MODE")
            waiting = threads.submit(store.append, REVIEW, decide("two"))
            while not other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                time.sleep(0.01)
            end_connections(url)
            with pytest.raises(StoreError, match="was lost: nothing was kept, do it again"):
                waiting.result(30)

        assert store.journal(REVIEW) == (kept,)
        assert store.append(REVIEW, decide("two")).number == 2


def end_connections(url: str) -> None:
    """What a restart of the server does to everybody who is connected."""
    with psycopg.connect(url) as database:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'trustview'"
        )
