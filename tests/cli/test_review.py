"""`trustview review`: status, sign-off, a new start and verification, as a person and a script use them."""

import json
import sqlite3
from typing import Any

import pytest

from tests.cli.asking import printed
from trustview.cli import main
from trustview.cli.exit_code import ExitCode
from trustview.cli.selecting import read_decisions
from trustview.review import Decision, EntryKind, Verdict, make_entry
from trustview.store import Workspace, newest_snapshot, open_reviews, open_snapshot

FIRST = "o-smallorg01/2026-Q4"
AT = "2026-11-21T06:00:00Z"


def decide_everything(place: Workspace, review: str = FIRST, verdict: Verdict = Verdict.APPROVE) -> None:
    with open_snapshot(newest_snapshot(place)) as snapshot, open_reviews(place) as reviews:
        decisions = [Decision(item.id, verdict, "ann", AT) for item in snapshot.items() if item.findings]
        reviews.append(review, make_entry((), EntryKind.DECIDE, "ann", AT, decisions))


def verdicts(place: Workspace) -> set[str]:
    with open_snapshot(newest_snapshot(place)) as snapshot:
        return {one.verdict.value for one in read_decisions(place, snapshot).values()}


def test_status_tells_what_is_open_and_what_was_not_read(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    before = printed(capsys, "review", "status", "--json")
    decide_everything(filled)
    after = printed(capsys, "review", "status", "--json")

    assert (before["review"], before["state"], before["items"]) == (FIRST, "open", 3)
    assert sum(before["undecided"].values()) == 3
    assert (after["undecided"], after["verdicts"]) == ({}, {"approve": 3})
    assert (after["coverage"]["accounts"], after["coverage"]["accounts_read"]) == (5, 3)


def test_a_review_with_open_items_is_signed_off_only_when_asked_to(
    filled: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", "close"]) == ExitCode.USAGE
    assert "3 items with findings are not decided" in capsys.readouterr().err
    assert printed(capsys, "review", "list", "--json") == []

    assert main(["review", "close", "--allow-open", "--statement", "as it stands"]) == ExitCode.DONE
    seal = capsys.readouterr().out.strip()
    with open_reviews(filled) as reviews:
        (entry,) = reviews.journal(FIRST)
    assert entry.digest == seal
    assert entry.attestation
    assert entry.attestation.statement == "as it stands"
    assert sum(count for _, count in entry.attestation.undecided) == 3


def test_a_review_that_is_signed_off_takes_no_more_decisions_until_a_new_one_is_begun(
    filled: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    decide_everything(filled)
    assert main(["review", "start"]) == ExitCode.USAGE
    assert main(["review", "close"]) == ExitCode.DONE
    assert main(["review", "close"]) == ExitCode.FAILED
    assert "was signed off by" in capsys.readouterr().err
    assert main(["review", "start"]) == ExitCode.DONE
    assert verdicts(filled) == set()

    decide_everything(filled, f"{FIRST}-2", Verdict.REVOKE)
    assert verdicts(filled) == {"revoke"}
    listed = {one["review"]: one["state"] for one in printed(capsys, "review", "--json")}
    assert listed == {FIRST: "closed", f"{FIRST}-2": "open"}


def test_the_sign_off_names_the_snapshot_by_its_digest(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    main(["review", "close", "--allow-open"])
    capsys.readouterr()

    with open_snapshot(newest_snapshot(filled)) as snapshot, open_reviews(filled) as reviews:
        (entry,) = reviews.journal(FIRST)
        assert entry.attestation
        assert entry.attestation.snapshot_digest == snapshot.digest()
        assert entry.attestation.snapshot == snapshot.name


def tamper(place: Workspace, statement: str) -> None:
    database = sqlite3.connect(place.reviews / "reviews.db")
    for trigger in ("entries_never_change", "entries_are_never_removed"):
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute(statement)
    database.commit()
    database.close()


def faults(told: Any) -> list[int]:  # noqa: ANN401
    return [fault["entry"] for review in told for fault in review["faults"]]


def test_verify_finds_nothing_in_what_was_not_touched(filled: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    decide_everything(filled)
    main(["review", "close"])
    seal = capsys.readouterr().out.strip()

    assert faults(printed(capsys, "review", "verify", "--json")) == []
    assert faults(printed(capsys, "review", "verify", FIRST, "--seal", seal, "--json")) == []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE entry SET body = replace(body, 'approve', 'revoke') WHERE number = 1", 1),
        ("UPDATE entry SET body = '{' WHERE number = 2", 2),
        ("UPDATE entry SET number = 7 WHERE number = 3", 7),
        ("DELETE FROM entry WHERE number = 1", 2),
    ],
)
def test_verify_names_the_entry_that_was_tampered_with(
    statement: str, named: int, filled: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        decide_everything(filled)
    main(["review", "close"])
    tamper(filled, statement)
    capsys.readouterr()

    assert main(["review", "verify", "--json"]) == ExitCode.FAILED
    assert faults(json.loads(capsys.readouterr().out))[0] == named
    assert main(["review", "verify"]) == ExitCode.FAILED
    assert f"entry {named}:" in capsys.readouterr().out


def test_entries_that_were_cut_off_show_against_a_noted_seal(
    filled: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    decide_everything(filled)
    main(["review", "close"])
    seal = capsys.readouterr().out.strip()
    tamper(filled, "DELETE FROM entry WHERE number = 2")

    assert faults(printed(capsys, "review", "verify", "--json")) == []
    assert main(["review", "verify", "--seal", seal, "--json"]) == ExitCode.FAILED


def test_a_review_that_was_tampered_with_is_not_signed_off(
    filled: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    decide_everything(filled)
    tamper(filled, "UPDATE entry SET body = replace(body, 'approve', 'revoke')")

    assert main(["review", "close", "--allow-open"]) == ExitCode.USAGE
    assert "tampered with, entry 1" in capsys.readouterr().err


@pytest.mark.usefixtures("filled")
def test_a_review_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "verify", "nope"]) == ExitCode.USAGE
    assert "`nope`" in capsys.readouterr().err
