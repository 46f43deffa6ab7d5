"""Snapshot files: what is saved comes back exactly, the first screen reads hardly anything, damage is told by name."""

import gc
import os
import sqlite3
import stat
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.analysis.small_organization import (
    ADMINISTRATOR,
    DATADOG,
    MANAGEMENT,
    PROD,
    SANDBOX,
    STRANGER,
    may_assume,
    policy,
    role,
    snapshot,
    trust,
    user,
)
from tests.ui.acme import acme_analysis, acme_snapshot
from trustview.analysis import Analysis, Edge, Finding, Fleet, Grant, Severity, analyse
from trustview.analysis.remediation import Remediation
from trustview.collect import read_files
from trustview.errors import NewerFormatError, NoSnapshotError, StoreError
from trustview.review import review_items
from trustview.snapshot import Gap, GapKind, Snapshot
from trustview.store import (
    SnapshotFile,
    Workspace,
    delete_snapshot,
    find_snapshot,
    list_snapshots,
    newest_snapshot,
    open_snapshot,
    save_snapshot,
    walk_files,
)
from trustview.store.snapshot_texts import TextReader, TextWriter

NOTHING = Analysis((), (), (), (), ())
HOSTILE = "[red]x\x1b[31m\u202e\x00\x01=cmd()\ud800"


def reopened(folder: Path, taken: Snapshot, analysis: Analysis) -> tuple[Snapshot, Analysis]:
    with open_snapshot(save_snapshot(folder, taken, analysis)) as file:
        return file.load_snapshot(), file.load_analysis()


def small() -> Snapshot:
    vendor = trust({"AWS": f"arn:aws:iam::{DATADOG}:root"})
    own = [role("reader", policy(trust({"AWS": f"arn:aws:iam::{a}:root"})), a) for a in (MANAGEMENT, PROD, SANDBOX)]
    admin = role("admin", policy(vendor, trust("*")), attached=(ADMINISTRATOR,), inline=may_assume())
    return snapshot(*own, admin, user("ann", inline=may_assume()))


@pytest.fixture(scope="module")
def acme_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_snapshot(tmp_path_factory.mktemp("snapshots"), acme_snapshot(), acme_analysis())


# ── what is saved comes back ─────────────────────────────────────────────────────────────────────────────────────


def test_an_organization_comes_back_as_it_was(acme_file: Path) -> None:
    with open_snapshot(acme_file) as file:
        assert file.load_snapshot() == acme_snapshot()
        assert file.load_analysis() == acme_analysis()


CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "auth_details"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project")
def test_what_was_imported_comes_back_as_it_was(tmp_path: Path) -> None:
    files = [(file.path, file.content) for file in walk_files([CORPUS])]
    for some in (files, *([file] for file in files)):
        taken = read_files(some, datetime(2026, 11, 20, tzinfo=UTC)).snapshot
        analysis = analyse(taken)

        assert reopened(tmp_path, taken, analysis) == (taken, analysis)


SETTINGS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    """Conclusions of any content whatever; only the ids agree with each other."""
    drawn = draw(st.lists(st.from_type(Grant), max_size=3, unique_by=lambda grant: grant.id))
    grants = tuple(drawn)
    fleets: dict[str, list[Grant]] = {}
    for grant in grants:
        fleets.setdefault(grant.fleet, []).append(grant)
    return Analysis(
        grants,
        tuple(
            Fleet(fleet, draw(st.text(max_size=5)), tuple(g.id for g in found), tuple(g.account for g in found))
            for fleet, found in fleets.items()
        ),
        tuple(draw(st.lists(st.from_type(Edge), max_size=3))),
        tuple(draw(st.lists(st.from_type(Finding), max_size=2))),
        tuple(draw(st.lists(st.from_type(Remediation), max_size=2))),
    )


@SETTINGS
@given(taken=st.from_type(Snapshot), analysis=analyses())
def test_values_of_any_content_come_back_as_they_were(tmp_path: Path, taken: Snapshot, analysis: Analysis) -> None:
    assert reopened(tmp_path, replace(taken, taken_at=""), analysis) == (replace(taken, taken_at=""), analysis)
    for entry in list_snapshots(tmp_path):
        entry.path.unlink()


PRINCIPALS = st.sampled_from(
    [{"AWS": f"arn:aws:iam::{PROD}:root"}, {"AWS": STRANGER}, {"AWS": "*"}, {"Service": "ec2.amazonaws.com"}, "*"]
)
CONDITIONS = st.sampled_from(
    [None, {"StringEquals": {"sts:ExternalId": "x"}}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}]
)


@SETTINGS
@given(
    st.lists(
        st.tuples(st.sampled_from([MANAGEMENT, PROD, SANDBOX]), st.sampled_from("abc"), PRINCIPALS, CONDITIONS),
        max_size=6,
        unique_by=lambda drawn: drawn[:2],
    )
)
def test_small_organizations_come_back_with_what_they_mean(
    tmp_path: Path, drawn: list[tuple[str, str, object, object]]
) -> None:
    taken = snapshot(*(role(name, policy(trust(who, when)), account) for account, name, who, when in drawn))
    analysis = analyse(taken)

    assert reopened(tmp_path, taken, analysis) == (taken, analysis)
    for entry in list_snapshots(tmp_path):
        entry.path.unlink()


def test_hostile_names_and_broken_policies_come_back_as_they_were(tmp_path: Path) -> None:
    odd = role(HOSTILE, HOSTILE, description=HOSTILE, tags=((HOSTILE, HOSTILE),))
    not_json = role("broken", f'{{"Statement": "{PROD}\x01 {SANDBOX}')
    taken = replace(snapshot(odd, not_json), gaps=(Gap(HOSTILE, HOSTILE, "", GapKind.DENIED, HOSTILE),))

    assert reopened(tmp_path, taken, analyse(taken)) == (taken, analyse(taken))


def test_a_policy_that_holds_the_byte_that_stands_for_accounts_is_kept_as_it_is() -> None:
    texts = [f"{PROD}\x01", "\x01", f"{PROD} {PROD}", f"1{PROD}1", "", "ü\ud800"]
    writer = TextWriter()
    numbers = [writer.put(text, PROD) for text in texts]
    dictionary = writer.dictionary()
    rows = {number: (int(is_template), body) for number, is_template, body in writer.rows(dictionary)}
    reader = TextReader(rows.__getitem__, dictionary)

    assert [reader.get(number, PROD) for number in numbers] == texts


def deflated(text: bytes, dictionary: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zdict=dictionary) if dictionary else zlib.compressobj(level)
    return packer.compress(text) + packer.flush()


@pytest.mark.parametrize("dictionary", [b"", b"trusts " * 99], ids=["without a dictionary", "with one"])
def test_a_text_is_read_however_hard_zlib_tried_to_make_it_short(dictionary: bytes) -> None:
    texts = [b"", b"trusts", b"trusts \x00 " * 999, os.urandom(999).hex().encode()]
    bodies = [deflated(text, dictionary, level) for text in texts for level in range(10)]
    reader = TextReader(lambda number: (0, bodies[number - 1]), dictionary)

    read = [reader.get(number).encode() for number in range(1, len(bodies) + 1)]
    assert read == [text for text in texts for _ in range(10)]


def test_a_changed_byte_is_noticed_or_changes_nothing() -> None:
    """Some bits after the last sign fill a byte up; every other one counts."""
    dictionary, text, harmless = b"trusts " * 99, "trusts nobody at all, and trusts somebody", 0
    for level in (1, 3, 9):
        body = deflated(text.encode(), dictionary, level)
        damaged = [body[:at] + bytes([body[at] ^ bit]) + body[at + 1 :] for at in range(len(body)) for bit in (1, 64)]
        for broken in (*damaged, *(body[:at] for at in range(len(body)))):
            rows = {1: (0, broken)}
            with suppress(ValueError):
                assert TextReader(rows.__getitem__, dictionary).get(1) == text
                harmless += 1
    assert harmless <= 3


def test_the_same_policy_in_every_account_is_kept_once() -> None:
    writer = TextWriter()

    assert writer.put(f"trusts {PROD}", PROD) == writer.put(f"trusts {SANDBOX}", SANDBOX)
    assert writer.put(f"trusts {PROD}", PROD) != writer.put(f"trusts {PROD}", SANDBOX)


def test_the_same_snapshot_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (save_snapshot(tmp_path, small(), analyse(small())) for _ in range(2))

    assert first != second
    assert first.read_bytes() == second.read_bytes()


# ── single questions ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_question_about_one_role_is_answered_as_the_whole_analysis_would(acme_file: Path) -> None:
    taken, analysis = acme_snapshot(), acme_analysis()
    with open_snapshot(acme_file) as file:
        for arn, found in list(taken.roles_by_arn.items())[::7]:
            assert file.role(arn) == found
            assert file.grants_of(arn) == tuple(g for g in analysis.grants if g.role == arn)
            assert file.findings_of(arn) == tuple(f for f in analysis.findings if f.role == arn)
            assert file.edges_into(arn) == analysis.graph.into(arn)
            assert file.edges_out_of(arn) == analysis.graph.out_of(arn)
            assert file.remediations_of(arn) == tuple(r for r in analysis.remediations if r.subject == arn)
        assert file.gaps() == taken.gaps
        assert file.organization() == taken.organization
        assert tuple(file.roles()) == taken.roles
        assert tuple(file.grants()) == analysis.grants
        worst = tuple(f for f in analysis.findings if f.severity >= Severity.HIGH)
        assert tuple(file.findings(Severity.HIGH)) == worst
        for arn, anybody in taken.users_by_arn.items():
            assert file.user(arn) == anybody
        for arn, managed in taken.policies_by_arn.items():
            assert file.policy(arn) == managed


def test_what_is_not_there_is_nothing(acme_file: Path) -> None:
    with open_snapshot(acme_file) as file:
        assert (file.role("x"), file.user("x"), file.policy("x"), file.remediations_of("x")) == (None, None, None, ())
        assert (file.grants_of("x"), file.findings_of(""), file.edges_into("x"), file.item_grants("x")) == (
            (),
            (),
            (),
            (),
        )
        assert file.item_detail("x") is None
        assert file.uses_of("x") == ()


def test_the_queue_is_that_of_the_review(acme_file: Path) -> None:
    items = review_items(acme_analysis())
    with open_snapshot(acme_file) as file:
        rows = file.items()

        assert [row.id for row in rows] == [item.id for item in items]
        for row, item in zip(rows, items, strict=True):
            assert (row.role_name, row.principal, row.party, row.party_name) == (
                item.role_name, item.principal, item.party, item.party_name,
            )  # fmt: skip
            assert (row.reach, row.privilege, row.severity, row.checks) == (
                item.reach, item.privilege, item.severity, item.checks,
            )  # fmt: skip
            assert (row.accounts, row.outlier_of) == (item.accounts, item.outlier_of)
            assert (row.grants, row.findings) == (len(item.grants), len(item.findings))
        for item in items[:20]:
            detail = file.item_detail(item.id)
            assert detail is not None
            assert tuple(grant.id for grant in detail.grants) == item.grants
            assert {finding.id for finding in detail.findings} == set(item.findings)


def test_the_tree_counts_what_stands_below_each_place(acme_file: Path) -> None:
    taken, analysis = acme_snapshot(), acme_analysis()
    organization = taken.organization
    assert organization
    with open_snapshot(acme_file) as file:
        rows = {row.id: row for row in file.tree()}
        summary = file.summary()

    assert set(rows) == set(organization.units_by_id) | set(organization.accounts_by_id)
    for place, row in rows.items():
        below = {other for other in rows if place in organization.path_to(other)}
        assert row.roles == sum(found.account in below for found in taken.roles)
        assert row.findings == tuple(
            sum(not below.isdisjoint(f.subject.places) and f.severity is severity for f in analysis.findings)
            for severity in Severity
        )
        assert row.is_unread == (row.is_account and place in taken.unread_accounts)
    assert summary.findings == rows[organization.units[0].id].findings
    assert (summary.roles, summary.grants) == (len(taken.roles), len(analysis.grants))
    assert summary.accounts == len(organization.accounts)
    assert summary.gaps == len(taken.gaps) > 0


def test_accounts_without_an_organization_stand_at_the_top(tmp_path: Path) -> None:
    alone = replace(small(), organization=None)
    with open_snapshot(save_snapshot(tmp_path, alone, analyse(alone))) as file:
        assert [(row.id, row.parent, row.is_account) for row in file.tree()] == [
            (account.id, "", True) for account in alone.accounts
        ]
        assert file.summary().accounts == len(alone.accounts)
        assert file.organization() is None


# ── hardly anything is read ──────────────────────────────────────────────────────────────────────────────────────


def changed(path: Path, *statements: str, arn: str = "") -> Path:
    """A copy of a snapshot, tampered with."""
    copy = path.with_name(f"copy-{os.urandom(4).hex()}.trustview")
    copy.write_bytes(path.read_bytes())
    database = sqlite3.connect(copy)
    for statement in statements:
        database.execute(statement, {"arn": arn})
    database.commit()
    database.close()
    return copy


def test_the_first_screen_reads_neither_policies_nor_roles_nor_grants(acme_file: Path) -> None:
    hollowed = ("text", "fact", "grant_", "fleet", "edge", "finding", "remediation", "name", "account")
    with (
        open_snapshot(acme_file) as whole,
        open_snapshot(changed(acme_file, *map("DELETE FROM {}".format, hollowed))) as hollow,
    ):
        assert (hollow.summary(), hollow.tree()) == (whole.summary(), whole.tree())
        assert tuple(hollow.items()) == tuple(whole.items())


def test_a_role_is_read_without_the_organization_and_the_other_roles(acme_file: Path) -> None:
    arn = acme_snapshot().roles[100].arn
    hollow = changed(
        acme_file,
        "DELETE FROM meta WHERE key IN ('organization', 'summary')",
        "DELETE FROM place",
        "DELETE FROM item",
        "DELETE FROM fact WHERE name NOT IN (SELECT number FROM name WHERE value = :arn)",
        "DELETE FROM grant_ WHERE role NOT IN (SELECT number FROM name WHERE value = :arn)",
        arn=arn,
    )
    with open_snapshot(acme_file) as whole, open_snapshot(hollow) as file:
        assert file.role(arn) == whole.role(arn) == acme_snapshot().roles[100]
        assert file.grants_of(arn)
        assert file.grants_of(arn) == whole.grants_of(arn)


def test_the_way_to_the_first_screen_imports_nothing_heavy(acme_file: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from trustview.store import open_snapshot;"
        "file = open_snapshot(Path(sys.argv[1])); file.summary(), file.tree(), file.items();"
        "heavy = ('diskcache', 'textual', 'rich', 'asyncio', 'botocore', 'boto3', 'aiobotocore', 'pickle');"
        "print([name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code, acme_file], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"


def test_garbage_collection_is_on_again_after_saving_and_loading(tmp_path: Path) -> None:
    reopened(tmp_path, small(), NOTHING)

    assert gc.isenabled()


# ── files side by side ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_snapshot_belongs_to_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = save_snapshot(Workspace(tmp_path / "home"), small(), NOTHING)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [child.name for child in path.parent.iterdir()] == [path.name]


def test_snapshots_stand_side_by_side_and_sort_by_time(tmp_path: Path) -> None:
    moments = ("2026-11-20T06:00:00Z", "2025-01-01T00:00:00Z", "2026-11-20T06:00:00Z", "2026-02-01T00:00:00Z")
    paths = [save_snapshot(tmp_path, replace(small(), taken_at=moment), NOTHING) for moment in moments]

    assert [entry.path for entry in list_snapshots(tmp_path)] == [paths[1], paths[3], paths[0], paths[2]]
    assert newest_snapshot(tmp_path) == paths[2]
    assert find_snapshot(tmp_path, "20250101T000000Z") == paths[1]
    assert find_snapshot(tmp_path, "2025") == paths[1]
    assert find_snapshot(tmp_path, paths[0].stem) == paths[0]
    assert all(entry.bytes > 0 for entry in list_snapshots(tmp_path))


def test_a_name_that_fits_several_or_none_is_refused_with_what_is_there(tmp_path: Path) -> None:
    for moment in ("2026-11-20T06:00:00Z", "2026-11-21T06:00:00Z"):
        save_snapshot(tmp_path, replace(small(), taken_at=moment), NOTHING)

    for name in ("2026", "2024", "", "../20261120T060000Z"):
        with pytest.raises(NoSnapshotError, match="`20261121T060000Z`"):
            find_snapshot(tmp_path, name)


def test_deleting_takes_a_full_name(tmp_path: Path) -> None:
    path = save_snapshot(tmp_path, small(), NOTHING)
    with pytest.raises(NoSnapshotError, match="trustview snapshots"):
        delete_snapshot(tmp_path, "2026")

    delete_snapshot(tmp_path, path.stem)

    assert list_snapshots(tmp_path) == ()


def test_without_a_snapshot_the_message_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(NoSnapshotError, match=r"`trustview collect`, `trustview import PATH` or `trustview demo`"):
        newest_snapshot(Workspace(tmp_path))


def test_a_snapshot_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = replace(small(), accounts=(replace(small().accounts[0], alias=object()),))  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        save_snapshot(tmp_path, broken, NOTHING)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_after_a_day(tmp_path: Path) -> None:
    old, young = tmp_path / ".writing-1-1", tmp_path / ".writing-2-2"
    for path in (old, young):
        path.touch()
    os.utime(old, (0, 0))
    save_snapshot(tmp_path, small(), NOTHING)

    assert (old.exists(), young.exists()) == (False, True)
    assert len(list_snapshots(tmp_path)) == 1


# ── formats and damage ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_newer_format_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    newer = changed(save_snapshot(tmp_path, small(), NOTHING), "PRAGMA user_version = 99")

    with pytest.raises(NewerFormatError, match=r"newer trustview \(format 99, .*upgrade"):
        open_snapshot(newer)


def test_an_older_format_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    older = changed(save_snapshot(tmp_path, small(), NOTHING), "PRAGMA user_version = 0")

    with pytest.raises(StoreError, match="older trustview"):
        open_snapshot(older)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00", os.urandom(5000)])
def test_a_file_that_is_no_snapshot_is_told_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.trustview"
    path.write_bytes(content)

    with pytest.raises(StoreError, match="other"):
        open_snapshot(path)


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="`gone`"):
        open_snapshot(tmp_path / "gone.trustview")


def test_a_foreign_database_is_not_taken_for_a_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "foreign.trustview"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE meta (key, value)")
    database.close()

    with pytest.raises(StoreError, match="is no snapshot"):
        open_snapshot(path)


def read_all(file: SnapshotFile) -> None:
    questions: tuple[Callable[[], object], ...] = (
        file.summary, file.tree, file.items, file.gaps, file.organization, file.load_snapshot, file.load_analysis,
        lambda: tuple(file.roles()), lambda: tuple(file.findings()), lambda: tuple(file.grants()),
        lambda: [file.item_detail(item.id) for item in file.items()[:3]],
    )  # fmt: skip
    told = []
    for question in questions:
        try:
            question()
        except StoreError as error:
            told.append(str(error))
    assert all("damaged" in text or "snapshot" in text for text in told)


@SETTINGS
@given(data=st.data())
def test_damage_is_told_as_such_and_never_as_something_else(tmp_path: Path, data: st.DataObject) -> None:
    whole = tmp_path / "whole.bin"
    if not whole.exists():
        whole.write_bytes(save_snapshot(tmp_path, small(), analyse(small())).read_bytes())
    content = bytearray(whole.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=20)):
        content[place] = data.draw(st.integers(0, 255))
    damaged = tmp_path / "damaged.trustview"
    damaged.write_bytes(content[: data.draw(st.integers(len(content) // 4, len(content)))])

    with suppress(StoreError), open_snapshot(damaged) as file:
        read_all(file)


def test_a_name_that_is_missing_is_damage_and_no_row_that_is_not_there(tmp_path: Path) -> None:
    path = save_snapshot(tmp_path, small(), analyse(small()))
    columns = {"grant_": ("id", "role", "fleet"), "finding": ("id", "subject", "check_"), "fleet": ("id",)}
    for table, column in ((table, column) for table, names in columns.items() for column in names):
        broken = changed(path, f"DELETE FROM name WHERE number IN (SELECT {column} FROM {table})")  # noqa: S608
        with open_snapshot(broken) as file, pytest.raises(StoreError, match=f"`{broken.stem}` is damaged"):
            _ = [*file.grants(), *file.findings(), file.load_analysis()]


def test_rows_that_are_missing_among_others_are_damage(tmp_path: Path) -> None:
    path = save_snapshot(tmp_path, small(), analyse(small()))
    with open_snapshot(path) as file:
        assert len(file.items()) > 1

    broken = changed(path, "DELETE FROM item WHERE number = 1")

    with open_snapshot(broken) as file, pytest.raises(StoreError, match=f"`{broken.stem}` is damaged"):
        file.items()[-1]


def test_a_changed_byte_in_a_policy_is_noticed(tmp_path: Path) -> None:
    path = save_snapshot(tmp_path, small(), NOTHING)
    broken = changed(path, "UPDATE text SET body = substr(body, 1, length(body) - 4) || x'00000000'")

    with open_snapshot(broken) as file, pytest.raises(StoreError, match=broken.stem):
        file.load_snapshot()
