"""`trustview review coverage` and `pack`: what was looked at, and an archive that can be checked without trustview."""

import csv
import hashlib
import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.cli.asking import printed
from trustview.cli import main
from trustview.cli.exit_code import ExitCode
from trustview.review import Decision, EntryKind, Verdict, find_faults, make_entry
from trustview.store import Workspace, bind, newest_snapshot, open_reviews, open_snapshot

REVIEW = "o-smallorg01/2026-Q4"
AT = "2026-11-21T06:00:00Z"


def decide(place: Workspace) -> None:
    with open_snapshot(newest_snapshot(place)) as snapshot, open_reviews(place) as reviews:
        made = [Decision(item.id, Verdict.APPROVE, "ann", AT, "fine") for item in snapshot.items()]
        decisions, texts = bind(snapshot, made)
        reviews.append(REVIEW, make_entry((), EntryKind.DECIDE, "ann", AT, decisions), texts)


def pack(path: Path, *words: str) -> dict[str, bytes]:
    assert main(["review", "pack", "--output", str(path), *words]) == ExitCode.DONE
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_coverage_tells_every_account_and_why_one_was_not_read(
    filled: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(capsys, "review", "coverage", "--json")

    assert {line["account"] for line in lines} == {f"{digit * 12}" for digit in "12345"}
    assert {line["account"] for line in lines if line["extent"] == "not read"} == {"4" * 12, "5" * 12}
    assert all(line["why"] for line in lines if line["extent"] != "read")

    assert main(["review", "coverage", "--format", "csv"]) == ExitCode.DONE
    cells = list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))
    assert len(cells) == len(lines) + 1


def test_the_sign_off_holds_how_far_everything_was_read(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    decide(filled)
    assert main(["review", "close"]) == ExitCode.DONE
    with open_reviews(filled) as reviews:
        signed = reviews.journal(REVIEW)[-1].attestation
        assert signed
        kept = reviews.bases([signed.ledger, signed.inventory])
    assert signed.extents == (("read", 3), ("partly", 0), ("not read", 2))
    assert len(json.loads(kept[signed.ledger])) == 5


def test_a_pack_holds_everything_and_its_manifest_fits(filled: Workspace, tmp_path: Path) -> None:
    decide(filled)
    main(["review", "close"])
    files = pack(tmp_path / "one.zip")
    manifest = json.loads(files.pop("manifest.json"))["files"]

    assert manifest == {
        name: {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)} for name, body in files.items()
    }
    about = json.loads(files["review.json"])
    assert (about["review"], about["state"]) == (REVIEW, "closed")
    assert about["seal"] == json.loads(files["journal.jsonl"].splitlines()[-1])["digest"]
    decisions = json.loads(files["decisions.json"])
    assert all(f"bases/{one['basis']}.json" in files for one in decisions)
    for name in (name for name in files if name.startswith("bases/")):
        assert name == f"bases/{hashlib.sha256(files[name]).hexdigest()}.json"
    policies = [json.loads(body) for name, body in files.items() if name.startswith("policies/")]
    assert {one["subject"].rpartition("/")[2] for one in policies if one["kind"] == "role"} >= {"partner", "vendor"}


def test_the_journal_in_a_pack_can_be_verified_without_the_database(filled: Workspace, tmp_path: Path) -> None:
    """As the description in the pack says it, and with nothing of trustview."""
    decide(filled)
    main(["review", "close"])
    previous = ""
    lines = pack(tmp_path / "one.zip")["journal.jsonl"].decode().splitlines()
    for line in lines:
        entry = json.loads(line)
        digest = entry.pop("digest")
        assert entry.get("previous", "") == previous
        assert hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=True).encode()).hexdigest() == digest
        previous = digest
    assert find_faults(enumerate(lines, start=1)) == ()


def test_the_same_review_gives_the_same_bytes(filled: Workspace, tmp_path: Path) -> None:
    decide(filled)
    pack(tmp_path / "one.zip")
    pack(tmp_path / "two.zip")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_pack_that_is_there_is_not_replaced_unasked(
    filled: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.zip"
    path.write_text("mine")

    assert main(["review", "pack", "--output", str(path)]) == ExitCode.USAGE
    assert path.read_text() == "mine"
    assert "review.json" in pack(path, "--force")


def test_a_basis_that_was_changed_names_the_entry_that_stands_on_it(
    filled: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    import sqlite3

    decide(filled)
    database = sqlite3.connect(filled.reviews / "reviews.db")
    database.execute("DROP TRIGGER bases_never_change")
    database.execute("UPDATE basis SET body = replace(body, 'open', 'dead')")
    database.commit()
    database.close()

    assert main(["review", "verify"]) == ExitCode.FAILED
    assert "entry 1: what it stands on was changed" in capsys.readouterr().out
